"""Where a machine and people part: codes taken for one another, the worst mistakes, how sure it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from themecode.evaluate.figures import Evaluation, Held
from themecode.model import Codebook

_BINS = 10


@dataclass(frozen=True, slots=True)
class Confusion:
    """Turns where people said one code and the machine another instead."""

    people: str
    machine: str
    turns: int
    same_theme: bool


@dataclass(frozen=True, slots=True)
class Mistake:
    """One decision on which the machine and people part.

    Args:
        confidence: how sure the machine was that the code applies. None: it did not even offer it.
        because: what the machine matched, for a false alarm.
    """

    transcript_id: str
    turn: int | None
    start: int | None
    code: str
    confidence: float | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Claims of about one confidence, and how often people agreed.

    Args:
        low: from here on, up to the next.
        claims: how many.
        said: their mean confidence.
        right: the share that people gave too.
    """

    low: float
    claims: int
    said: float
    right: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What it costs to read what the machine offers, and what it finds.

    Args:
        offered_a_turn: codes suggested or offered, a turn.
        found: the share of people's codings among them. None: people gave none.
        uncoded_words: words in turns that people left uncoded.
        suggested_there: codings suggested in those turns.
        work_saved: over sampling, at 95% recall of the turns that carry anything (Cohen et al. 2006,
            p. 208), read in the order of the surest code. None: no turn carries any, or all do.
    """

    offered_a_turn: float
    found: float | None
    uncoded_words: int
    suggested_there: int
    work_saved: float | None

    @property
    def suggested_a_thousand(self) -> float | None:
        """Codings suggested in uncoded turns, a thousand words. None: there are no such words."""
        return 1000 * self.suggested_there / self.uncoded_words if self.uncoded_words else None


def find_confusions(
    held: Sequence[Held], *, codebook: Codebook, most: int = 12
) -> tuple[Confusion, ...]:
    """The pairs of codes most often taken for one another, those of one theme first among equals."""
    theme_of = {code.id: code.theme_id for code in codebook.codes}
    counts: Counter[tuple[str, str]] = Counter()
    for each in held:
        missed, extra = each.unit.codes - each.machine, each.machine - each.unit.codes
        counts.update((one, other) for one in missed for other in extra)
    found = [
        Confusion(one, other, turns, theme_of.get(one) == theme_of.get(other))
        for (one, other), turns in counts.items()
    ]
    found.sort(key=lambda each: (-each.turns, not each.same_theme, each.people, each.machine))
    return tuple(found[:most])


def find_mistakes(
    held: Sequence[Held], *, most: int = 10
) -> tuple[tuple[Mistake, ...], tuple[Mistake, ...]]:
    """The worst misses (least sure that the code applies) and false alarms (most sure)."""
    misses: list[Mistake] = []
    alarms: list[Mistake] = []
    for each in held:
        unit = each.unit
        place = (unit.transcript_id, unit.turn, unit.start)
        misses.extend(
            Mistake(*place, code, each.offered.get(code))
            for code in sorted(unit.codes - each.machine)
        )
        for code in sorted(each.machine - unit.codes):
            evidence = each.reasons[code].coding.evidence
            because = evidence[0].matched if evidence else ""
            alarms.append(Mistake(*place, code, each.offered.get(code), because))
    misses.sort(key=lambda one: (one.confidence or 0.0, one.transcript_id, one.turn or 0, one.code))
    alarms.sort(
        key=lambda one: (-(one.confidence or 0.0), one.transcript_id, one.turn or 0, one.code)
    )
    return tuple(misses[:most]), tuple(alarms[:most])


def find_reliability(held: Sequence[Held]) -> tuple[tuple[Reliability, ...], float | None]:
    """How often claims of each confidence were right, and how far apart the two are on average.

    The second is the expected calibration error (Naeini, Cooper and Hauskrecht 2015, p. 2904) over the
    claims the machine made. None: it made none.
    """
    claims = [
        (sure, code in each.unit.codes) for each in held for code, sure in each.offered.items()
    ]
    rows = []
    for number in range(_BINS):
        inside = [claim for claim in claims if min(int(claim[0] * _BINS), _BINS - 1) == number]
        if inside:
            said = sum(sure for sure, _ in inside) / len(inside)
            right = sum(agreed for _, agreed in inside) / len(inside)
            rows.append(Reliability(number / _BINS, len(inside), round(said, 4), round(right, 4)))
    if not claims:
        return (), None
    error = sum(row.claims * abs(row.said - row.right) for row in rows) / len(claims)
    return tuple(rows), round(error, 4)


def find_reading(
    held: Sequence[Held],
    words: Mapping[tuple[str, int], int],
    *,
    carries: Mapping[tuple[str, int], float] | None = None,
) -> Reading:
    """What it costs to read what the machine offers, and what it finds.

    Args:
        held: turns that people coded.
        words: by transcript and turn, how many words it has.
        carries: by transcript and turn, how likely it carries any code. None: as sure as its surest code.
    """
    given = sum(len(each.unit.codes) for each in held)
    met = sum(len(each.unit.codes & each.offered.keys()) for each in held)
    plain = [each for each in held if not each.unit.codes]
    order = sorted(
        held,
        key=lambda each: (
            -(carries or {}).get(_place(each), max(each.offered.values(), default=0.0)),
            _place(each),
        ),
    )
    return Reading(
        offered_a_turn=round(sum(len(each.offered) for each in held) / len(held), 4) if held else 0,
        found=round(met / given, 4) if given else None,
        uncoded_words=sum(words.get(_place(each), 0) for each in plain),
        suggested_there=sum(len(each.machine) for each in plain),
        work_saved=measure_work_saved([bool(each.unit.codes) for each in order]),
    )


def _place(held: Held) -> tuple[str, int]:
    return held.unit.transcript_id, held.unit.turn or 0


def measure_work_saved(carry: Sequence[bool], *, recall: float = 0.95) -> float | None:
    """Work saved over sampling, of turns in the order they would be read (Cohen et al. 2006, p. 208).

    >>> measure_work_saved([True, True, False, False, False, False, False, False, False, False])
    0.75
    """
    wanted = recall * sum(carry)
    if not 0 < sum(carry) < len(carry):
        return None
    found = read = 0
    for each in carry:
        if found >= wanted:
            break
        read += 1
        found += each
    return round(1 - read / len(carry) - (1 - recall), 4)


@dataclass(frozen=True, slots=True)
class Compared:
    """A machine held against itself as it was.

    Args:
        before, after: micro-F1 by code, then by theme.
        gained: decisions that were wrong and are right now: transcript, turn, code, and whether people
            gave it.
        lost: decisions that were right and are wrong now.
    """

    before: tuple[float | None, float | None]
    after: tuple[float | None, float | None]
    gained: tuple[tuple[str, int, str, bool], ...]
    lost: tuple[tuple[str, int, str, bool], ...]


def compare(
    before: tuple[Sequence[Held], Evaluation], after: tuple[Sequence[Held], Evaluation]
) -> Compared:
    """What a later machine gains and loses, decision by decision, on the turns both were held against."""
    earlier = {_key(each): each for each in before[0]}
    gained: list[tuple[str, int, str, bool]] = []
    lost: list[tuple[str, int, str, bool]] = []
    for each in after[0]:
        then = earlier.get(_key(each))
        if then is None:
            continue
        for code in sorted(then.machine ^ each.machine):
            people = code in each.unit.codes
            row = (each.unit.transcript_id, each.unit.turn or each.unit.start or 0, code, people)
            (gained if (code in each.machine) == people else lost).append(row)
    return Compared(
        (before[1].by_code.f1, before[1].by_theme.f1),
        (after[1].by_code.f1, after[1].by_theme.f1),
        tuple(gained),
        tuple(lost),
    )


def _key(held: Held) -> tuple[str, int | None, int | None]:
    return held.unit.transcript_id, held.unit.turn, held.unit.start
