"""Coded segments in parts are read back by pandas, Polars and DuckDB, whole and in order."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from themecode.cli import run
from themecode.exports.coded_segments import COLUMNS, CodedSegmentRow
from themecode.exports.parts import write_parts


def _rows(count: int, *, a_transcript: int = 7) -> Iterator[CodedSegmentRow]:
    for number in range(count):
        yield CodedSegmentRow(
            f"t{number // a_transcript:07}", number, "P01", "P01", "", number, number + 9,
            f"Invented words {number}.", "t", "Theme", "t.c", "Code", "themecode/cues@1", 0.5,
            "suggested", (), "", "", "", "1", "",
        )  # fmt: skip


def test_an_export_in_parts_is_what_the_one_file_is(field_work: Path) -> None:
    study = str(field_work / "study")
    assert run(["apply", str(field_work / "transcripts"), "--study", study,
                "--codebook", str(field_work / "book.yaml")]) == 0  # fmt: skip
    export = ["export", "--study", study, "--format", "parquet", "-o"]
    one, parts = field_work / "one.parquet", field_work / "parts"
    assert run([*export, str(one)]) == 0
    assert run([*export, f"{parts}/"]) == 0
    pd.testing.assert_frame_equal(pd.read_parquet(one), pd.read_parquet(parts))
    assert run([*export, f"{parts}/"]) == 1  # nothing is written over unasked
    assert run([*export, f"{parts}/", "--force"]) == 0
    assert run([*export, str(field_work / "transcripts"), "--force"]) == 1
    assert len(list((field_work / "transcripts").iterdir())) == 150


@pytest.mark.parametrize("count", [0, 1, 100, 1000])
def test_three_readers_find_every_row_once_and_no_transcript_in_two_parts(
    tmp_path: Path, count: int
) -> None:
    parts = write_parts(_rows(count), tmp_path / "parts", rows_a_part=100)
    assert [path.name for path in parts] == [
        f"part-{n:05}.parquet" for n in range(1, len(parts) + 1)
    ]
    starts = list(range(count))
    by_pandas = pd.read_parquet(tmp_path / "parts")
    assert list(by_pandas.columns) == list(COLUMNS)
    assert by_pandas["start"].tolist() == starts
    assert pl.read_parquet(tmp_path / "parts" / "*.parquet")["start"].to_list() == starts
    found = duckdb.sql(
        f"SELECT count(*), count(DISTINCT text) FROM '{tmp_path / 'parts'}/*.parquet'"
    ).fetchall()
    assert found == [(count, count)]
    whose = [set(pd.read_parquet(path)["transcript"]) for path in parts]
    assert sum(map(len, whose)) == len(set().union(*whose))


def test_memory_does_not_grow_with_the_number_of_rows(tmp_path: Path) -> None:
    peaks = []
    for count in (60_000, 180_000):
        tracemalloc.start()
        write_parts(_rows(count), tmp_path / str(count), rows_a_part=50_000)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def test_a_run_that_fails_leaves_the_parts_that_were_there(tmp_path: Path) -> None:
    before = write_parts(_rows(10), tmp_path / "parts")

    def failing() -> Iterator[CodedSegmentRow]:
        yield from _rows(5)
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        write_parts(failing(), tmp_path / "parts")
    assert [path.name for path in tmp_path.iterdir()] == ["parts"]
    assert len(pd.read_parquet(before[0])) == 10
