"""A table of a report, and how it is fitted to a page of Word that stands upright."""

from __future__ import annotations

from dataclasses import dataclass

from themecode.exports import word

#: What a cell may hold. None: nothing to say (an undefined share).
Cell = str | int | float | None
#: About a letter of 10 points, a cell's two margins, and the longest word that is kept whole.
_LETTER, _PADDING, _LONGEST_WORD = 128, 240, 12


@dataclass(frozen=True, slots=True)
class FiguresTable:
    """A table of figures.

    Args:
        name: short, for a sheet and a file.
        title: as a reader sees it above the table.
        headings: of the columns, in words.
        ids: of the columns, for scripts, in the same order.
        rows: cells in the columns' order.
        notes: what is counted and out of what; each a sentence or two.
        decimals: how many digits after the point numbers that are not whole are shown with.
    """

    name: str
    title: str
    headings: tuple[str, ...]
    ids: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    decimals: int = 1

    def show(self, cell: Cell) -> str:
        """A cell as a reader sees it."""
        if cell is None:
            return "–"
        if isinstance(cell, float):
            return f"{cell:,.{self.decimals}f}"
        return f"{cell:,}" if isinstance(cell, int) else cell

    def is_number(self, column: int) -> bool:
        """Whether a column holds figures and not words."""
        return bool(self.rows) and all(not isinstance(row[column], str) for row in self.rows)


def turn_table(table: FiguresTable) -> FiguresTable:
    """The same table with its columns in rows, for a page that is narrower than long."""
    return FiguresTable(
        table.name,
        table.title,
        ("", *(table.show(row[0]) for row in table.rows)),
        ("", *(table.show(row[0]) for row in table.rows)),
        tuple(
            (heading, *(row[at] for row in table.rows))
            for at, heading in enumerate(table.headings)
            if at
        ),
        table.notes,
        table.decimals,
    )


def fit_table(table: FiguresTable, most: int, *, turn: bool = True) -> tuple[FiguresTable, ...]:
    """The table as it fits a page: turned where that makes it narrower, then cut into parts."""
    if turn and len(table.headings) > most and len(table.rows) + 1 < len(table.headings):
        table = turn_table(table)
    width = len(table.headings)
    if width <= most:
        return (table,)
    parts: list[FiguresTable] = []
    for start in range(1, width, most - 1):
        kept = (0, *range(start, min(start + most - 1, width)))
        parts.append(
            FiguresTable(
                table.name,
                f"{table.title}, part {len(parts) + 1}",
                tuple(table.headings[at] for at in kept),
                tuple(table.ids[at] for at in kept),
                tuple(tuple(row[at] for at in kept) for row in table.rows),
                table.notes,
                table.decimals,
            )
        )
    return tuple(parts)


def word_table(table: FiguresTable, page: int, *, about: str = "") -> list[str]:
    """A table as Word's XML: the start, each row, the end."""
    widths = _share_width(table, page)
    made = [
        word.table_start(
            table.headings, widths, title=table.title,
            about=about or f"{table.title}. {' '.join(table.notes)}",
        )
    ]  # fmt: skip
    for row in table.rows:
        shown = [table.show(cell) for cell in row]
        cells = [
            word.paragraph(text, word.CODE if at == 0 else word.CELL)
            for at, text in enumerate(shown)
        ]
        made.append(word.table_row(cells, widths, characters=max(map(len, shown), default=0)))
    made.append(word.table_end())
    # Two tables without a paragraph between them are one table to Word.
    made.append(word.paragraph("", word.NOTE))
    return made


def _share_width(table: FiguresTable, page: int) -> list[int]:
    """Widths that break no word where the page allows it; the rest goes to the longest texts."""
    least, wish = [], []
    for at, heading in enumerate(table.headings):
        texts = [heading, *(table.show(row[at]) for row in table.rows)]
        longest = max((len(part) for text in texts for part in text.split()), default=1)
        least.append(min(longest, _LONGEST_WORD) * _LETTER + _PADDING)
        lengths = [len(text) for text in texts]
        # A column of long texts earns more than one of short ones, though not in proportion.
        wish.append(
            0.0 if table.is_number(at) else (sum(lengths) / len(lengths) + max(lengths)) ** 0.7
        )
    spare = page - sum(least)
    if spare < 0 or not any(wish):
        return [page * width // sum(least) for width in least]
    total = sum(wish)
    return [width + int(spare * share / total) for width, share in zip(least, wish, strict=True)]
