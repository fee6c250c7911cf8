"""Reads .csv and .xlsx files into rows of cells as a person sees them on the screen."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode.errors import UnreadableFile
from themecode.transcripts.encodings import decode_text
from themecode.transcripts.guards import (
    MAX_PART_BYTES,
    open_archive,
    read_bytes,
    stream_part,
)

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: The longest survey we know of has some tens of thousands of responses.
MAX_ROWS = 50_000
MAX_COLUMNS = 300
#: A sheet is taken to end where this many rows in a row are empty.
_MAX_GAP = 2_000
#: How far down the row that names the columns is looked for.
HEADER_WITHIN = 20
_DELIMITERS = ",;\t|"
#: A delimiter no decoded text can hold: for a file of a single column.
_NO_DELIMITER = "\x1f"


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty: its place in the file, from 1, and its cells as shown."""

    line: int
    cells: tuple[str, ...]


#: What is seen on a sheet beside its cells: how a message calls it, where it stands, and its mark.
_BESIDE = (
    ("comment", re.compile(r"xl/comments\d*\.xml|xl/comments/comment\d+\.xml"), re.compile(rb"<(?:\w+:)?comment[ >]")),
    ("text box|text boxes", re.compile(r"xl/drawings/drawing\d+\.xml"), re.compile(rb"<(?:\w+:)?txBody[ >]")),
    ("picture", re.compile(r"xl/drawings/drawing\d+\.xml"), re.compile(rb"<(?:\w+:)?pic[ >]")),
    ("chart", re.compile(r"xl/drawings/drawing\d+\.xml"), re.compile(rb"<(?:\w+:)?chart[ >]")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of one sheet, and what should be said of how it was read.

    Args:
        name: the sheet's; "" for a .csv.
        notes: a line and what is to be known about it.
    """

    name: str
    rows: tuple[Row, ...]
    notes: tuple[tuple[int, str], ...] = ()


def read_csv_grid(path: Path, *, is_header: Callable[[Sequence[str]], bool]) -> Grid:
    """The rows of a .csv, whatever parts its cells: comma, semicolon, tab or upright stroke.

    Args:
        path: the file.
        is_header: whether cells are the names of the columns; tells the right delimiter.

    Raises:
        UnreadableFile: if it is not text, or a quotation mark in it is never closed.
    """
    text, _ = decode_text(read_bytes(path))
    if text.startswith("sep=") and "\n" in text:
        # Excel's own first line, which names the delimiter.
        text = text[text.index("\n") :]
    rows = tuple(_split_csv(text, _find_delimiter(text, is_header)))
    if not rows:
        raise UnreadableFile("the file has no rows. Check that it was saved in full.")
    if text.count('"') % 2 and "\n" in "".join(rows[-1].cells):
        raise UnreadableFile(
            f"a quotation mark opened in the row at line {rows[-1].line} is never closed, so that "
            "the rest of the file is one cell. Close it, or save the sheet again as .xlsx."
        )
    return Grid("", rows)


def _find_delimiter(text: str, is_header: Callable[[Sequence[str]], bool]) -> str:
    widths: dict[str, int] = {}
    for delimiter in _DELIMITERS:
        rows = list(islice(_split_csv(text, delimiter), HEADER_WITHIN))
        if any(len(row.cells) > 1 and is_header(row.cells) for row in rows):
            return delimiter
        counts = [len(row.cells) for row in rows]
        usual = max(set(counts), key=counts.count, default=1)
        widths[delimiter] = usual if counts.count(usual) * 2 > len(counts) else 1
    rows = list(islice(_split_csv(text, _NO_DELIMITER), HEADER_WITHIN))
    if any(is_header(row.cells) for row in rows):
        return _NO_DELIMITER
    return max(_DELIMITERS, key=lambda delimiter: widths[delimiter])


def _split_csv(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begin, given = 1, 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                given += 1
                if given > MAX_ROWS:
                    raise _too_many_rows()
                if len(cells) > MAX_COLUMNS:
                    raise _too_wide(begin)
                yield Row(begin, tuple(cells))
            begin = reader.line_num + 1
    except csv.Error:
        raise UnreadableFile(
            f"the row at line {begin} could not be read: a cell in it is far too long, or a "
            "quotation mark is never closed. Mend it, or save the sheet again as .xlsx."
        ) from None


def read_xlsx_grids(path: Path) -> Iterator[Grid]:
    """The sheets of a workbook, one at a time, with the results of formulas and not the formulas.

    Raises:
        UnreadableFile: if it is no workbook, or is damaged, locked or far too large.
    """
    with open_workbook(path) as book:
        notes = _list_beside(path)
        for sheet in book.worksheets:
            grid = _read_sheet(sheet)
            yield Grid(grid.name, grid.rows, (*grid.notes, *notes))


def _list_beside(path: Path) -> tuple[tuple[int, str], ...]:
    """What hangs on the cells or floats above them, and is not read."""
    found = []
    with open_archive(path, main_part="xl/workbook.xml") as archive:
        for called, part, mark in _BESIDE:
            names = [name for name in archive.namelist() if part.fullmatch(name)]
            count = sum(
                len(mark.findall(stream_part(archive, name).read(MAX_PART_BYTES))) for name in names
            )
            if count:
                one, _, many = called.partition("|")
                named = one if count == 1 else many or f"{one}s"
                found.append((0, f"{count:,} {named} on its sheets left out."))
    return tuple(found)


@contextmanager
def open_workbook(path: Path) -> Iterator[Workbook]:
    """A workbook to be read row by row, its parts checked first.

    Raises:
        UnreadableFile: if it is no workbook, or is damaged, locked or far too large.
    """
    with open_archive(path, main_part="xl/workbook.xml") as archive:
        _check_parts(archive)
    with path.open("rb") as file:
        book = _open_workbook(file)
        try:
            yield book
        finally:
            book.close()


def _check_parts(archive: zipfile.ZipFile) -> None:
    """What openpyxl will read, checked first: it has no limits of its own, and may read a DTD."""
    for member in archive.infolist():
        if not member.filename.endswith((".xml", ".rels")):
            continue
        if member.file_size > MAX_PART_BYTES:
            raise UnreadableFile(
                "one of its sheets is far larger than any transcript. Copy the cells that matter "
                "into a new workbook."
            )
        # A DTD has to stand before the first element; without the zeros, UTF-16 reads as ASCII.
        head = stream_part(archive, member.filename).read(4096).replace(b"\x00", b"")
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise UnreadableFile(
                "the file declares entities (a DTD), which no spreadsheet program writes. It was "
                "not opened. Save it afresh from the program that made it."
            )


def _open_workbook(file: Any) -> Workbook:
    import warnings

    import openpyxl

    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions it leaves out: none of them holds words.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # a mutated workbook raises any of a dozen types
        raise _damaged() from error


def _read_sheet(sheet: Any) -> Grid:
    rows: list[Row] = []
    notes: list[tuple[int, str]] = []
    last = 0
    for line, cells in enumerate(_iterate_rows(sheet), start=1):
        shown = [_show(cell) for cell in cells]
        while shown and not shown[-1].strip():
            shown.pop()
        if not shown:
            if line - last > _MAX_GAP:
                message = (
                    f"more than {_MAX_GAP:,} empty rows follow here, and reading stopped. If there "
                    "is text further down, delete the empty rows."
                )
                notes.append((last + 1, message))
                break
            continue
        if len(shown) > MAX_COLUMNS:
            shown = shown[:MAX_COLUMNS]
            notes.append(
                (
                    line,
                    f"a cell stands to the right of column {MAX_COLUMNS}; it was not read.",
                )
            )
        if len(rows) >= MAX_ROWS:
            raise _too_many_rows()
        last = line
        rows.append(Row(line, tuple(shown)))
    return Grid(str(sheet.title), tuple(rows), tuple(notes[:5]))


def _iterate_rows(sheet: Any) -> Iterator[Sequence[Any]]:
    try:
        # The size a sheet claims may be wrong either way.
        sheet.reset_dimensions()
        yield from sheet.iter_rows()
    except UnreadableFile:
        raise
    except Exception as error:  # a mutated sheet raises any of a dozen types
        raise _damaged() from error


def _show(cell: Any) -> str:
    """A cell as the spreadsheet shows it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("_x000D_", "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    form = str(cell.number_format or "General")
    if isinstance(value, int | float):
        return _show_number(value, form)
    if isinstance(value, dt.datetime | dt.date):
        return _show_date(value, form)
    if isinstance(value, dt.timedelta):
        seconds = value.total_seconds()
        whole = int(seconds)
        return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
    return value.isoformat() if isinstance(value, dt.time) else str(value)


def _show_number(value: float, form: str) -> str:
    if "%" in form:
        decimals = len(form.split("%", maxsplit=1)[0].partition(".")[2])
        return f"{value:.{decimals}%}"
    if re.fullmatch("0+", form) and value == int(value):
        return f"{int(value):0{len(form)}}"
    if re.fullmatch(r"0\.0+", form):
        return f"{value:.{len(form) - 2}f}"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


_DATE_PARTS = re.compile(r"yyyy|yy|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s|AM/PM", re.IGNORECASE)
_DATE_CODES = {
    "yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "dddd": "%A", "ddd": "%a",
    "dd": "%d", "hh": "%H", "h": "%H", "ss": "%S", "s": "%S", "am/pm": "%p",
}  # fmt: skip


def _show_date(value: dt.date, form: str) -> str:
    """A date as its format shows it; as 2026-05-03 where the format is the computer's own."""
    form = re.sub(r'\[[^\]]*\]|;.*$|\\(.)|"([^"]*)"', r"\1\2", form).strip()
    plain = value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    plain = plain.removesuffix(" 00:00:00")
    if form in ("mm-dd-yy", "General", "m/d/yy h:mm") or not re.search("[dy]", form, re.IGNORECASE):
        return plain
    shown, end, clock = [], 0, False
    for found in _DATE_PARTS.finditer(form):
        part = found[0].casefold()
        if part in ("m", "mm") and clock and isinstance(value, dt.datetime):
            text = f"{value.minute:02}"
        elif part in ("d", "m"):
            text = str(value.day if part == "d" else value.month)
        else:
            text = value.strftime(_DATE_CODES[part])
        clock = part in ("h", "hh")
        shown.append(form[end : found.start()] + text)
        end = found.end()
    return "".join(shown) + form[end:]


def find_header(
    rows: Iterable[Row], is_header: Callable[[Sequence[str]], bool]
) -> tuple[int, Row] | None:
    """The row that names the columns, and its index; rows above it are remarks."""
    for at, row in enumerate(islice(rows, HEADER_WITHIN)):
        if is_header(row.cells):
            return at, row
    return None


def name_columns(cells: Sequence[str]) -> str:
    """The columns of a header as a sentence lists them.

    What reads like speech is only counted: a sheet without a header begins with somebody's answer,
    and then even a short cell may be her name.
    """
    given = [" ".join(cell.split()) for cell in cells if cell.strip()]
    if any(_is_answer(cell) for cell in given):
        return f"{len(given):,} whose first row holds no titles"
    names = [name for name in given if _is_name(name)]
    shown = ", ".join(f"“{name}”" for name in names[:12])
    if len(names) < len(given):
        longer = len(given) - len(names)
        counted = f"{longer} with a longer text" if longer > 1 else "one with a longer text"
        shown = f"{shown} and {counted}" if shown else counted
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _is_name(cell: str) -> bool:
    return len(cell) <= 26 and len(cell.split()) <= 4 and _TITLE.fullmatch(cell) is not None


def _is_answer(cell: str) -> bool:
    """Whether a cell cannot be a title: a number or date, or a sentence that ends."""
    return not any(letter.isalpha() for letter in cell) or cell.endswith((".", "!", "…"))


_TITLE = re.compile(r"\w[\w ()/_%#&'’:-]*\??")


def _too_many_rows() -> UnreadableFile:
    return UnreadableFile(f"it has more than {MAX_ROWS:,} rows. Split it into smaller files.")


def _too_wide(line: int) -> UnreadableFile:
    return UnreadableFile(
        f"the row at line {line} has more than {MAX_COLUMNS} cells. Keep the columns that matter."
    )


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "the workbook is damaged inside. Open it in Excel or LibreOffice, save it afresh, or copy "
        "it again."
    )
