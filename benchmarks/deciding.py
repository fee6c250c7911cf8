"""Eight people deciding at once in one study, beside eight writers of bare SQLite (R5).

`python benchmarks/deciding.py [WRITERS DECISIONS ROUNDS]` prints a line a round and writes what it measured
to benchmarks/deciding.json, for the page on reliability. The anchor keeps the same row, in a file with the
same settings, each in a transaction of its own; it is run in turn with ours, on the same disk. Nobody
decides without a pause, as these do: it is the worst case.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import corpus

AT = datetime(2026, 1, 2, tzinfo=UTC)
#: The study's own settings that bear upon writing; the anchor's way of waiting is SQLite's.
BARE = """
PRAGMA busy_timeout=30000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON;
PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;
"""

BOOK = """\
title: Enough to decide about
version: "1"
themes:
- id: talk
  name: Talk
  definition: What people say.
  codes:
  - id: talk.things
    name: Things
    definition: Words everybody uses.
    cues: {strong: [they, was, and]}
"""


def main(writers: int, each: int, rounds: int) -> None:
    """Measure in turn, and write what came of it."""
    kept: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    for number in range(rounds):
        for name, make, decide in (
            ("ours", _make_study, _decide),
            ("bare", _make_bare, _decide_bare),
        ):
            with tempfile.TemporaryDirectory() as scratch:
                os.chdir(scratch)
                make()
                load = os.getloadavg()[0]
                figures = _measure(decide, writers, each) | {"load_before": round(load, 2)}
                os.chdir("/")
            kept[name].append(figures)
            print(number + 1, name, figures, flush=True)
    told = {
        "writers": writers,
        "decisions_each": each,
        "rounds": rounds,
        **{
            name: {key: statistics.median(one[key] for one in figures) for key in figures[0]}
            for name, figures in kept.items()
        },
        "every_round": kept,
    }
    Path(__file__).with_name("deciding.json").write_text(
        json.dumps(told, indent=1) + "\n", encoding="utf-8"
    )


def _measure(
    decide: Callable[[int, int, float], list[float]], writers: int, each: int
) -> dict[str, float]:
    """Let all writers go at one moment; milliseconds that decisions took, and processor time of all."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    go = time.time() + 0.1 * writers
    children = []
    for writer in range(writers):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                Path(f"took-{writer}.json").write_text(json.dumps(decide(writer, each, go)))
                status = 0
            except BaseException:  # noqa: BLE001  a child must not go on as its parent
                traceback.print_exc()
            finally:
                os._exit(status)
        children.append(pid)
    for pid in children:
        assert os.waitpid(pid, 0)[1] == 0, "a writer was refused"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.time() - go
    took = sorted(
        1000 * each for path in Path().glob("took-*.json") for each in json.loads(path.read_text())
    )
    total = writers * each
    assert len(took) == total
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures = {
        "p50_ms": took[total // 2],
        "p95_ms": took[int(total * 0.95)],
        "p99_ms": took[int(total * 0.99)],
        "worst_ms": took[-1],
        "cpu_ms_a_decision": 1000 * busy / total,
        "decisions_a_second": total / wall,
    }
    return {name: round(value, 1) for name, value in figures.items()}


def _make_study() -> None:
    from themecode.cli import run

    corpus.make_transcripts("talks", 4, 2000)
    Path("book.yaml").write_text(BOOK, encoding="utf-8")
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        assert run(["apply", "talks", "--codebook", "book.yaml", "--study", "study"]) == 0


def _decide(writer: int, each: int, go: float) -> list[float]:
    from themecode.model import Decision, Verdict
    from themecode.store import open_study
    from themecode.suggest.coder import CODER

    took = []
    with open_study("study") as study:
        codings = [coding.id for coding, _ in study.codings(machine=CODER)]
        _wait_until(go)
        for number in range(each):
            decision = Decision(
                f"w{writer}-{number}", codings[(writer + number) % len(codings)], f"Reviewer {writer}",
                Verdict.ACCEPT, None, "", AT,
            )  # fmt: skip
            began = time.perf_counter()
            study.add_decision(decision)
            took.append(time.perf_counter() - began)
    return took


def _make_bare() -> None:
    with closing(sqlite3.connect("bare.db")) as database:
        database.executescript(BARE)
        database.execute(
            "CREATE TABLE decisions (seq INTEGER PRIMARY KEY, id, coding, reviewer, at)"
        )
        database.commit()


def _decide_bare(writer: int, each: int, go: float) -> list[float]:
    """The anchor: a row in a transaction of its own, waiting as SQLite waits."""
    took = []
    with closing(sqlite3.connect("bare.db", isolation_level=None)) as database:
        database.executescript(BARE)
        _wait_until(go)
        for number in range(each):
            row = (f"w{writer}-{number}", f"c{number}", f"Reviewer {writer}", AT.isoformat())
            began = time.perf_counter()
            database.execute("BEGIN IMMEDIATE")
            database.execute(
                "INSERT INTO decisions (id, coding, reviewer, at) VALUES (?, ?, ?, ?)", row
            )
            database.execute("COMMIT")
            took.append(time.perf_counter() - began)
    return took


def _wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))


if __name__ == "__main__":
    asked = [int(each) for each in sys.argv[1:]] or [8, 250, 5]
    main(*asked)
