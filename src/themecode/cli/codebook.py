"""`themecode codebook`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.options import (
    json_option,
    need_codebook,
    open_named_study,
    refuse_overwriting,
    study_option,
)
from themecode.errors import ThemecodeError
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.model import Codebook, Problem


@click.group("codebook")
def command() -> None:
    """Begin, check, show, list, convert, compare or train codebooks.

    \b
    Examples:
      themecode codebook check my_codebook.yaml
      themecode codebook show stigma.judgement --codebook women_in_treatment
      themecode codebook new my_codebook.yaml
    """


@command.command("check")
@click.argument("names", metavar="FILE...", nargs=-1, required=True)
@json_option
@click.pass_context
def check(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Find every fault in a codebook, with its line and how to mend it.

    \b
    Example:
      themecode codebook check my_codebook.yaml
    """
    from themecode import console
    from themecode.codebook import find_codebook, read_codebook
    from themecode.model import Problem
    from themecode.suggest.listen import check_cues

    problems: list[Problem] = []
    for name in names:
        try:
            path = find_codebook(name)
        except ThemecodeError as error:
            problems.append(Problem(name, None, str(error)))
            continue
        codebook, found = read_codebook(path)
        if codebook is not None:
            found = (*found, *check_cues(codebook, path=str(path)))
        problems.extend(found)
        if codebook is not None and not any(problem.blocks for problem in found) and not as_json:
            cues = sum(
                len(code.cues.strong + code.cues.fair + code.cues.weak) for code in codebook.codes
            )
            click.echo(
                f"{path}: good. {number_of(len(codebook.themes), 'theme')}, "
                f"{number_of(len(codebook.codes), 'code')}, {number_of(cues, 'cue')}, "
                f"{sum(len(code.examples) for code in codebook.codes):,} examples."
            )
    if as_json:
        console.print_json(console.problems_as_json(problems))
    else:
        for problem in problems:
            click.echo(str(problem), err=True)
    ctx.exit(1 if any(problem.blocks for problem in problems) else 0)


@command.command("list")
@json_option
def list_codebooks(as_json: bool) -> None:
    """List the codebooks that come with themecode.

    \b
    Example:
      themecode codebook list
    """
    from themecode import console
    from themecode.codebook import list_shipped_codebooks, read_codebook

    listed = [(path, read_codebook(path)[0]) for path in list_shipped_codebooks()]
    if as_json:
        console.print_json(
            [console.codebook_as_json(book, path.stem) for path, book in listed if book]
        )
        return
    for path, book in listed:
        if book is not None:
            held = f"{number_of(len(book.themes), 'theme')}, {number_of(len(book.codes), 'code')}"
            click.echo(f"{path.stem:24}{book.title}: {held}")


@command.command("show")
@click.argument("code_id", metavar="[CODE]", required=False)
@click.option(
    "--codebook", "name", metavar="FILE", help="A file or a shipped name. [default: the study's]"
)
@click.option("--forms", is_flag=True, help="Show everything each cue will find.")
@json_option
@study_option
@click.pass_context
def show(
    ctx: click.Context,
    code_id: str | None,
    name: str | None,
    forms: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Show a codebook's themes and codes, or one code in full.

    \b
    Examples:
      themecode codebook show --codebook women_in_treatment
      themecode codebook show safety.predatory_males --forms
    """
    from themecode import console

    codebook = _load(ctx, name, study_name)
    if as_json:
        console.print_json(console.codebook_as_json(codebook, name))
        return
    if code_id is None:
        console.print_codebook(codebook)
        return
    try:
        code = codebook.code(code_id)
    except KeyError:
        raise ThemecodeError(
            f"The codebook has no code {code_id}. `themecode codebook show` lists them."
        ) from None
    console.print_code(code, codebook, forms=forms)


@command.command("new")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that exists.")
def new(path: Path, force: bool) -> None:
    """Begin a codebook of your own from a commented starter.

    \b
    Example:
      themecode codebook new my_codebook.yaml
    """
    from themecode.codebook import find_codebook
    from themecode.exports.files import write_atomically

    refuse_overwriting(path, force=force)
    with write_atomically(path, mode="wb") as stream:
        stream.write(find_codebook("template").read_bytes())
    click.echo(f"{path} is ready to fill in. When you have, run `themecode codebook check {path}`.")


@command.command("convert")
@click.argument("source", metavar="SOURCE")
@click.argument("target", metavar="TARGET", type=click.Path(path_type=Path))
@click.option(
    "--cues-from",
    metavar="CODEBOOK",
    help="Keep the cues of this codebook, code by code, where the source brings none.",
)
@click.option("--force", is_flag=True, help="Write over a file that exists.")
def convert(source: str, target: Path, cues_from: str | None, force: bool) -> None:
    """Turn a codebook into another kind of file: .yaml, .docx, .xlsx, .csv or .qdc, told by its ending.

    A codebook can also be taken out of another program's project (.qdpx).

    \b
    Examples:
      themecode codebook convert women_in_treatment for_the_team.docx
      themecode codebook convert for_the_team.docx ours.yaml --cues-from women_in_treatment
      themecode codebook convert from_nvivo.qdc ours.yaml
    """
    from themecode.flow.converting import convert_codebook

    refuse_overwriting(target, force=force)
    done = convert_codebook(source, target, cues_from=cues_from)
    click.echo(
        f"{target}: {number_of(len(done.codebook.themes), 'theme')}, "
        f"{number_of(len(done.codebook.codes), 'code')}."
    )
    for lost in done.lost:
        click.echo(f"This kind of file has no place for {lost}.", err=True)
    for problem in done.problems:
        click.echo(str(problem), err=True)


@command.command("diff")
@click.argument("names", metavar="[OLD] [NEW]", nargs=-1)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write the codings to look at again (.csv, .xlsx, .jsonl).",
)
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@json_option
@study_option
@click.pass_context
def diff(
    ctx: click.Context,
    names: tuple[str, ...],
    output: Path | None,
    force: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """What changed between two codebooks, and which codings that leaves to be looked at again.

    With two codebooks: what changed from the first to the second. With one: what would change if the
    study were coded with it, and how many codings that touches. With none: the study's codings that
    were made under a definition that has changed since.

    \b
    Examples:
      themecode codebook diff first_draft.yaml second_draft.yaml
      themecode codebook diff second_draft.yaml --study my-study
      themecode codebook diff --study my-study -o look_again.xlsx
    """
    from themecode import console
    from themecode.flow.comparing import compare_codebooks, count_touched
    from themecode.flow.converting import read_any_codebook

    if len(names) > 2:
        raise click.UsageError("Name two codebooks, one, or none.")
    if not names:
        _list_stale(ctx, study_name, output, force=force, as_json=as_json)
        return
    if output is not None:
        raise click.UsageError("-o goes with no codebook named: it writes the codings to look at.")
    touched = None
    new = read_any_codebook(names[-1])[0]
    if len(names) == 2:
        old = read_any_codebook(names[0])[0]
        differences = compare_codebooks(old, new)
    else:
        from themecode.flow.outputs import settle_study

        with open_named_study(ctx, study_name) as study:
            old = need_codebook(study)
            differences = compare_codebooks(old, new)
            touched = count_touched(settle_study(study, old), differences)
    if as_json:
        console.print_json(console.differences_as_json(differences, touched))
    else:
        console.print_differences(differences, touched)


def _list_stale(
    ctx: click.Context, study_name: str | None, output: Path | None, *, force: bool, as_json: bool
) -> None:
    from themecode import console
    from themecode.exports.coded_segments import coded_segment_rows
    from themecode.exports.sheets import write_coded_segments
    from themecode.flow.comparing import find_stale
    from themecode.flow.importing import list_speaking
    from themecode.flow.outputs import settle_study

    if output is not None:
        refuse_overwriting(output, force=force)
    with open_named_study(ctx, study_name) as study:
        codebook = need_codebook(study)
        stale = list(find_stale(settle_study(study, codebook)))
        if output is not None:
            write_coded_segments(
                coded_segment_rows(
                    stale,
                    codebook=codebook,
                    participants=list_speaking(study),
                    versions=study.codebook_versions(),
                ),
                output,
            )
    if as_json:
        console.print_json(
            [
                {
                    "coding": each.coding.id,
                    "transcript": each.coding.segment.transcript_id,
                    "turn": each.coding.segment.turn,
                    "code_id": each.coding.code_id,
                    "coder": each.coding.coder,
                    "status": str(each.status),
                }
                for each in stale
            ]
        )
    else:
        console.print_stale(stale)


@command.command("train")
@click.argument("name", metavar="CODEBOOK")
@click.option(
    "--speech",
    "speech",
    metavar="FILE",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Utterances with their codes (.jsonl), or a folder of them. [default: the codebook's own]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where to write the model. [default: beside the codebook]",
)
@click.option(
    "--share",
    type=click.FloatRange(0.05, 1.0),
    default=1.0,
    help="Learn from this share of the speech only, to see what more would bring.",
)
@click.option("--force", is_flag=True, help="Write over a model that exists.")
@json_option
def train(
    name: str,
    speech: tuple[Path, ...],
    output: Path | None,
    share: float,
    force: bool,
    as_json: bool,
) -> None:
    """Teach a small model what a codebook's codes sound like, from its examples and from speech.

    The model stands beside the codebook, with a card that says how good it is; `apply` uses it. The same
    codebook and speech give the same model.

    \b
    Examples:
      themecode codebook train my_codebook.yaml
      themecode codebook train my_codebook.yaml --speech utterances.jsonl
    """
    from themecode import console
    from themecode.codebook import find_codebook
    from themecode.flow.training import train_codebook
    from themecode.suggest.learned_model import find_model_beside
    from themecode.suggest.learner import TrainingPlan

    refuse_overwriting(output or find_model_beside(find_codebook(name)), force=force)
    with console.show_progress() as progress:
        trained = train_codebook(
            name, speech, output=output, plan=TrainingPlan(share=share), progress=progress
        )
    console.print_problems(trained.problems)
    figures = trained.figures
    if as_json:
        console.print_json(
            {"model": str(trained.model), "utterances": trained.utterances, **figures}
        )
        return
    found = figures["suggested"]["code"]
    click.echo(
        f"{trained.model}: learned from {trained.utterances:,} utterances. On speech held out, its "
        f"suggestions are right {found['precision']:.0%} of the time and find {found['recall']:.0%} of "
        f"codings; {trained.card.name} says more."
    )


def _load(ctx: click.Context, name: str | None, study_name: str | None) -> Codebook:
    from themecode.codebook import find_codebook
    from themecode.flow.codebooks import load_codebook

    if name is not None:
        return load_codebook(find_codebook(name))[0]
    with open_named_study(ctx, study_name) as study:
        return need_codebook(study)
