"""Coded segments to CSV, Excel, JSON lines and Parquet: the same columns, in the same order."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from themecode.errors import ThemecodeError
from themecode.exports.coded_segments import (
    COLUMNS,
    CodedSegmentRow,
    cells_of,
    evidence_objects,
    evidence_sentence,
)
from themecode.exports.delimited import CsvSheet
from themecode.exports.files import open_target
from themecode.exports.workbook import XlsxSheet

_CHUNK = 256
_Cells = Sequence[tuple[str, ...]]
#: Takes a chunk of rows, both as records and as the text of their cells.
_Add = Callable[[Sequence[CodedSegmentRow], _Cells], None]


def write_coded_segments(
    rows: Iterable[CodedSegmentRow], *paths: Path, made_on: date | None = None
) -> int:
    """Write the coded segments to several files in one go, each in the format its name ends in.

    Args:
        rows: from `coded_segment_rows`.
        paths: ending in .csv, .xlsx, .jsonl or .parquet.
        made_on: the day to note in the workbook. None: no day, in the file or its properties.

    Returns:
        How many rows there are.

    Raises:
        ThemecodeError: a file cannot be written (each is left whole, old or new), or pyarrow is
            not installed and a Parquet file is asked for.
    """
    sheets = [_sheet_for(path, made_on) for path in paths]
    return _write(rows, sheets)


def write_csv(rows: Iterable[CodedSegmentRow], target: Path | BinaryIO) -> int:
    """Write coded segments as CSV that Excel opens right; see `delimited` on cells made safe."""
    return _write(rows, [_csv(target)])


def write_xlsx(
    rows: Iterable[CodedSegmentRow], target: Path | BinaryIO, *, made_on: date | None = None
) -> int:
    """Write coded segments as an Excel workbook with filters and a sheet that explains it.

    Args:
        rows: from `coded_segment_rows`.
        target: a file, or a stream of bytes.
        made_on: the day to note in it. None: no day, so that the same state gives the same bytes.

    Raises:
        ThemecodeError: there are more rows than an Excel sheet holds.
    """
    return _write(rows, [_xlsx(target, made_on)])


def write_jsonl(rows: Iterable[CodedSegmentRow], target: Path | BinaryIO) -> int:
    """Write coded segments as JSON lines, one object a row; `evidence` is a list of objects."""
    return _write(rows, [_jsonl(target)])


def write_parquet(rows: Iterable[CodedSegmentRow], target: Path | BinaryIO) -> int:
    """Write coded segments as Parquet, for R, Python and databases; `evidence` is a sentence.

    Raises:
        ThemecodeError: pyarrow is not installed.
    """
    return _write(rows, [_parquet(target)])


def _write(rows: Iterable[CodedSegmentRow], sheets: Sequence[AbstractContextManager[_Add]]) -> int:
    count = 0
    remaining = iter(rows)
    with ExitStack() as stack:
        adders = [stack.enter_context(sheet) for sheet in sheets]
        while chunk := list(islice(remaining, _CHUNK)):
            cells = [cells_of(row) for row in chunk]
            for add in adders:
                add(chunk, cells)
            count += len(chunk)
    return count


def _sheet_for(path: Path, made_on: date | None) -> AbstractContextManager[_Add]:
    match path.suffix.lower():
        case ".csv":
            return _csv(path)
        case ".xlsx":
            return _xlsx(path, made_on)
        case ".jsonl":
            return _jsonl(path)
        case ".parquet":
            return _parquet(path)
    raise ThemecodeError(
        f"{path} has a name that says no format: end it in .csv, .xlsx, .jsonl or .parquet."
    )


@contextmanager
def _csv(target: Path | BinaryIO) -> Iterator[_Add]:
    with open_target(target) as stream:
        sheet = CsvSheet(stream, COLUMNS)
        yield lambda _, cells: sheet.add(cells)


@contextmanager
def _xlsx(target: Path | BinaryIO, made_on: date | None) -> Iterator[_Add]:
    with open_target(target) as stream:
        sheet = XlsxSheet(stream, made_on=made_on)
        try:
            yield lambda _, cells: sheet.add(cells)
            sheet.close()
        except BaseException:
            sheet.abandon()
            raise


@contextmanager
def _jsonl(target: Path | BinaryIO) -> Iterator[_Add]:
    encoder = json.JSONEncoder(ensure_ascii=False)

    def add(rows: Sequence[CodedSegmentRow], _: _Cells) -> None:
        text = "".join(f"{encoder.encode(_object(row))}\n" for row in rows)
        # Some readers end a line at these; inside JSON they may be escaped.
        for mark in "\u2028\u2029\x85":
            text = text.replace(mark, f"\\u{ord(mark):04x}")
        stream.write(text.encode("utf-8", "replace"))

    with open_target(target) as stream:
        yield add


@contextmanager
def _parquet(target: Path | BinaryIO) -> Iterator[_Add]:
    pa, pq = _import_pyarrow()
    whole = {"turn", "start", "end"}
    schema = pa.schema(
        [(name, pa.int64() if name in whole else _parquet_type(pa, name)) for name in COLUMNS]
    )

    waiting: list[CodedSegmentRow] = []

    def flush() -> None:
        if waiting:
            columns = list(map(list, zip(*waiting, strict=True)))
            columns[13] = [None if value is None else round(value, 2) for value in columns[13]]
            columns[15] = [evidence_sentence(reasons) for reasons in columns[15]]
            arrays = [
                pa.array([_storable(value) for value in column], type=field.type)
                for column, field in zip(columns, schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            waiting.clear()

    def add(rows: Sequence[CodedSegmentRow], _: _Cells) -> None:
        waiting.extend(rows)
        if len(waiting) >= 64 * _CHUNK:
            flush()

    with open_target(target) as stream, pq.ParquetWriter(stream, schema) as writer:
        yield add
        flush()


def _parquet_type(pa: Any, name: str) -> Any:
    return pa.float64() if name == "confidence" else pa.string()


def _storable(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _import_pyarrow() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise ThemecodeError(
            "Parquet needs one more package: run 'pip install themecode[parquet]', then try again."
        ) from error


def _object(row: CodedSegmentRow) -> dict[str, object]:
    found: dict[str, object] = row._asdict()
    found["confidence"] = None if row.confidence is None else round(row.confidence, 2)
    found["evidence"] = evidence_objects(row.evidence)
    return found
