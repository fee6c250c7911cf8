"""Tables of figures in the terminal."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from themecode.console.tables import out

if TYPE_CHECKING:
    from themecode.exports.tables import FigureTable

#: Two columns stand so many characters apart.
_BETWEEN = 3


def print_figures(table: FigureTable) -> None:
    """A table of figures; one too wide for the terminal goes on in blocks of columns."""
    from themecode.exports.tables import Kind, show

    console = out()
    console.print(table.title)
    # An id says to scripts what the name before it says to people.
    named = [0] if table.columns[1:2] and table.columns[1].heading == "id" else []
    first = next((at for at in named), 0)
    rest = [at for at in range(len(table.columns)) if at != first and not (named and at == 1)]
    indented = 2 if table.strong else 0
    names = [len(show(row[first], table.columns[first].kind)) + indented for row in table.rows]
    width = min(max([len(table.columns[first].heading), *names]), max(20, console.width // 2))
    while rest or not table.columns[1:]:
        block: list[int] = []
        widths: list[int] = []
        room = console.width - width - 1
        while rest:
            column = table.columns[rest[0]]
            cells = [show(row[rest[0]], column.kind) for row in table.rows]
            needed = max(
                [
                    min(max(map(len, column.heading.split())), 20),
                    *(min(len(cell), 24) for cell in cells),
                ]
            )
            if block and needed + _BETWEEN > room:
                break
            block.append(rest.pop(0))
            widths.append(needed)
            room -= needed + _BETWEEN
        spare = max(0, room) // max(1, len(block))
        shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
        shown.add_column(table.columns[first].heading, width=width, overflow="fold")
        for at, needed in zip(block, widths, strict=True):
            column = table.columns[at]
            shown.add_column(
                column.heading,
                justify="left" if column.kind is Kind.TEXT else "right",
                overflow="fold",
                # No word of a heading is broken: columns that do not fit go in the next block.
                width=min(needed + spare, max(needed, len(column.heading)), console.width),
            )
        for line, row in enumerate(table.rows):
            strong = line in table.strong
            indent = "  " if table.strong and not strong else ""
            shown.add_row(
                indent + show(row[first], table.columns[first].kind),
                *(show(row[at], table.columns[at].kind) for at in block),
                style="bold" if strong else None,
            )
        console.print(shown)
        if not table.columns[1:]:
            break
    for note in table.notes:
        console.print(note)


def figures_as_json(table: FigureTable) -> dict[str, Any]:
    """The same table for scripts; shares from 0 to 1."""
    headings = [column.heading for column in table.columns]
    return {
        "title": table.title,
        "columns": headings,
        "rows": [
            [None if isinstance(value, float) and isnan(value) else value for value in row]
            for row in table.rows
        ],
        "notes": list(table.notes),
    }
