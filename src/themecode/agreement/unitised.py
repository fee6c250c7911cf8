"""Agreement about where passages begin and end: Krippendorff's unitised alpha.

For coders who marked passages freely, each on the whole of the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from themecode.model import Span


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What two or more coders' units of one code differ by, and what chance would make of them."""

    observed: float
    expected: float

    @property
    def alpha(self) -> float | None:
        """Unitised alpha. None: there are no units, or chance explains all of it."""
        return 1 - self.observed / self.expected if self.expected else None


def unitised_alpha(coders: Sequence[Sequence[Span]], *, length: int) -> Disagreement:
    """How far coders agree where a code's passages lie.

    Source: Krippendorff 2004, "Content analysis" (2nd ed.), pp. 251-256.

    Args:
        coders: for each, her units of the code; those that touch or overlap count as one.
        length: of the text, in the same measure as the units (here, characters).

    Raises:
        ValueError: there are fewer than two coders, or a unit runs past the text.

    >>> one = [Span(75, 145), Span(220, 250)]
    >>> other = [Span(70, 150), Span(205, 225), Span(250, 270)]
    >>> round(unitised_alpha([one, other], length=300).alpha, 3)
    0.729
    """
    if len(coders) < 2:
        raise ValueError("agreement needs at least two coders")
    units = [_join(each) for each in coders]
    if any(each and each[-1].end > length for each in units):
        raise ValueError("a unit runs past the end of the text")
    gaps = [_find_gaps(each, length) for each in units]
    size = len(units)
    observed = sum(
        _differ(units[i], units[j], gaps[j]) for i in range(size) for j in range(size) if i != j
    )
    return Disagreement(
        observed / (size * (size - 1) * length**2) if length else 0.0,
        _expect(units, gaps, length),
    )


def _join(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(span for span in spans if len(span)):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return joined


def _find_gaps(units: Sequence[Span], length: int) -> list[Span]:
    gaps, at = [], 0
    for unit in units:
        if unit.start > at:
            gaps.append(Span(at, unit.start))
        at = unit.end
    if at < length:
        gaps.append(Span(at, length))
    return gaps


def _differ(units: Sequence[Span], others: Sequence[Span], gaps: Sequence[Span]) -> float:
    """One coder's units against another's, in one direction of the pair.

    Two units that meet differ by the squares of how far their ends lie apart; a unit that lies
    within the other's gap differs by the square of its whole length. In the other direction a pair
    of units is met again and a unit in a gap is met as a gap round a unit: each counts twice.
    """
    total, at = 0, 0
    for unit in units:
        while at < len(others) and others[at].end <= unit.start:
            at += 1
        met = at
        while met < len(others) and others[met].start < unit.end:
            other = others[met]
            total += (unit.start - other.start) ** 2 + (unit.end - other.end) ** 2
            met += 1
        if met == at and any(gap.start <= unit.start and unit.end <= gap.end for gap in gaps):
            total += 2 * len(unit) ** 2
    return total


def _expect(units: Sequence[Sequence[Span]], gaps: Sequence[Sequence[Span]], length: int) -> float:
    lengths = [len(unit) for each in units for unit in each]
    empty = [len(gap) for each in gaps for gap in each]
    size = len(units) * length
    below = size * (size - 1) - sum(each * (each - 1) for each in lengths)
    if not lengths or below <= 0:
        return 0.0
    number = len(lengths)
    total = sum(
        (number - 1) / 3 * (2 * each**3 - 3 * each**2 + each)
        + each**2 * sum(gap - each + 1 for gap in empty if gap >= each)
        for each in lengths
    )
    return 2 / length * total / below
