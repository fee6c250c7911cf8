"""`themecode learn`."""

from __future__ import annotations

from dataclasses import asdict

import click

from themecode.cli.options import json_option, need_codebook, open_named_study, study_option
from themecode.errors import ThemecodeError


@click.command("learn")
@click.option("--use", is_flag=True, help="Code with what was learned from now on, if it helps.")
@click.option("--undo", is_flag=True, help="Go back to the codebook's own model.")
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context, use: bool, undo: bool, as_json: bool, study_name: str | None
) -> None:
    """What your decisions would teach the machine.

    It learns from what you accepted, rejected and recoded, and is tried on the words of people it did not
    learn from. Nothing changes until you ask for it with --use, and --undo takes it back.

    \b
    Examples:
      themecode learn --study my-study
      themecode learn --use --study my-study
    """
    from themecode import console
    from themecode.flow.learning import learn_from_study, undo_learning

    if use and undo:
        raise ThemecodeError("Say --use or --undo, not both.")
    with open_named_study(ctx, study_name) as study:
        codebook = need_codebook(study)
        if undo:
            with study.lock():
                undone = undo_learning(study)
            click.echo(
                "The codebook's own model codes again. Run `themecode apply` to code anew and see the exports "
                "change back."
                if undone
                else "Nothing was learned from this study, so there is nothing to undo."
            )
            return
        if use:
            with study.lock():
                learned = learn_from_study(study, codebook, use=True)
        else:
            learned = learn_from_study(study, codebook, use=False)
    if as_json:
        console.print_json(asdict(learned))
        return
    console.print_learned(learned)
