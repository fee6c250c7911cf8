"""Tables for a report, written as CSV, Excel or Word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from themecode.errors import ThemecodeError
from themecode.exports import word
from themecode.exports.delimited import CsvSheet
from themecode.exports.files import write_atomically

#: The page is 257 mm of A4 on its side, in twentieths of a point.
_PAGE_WIDTH = 14_500


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of a report.

    Args:
        name: short, for a sheet's tab.
        about: what it says, in a sentence or two.
        widths: of the columns, in characters.
    """

    name: str
    title: str
    about: str
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]

    def without(self, heading: str) -> ReportTable:
        """The table without a column."""
        gone = self.headings.index(heading)

        def drop(cells: tuple[Any, ...]) -> tuple[Any, ...]:
            return (*cells[:gone], *cells[gone + 1 :])

        return replace(
            self,
            headings=drop(self.headings),
            widths=drop(self.widths),
            rows=tuple(map(drop, self.rows)),
        )

    def renamed(self, number: int) -> ReportTable:
        """The table of the nth comparison, from 0, so that every sheet has a name of its own."""
        return replace(self, name=f"{self.name} {number + 1}") if number else self


def write_report_tables(tables: Sequence[ReportTable], path: Path, *, made_on: date) -> None:
    """Write tables as the file's name asks: .csv (the first of them), .xlsx or .docx.

    Raises:
        ThemecodeError: the name ends in something else.
        StudyNotWritable: the file cannot be written.
    """
    kind = path.suffix.lower()
    if kind == ".csv":
        with write_atomically(path, mode="wb") as stream:
            CsvSheet(stream, tables[0].headings).add(tables[0].rows)
    elif kind == ".xlsx":
        _write_workbook(tables, path, made_on=made_on)
    elif kind == ".docx":
        _write_document(tables, path, made_on=made_on)
    else:
        raise ThemecodeError(f"{path} should end in .csv, .xlsx or .docx.")


def _write_workbook(tables: Sequence[ReportTable], path: Path, *, made_on: date) -> None:
    import xlsxwriter

    with write_atomically(path, mode="wb") as stream:
        book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
        made = datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC)
        book.set_properties({"title": "Agreement", "created": made})
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        right = book.add_format({"valign": "top", "align": "right"})
        head = book.add_format(
            {"bold": True, "font_color": "1F3A4D", "bg_color": "E8EEF1", "text_wrap": True,
             "valign": "vcenter", "bottom": 1, "bottom_color": "B8C4CB"}
        )  # fmt: skip
        about = book.add_format({"text_wrap": True, "valign": "top", "font_color": "4A4A4A"})
        title = book.add_format({"bold": True, "font_size": 14, "font_color": "1F3A4D"})
        for table in tables:
            sheet = book.add_worksheet(table.name)
            last = len(table.headings) - 1
            sheet.hide_gridlines(2)
            sheet.write_string(0, 0, table.title, title)
            sheet.merge_range(1, 0, 1, min(last, 8), table.about, about)
            sheet.set_row(1, 48)
            for at, (heading, width) in enumerate(zip(table.headings, table.widths, strict=True)):
                sheet.set_column(at, at, width)
                sheet.write_string(2, at, heading, head)
            sheet.set_row(2, 48)
            for number, row in enumerate(table.rows, start=3):
                lines = [
                    sum(1 + len(line) // width for line in text.split("\n"))
                    for text, width in zip(row, table.widths, strict=True)
                ]
                sheet.set_row(number, min(15 * max(lines) + 4, 400))
                for at, text in enumerate(row):
                    _write_cell(sheet, number, at, text, cell, right)
            sheet.freeze_panes(3, 0)
            if table.rows:
                sheet.autofilter(2, 0, 2 + len(table.rows), last)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(2)
        book.close()


def _write_cell(sheet: Any, row: int, at: int, text: str, cell: Any, right: Any) -> None:
    """A number as a number, so that it can be sorted; all else as the text it is."""
    try:
        number = float(text.replace("−", "-"))
    except ValueError:
        sheet.write_string(row, at, text, cell)
    else:
        sheet.write_number(row, at, number, right)


def _write_document(tables: Sequence[ReportTable], path: Path, *, made_on: date) -> None:
    with write_atomically(path, mode="wb") as stream:
        file = word.WordFile(stream, title="Agreement", made_on=made_on)
        try:
            file.write(word.paragraph("Agreement", word.TITLE))
            for table in tables:
                _write_word_table(file, table)
        except BaseException:
            file.abandon()
            raise
        file.close()


def _write_word_table(file: word.WordFile, table: ReportTable) -> None:
    scaled = [round(_PAGE_WIDTH * width / sum(table.widths)) for width in table.widths]
    file.write(word.paragraph(table.title, word.HEADING))
    file.write(word.paragraph(table.about, word.DEFINITION))
    if not table.rows:
        file.write(word.paragraph("Nothing to show.", word.BODY))
        return
    file.write(word.table_start(table.headings, scaled, title=table.title, about=table.about))
    for row in table.rows:
        cells = [word.paragraph(text, word.CELL) for text in row]
        file.write(word.table_row(cells, scaled, characters=max(map(len, row))))
    file.write(word.table_end())
    file.write(word.paragraph("", word.BODY))
