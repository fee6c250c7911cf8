"""Where two sides differ, as a finding: by code, and passage by passage for discussion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from themecode.agreement.compare import USUAL, Column, Interval, Resampling, find_interval, resample
from themecode.agreement.readings import Passage, Readings, Side


@dataclass(frozen=True, slots=True)
class Difference:
    """A passage two sides see differently.

    Args:
        first, second: the share of each side's readers who said yes.
        first_notes, second_notes: what they noted, with names.
    """

    passage: Passage
    column: Column
    first: float
    second: float
    first_notes: tuple[str, ...]
    second_notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """How two groups used one code on the passages both of them read.

    Args:
        units: those passages.
        first, second: how many of them each group gave the code (fractions: its readers differed).
        only_first, only_second: how many one group gave it and the other did not.
        gap: the first's share of yeses less the second's.
        interval: of the gap, resampled by participant.
        examples: passages one group gave the code and the other did not, the clearest first.
    """

    column: Column
    units: int
    people: int
    first: float
    second: float
    only_first: float
    only_second: float
    gap: float
    interval: Interval | None
    examples: tuple[Difference, ...]


def list_differences(
    readings: Readings, first: Side, second: Side, *, columns: Sequence[Column]
) -> Iterator[Difference]:
    """Every passage and code that the two sides see differently, by code, then by place."""
    for column in columns:
        if column.kind != "code":
            continue
        for place, passage in readings.passages.items():
            one = readings.share(first, place, column.code_ids)
            other = readings.share(second, place, column.code_ids)
            if one is not None and other is not None and one != other:
                yield Difference(
                    passage,
                    column,
                    one,
                    other,
                    _notes(readings, first, passage, column),
                    _notes(readings, second, passage, column),
                )


def compare_groups(
    readings: Readings,
    first: Side,
    second: Side,
    *,
    columns: Sequence[Column],
    resampling: Resampling = USUAL,
    examples: int = 3,
) -> tuple[GroupRow, ...]:
    """Which codes two groups use differently, the widest gap first.

    Args:
        readings: what everybody said.
        first: one group.
        second: the other.
        columns: codes; the others are passed over.
        resampling: how intervals are made.
        examples: how many passages to show for each code.
    """
    rows = []
    for column in columns:
        if column.kind != "code":
            continue
        shares = [
            (passage, one, other)
            for place, passage in readings.passages.items()
            if (one := readings.share(first, place, column.code_ids)) is not None
            and (other := readings.share(second, place, column.code_ids)) is not None
        ]
        if not any(one or other for _, one, other in shares):
            continue
        speakers = {p.speaker: 0 for p, _, _ in shares}
        at = {speaker: number for number, speaker in enumerate(speakers)}
        table = np.zeros((len(at), 3))
        for passage, one, other in shares:
            table[at[passage.speaker]] += (1, one, other)
        drawn = resample(table, resampling)
        gaps = (drawn[:, 1] - drawn[:, 2]) / drawn[:, 0]
        shown = sorted(
            list_differences(readings, first, second, columns=[column]),
            key=lambda each: -abs(each.first - each.second),
        )
        rows.append(
            GroupRow(
                column,
                len(shares),
                len(at),
                sum(one for _, one, _ in shares),
                sum(other for _, _, other in shares),
                sum(one * (1 - other) for _, one, other in shares),
                sum(other * (1 - one) for _, one, other in shares),
                sum(one - other for _, one, other in shares) / len(shares),
                find_interval(gaps, resampling, len(at)),
                tuple(shown[:examples]),
            )
        )
    return tuple(sorted(rows, key=lambda row: -abs(row.gap)))


def _notes(readings: Readings, side: Side, passage: Passage, column: Column) -> tuple[str, ...]:
    [code_id] = column.code_ids
    found = (
        (coder, readings.notes.get((coder, (passage.place, code_id)))) for coder in side.coders
    )
    return tuple(f"{coder}: {note}" for coder, note in found if note)
