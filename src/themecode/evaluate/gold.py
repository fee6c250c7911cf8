"""People's codings read from a file, to hold a machine's against."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from themecode.model import Codebook, Problem


@dataclass(frozen=True, slots=True)
class GoldUnit:
    """What people coded one turn with.

    Args:
        line: in the gold file, from 1.
        codes: ids; empty where people found that none applies.
    """

    transcript_id: str
    turn: int | None
    start: int | None
    end: int | None
    codes: frozenset[str]
    line: int


def read_gold(path: Path, codebook: Codebook) -> tuple[tuple[GoldUnit, ...], tuple[Problem, ...]]:
    """People's codings from a file: .jsonl or .csv with transcript, turn (or start and end), codes.

    In CSV the codes are parted by spaces, semicolons or commas.
    """
    known = {code.id for code in codebook.codes}
    units: list[GoldUnit] = []
    problems: list[Problem] = []
    for line, row in _read_rows(path, problems):
        codes = row.get("codes")
        if isinstance(codes, str):
            codes = codes.replace(";", " ").replace(",", " ").split()
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            problems.append(Problem(str(path), line, "“codes” should be a list of code ids."))
            continue
        unknown = sorted(set(codes) - known)
        if unknown:
            problems.append(
                Problem(str(path), line, f"the codebook has no code {', '.join(unknown)}.")
            )
            continue
        try:
            turn, start, end = (_whole(row.get(key)) for key in ("turn", "start", "end"))
        except ValueError:
            problems.append(
                Problem(str(path), line, "turn, start and end should be whole numbers.")
            )
            continue
        if not row.get("transcript") or (turn is None and (start is None or end is None)):
            problems.append(
                Problem(str(path), line, "needs a transcript, and a turn or a start and an end.")
            )
            continue
        units.append(GoldUnit(str(row["transcript"]), turn, start, end, frozenset(codes), line))
    return tuple(units), tuple(problems)


def _whole(value: object) -> int | None:
    return None if value in (None, "") else int(str(value))


def _read_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        problems.append(Problem(str(path), None, "the file cannot be read as UTF-8 text."))
        return
    if path.suffix.lower() == ".csv":
        reader = csv.DictReader(text.splitlines())
        yield from ((number, dict(row)) for number, row in enumerate(reader, start=2))
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            yield number, row
        else:
            problems.append(Problem(str(path), number, "the line is not a JSON object."))
