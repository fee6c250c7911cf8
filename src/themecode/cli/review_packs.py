"""`themecode review pack` and `collect`: workbooks and Word files that go out and come back."""

from __future__ import annotations

from pathlib import Path

import click

from themecode.cli.options import json_option, need_codebook, open_named_study, study_option


@click.command("pack")
@click.option("--reviewer", metavar="NAME", required=True, help="Whom it is for.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["xlsx", "docx", "comments"]),
    required=True,
    help="A workbook, a Word document, or a transcript with comments in Word.",
)
@click.option("--transcript", "transcript_id", metavar="ID", help="Which transcript, for comments.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="Where to write it.",
)
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@study_option
@click.pass_context
def pack(
    ctx: click.Context,
    reviewer: str,
    kind: str,
    transcript_id: str | None,
    output: Path,
    force: bool,
    study_name: str | None,
) -> None:
    """Write a reviewer's excerpts to a file she can answer in without the page.

    What she opted out of is not in it, nor the words of anyone whose consent does not let them
    leave the study. `review collect` reads the file back.

    \b
    Examples:
      themecode review pack --reviewer Dee --format xlsx -o dee.xlsx
      themecode review pack --reviewer Dee --format comments --transcript P03 -o p03_dee.docx
    """
    from themecode.cli.options import refuse_overwriting
    from themecode.flow.leaving import open_gate, record_leaving
    from themecode.packs.comments import write_commented_transcript
    from themecode.packs.contents import fill_pack, find_reviewer
    from themecode.packs.document import write_document
    from themecode.packs.workbook import write_workbook
    from themecode.store import utc_now

    ending = ".xlsx" if kind == "xlsx" else ".docx"
    if output.suffix.lower() != ending:
        raise click.UsageError(f"The file's name should end in {ending}.")
    if (kind == "comments") != (transcript_id is not None):
        raise click.UsageError("Comments need --transcript ID; the other formats have none.")
    refuse_overwriting(output, force=force)
    with open_named_study(ctx, study_name) as study:
        codebook = need_codebook(study)
        gate = open_gate(study)
        if transcript_id is not None:
            written = write_commented_transcript(
                study, codebook, transcript_id, output, reviewer=reviewer, made_at=utc_now()
            )
            record_leaving(
                study, [output], "review pack", gate=gate, transcript_ids=[transcript_id]
            )
            click.echo(f"{output}: {written} comments to reply to.")
            return
        _, queue = find_reviewer(study, reviewer)
        filled = fill_pack(study, codebook, reviewer, made_at=utc_now())
        (write_workbook if kind == "xlsx" else write_document)(filled, output)
        ids = sorted({item.transcript_id for item in queue.items})
        record_leaving(study, [output], "review pack", gate=gate, transcript_ids=ids)
    apart = f", {len(filled.hard)} of them with a content note, apart" if filled.hard else ""
    click.echo(f"{output}: {len(filled.excerpts)} excerpts for {filled.reviewer}{apart}.")
    if filled.left_out:
        click.echo(
            f"{filled.left_out} more are not in it: consent does not let the words leave the study.",
            err=True,
        )
    click.echo("It holds what people said in confidence: send it safely.", err=True)


@click.command("collect")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--reviewer", metavar="NAME", help="Whose answers, where a file no longer says.")
@json_option
@study_option
@click.pass_context
def collect(
    ctx: click.Context,
    files: tuple[Path, ...],
    reviewer: str | None,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Take the answers in packs that came back into the study. Each is taken once.

    Files may have been renamed, sorted or shortened, and answers typed by hand.

    \b
    Example:
      themecode review collect dee.xlsx returned/*.docx --study my-study
    """
    from themecode import console
    from themecode.packs.collecting import collect_files
    from themecode.store import utc_now

    with open_named_study(ctx, study_name) as study:
        collected = collect_files(
            study, need_codebook(study), files, now=utc_now(), reviewer=reviewer
        )
    if as_json:
        console.print_json(console.collected_as_json(collected))
    else:
        console.print_collected(collected)
    console.print_problems([problem for each in collected for problem in each.problems])
    ctx.exit(1 if any(each.problems for each in collected) else 0)
