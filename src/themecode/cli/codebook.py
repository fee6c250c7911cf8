"""`themecode codebook`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.options import json_option, open_named_study, refuse_overwriting, study_option
from themecode.errors import ThemecodeError

if TYPE_CHECKING:
    from themecode.model import Codebook, Problem


@click.group("codebook")
def command() -> None:
    """Check, show, list or begin a codebook.

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
    from themecode.suggest.listen import check_cues

    problems: list[Problem] = []
    for name in names:
        path = find_codebook(name)
        codebook, found = read_codebook(path)
        if codebook is not None:
            found = (*found, *check_cues(codebook, path=str(path)))
        problems.extend(found)
        if codebook is not None and not any(problem.blocks for problem in found) and not as_json:
            cues = sum(
                len(code.cues.strong + code.cues.fair + code.cues.weak) for code in codebook.codes
            )
            click.echo(
                f"{path}: good. {len(codebook.themes)} themes, {len(codebook.codes)} codes, {cues:,} cues, "
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
            click.echo(
                f"{path.stem:24}{book.title}: {len(book.themes)} themes, {len(book.codes)} codes"
            )


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
    "-o", "--output", type=click.Path(path_type=Path), help="[default: beside the codebook]"
)
@click.option("--force", is_flag=True, help="Write over a model that exists.")
@json_option
def train(
    name: str, speech: tuple[Path, ...], output: Path | None, force: bool, as_json: bool
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

    refuse_overwriting(output or find_model_beside(find_codebook(name)), force=force)
    with console.show_progress() as progress:
        trained = train_codebook(name, speech, output=output, progress=progress)
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
    from themecode.cli.options import need_codebook
    from themecode.codebook import find_codebook
    from themecode.flow.codebooks import load_codebook

    if name is not None:
        return load_codebook(find_codebook(name))[0]
    with open_named_study(ctx, study_name) as study:
        return need_codebook(study)
