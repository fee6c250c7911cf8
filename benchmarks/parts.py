"""Very many rows of coded segments: written as Parquet parts, counted with DuckDB and Polars."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import Done, Plan, Row, exponent, forget_peak, in_turns, median, own_peak, run_job

if TYPE_CHECKING:
    from themecode.exports.coded_segments import CodedSegmentRow

MOST_EXPONENT = 1.05
#: How many times the memory of a tenth of the rows all of them may take.
MOST_MEMORY = 1.25
ROWS_A_TRANSCRIPT = 40
ROWS = (
    "Rows written as Parquet parts",
    "Rows written as Parquet parts, growth",
    "Rows written as Parquet parts, memory",
    "Rows counted with DuckDB, memory",
    "Rows counted with Polars, memory",
)
READERS = {"DuckDB": "parts.count_with_duckdb", "Polars": "parts.count_with_polars"}


def measure(plan: Plan) -> Iterator[Row]:
    jobs = {}
    for rows in plan.many_rows:
        out = str(plan.scratch / f"rows-{rows}")
        jobs[f"write {rows}"] = partial(run_job, "parts.write", rows=rows, out=out)
        for name, job in READERS.items():
            jobs[f"{name} {rows}"] = partial(run_job, job, folder=out, rows=rows)
    found = in_turns(jobs, rounds=min(plan.rounds, 3), long_rounds=1)
    fewer, more = plan.many_rows
    seconds, cpu = (
        {rows: [done.told[clock] for done in found[f"write {rows}"]] for rows in plan.many_rows}
        for clock in ("seconds", "cpu")
    )
    told = found[f"write {more}"][0].told
    on = f"{more:,} rows of 21 columns, made one by one, in {told['parts']:.0f} parts"
    took = median(seconds[more])
    yield Row(
        ROWS[0], on, f"{took:.1f} s, {more / took / 1000:,.0f} k rows/s, {told['megabytes']:,.0f} MB",
        rounds=len(seconds[more]), numbers={"rows a second": more / took},
    )  # fmt: skip
    slope = exponent(plan.many_rows, [median(cpu[rows]) for rows in plan.many_rows])
    yield Row(
        ROWS[1], f"{fewer:,} → {more:,} rows, processor time", f"exponent {slope:.3f}", limit=f"≤ {MOST_EXPONENT}",
        passed=slope <= MOST_EXPONENT, rounds=len(seconds[more]),
    )  # fmt: skip
    for name, key in zip(ROWS[2:], ("write", *READERS), strict=True):
        yield _compare_memory(name, key, plan, found[f"{key} {fewer}"], found[f"{key} {more}"])


def _compare_memory(name: str, key: str, plan: Plan, few: list[Done], many: list[Done]) -> Row:
    fewer, more = plan.many_rows
    peaks = [[done.told.get("peak", 0.0) for done in side] for side in (few, many)]
    if not all(map(all, peaks)):
        return Row(name, f"{more:,} rows", "this system does not say")
    ratio = median(peaks[1]) / median(peaks[0])
    took = "" if key == "write" else f", {median([done.told['seconds'] for done in many]):.2f} s"
    return Row(
        name, f"{more:,} rows, the whole process", f"{median(peaks[1]):.0f} MB{took}",
        f"{median(peaks[0]):.0f} MB: {fewer:,} rows", f"{ratio:.2f}", f"≤ {MOST_MEMORY} times",
        ratio <= MOST_MEMORY, len(many), {"peak": median(peaks[1])},
    )  # fmt: skip


# ── in processes of their own ────────────────────────────────────────────────────────────────


def write(rows: int, out: str) -> dict[str, float]:
    """Write rows that are made as they are asked for."""
    import shutil

    from themecode.exports.parts import write_parts

    folder = Path(out)
    shutil.rmtree(folder, ignore_errors=True)
    endless = make_rows()
    first = next(endless)  # what rows are made from has been read
    forget_peak()
    begun, cpu = time.perf_counter(), time.process_time()
    made = write_parts(islice(chain([first], endless), rows), folder)
    told = {
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu,
        "parts": len(made),
        "megabytes": sum(part.stat().st_size for part in made) / 1e6,
    }
    peak = own_peak()
    return told if peak is None else {**told, "peak": peak}


def make_rows() -> Iterator[CodedSegmentRow]:
    """Invented coded segments without end, transcript after transcript."""
    import random

    from corpus import _read_pools, _sentence, read_founding

    from themecode.exports.coded_segments import CodedSegmentRow
    from themecode.model import Evidence, Span

    rng = random.Random("invented rows")
    pools = _read_pools()
    codebook = read_founding()
    themes = {theme.id: theme.name for theme in codebook.themes}
    said = [" ".join(_sentence(rng, pools) for _ in range(3)) for _ in range(5000)]
    number = 0
    while True:
        number += 1
        transcript, who = f"T{number:07}", f"P{number:07}"
        at = 0
        for turn in range(ROWS_A_TRANSCRIPT):
            code = codebook.codes[(number * 7 + turn) % len(codebook.codes)]
            text = said[(number * 31 + turn * 7) % len(said)]
            reason = Evidence(
                "cue", (Span(at, at + 12),), (text[:12],), text[:12].lower(), "fair", code.include[0]
            )  # fmt: skip
            yield CodedSegmentRow(
                transcript, turn + 1, who, who, "Woman with lived experience", at, at + len(text),
                text, code.theme_id, themes[code.theme_id], code.id, code.name, "themecode/cues@1",
                0.5 + (turn % 50) / 100, "suggested", (reason,), "", "", "", "1", "",
            )  # fmt: skip
            at += len(text) + 1


def count_with_duckdb(folder: str, rows: int) -> dict[str, float]:
    """How many rows each code has, read part by part."""
    import duckdb

    begun = time.perf_counter()
    found = duckdb.sql(
        f"SELECT code_id, count(*), avg(confidence) FROM '{folder}/*.parquet' GROUP BY code_id"
    ).fetchall()
    return _tell(begun, sum(n for _, n, _ in found), rows)


def count_with_polars(folder: str, rows: int) -> dict[str, float]:
    """The same with Polars, which reads as it goes."""
    import polars as pl

    begun = time.perf_counter()
    found = (
        pl.scan_parquet(f"{folder}/*.parquet")
        .group_by("code_id")
        .agg(pl.len().alias("n"), pl.col("confidence").mean())
        .collect(engine="streaming")
    )
    return _tell(begun, int(found["n"].sum()), rows)


def _tell(begun: float, counted: int, rows: int) -> dict[str, float]:
    if counted != rows:
        raise ValueError(f"{counted} of {rows} rows were counted")
    told = {"seconds": time.perf_counter() - begun}
    peak = own_peak()
    return told if peak is None else {**told, "peak": peak}
