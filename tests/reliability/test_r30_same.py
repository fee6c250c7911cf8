"""R19 and R30: the whole way of a study asks nobody anything, and comes to the same bytes each time."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

from field_work import write_book, write_talk
from measured import record, size

_FLOW = Path(__file__).with_name("whole_flow.py")


def _start(seed: int, workers: int, folder: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(_FLOW), str(workers), folder],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A cache of its own that is empty: what would be fetched once would be fetched here.
        env={**os.environ, "PYTHONHASHSEED": str(seed), "XDG_CACHE_HOME": str(Path("cold").absolute() / folder)},
    )  # fmt: skip


def test_ten_whole_runs_ask_nobody_and_give_the_same_bytes() -> None:
    """Any hash seed, one process or two; tests/scale holds a cluster to the same."""
    for number in range(6):
        write_talk(f"P{number:02}")
    write_book()
    runs = size(10, 30)
    seeds = [0, *random.SystemRandom().sample(range(1, 2**32), runs - 1)]
    made = []
    for first in range(0, runs, 2):
        pair = [_start(seed, 1 + at % 2, f"run{at}") for at, seed in enumerate(seeds[first : first + 2], start=first)]  # fmt: skip
        for process in pair:
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, err
            made.append(json.loads(out))
    for number, told in enumerate(made):
        assert told["statuses"] == [0] * 7, told
        assert told["asked"] == [], f"run {number} asked the network"
        assert told["hashes"] == made[0]["hashes"], f"run {number}, PYTHONHASHSEED={seeds[number]}"
    assert {"report.docx", "study.qdpx", "names.xlsx"} < made[0]["hashes"].keys()
    record("R19", runs=runs, look_ups=0, connections=0)
    record("R30", runs=runs, files=len(made[0]["hashes"]), different=0)
