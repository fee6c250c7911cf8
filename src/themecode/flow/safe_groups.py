"""People of each group who spoke of each theme, without the numbers that would name somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from themecode.disclosure import FEWEST, suppress_small_cells
from themecode.matrices.codings import StudyTable
from themecode.matrices.groups import (
    NOT_GIVEN,
    OWN_GROUPS,
    Count,
    Level,
    count_by_group,
    pool_small_groups,
)

#: Groupings by which a table is the researcher's own: a row or a column a person.
OWN_ROWS = frozenset({"participant", "transcript"})


@dataclass(frozen=True, slots=True)
class SafeGroups:
    """People of each group who spoke of each theme or code; None: kept back.

    Args:
        table: the study with groups of too few people taken together.
        by: what makes the groups.
        groups: those shown, in order.
        sizes: people of each group.
        counts: for each theme or code, a number a group.
        fewest: a number of fewer people is kept back.
    """

    table: StudyTable
    by: str
    groups: tuple[str, ...]
    sizes: Mapping[str, int]
    counts: Mapping[str, Mapping[str, int | None]]
    fewest: int

    @property
    def kept_back(self) -> int:
        """How many numbers are kept back."""
        return sum(cell is None for row in self.counts.values() for cell in row.values())

    @property
    def in_words(self) -> str:
        """What a reader must know of what is kept back. Empty: nothing is."""
        if not self.kept_back:
            return ""
        numbers = sum(map(len, self.counts.values()))
        return (
            f"–: kept back ({self.kept_back:,} of {numbers:,} numbers), for fewer than {self.fewest} "
            "people stand behind it, or it would give such a number away."
        )


def count_safely(
    table: StudyTable, by: str, *, level: Level = Level.THEME, fewest: int = FEWEST
) -> SafeGroups:
    """Count people of each group, and keep back numbers that so few stand behind as to name them.

    Groups of too few people are taken together first, where the participants file makes them. A
    reader sees the whole study's number elsewhere, so that other numbers are kept back with a small
    one (see `disclosure.suppress_small_cells`).

    Args:
        table: from `read_study_table`.
        by: what makes the groups. By participant or transcript nothing is kept back.
        level: themes or codes.
        fewest: the smallest number shown. 1: all.
    """
    if fewest > 1 and by not in set(OWN_GROUPS) - {"role"}:
        table = pool_small_groups(table, by, fewest)
    found = count_by_group(table, by, count=Count.PEOPLE, level=level)
    assert found.out_of is not None
    sizes = {str(group): int(size) for group, size in found.out_of.items()}
    every = [str(group) for group in found.counts.columns]
    rows: list[list[Any]] = found.counts.astype(object).to_numpy().tolist()
    shown = tuple(group for group in every if group != NOT_GIVEN and sizes[group])
    counts: dict[str, dict[str, int | None]] = {}
    for name, row in zip(found.counts.index, rows, strict=True):
        cells = keep_back(row, fewest=1 if by in OWN_ROWS else fewest)
        of_group = dict(zip(every, cells, strict=True))
        counts[str(name)] = {group: of_group[group] for group in shown}
    return SafeGroups(table, by, shown, sizes, counts, fewest)


def keep_back(people: Sequence[int], *, fewest: int) -> tuple[int | None, ...]:
    """One row of numbers of people, the row's total being known, as it may be shown."""
    row = [int(number) for number in people]
    if fewest <= 1:
        return tuple(row)
    return suppress_small_cells([row], fewest=fewest, column_totals=False).cells[0]
