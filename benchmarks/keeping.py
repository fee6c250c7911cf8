"""Withdrawing from, and copying, studies of some size (P14).

A part of `make bench`; `python benchmarks/keeping.py [COUNT...]` prints a line a size and writes what
it measured to benchmarks/keeping.json, for the page on reliability.
"""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import corpus
from measuring import Plan, Row, at_most, held_against, run_job

WORDS = 8000
ROUNDS = 5
#: Seconds, by how many transcripts a study may have.
MOST_WITHDRAWN = {200: 0.5, 2000: 3.0}
MOST_COPIED = {200: 0.3, 2000: 2.0}
MOST_CHECKED = {200: 0.05}
ROWS = (
    "Withdrawing, the database alone",
    "Withdrawing, with every trace looked for",
    "Copying a study, against sqlite3's own copy",
    "Copying a study, verified",
    "Checking a study when it is opened",
)


def measure(plan: Plan) -> Iterator[Row]:
    # The largest that was asked for; a night measures 2,000.
    count = plan.kept[-1]
    told = run_job("keeping.keep", count=count, words=plan.words, rounds=plan.rounds).told
    took = {
        name: [told[f"{name} {number}"] for number in range(plan.rounds)]
        for name in ("database", "everything", "copy", "bare copy", "quick_check")
    }
    on = f"{count:,} × {plan.words:,} words, {told['megabytes']:.0f} MB"
    yield at_most(ROWS[0], on, took["database"], MOST_WITHDRAWN.get(count))
    yield at_most(ROWS[1], on, took["everything"], None)
    yield held_against(
        ROWS[2], on, took["copy"], took["bare copy"], "sqlite3's backup, synced, not verified"
    )
    yield at_most(ROWS[3], on, took["copy"], MOST_COPIED.get(count))
    yield at_most(ROWS[4], on, took["quick_check"], MOST_CHECKED.get(count))


# ── in a process of its own ──────────────────────────────────────────────────────────────────


def keep(count: int, words: int, rounds: int) -> dict[str, float]:
    """Withdraw from, copy and check a study of so many interviews; seconds of each round."""
    took, megabytes = _keep(count, words, rounds)
    told = {
        f"{name} {number}": each
        for name, every in took.items()
        for number, each in enumerate(every)
    }
    return {**told, "megabytes": megabytes}


def measure_size(count: int) -> dict[str, object]:
    """Median seconds over `ROUNDS` people of a study of `count` interviews."""
    took, megabytes = _keep(count, WORDS, ROUNDS)
    medians = {name: round(statistics.median(each), 3) for name, each in took.items()}
    return {"transcripts": count, "megabytes": round(megabytes, 1), **medians}


def _keep(count: int, words: int, rounds: int) -> tuple[dict[str, list[float]], float]:
    from themecode.flow.withdrawing import withdraw_participant
    from themecode.store import open_study
    from themecode.store.backups import find_fault

    # Enough people to withdraw, however few were asked for.
    people_needed = max(count, 2 * rounds)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "talks")
        corpus.make_transcripts(str(folder), people_needed, words)
        place = Path(scratch, "study")
        with open_study(place, create=True) as study:
            study.add_transcripts(corpus.read_transcripts(str(folder), people_needed), read_with={})
            people = sorted(study.speaking_participants())
            took: dict[str, list[float]] = {
                "database": [],
                "everything": [],
                "copy": [],
                "bare copy": [],
                "quick_check": [],
            }
            for number in range(rounds):
                began = time.perf_counter()
                study.withdraw(people[2 * number])
                study.wipe()
                took["database"].append(time.perf_counter() - began)
                began = time.perf_counter()
                done = withdraw_participant(
                    study,
                    people[2 * number + 1],
                    outputs=place / "outputs",
                    made_at=datetime.now(UTC),
                )
                took["everything"].append(time.perf_counter() - began)
                assert not done.traces
                began = time.perf_counter()
                study.back_up()
                took["copy"].append(time.perf_counter() - began)
                took["bare copy"].append(_copy_bare(place / "study.db", folder / "bare.db"))
                began = time.perf_counter()
                assert find_fault(place / "study.db", None) is None
                took["quick_check"].append(time.perf_counter() - began)
            size = (place / "study.db").stat().st_size
    return took, size / 1e6


def _copy_bare(database: Path, copy: Path) -> float:
    """The anchor: seconds that sqlite3's own backup takes, until it is on the disk."""
    copy.unlink(missing_ok=True)
    began = time.perf_counter()
    with closing(sqlite3.connect(database)) as held, closing(sqlite3.connect(copy)) as made:
        held.backup(made)
    with copy.open("rb+") as stream:
        os.fsync(stream.fileno())
    return time.perf_counter() - began


if __name__ == "__main__":
    measured = [measure_size(int(each)) for each in sys.argv[1:] or ("200",)]
    for each in measured:
        print(each)
    Path(__file__).with_name("keeping.json").write_text(
        json.dumps(measured, indent=1) + "\n", encoding="utf-8"
    )
