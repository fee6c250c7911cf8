"""`themecode evaluate`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.options import json_option, need_codebook, open_named_study, study_option

if TYPE_CHECKING:
    from themecode.evaluate import GoldUnit
    from themecode.model import Problem
    from themecode.store import Study


@click.command("evaluate")
@click.argument("gold", metavar="GOLD", type=click.Path(path_type=Path))
@json_option
@study_option
@click.pass_context
def command(ctx: click.Context, gold: Path, as_json: bool, study_name: str | None) -> None:
    """How well the machine codes, held against people's codings.

    GOLD is a .jsonl or .csv file: transcript, turn (or start and end), and the codes people gave; an
    empty list where none applies.

    \b
    Example:
      themecode evaluate people.jsonl --study my-study
    """
    from themecode import console
    from themecode.errors import ThemecodeError
    from themecode.evaluate import evaluate_codings, read_gold
    from themecode.flow.outputs import settle_study
    from themecode.model import Problem

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
            evaluation = evaluate_codings(units, settle_study(study, codebook), codebook=codebook)
            if as_json:
                console.print_json(console.evaluated_as_json(evaluation))
            else:
                console.print_evaluated(evaluation, codebook)
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
