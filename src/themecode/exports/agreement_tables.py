"""Agreement, estimates and differences as tables for a report: CSV, Excel or Word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from themecode.agreement import (
    Comparison,
    Difference,
    GroupRow,
    Interval,
    MachineEstimates,
    Statistic,
)
from themecode.errors import ThemecodeError
from themecode.exports import word
from themecode.exports.delimited import CsvSheet
from themecode.exports.files import write_atomically

WITHHELD = "(words held back: consent does not allow quoting)"
NAMES = {
    Statistic.PERCENT: "Percent agreement",
    Statistic.KAPPA: "Cohen's kappa",
    Statistic.ALPHA: "Krippendorff's alpha",
    Statistic.AC1: "Gwet's AC1",
    Statistic.POSITIVE: "Positive agreement",
}
_UNITISED = "Unitised alpha (where passages begin and end)"
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

    def renamed(self, number: int) -> ReportTable:
        """The table of the nth comparison, from 0, so that every sheet has a name of its own."""
        return replace(self, name=f"{self.name} {number + 1}") if number else self


def agreement_table(comparisons: Iterable[Comparison]) -> ReportTable:
    """Every statistic of every comparison, one code or theme a row."""
    rows = []
    for comparison in comparisons:
        first, second = comparison.sides
        for row in comparison.rows:
            figures: list[str] = []
            for statistic in Statistic:
                figures += (
                    _figure(row.values[statistic]),
                    _between(row.intervals[statistic]),
                )
            rows.append(
                (
                    first.name, second.name, row.column.kind, row.column.id, row.column.name,
                    str(row.units), str(row.people), f"{row.both:g}", f"{row.first:g}",
                    f"{row.second:g}", f"{row.neither:g}", *figures, _figure(row.unitised),
                    " ".join(row.warnings),
                )
            )  # fmt: skip
    figures = [text for each in Statistic for text in (NAMES[each], "95% interval")]
    return ReportTable(
        "Agreement",
        "Agreement",
        "How far two people or groups agree about each code, on the passages both have read. "
        "Intervals come from drawing the participants anew.",
        (
            "first", "second", "level", "id", "name", "passages read by both", "people",
            "both said yes", "only the first", "only the second", "neither", *figures, _UNITISED,
            "mind",
        ),
        (16, 16, 8, 22, 30, 10, 8, 8, 8, 8, 8, *([11, 14] * len(Statistic)), 13, 60),
        tuple(rows),
    )  # fmt: skip


def machine_table(estimates: MachineEstimates) -> ReportTable:
    """Precision and recall of the machine, estimated."""
    return ReportTable(
        "Machine",
        "How good the machine is",
        "Precision: of what the machine codes, the share people would keep. Recall: of what people "
        "would code, the share the machine codes. Estimated from "
        f"{estimates.read_suggested} suggestions and {estimates.read_uncoded} passages without a "
        "code that people have read, each weighted by how many it speaks for.",
        (
            "code", "name", "suggestions read", "yeses from people", "precision", "95% interval",
            "recall", "95% interval", "passages missed, about", "mind",
        ),
        (22, 34, 12, 12, 10, 14, 10, 14, 14, 60),
        tuple(
            (
                row.column.id, row.column.name, str(row.said), f"{row.found:g}",
                _figure(row.precision), _between(row.precision_interval), _figure(row.recall),
                _between(row.recall_interval),
                "" if row.missed is None else f"{row.missed:.0f}", " ".join(row.warnings),
            )
            for row in estimates.rows
        ),
    )  # fmt: skip


def differences_table(differences: Iterable[Difference], first: str, second: str) -> ReportTable:
    """Passage by passage, what each side said, with the words, for discussion."""
    return ReportTable(
        "To talk about",
        f"Where {first} and {second} differ",
        "Each passage one side gave a code and the other did not. A reason to talk, not a mistake.",
        ("transcript", "turn", "words", "code", first, second, "notes"),
        (14, 6, 60, 24, 12, 12, 30),
        tuple(
            (
                each.passage.transcript_id,
                str(each.passage.turn),
                each.passage.words if each.passage.may_quote else WITHHELD,
                each.column.name,
                _said(each.first),
                _said(each.second),
                "\n".join((*each.first_notes, *each.second_notes)),
            )
            for each in differences
        ),
    )


def groups_table(rows: Iterable[GroupRow], first: str, second: str) -> ReportTable:
    """Which codes two groups use differently, the widest gap first."""
    return ReportTable(
        "By group",
        f"What {first} and {second} see differently",
        f"Of the passages both have read, how many each gave the code. The gap is the share of "
        f"{first} less that of {second}; its interval comes from drawing the participants anew.",
        (
            "code", "passages read by both", "people", f"{first}: yes", f"{second}: yes",
            f"only {first}", f"only {second}", "gap", "95% interval", "passages to look at",
        ),
        (26, 10, 8, 10, 10, 10, 10, 8, 14, 60),
        tuple(
            (
                row.column.name, str(row.units), str(row.people), f"{row.first:g}",
                f"{row.second:g}", f"{row.only_first:g}", f"{row.only_second:g}",
                f"{row.gap:+.2f}".replace("-", "−"), _between(row.interval),
                "\n".join(
                    (f"“{each.passage.words}”" if each.passage.may_quote else WITHHELD)
                    + f" ({each.passage.transcript_id}, turn {each.passage.turn}; "
                    + f"{first}: {_said(each.first)}, {second}: {_said(each.second)})"
                    for each in row.examples
                ),
            )
            for row in rows
        ),
    )  # fmt: skip


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
    shown = [at for at, heading in enumerate(table.headings) if heading not in {"id", "level"}]
    if len(shown) > 12:  # a page is not so wide: intervals go beneath their figures
        shown = [at for at in shown if table.headings[at] not in {"95% interval", _UNITISED}]
    widths = [table.widths[at] for at in shown]
    scaled = [round(_PAGE_WIDTH * width / sum(widths)) for width in widths]
    file.write(word.paragraph(table.title, word.HEADING))
    file.write(word.paragraph(table.about, word.DEFINITION))
    if not table.rows:
        file.write(word.paragraph("Nothing to show.", word.BODY))
        return
    headings = [table.headings[at] for at in shown]
    file.write(word.table_start(headings, scaled, title=table.title, about=table.about))
    for row in table.rows:
        cells = []
        for at in shown:
            text = row[at]
            follows = at + 1 < len(row) and table.headings[at + 1] == "95% interval"
            if follows and at + 1 not in shown and row[at + 1]:
                text += f"\n{row[at + 1]}"
            cells.append(word.paragraph(text, word.CELL))
        longest = max(len(row[at]) for at in shown)
        file.write(word.table_row(cells, scaled, characters=longest))
    file.write(word.table_end())
    file.write(word.paragraph("", word.BODY))


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".replace("-", "−")


def _between(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f"{interval.low:.2f} to {interval.high:.2f}".replace("-", "−")


def _said(share: float) -> str:
    if share in (0, 1):
        return "yes" if share else "no"
    return f"{share:.0%} yes"
