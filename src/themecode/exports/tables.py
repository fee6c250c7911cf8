"""A table of figures in whatever a report is written with: CSV, Excel, Word, a web page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import BinaryIO

from themecode.errors import ThemecodeError
from themecode.exports import word
from themecode.exports.delimited import CsvSheet
from themecode.exports.files import open_target

Value = str | int | float | None
#: Every file of one table is the same, whenever it is made.
_MADE_ON = date(2000, 1, 1)
#: Columns of figures that a page of Word has room for.
_MOST_COLUMNS = 10
_PAGE_WIDTH = 14_568


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole"
    SHARE = "share"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and what it holds. Shares are from 0 to 1 and shown as per cent."""

    heading: str
    kind: Kind = Kind.WHOLE


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table of figures with its title, and what a reader must know to read it rightly.

    Args:
        title: what it shows.
        columns: the first of them name the row.
        rows: each as long as the columns; None is a gap.
        notes: what is counted, out of what.
        strong: rows that sum up those after them (themes), by number.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()
    strong: frozenset[int] = frozenset()


def show(value: Value, kind: Kind) -> str:
    """A figure as people read it."""
    if value is None or value != value:  # noqa: PLR0124 - a gap in a frame of floats is no number
        return ""
    if isinstance(value, str):
        return value
    match kind:
        case Kind.SHARE:
            return f"{value:.0%}"
        case Kind.NUMBER:
            return f"{value:.2f}"
    return f"{value:,}"


def write_table(table: FigureTable, target: Path) -> None:
    """Write a table in the format its name ends in: .csv, .xlsx, .docx or .html.

    Raises:
        ThemecodeError: its name ends in something else, or it cannot be written.
    """
    writer = {".csv": write_csv, ".xlsx": write_xlsx, ".docx": write_docx, ".html": write_html}.get(
        target.suffix.lower()
    )
    if writer is None:
        raise ThemecodeError(
            f"{target} has a name that says no format: end it in .csv, .xlsx, .docx or .html."
        )
    writer(table, target)


def write_csv(table: FigureTable, target: Path | BinaryIO) -> None:
    """Write the figures alone, shares as numbers from 0 to 1, for other programs."""
    with open_target(target) as stream:
        CsvSheet(stream, [column.heading for column in table.columns]).add(
            [_plain(value) for value in row] for row in table.rows
        )


def _plain(value: Value) -> str:
    if value is None or value != value:  # noqa: PLR0124 - as in `show`
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def write_xlsx(table: FigureTable, target: Path | BinaryIO) -> None:
    """Write the table as a workbook with its notes on a sheet of their own."""
    import datetime as dt

    import xlsxwriter

    with open_target(target) as stream:
        book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
        book.set_properties(
            {"title": table.title, "created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)}
        )
        look = {"valign": "top", "text_wrap": True}
        heading = book.add_format(
            {
                "bold": True,
                "bg_color": "#E8EEF2",
                "bottom": 1,
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        forms = {
            (kind, bold): book.add_format({**look, "bold": bold, **_number_form(kind)})
            for kind in Kind
            for bold in (False, True)
        }
        sheet = book.add_worksheet("Figures")
        for at, column in enumerate(table.columns):
            sheet.write_string(0, at, column.heading, heading)
            sheet.set_column(at, at, 36 if column.kind is Kind.TEXT else 12)
        for line, row in enumerate(table.rows):
            for at, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                form = forms[column.kind, line in table.strong]
                if isinstance(value, str):
                    sheet.write_string(line + 1, at, value, form)
                elif value is not None and value == value:  # noqa: PLR0124 - as in `show`
                    sheet.write_number(line + 1, at, value, form)
        named = sum(1 for column in table.columns if column.kind is Kind.TEXT)
        sheet.freeze_panes(1, min(named, 2))
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        about = book.add_worksheet("About")
        about.set_column(0, 0, 100)
        for line, text in enumerate((table.title, *table.notes)):
            about.write_string(line, 0, text, forms[Kind.TEXT, line == 0])
        book.close()


def _number_form(kind: Kind) -> dict[str, str]:
    forms = {Kind.SHARE: "0%", Kind.NUMBER: "0.00", Kind.WHOLE: "#,##0"}
    return {"num_format": forms[kind]} if kind in forms else {}


def write_docx(table: FigureTable, target: Path | BinaryIO) -> None:
    """Write the table as a Word document, its header row repeated on every page."""
    with open_target(target) as stream:
        document = word.WordFile(stream, title=table.title, made_on=_MADE_ON)
        try:
            document.write(word.paragraph(table.title, word.HEADING))
            for part in cut_wide(table):
                if part is not table:
                    document.write(word.paragraph(part.title, word.NOTE))
                document.write(word_table(part))
            for note in table.notes:
                document.write(word.paragraph(note, word.NOTE))
            document.close()
        except BaseException:
            document.abandon()
            raise


def cut_wide(table: FigureTable) -> list[FigureTable]:
    """A table as wide as a page, or several that have its columns in turn, each with the names of its rows.

    A table in Word has no more than 63 columns, and a reader no use for one of twenty.
    """
    first = [at for at, column in enumerate(table.columns) if column.heading != "id"][:1]
    rest = [
        at for at, column in enumerate(table.columns) if at not in first and column.heading != "id"
    ]
    if len(rest) <= _MOST_COLUMNS:
        return [table]
    blocks = [rest[at : at + _MOST_COLUMNS] for at in range(0, len(rest), _MOST_COLUMNS)]
    return [
        replace(
            table,
            title=f"{table.title}, part {number} of {len(blocks)}",
            columns=tuple(table.columns[at] for at in (*first, *block)),
            rows=tuple(tuple(row[at] for at in (*first, *block)) for row in table.rows),
        )
        for number, block in enumerate(blocks, 1)
    ]


def word_table(table: FigureTable) -> str:
    """The table alone, as Word's XML."""
    widths = _share_out(table.columns)
    pieces = [
        word.table_start(
            [column.heading for column in table.columns],
            widths,
            title=table.title,
            about=" ".join(table.notes) or table.title,
        )
    ]
    for line, row in enumerate(table.rows):
        cells = [show(value, column.kind) for column, value in zip(table.columns, row, strict=True)]
        style = word.CODE if line in table.strong else word.CELL
        pieces.append(
            word.table_row(
                [word.paragraph(cell, style) for cell in cells],
                widths,
                characters=max(map(len, cells), default=0),
            )
        )
    pieces.append(word.table_end())
    return "".join(pieces)


def _share_out(columns: Sequence[Column]) -> list[int]:
    """Column widths: words take three times the room of figures."""
    weights = [3 if column.kind is Kind.TEXT else 1 for column in columns]
    return [_PAGE_WIDTH * weight // sum(weights) for weight in weights]


def write_html(table: FigureTable, target: Path | BinaryIO) -> None:
    """Write the table as a web page of its own that asks for nothing from outside."""
    style = (
        "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;"
        "color:#1d2b33;background:#fff}table{border-collapse:collapse;width:100%}"
        "th,td{padding:.35rem .6rem;border-bottom:1px solid #cfd6d9;text-align:left;vertical-align:top}"
        "thead th{position:sticky;top:0;background:#e8eef2}.n{text-align:right;font-variant-numeric:"
        "tabular-nums}.strong th,.strong td{font-weight:600;background:#f4f7f8}caption{text-align:left;"
        "font-size:1.3rem;font-weight:600;padding:.5rem 0}.note{color:#4a5a63}"
    )
    with open_target(target) as stream:
        stream.write(
            (
                '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
                '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
                "style-src 'unsafe-inline'\">\n"
                '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
                f"<title>{escape(table.title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
                f"{html_table(table)}</body>\n</html>\n"
            ).encode("utf-8", "replace")
        )


def html_table(table: FigureTable) -> str:
    """The table and its notes, as HTML."""
    heads = "".join(
        f'<th scope="col"{_numeric(column)}>{escape(column.heading)}</th>'
        for column in table.columns
    )
    lines = []
    for line, row in enumerate(table.rows):
        cells = []
        for at, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            tag, scope = ("th", ' scope="row"') if at == 0 else ("td", "")
            cells.append(
                f"<{tag}{scope}{_numeric(column)}>{escape(show(value, column.kind))}</{tag}>"
            )
        strong = ' class="strong"' if line in table.strong else ""
        lines.append(f"<tr{strong}>{''.join(cells)}</tr>\n")
    notes = "".join(f'<p class="note">{escape(note)}</p>\n' for note in table.notes)
    return (
        f"<table>\n<caption>{escape(table.title)}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{''.join(lines)}</tbody>\n</table>\n{notes}"
    )


def _numeric(column: Column) -> str:
    return "" if column.kind is Kind.TEXT else ' class="n"'
