"""P14: withdrawing from, and copying, studies of some size. Run as `python benchmarks/keeping.py [COUNT...]`.

Prints a line a size and writes what it measured to benchmarks/keeping.json.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import corpus

from themecode.flow.withdrawing import withdraw_participant
from themecode.store import open_study
from themecode.store.backups import find_fault

WORDS = 8000
ROUNDS = 5


def measure(count: int) -> dict[str, object]:
    """Median seconds over `ROUNDS` people of a study of `count` interviews."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "talks")
        corpus.make_transcripts(str(folder), count, WORDS)
        place = Path(scratch, "study")
        with open_study(place, create=True) as study:
            study.add_transcripts(corpus.read_transcripts(str(folder), count), read_with={})
            people = sorted(study.speaking_participants())
            took: dict[str, list[float]] = {
                "database": [],
                "everything": [],
                "copy": [],
                "quick_check": [],
            }
            for number in range(ROUNDS):
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
                began = time.perf_counter()
                assert find_fault(place / "study.db", None) is None
                took["quick_check"].append(time.perf_counter() - began)
            size = (place / "study.db").stat().st_size
    medians = {name: round(statistics.median(each), 3) for name, each in took.items()}
    return {"transcripts": count, "megabytes": round(size / 1e6, 1), **medians}


if __name__ == "__main__":
    measured = [measure(int(each)) for each in sys.argv[1:] or ("200",)]
    for each in measured:
        print(each)
    Path(__file__).with_name("keeping.json").write_text(
        json.dumps(measured, indent=1) + "\n", encoding="utf-8"
    )
