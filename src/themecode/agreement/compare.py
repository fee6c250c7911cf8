"""Two sides compared, code by code and theme by theme, with intervals resampled by participant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from themecode.agreement import coefficients
from themecode.agreement.readings import Readings, Side
from themecode.agreement.unitised import unitised_alpha
from themecode.model import Codebook, Span

#: Fewer passages that either side gave a code are too few to say (our choice, see docs).
FEW_POSITIVES = 10
#: With fewer people an interval resampled by participant is too narrow.
FEW_PEOPLE = 8
#: An interval is shown where at least this share of the resamples had a value.
_ENOUGH_DEFINED = 0.9

Floats = npt.NDArray[np.float64]


class Statistic(StrEnum):
    """What is worked out of two sides' answers."""

    PERCENT = "percent"
    KAPPA = "kappa"
    ALPHA = "alpha"
    AC1 = "ac1"
    POSITIVE = "positive"


_WORK_OUT: Mapping[Statistic, Callable[[Floats], Floats]] = {
    Statistic.PERCENT: coefficients.percent_agreement,
    Statistic.KAPPA: coefficients.cohen_kappa,
    Statistic.ALPHA: coefficients.binary_alpha,
    Statistic.AC1: coefficients.gwet_ac1,
    Statistic.POSITIVE: coefficients.positive_agreement,
}


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are made.

    Args:
        times: how often the people are drawn anew.
        seed: the same seed gives the same interval.
        level: how much of the resamples the interval holds.
    """

    times: int = 2000
    seed: int = 1
    level: float = 0.95


#: Two thousand resamples, 95%.
USUAL = Resampling()


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure may lie."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Column:
    """What is agreed about: a code, a theme (any of its codes), or all codes pooled."""

    id: str
    name: str
    kind: str
    code_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreed:
    """How far two sides agree about one code or theme.

    Args:
        units: passages that both sides read with the code in mind.
        people: who said them.
        both, first, second, neither: passages; fractions where a side has several readers.
        values: the statistics. None: undefined.
        intervals: None: too little to make one.
        unitised: agreement about where passages begin and end. None: not measured.
        warnings: what a reader should know, in plain words.
    """

    column: Column
    units: int
    people: int
    both: float
    first: float
    second: float
    neither: float
    values: Mapping[Statistic, float | None]
    intervals: Mapping[Statistic, Interval | None]
    unitised: float | None
    warnings: tuple[str, ...]

    @property
    def positives(self) -> float:
        """Passages that either side gave the code."""
        return self.both + self.first + self.second


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides compared; the pooled row first, then themes, then codes."""

    sides: tuple[Side, Side]
    rows: tuple[Agreed, ...]


def list_columns(codebook: Codebook) -> tuple[Column, ...]:
    """What can be agreed about: all codes pooled, each theme, each code."""
    codes = tuple(code.id for code in codebook.codes)
    return (
        Column("all", "All codes", "all", codes),
        *(
            Column(theme.id, theme.name, "theme", tuple(code.id for code in theme.codes))
            for theme in codebook.themes
        ),
        *(Column(code.id, code.name, "code", (code.id,)) for code in codebook.codes),
    )


def compare_sides(
    readings: Readings,
    first: Side,
    second: Side,
    *,
    columns: Sequence[Column],
    resampling: Resampling = USUAL,
) -> Comparison:
    """Compare two sides on every passage that both have read.

    Where a side is a group, every reader of one is held against every reader of the other, and
    each passage counts once.

    Source: percentile bootstrap over clusters, Davison and Hinkley 1997, "Bootstrap methods and
    their application"; the cluster is the participant.

    Raises:
        ValueError: somebody is on both sides.
    """
    if set(first.coders) & set(second.coders):
        raise ValueError("somebody is on both sides")
    people = list(dict.fromkeys(each.speaker for each in readings.passages.values()))
    at = {speaker: number for number, speaker in enumerate(people)}
    tables: dict[str, Floats] = {}
    units: dict[str, int] = {}
    spoke: dict[str, set[int]] = {}
    for column in columns:
        if column.kind == "all":
            continue
        table = np.zeros((len(people), 4))
        count, speakers = 0, set()
        for place, passage in readings.passages.items():
            one = readings.share(first, place, column.code_ids)
            other = readings.share(second, place, column.code_ids)
            if one is None or other is None:
                continue
            who = at[passage.speaker]
            table[who] += (
                one * other,
                one * (1 - other),
                (1 - one) * other,
                (1 - one) * (1 - other),
            )
            count += 1
            speakers.add(who)
        tables[column.id], units[column.id], spoke[column.id] = table, count, speakers
    codes = [column.id for column in columns if column.kind == "code"]
    rows = []
    for column in columns:
        if column.kind == "all":
            tables[column.id] = sum((tables[id_] for id_ in codes), np.zeros((len(people), 4)))
            units[column.id] = sum(units[id_] for id_ in codes)
            spoke[column.id] = set().union(*(spoke[id_] for id_ in codes))
        if units[column.id]:
            rows.append(
                _agree(
                    column,
                    tables[column.id],
                    units=units[column.id],
                    people=sorted(spoke[column.id]),
                    unitised=_find_boundaries(readings, first, second, column),
                    resampling=resampling,
                )
            )
    return Comparison((first, second), tuple(rows))


def _agree(
    column: Column,
    table: Floats,
    *,
    units: int,
    people: Sequence[int],
    unitised: float | None,
    resampling: Resampling,
) -> Agreed:
    whole = table.sum(axis=0)
    values = {name: none_if_nan(float(work(whole))) for name, work in _WORK_OUT.items()}
    drawn = resample(table[list(people)], resampling)
    intervals = {
        name: None if values[name] is None else find_interval(work(drawn), resampling, len(people))
        for name, work in _WORK_OUT.items()
    }
    both, first, second, neither = (float(each) for each in whole)
    return Agreed(
        column, units, len(people), both, first, second, neither, values, intervals, unitised,
        _warn(values, positives=both + first + second, neither=neither, people=len(people)),
    )  # fmt: skip


def resample(table: Floats, resampling: Resampling) -> Floats:
    """The sums of a table's rows with its people drawn anew, (times, n_columns)."""
    people = len(table)
    if people < 2:
        return np.empty((0, table.shape[1]))
    rng = np.random.default_rng(resampling.seed)
    weights = rng.multinomial(people, np.full(people, 1 / people), size=resampling.times)
    drawn: Floats = weights.astype(float) @ table
    return drawn


def find_interval(values: Floats, resampling: Resampling, people: int) -> Interval | None:
    """The middle of the resampled values. None: too few of them are defined."""
    defined = values[~np.isnan(values)]
    if people < 2 or len(defined) < _ENOUGH_DEFINED * len(values) or not len(defined):
        return None
    tail = (1 - resampling.level) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(float(low), float(high))


def none_if_nan(value: float) -> float | None:
    """The value; None where it is undefined."""
    return None if np.isnan(value) else value


def _warn(
    values: Mapping[Statistic, float | None], *, positives: float, neither: float, people: int
) -> tuple[str, ...]:
    warnings = []
    if positives == 0:
        warnings.append("Nobody gave this code: there is nothing to agree on yet.")
    elif positives < FEW_POSITIVES:
        warnings.append(
            f"Too few to say: only {positives:g} passage{'s' if positives != 1 else ''} "
            "got a yes from anybody."
        )
    if values[Statistic.KAPPA] is None and neither == 0 and positives:
        warnings.append("Everybody always said yes, so agreement beyond chance has no meaning.")
    if people < FEW_PEOPLE:
        warnings.append(
            f"Only {people} {'person' if people == 1 else 'people'} spoke these passages: "
            "the interval is a rough one."
        )
    return tuple(warnings)


def _find_boundaries(readings: Readings, first: Side, second: Side, column: Column) -> float | None:
    """Unitised alpha over the transcripts that everybody on both sides coded whole."""
    coders = (*first.coders, *second.coders)
    if column.kind == "all" or len(coders) != 2:
        return None
    shared = [
        transcript_id
        for transcript_id in readings.lengths
        if all((coder, transcript_id) in readings.marked for coder in coders)
    ]
    units: list[list[Span]] = [[] for _ in coders]
    length = 0
    for transcript_id in shared:
        for at, coder in enumerate(coders):
            marked = readings.marked[coder, transcript_id]
            units[at] += [
                span.shift(length)
                for code_id in column.code_ids
                for span in marked.get(code_id, ())
            ]
        length += readings.lengths[transcript_id] + 1
    return unitised_alpha(units, length=length).alpha if length else None
