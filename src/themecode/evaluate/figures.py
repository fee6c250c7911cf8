"""How well a coder's codings meet those of people, over every decision that could have been made.

A unit is one turn that people coded (an empty list of codes is a decision, too). Each unit and code
is one yes-or-no decision; a theme applies where any of its codes does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from themecode.evaluate.gold import GoldUnit
from themecode.model import COUNTED, Codebook, Status
from themecode.settle import Settled


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


@dataclass(frozen=True, slots=True)
class Held:
    """One turn that people coded, and what the machine made of it.

    Args:
        unit: the turn, and people's codes.
        machine: the codes the machine suggests.
        offered: every code it offers, and how sure it is; those it suggests among them.
        reasons: by code, why.
    """

    unit: GoldUnit
    machine: frozenset[str]
    offered: dict[str, float]
    reasons: dict[str, Settled]


def hold_against(gold: Iterable[GoldUnit], settled: Iterable[Settled]) -> tuple[Held, ...]:
    """Each turn that people coded, with the codings of it that stand.

    Args:
        gold: turns that people coded; those given by place are met by any coding that overlaps.
        settled: the codings as they stand.
    """
    said: dict[str, list[Settled]] = {}
    for each in settled:
        said.setdefault(each.coding.segment.transcript_id, []).append(each)
    held = []
    for unit in gold:
        met = [each for each in said.get(unit.transcript_id, ()) if _meets(unit, each)]
        reasons: dict[str, Settled] = {}
        for each in met:
            before = reasons.get(each.code_id)
            if before is None or _sureness(each) > _sureness(before):
                reasons[each.code_id] = each
        offered = {
            code: _sureness(each)
            for code, each in sorted(reasons.items())
            if each.status in (*COUNTED, Status.CANDIDATE)
        }
        machine = frozenset(each.code_id for each in met if each.status in COUNTED)
        held.append(Held(unit, machine, offered, reasons))
    return tuple(held)


def _sureness(settled: Settled) -> float:
    return 1.0 if settled.coding.confidence is None else settled.coding.confidence


def evaluate_codings(
    gold: Iterable[GoldUnit], settled: Iterable[Settled], *, codebook: Codebook
) -> Evaluation:
    """Hold the codings that count against people's, over every unit and code.

    Args:
        gold: turns that people coded; those given by place are met by any coding that overlaps.
        settled: the codings as they stand; candidates count as no.
        codebook: its codes and themes are the ones decided on.
    """
    return count_held(hold_against(gold, settled), codebook=codebook)


def count_held(held: Sequence[Held], *, codebook: Codebook) -> Evaluation:
    """Count the decisions of turns that people coded."""
    theme_of = {code.id: code.theme_id for code in codebook.codes}
    pairs = [(each.unit.codes, each.machine) for each in held]
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
        units=len(held),
        coded_units=sum(1 for each in held if each.unit.codes),
        by_code=_pool(codes),
        by_theme=_pool(themes),
        codes=codes,
        themes=themes,
    )


def _meets(unit: GoldUnit, settled: Settled) -> bool:
    segment = settled.coding.segment
    if unit.turn is not None:
        return unit.turn == segment.turn
    if unit.start is None or unit.end is None:
        return False
    return segment.span.start < unit.end and unit.start < segment.span.end


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
