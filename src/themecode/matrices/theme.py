"""Counting: which themes and codes each participant spoke of.

What is counted, everywhere in themecode: codings that are suggested, accepted, recoded or coded
(`model.COUNTED`). A code on a passage counts once, however many coders put it there. A theme's
figure is the sum of its codes' figures: a passage under two codes of one theme is two codings of
that theme. People are counted once each, under a theme as under a code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.model import COUNTED, Codebook, Participant
from themecode.settle import Settled

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """A theme, or a code under it.

    Args:
        theme_id: the column's theme; its own id where the column is a theme.
        is_theme: whether the column sums the codes after it.
    """

    id: str
    name: str
    theme_id: str
    is_theme: bool


@dataclass(frozen=True, slots=True)
class MatrixUnit:
    """A row of a matrix: a participant."""

    participant_id: str
    role: str | None


@dataclass(frozen=True, slots=True)
class ThemeMatrix:
    """How many codings each participant has under each theme and code.

    Args:
        columns: each theme, followed by its codes, in the codebook's order.
        units: every participant of the study, in the order given, then any other who spoke.
        counts: codings, (n_units, n_columns), in the orders above. Participants without codings
            have zeros.
        unattributed: codings of turns that no participant spoke, (n_columns). They are in the
            totals of codings and in no total of people.
        unplaced: codings whose code has left the codebook: in no column and no total.
    """

    columns: tuple[MatrixColumn, ...]
    units: tuple[MatrixUnit, ...]
    counts: tuple[tuple[int, ...], ...]
    unattributed: tuple[int, ...]
    unplaced: int = 0

    @property
    def codings(self) -> tuple[int, ...]:
        """Codings under each column, all told: (n_columns)."""
        rows = (*self.counts, self.unattributed)
        return tuple(map(sum, zip(*rows, strict=True)))

    @property
    def people(self) -> tuple[int, ...]:
        """People with at least one coding under each column: (n_columns)."""
        return tuple(sum(1 for row in self.counts if row[at]) for at in range(len(self.columns)))

    @property
    def totals(self) -> tuple[int, ...]:
        """Codings of each unit under all themes: (n_units)."""
        return tuple(map(self.total_of, self.counts))

    def total_of(self, row: tuple[int, ...]) -> int:
        """The sum of a row over the themes; its codes are in their themes already."""
        return sum(
            count for count, column in zip(row, self.columns, strict=True) if column.is_theme
        )

    def to_frame(self) -> pd.DataFrame:
        """The counts as a data frame: participants in rows, column ids in columns."""
        import pandas as pd

        return pd.DataFrame(
            list(self.counts),
            index=pd.Index([unit.participant_id for unit in self.units], name="participant"),
            columns=[column.id for column in self.columns],
            dtype="int64",
        )


class MatrixCounter:
    """Counts codings into a theme matrix as they go by, so that they need be read only once.

    Args:
        codebook: its order is the columns' order.
        participants: everyone who took part, by id, in the order of the rows.
    """

    def __init__(self, codebook: Codebook, participants: Mapping[str, Participant]) -> None:
        self._participants = participants
        self._columns = matrix_columns(codebook)
        self._places = _places(self._columns)
        self._counts = {participant_id: [0] * len(self._columns) for participant_id in participants}
        self._unattributed = [0] * len(self._columns)
        self._unplaced = 0
        self._seen: set[tuple[str, int, int, str]] = set()

    def count(self, settled: Iterable[Settled]) -> Iterator[Settled]:
        """Hand the codings on, counting each whose status counts."""
        for item in settled:
            if item.status in COUNTED:
                self._add(item)
            yield item

    def _add(self, item: Settled) -> None:
        segment = item.coding.segment
        key = (segment.transcript_id, segment.span.start, segment.span.end, item.code_id)
        if key in self._seen:
            return
        self._seen.add(key)
        place = self._places.get(item.code_id)
        if place is None:
            self._unplaced += 1
            return
        who = item.turn.participant_id
        row = self._unattributed if who is None else self._counts.get(who)
        if row is None:
            row = self._counts[who or ""] = [0] * len(self._columns)
        row[place[0]] += 1
        row[place[1]] += 1

    def matrix(self) -> ThemeMatrix:
        """The matrix of everything counted so far."""
        known = self._participants
        return ThemeMatrix(
            columns=self._columns,
            units=tuple(
                MatrixUnit(who, known[who].role if who in known else None) for who in self._counts
            ),
            counts=tuple(map(tuple, self._counts.values())),
            unattributed=tuple(self._unattributed),
            unplaced=self._unplaced,
        )


def theme_matrix(
    settled: Iterable[Settled], *, codebook: Codebook, participants: Mapping[str, Participant]
) -> ThemeMatrix:
    """Count each participant's codings under each theme and code.

    Args:
        settled: the codings as they stand; only those of a counted status are counted.
        codebook: its order is the columns' order.
        participants: everyone who took part, by id, in the order of the rows.
    """
    counter = MatrixCounter(codebook, participants)
    for _ in counter.count(settled):
        pass
    return counter.matrix()


def matrix_columns(codebook: Codebook) -> tuple[MatrixColumn, ...]:
    """Each theme followed by its codes, in the codebook's order."""
    columns = []
    for theme in codebook.themes:
        columns.append(MatrixColumn(theme.id, theme.name, theme.id, is_theme=True))
        columns.extend(
            MatrixColumn(code.id, code.name, theme.id, is_theme=False) for code in theme.codes
        )
    return tuple(columns)


def _places(columns: tuple[MatrixColumn, ...]) -> dict[str, tuple[int, int]]:
    """Where a code counts: its theme's column and its own."""
    themes = {column.id: at for at, column in enumerate(columns) if column.is_theme}
    return {
        column.id: (themes[column.theme_id], at)
        for at, column in enumerate(columns)
        if not column.is_theme
    }
