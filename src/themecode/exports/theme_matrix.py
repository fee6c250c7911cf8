"""The theme matrix as CSV: participants in rows, each theme and then its codes in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from themecode.exports.delimited import CsvSheet
from themecode.exports.files import open_target
from themecode.matrices import ThemeMatrix

#: The row of codings of turns that no participant spoke; there only where there are such.
UNATTRIBUTED = "(not a participant)"


def write_theme_matrix(matrix: ThemeMatrix, target: Path | BinaryIO) -> None:
    """Write the theme matrix as CSV that Excel opens right.

    The last two rows are `codings`, all told, and `people`, those with at least one; the people's
    row says in its role column out of how many.
    """
    header = ["participant", "role", *(column.id for column in matrix.columns), "total"]
    with open_target(target) as stream:
        CsvSheet(stream, header).add(_rows(matrix))


def _rows(matrix: ThemeMatrix) -> Iterator[list[str]]:
    for unit, counts in zip(matrix.units, matrix.counts, strict=True):
        yield _row(unit.participant_id, unit.role or "", counts, matrix.total_of(counts))
    if any(matrix.unattributed):
        counts = matrix.unattributed
        yield _row(UNATTRIBUTED, "", counts, matrix.total_of(counts))
    codings = matrix.codings
    yield _row("codings", "", codings, matrix.total_of(codings))
    someone = sum(1 for counts in matrix.counts if any(counts))
    yield _row("people", f"out of {len(matrix.units)}", matrix.people, someone)


def _row(participant: str, role: str, counts: Iterable[int], total: int) -> list[str]:
    return [participant, role, *map(str, counts), str(total)]
