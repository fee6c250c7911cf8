"""A workbook that came back: renamed, sorted, columns moved or added, rows deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from themecode.errors import UnreadableFile
from themecode.model import Problem
from themecode.packs.returned import Returned, Row
from themecode.packs.workbook import ANSWER, GUIDE, HIDDEN, NOTE, OTHER, REF, WORDS
from themecode.transcripts.grids import open_workbook

#: How far down a sheet its headings may have been pushed.
_HEADINGS_WITHIN = 15
#: A pack has hundreds of rows; a million empty ones are not read.
_MOST_ROWS = 20_000
_MOST_COLUMNS = 200


def read_workbook(path: Path) -> Returned:
    """Read the answers in a workbook, whatever has been done to it.

    Raises:
        UnreadableFile: it is not a workbook, or not a pack.
    """
    about: dict[str, str] = {}
    rows: list[Row] = []
    problems: list[Problem] = []
    found = False
    with open_workbook(path) as book:
        saved, made = book.properties.modified, book.properties.created
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
                if sheet.title == HIDDEN:
                    about = {
                        str(name or "").strip(): str(value or "").strip()
                        for name, value in (row[:2] for row in _values(sheet, 1, 20))
                    }
                elif sheet.title != GUIDE:
                    heads = _find_headings(sheet)
                    if heads is not None:
                        found = True
                        rows += _read_rows(sheet, *heads, problems=problems, path=path)
        except Exception as error:  # openpyxl raises whatever its parts raise
            raise UnreadableFile("the workbook is damaged. Save it again in Excel.") from error
    if not found:
        raise UnreadableFile(
            f"no sheet has the headings “{REF}” and “{ANSWER}”, so this is not a review pack, or "
            "its headings were changed. Put them back."
        )
    return Returned(
        str(path),
        about.get("reviewer", ""),
        about.get("review", ""),
        about.get("pack", ""),
        saved.replace(tzinfo=UTC) if isinstance(saved, datetime) and saved != made else None,
        "workbook",
        tuple(rows),
        tuple(problems),
    )


def _find_headings(sheet: Any) -> tuple[int, dict[str, int]] | None:
    wanted = {_plain(name): name for name in (REF, WORDS, ANSWER, OTHER, NOTE)}
    for number, row in enumerate(_values(sheet, 1, _HEADINGS_WITHIN), start=1):
        at = {
            wanted[plain]: column
            for column, value in enumerate(row)
            if (plain := _plain(value)) in wanted
        }
        if REF in at and ANSWER in at:
            return number, at
    return None


def _read_rows(
    sheet: Any, header: int, at: dict[str, int], *, problems: list[Problem], path: Path
) -> Iterator[Row]:
    for number, values in enumerate(_values(sheet, header + 1, _MOST_ROWS), start=header + 1):

        def text(name: str, values: Sequence[Any] = values) -> str:
            column = at.get(name)
            value = values[column] if column is not None and column < len(values) else None
            return "" if value is None else _as_typed(value)

        ref = text(REF).strip()
        if not ref:
            if text(ANSWER).strip():
                problems.append(
                    Problem(
                        f"{path} ({sheet.title})",
                        number,
                        "there is an answer, but the row has lost its Ref, so nobody knows what it "
                        "is about. Answer it in the pack as it was sent.",
                    )
                )
            continue
        yield Row(
            number,
            ref,
            text(WORDS) if WORDS in at else None,
            text(ANSWER),
            text(OTHER),
            text(NOTE),
            sheet.title,
        )


def _values(sheet: Any, first: int, most: int) -> Iterator[Sequence[Any]]:
    yield from sheet.iter_rows(
        min_row=first, max_row=first + most - 1, max_col=_MOST_COLUMNS, values_only=True
    )


def _as_typed(value: object) -> str:
    """A cell as she typed it: a spreadsheet makes TRUE of "true"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _plain(value: object) -> str:
    return " ".join(str(value or "").casefold().strip(" :*").split())
