"""How well a coder's codings meet those of people, over every decision that could have been made.

A unit is one turn that people coded (an empty list of codes is a decision, too). Each unit and code
is one yes-or-no decision; a theme applies where any of its codes does.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from themecode.model import COUNTED, Codebook, Problem
from themecode.settle import Settled

Unit = tuple[str, int]


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


@dataclass(frozen=True, slots=True)
class Figures:
    """Two coders' yes-or-no decisions, counted.

    Args:
        id: the code or theme; "all" where decisions are pooled over all of them.
        both: both said yes.
        missed: people said yes, the machine no.
        extra: the machine said yes, people no.
        neither: both said no.
    """

    id: str
    both: int
    missed: int
    extra: int
    neither: int

    @property
    def positives(self) -> int:
        """How often people said yes."""
        return self.both + self.missed

    @property
    def precision(self) -> float | None:
        """The share of the machine's yeses that people gave too. None: it said none."""
        said = self.both + self.extra
        return self.both / said if said else None

    @property
    def recall(self) -> float | None:
        """The share of people's yeses that the machine found. None: there are none."""
        return self.both / self.positives if self.positives else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall. None: neither said yes anywhere.

        >>> Figures("all", both=20, missed=5, extra=10, neither=15).f1
        0.7272727272727273
        """
        total = 2 * self.both + self.missed + self.extra
        return 2 * self.both / total if total else None

    @property
    def kappa(self) -> float | None:
        """Agreement beyond chance (Cohen 1960, pp. 39-40). None: chance explains all of it.

        >>> round(Figures("all", both=20, missed=5, extra=10, neither=15).kappa, 2)
        0.4
        """
        total = self.both + self.missed + self.extra + self.neither
        if not total:
            return None
        observed = (self.both + self.neither) / total
        yes = (self.both + self.missed) / total * ((self.both + self.extra) / total)
        no = (self.extra + self.neither) / total * ((self.missed + self.neither) / total)
        expected = yes + no
        return (observed - expected) / (1 - expected) if expected < 1 else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well the machine codes, against people.

    Args:
        units: turns that people coded.
        coded_units: those of them that carry a code.
        by_code, by_theme: pooled over all decisions.
        codes, themes: one by one, in the codebook's order.
    """

    units: int
    coded_units: int
    by_code: Figures
    by_theme: Figures
    codes: tuple[Figures, ...]
    themes: tuple[Figures, ...]


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


def evaluate_codings(
    gold: Iterable[GoldUnit], settled: Iterable[Settled], *, codebook: Codebook
) -> Evaluation:
    """Hold the codings that count against people's, over every unit and code.

    Args:
        gold: turns that people coded; those given by place are met by any coding that overlaps.
        settled: the codings as they stand; candidates count as no.
        codebook: its codes and themes are the ones decided on.
    """
    theme_of = {code.id: code.theme_id for code in codebook.codes}
    said: dict[str, list[tuple[int, int, int, str]]] = {}
    for each in settled:
        if each.status in COUNTED:
            segment = each.coding.segment
            said.setdefault(segment.transcript_id, []).append(
                (segment.turn, segment.span.start, segment.span.end, each.code_id)
            )
    units = tuple(gold)
    pairs = [
        (
            unit.codes,
            frozenset(
                code_id
                for turn, start, end, code_id in said.get(unit.transcript_id, ())
                if _meets(unit, turn, start, end)
            ),
        )
        for unit in units
    ]
    theme_pairs = [
        (
            frozenset(theme_of[code] for code in people),
            frozenset(theme_of[code] for code in machine if code in theme_of),
        )
        for people, machine in pairs
    ]
    codes = tuple(_count(code.id, pairs) for code in codebook.codes)
    themes = tuple(_count(theme.id, theme_pairs) for theme in codebook.themes)
    return Evaluation(
        units=len(units),
        coded_units=sum(1 for unit in units if unit.codes),
        by_code=_pool(codes),
        by_theme=_pool(themes),
        codes=codes,
        themes=themes,
    )


def _meets(unit: GoldUnit, turn: int, start: int, end: int) -> bool:
    if unit.turn is not None:
        return unit.turn == turn
    return unit.start is not None and unit.end is not None and start < unit.end and unit.start < end


def _count(which: str, pairs: Iterable[tuple[frozenset[str], frozenset[str]]]) -> Figures:
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for people, machine in pairs:
        counts[which in people, which in machine] += 1
    return Figures(
        which, counts[True, True], counts[True, False], counts[False, True], counts[False, False]
    )


def _pool(figures: Iterable[Figures]) -> Figures:
    listed = tuple(figures)
    return Figures(
        "all",
        sum(each.both for each in listed),
        sum(each.missed for each in listed),
        sum(each.extra for each in listed),
        sum(each.neither for each in listed),
    )
