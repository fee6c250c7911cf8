"""`themecode apply`."""

from __future__ import annotations

from pathlib import Path

import click

from themecode.cli.options import (
    find_outputs,
    json_option,
    make_reading_options,
    open_named_study,
    reading_options,
    study_option,
)


@click.command("apply")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--codebook", metavar="FILE", help="A .yaml file, or the name of a codebook that ships."
)
@reading_options
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes to code in.",
)
@click.option(
    "--meaning/--no-meaning",
    default=True,
    help="Use the codebook's trained model, if it has one, or cues alone.",
)
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    codebook: str | None,
    participants: Path | None,
    interviewers: tuple[str, ...],
    text_column: str | None,
    workers: int,
    meaning: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Read transcripts, code them against a codebook, and write tables.

    PATH is a transcript or a folder of them (.docx .odt .rtf .pdf .txt .md .vtt .srt .json .csv .xlsx).
    Run it again at any time: only what is new or changed is read and coded, and what people decided
    stays as it is.

    \b
    Example:
      themecode apply transcripts/ --codebook women_in_treatment \\
        --participants participants.csv --study my-study
    """
    from themecode import console
    from themecode.flow.applying import apply_codebook
    from themecode.store import utc_now

    options, notes = make_reading_options(participants, interviewers, text_column)
    with open_named_study(ctx, study_name, create=True) as study:
        with console.show_progress() as progress:
            applied = apply_codebook(
                study,
                paths,
                codebook_name=codebook,
                options=options,
                participants_path=str(participants) if participants else None,
                outputs=find_outputs(study),
                made_at=utc_now(),
                workers=workers,
                meaning=meaning,
                progress=progress,
            )
        problems = (*notes, *applied.problems)
        if as_json:
            console.print_json(console.applied_as_json(applied, problems))
        else:
            console.print_applied(applied, where=study.where)
        console.print_problems(problems)
    ctx.exit(1 if any(problem.blocks for problem in problems) else 0)
