"""A codebook as a table of rows and columns: CSV and Excel, out and back in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from themecode.errors import UnreadableFile
from themecode.exchange.rows import CodebookRows, CodeRow, join_texts, list_rows, part_texts
from themecode.exports.delimited import CsvSheet, exact_cell
from themecode.exports.files import open_target
from themecode.model import Codebook, Cues
from themecode.transcripts.grids import (
    Grid,
    find_header,
    name_columns,
    read_csv_grid,
    read_xlsx_grids,
)

_CUES = ("strong", "fair", "weak", "unless", "counts_when")
#: What each column is called, and the field it fills.
COLUMNS = {
    "Theme": "theme",
    "Theme id": "theme_id",
    "Theme definition": "theme_definition",
    "Code": "code",
    "Code id": "code_id",
    "Definition": "definition",
    "Include": "include",
    "Exclude": "exclude",
    "Examples": "examples",
    "Not examples": "non_examples",
    "Content note": "content_note",
}
#: In CSV two columns bear the names that Taguette looks for.
CSV_COLUMNS = {
    {"Code id": "path", "Definition": "description"}.get(name, name): field
    for name, field in COLUMNS.items()
}
CUE_COLUMNS = {
    "Strong cues": "strong",
    "Fair cues": "fair",
    "Weak cues": "weak",
    "Unless": "unless",
    "Counts when": "counts_when",
}
#: Other names that people give the same columns.
ALIASES = {
    "theme": "theme", "themes": "theme", "category": "theme", "parent": "theme",
    "code": "code", "codes": "code", "name": "code", "code name": "code", "tag": "code",
    "path": "code", "sub-theme": "code", "subtheme": "code", "label": "code",
    "code id": "code_id", "id": "code_id", "code_id": "code_id",
    "theme id": "theme_id", "theme_id": "theme_id",
    "theme definition": "theme_definition", "theme description": "theme_definition",
    "definition": "definition", "description": "definition", "meaning": "definition",
    "full definition": "definition", "brief definition": "definition",
    "include": "include", "inclusion": "include", "inclusion criteria": "include",
    "when to use": "include", "includes": "include",
    "exclude": "exclude", "exclusion": "exclude", "exclusion criteria": "exclude",
    "when not to use": "exclude", "excludes": "exclude",
    "example": "examples", "examples": "examples", "quote": "examples", "quotes": "examples",
    "not examples": "non_examples", "non-examples": "non_examples",
    "not an example": "non_examples", "non examples": "non_examples",
    "content note": "content_note", "warning": "content_note",
    **{name.lower(): field for name, field in CUE_COLUMNS.items()},
}  # fmt: skip
_SEVERAL = frozenset(("examples", "non_examples", *_CUES))
_HOW_TO_USE = (
    "Change the rows of the first sheet, then run: themecode codebook convert this_file.xlsx "
    "my_codebook.yaml. Several examples or cues in a cell: one a line."
)
_CODES_SHEET, _ABOUT_SHEET, _LISTS_SHEET = "Codebook", "About", "Word lists"


def write_csv(codebook: Codebook, target: Path | BinaryIO) -> None:
    """Write a codebook as CSV: a row a code, without its cues."""
    with open_target(target) as stream:
        CsvSheet(stream, list(CSV_COLUMNS)).add(
            _cells(row, CSV_COLUMNS) for row in list_rows(codebook).rows
        )


def write_xlsx(codebook: Codebook, target: Path | BinaryIO) -> None:
    """Write a codebook as an Excel workbook: a row a code, its cues, and the lists they name."""
    import datetime as dt

    import xlsxwriter

    rows = list_rows(codebook)
    columns = {**COLUMNS, **CUE_COLUMNS}
    with open_target(target) as stream:
        book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
        book.set_properties(
            {"title": codebook.title, "created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)}
        )
        heading = book.add_format(
            {"bold": True, "bg_color": "#E8EEF2", "bottom": 1, "valign": "vcenter"}
        )
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        with closing(book):
            sheet = book.add_worksheet(_CODES_SHEET)
            for at, name in enumerate(columns):
                sheet.write_string(0, at, name, heading)
                sheet.set_column(at, at, _width_of(name))
            for line, row in enumerate(rows.rows, start=1):
                for at, text in enumerate(_cells(row, columns)):
                    if text:
                        sheet.write_string(line, at, text, cell)
            sheet.freeze_panes(1, 4)
            sheet.autofilter(0, 0, max(1, len(rows.rows)), len(columns) - 1)
            about = book.add_worksheet(_ABOUT_SHEET)
            about.set_column(0, 0, 14)
            about.set_column(1, 1, 70)
            said = {"Title": rows.title, "Version": rows.version, "How to use": _HOW_TO_USE}
            for line, (name, text) in enumerate(said.items()):
                about.write_string(line, 0, name, heading)
                about.write_string(line, 1, text, cell)
            if rows.word_lists:
                lists = book.add_worksheet(_LISTS_SHEET)
                lists.set_column(0, 0, 20)
                lists.set_column(1, 1, 90)
                lists.write_string(0, 0, "List", heading)
                lists.write_string(0, 1, "Words", heading)
                for line, (name, words) in enumerate(rows.word_lists.items(), start=1):
                    lists.write_string(line, 0, name, cell)
                    lists.write_string(line, 1, "\n".join(words), cell)


def _width_of(column: str) -> int:
    if column in ("Definition", "Include", "Exclude", "Theme definition", *CUE_COLUMNS):
        return 42
    return 60 if column in ("Examples", "Not examples") else 22


def _cells(row: CodeRow, columns: Mapping[str, str]) -> list[str]:
    cells = []
    for field in columns.values():
        value = getattr(row.cues if field in _CUES else row, field)
        cells.append(value if isinstance(value, str) else join_texts(value))
    return cells


def read_csv(path: Path) -> CodebookRows:
    """The rows of a codebook kept as CSV, by this program or by hand.

    Raises:
        UnreadableFile: it is no table, or has no column of codes or of definitions.
    """
    return read_grid(read_csv_grid(path, is_header=_is_header), unescape=True)


def read_xlsx(path: Path) -> CodebookRows:
    """The rows of a codebook kept as an Excel workbook; raises as `read_csv`."""
    title = version = ""
    lists: dict[str, tuple[str, ...]] = {}
    found: CodebookRows | None = None
    refused: UnreadableFile | None = None
    for grid in read_xlsx_grids(path):
        if grid.name == _ABOUT_SHEET:
            about = {row.cells[0]: row.cells[1] for row in grid.rows if len(row.cells) > 1}
            title, version = about.get("Title", ""), about.get("Version", "")
        elif grid.name == _LISTS_SHEET:
            lists = {
                row.cells[0].strip(): part_texts(row.cells[1])
                for row in grid.rows[1:]
                if len(row.cells) > 1 and row.cells[0].strip()
            }
        elif found is None:
            try:
                found = read_grid(grid)
            except UnreadableFile as error:
                refused = refused or error
    if found is None:
        raise refused or UnreadableFile("the workbook has no sheets with rows.")
    return CodebookRows(found.rows, title, version, lists)


def _is_header(cells: Sequence[str]) -> bool:
    fields = _fields_of(cells)
    return "code" in fields and len(set(fields) - {None}) > 1


def _fields_of(cells: Sequence[str]) -> list[str | None]:
    fields: list[str | None] = []
    names = [" ".join(cell.lower().split()) for cell in cells]
    for name in names:
        field = ALIASES.get(name)
        if name == "path" and "code" in names:
            field = "code_id"
        fields.append(None if field in fields else field)
    return fields


def read_grid(grid: Grid, *, unescape: bool = False) -> CodebookRows:
    """The rows of one sheet.

    Args:
        grid: the sheet.
        unescape: whether its cells were made safe for spreadsheets by an apostrophe.

    Raises:
        UnreadableFile: it has no column of codes, or none of anything else.
    """
    found = find_header(grid.rows, _is_header)
    if found is None:
        seen = f" It has: {name_columns(grid.rows[0].cells)}." if grid.rows else ""
        raise UnreadableFile(
            "no row names the columns of a codebook. Call them Theme, Code, Definition, Include, "
            f"Exclude and Example.{seen}"
        )
    at, header = found
    fields = _fields_of(header.cells)
    rows = []
    for row in grid.rows[at + 1 :]:
        cells = {
            field: (exact_cell(cell) if unescape else cell).strip()
            for field, cell in zip(fields, row.cells, strict=False)
            if field is not None
        }
        if any(cells.values()):
            rows.append(_make_row(cells, row.line))
    return CodebookRows(tuple(rows))


def _make_row(cells: Mapping[str, str], line: int) -> CodeRow:
    several = {field: part_texts(cells.get(field, "")) for field in _SEVERAL}
    return CodeRow(
        **{field: text for field, text in cells.items() if field not in _SEVERAL}
        | {"code": cells.get("code", ""), "theme": cells.get("theme", "")}
        | {"definition": cells.get("definition", "")},
        examples=several["examples"],
        non_examples=several["non_examples"],
        cues=Cues(**{name: several[name] for name in _CUES}),
        line=line,
    )
