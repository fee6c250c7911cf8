"""`themecode evaluate`."""

from __future__ import annotations

from collections.abc import Sequence
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

if TYPE_CHECKING:
    from themecode.evaluate import GoldUnit
    from themecode.model import Problem
    from themecode.store import Study


@click.command("evaluate")
@click.argument("gold", metavar="GOLD", type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What an earlier `evaluate --json` wrote: says what was gained and lost since.",
)
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
              help="A Word page (.docx), or the figures (.json).")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    gold: Path,
    against: Path | None,
    output: Path | None,
    force: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """How well the machine codes, held against people's codings.

    GOLD is a .jsonl or .csv file: transcript, turn (or start and end), and the codes people gave; an
    empty list where none applies.

    \b
    Examples:
      themecode evaluate people.jsonl --study my-study
      themecode evaluate people.jsonl --study my-study -o coding.docx
    """
    from themecode import console
    from themecode.errors import ThemecodeError
    from themecode.evaluate import read_gold
    from themecode.flow.evaluating import evaluate_study, read_earlier, write_account
    from themecode.model import Problem

    if output is not None:
        refuse_overwriting(output, force=force)
        if output.suffix.lower() not in (".docx", ".json"):
            raise ThemecodeError(f"{output} should end in .docx or .json.")
    with open_named_study(ctx, study_name) as study:
        codebook = need_codebook(study)
        units, problems = read_gold(gold, codebook)
        held = study.known_transcripts()
        missing = sorted({unit.transcript_id for unit in units} - held.keys())
        if missing:
            raise ThemecodeError(
                f"{gold} has codings of {', '.join(missing)}, which the study does not hold: import them first."
            )
        units, strange = _part_strange_turns(units, study, str(gold))
        problems = (*problems, *strange)
        if not units and not problems:
            problems = (Problem(str(gold), None, "it holds no codings to compare with."),)
        if units:
            earlier = read_earlier(against) if against is not None else None
            account = evaluate_study(study, codebook, units, earlier=earlier)
            if output is not None:
                write_account(account, codebook, output)
                click.echo(f"{output} is written.", err=True)
            if as_json:
                console.print_json(console.evaluated_as_json(account))
            else:
                console.print_evaluated(account, codebook)
        console.print_problems(problems)
    ctx.exit(1 if problems or not units else 0)


def _part_strange_turns(
    units: Sequence[GoldUnit], study: Study, path: str
) -> tuple[tuple[GoldUnit, ...], tuple[Problem, ...]]:
    """The units whose turns the study has, and a problem for each of the others."""
    from themecode.model import Problem

    ids = sorted({unit.transcript_id for unit in units})
    turns = {
        transcript.id: {turn.number for turn in transcript.turns}
        for transcript in study.transcripts(ids)
    }
    strange = [
        unit
        for unit in units
        if unit.turn is not None and unit.turn not in turns[unit.transcript_id]
    ]
    problems = tuple(
        Problem(path, unit.line, f"{unit.transcript_id} has no turn {unit.turn}.")
        for unit in strange
    )
    return tuple(unit for unit in units if unit not in strange), problems
