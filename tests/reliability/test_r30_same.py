"""R19 and R30: the whole way of a study asks nobody anything, and comes to the same bytes each time."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from field_work import write_book, write_talk
from measured import record, size

_FLOW = Path(__file__).with_name("whole_flow.py")


#: What any program under it asks the system to connect to, or sends without connecting.
_STRACE = (
    "strace",
    "-f",
    "-qq",
    "--seccomp-bpf",
    "-e",
    "trace=connect,sendto,sendmsg,sendmmsg",
    "-o",
)


def _may_trace() -> bool:
    """Whether strace is here and may look (some containers forbid it)."""
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run([*_STRACE, os.devnull, "true"], capture_output=True, check=False)
    return tried.returncode == 0


def _list_asked(trace: Path) -> list[str]:
    """Calls that went to an address of the network and not to this computer's own."""
    return [
        line
        for line in trace.read_text(encoding="utf-8", errors="replace").splitlines()
        if re.search(r"sa_family=AF_INET6?\b", line)
        and not re.search(r'inet_addr\("127\.|"::1"', line)
    ]


def _start(
    seed: int, workers: int, folder: str, *, trace: Path | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*((*_STRACE, str(trace)) if trace else ()), sys.executable, str(_FLOW), str(workers), folder],
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
    traces = [Path(f"trace{at}") for at in range(2)] if _may_trace() else []
    for first in range(0, runs, 2):
        pair = [
            _start(seed, 1 + at % 2, f"run{at}", trace=traces[at] if at < len(traces) else None)
            for at, seed in enumerate(seeds[first : first + 2], start=first)
        ]
        for process in pair:
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, err
            made.append(json.loads(out))
    for number, told in enumerate(made):
        assert told["statuses"] == [0] * 7, told
        assert told["asked"] == [], f"run {number} asked the network"
        assert told["hashes"] == made[0]["hashes"], f"run {number}, PYTHONHASHSEED={seeds[number]}"
    assert {"report.docx", "study.qdpx", "names.xlsx"} < made[0]["hashes"].keys()
    for trace in traces:
        assert trace.exists() and _list_asked(trace) == []
    record("R30", runs=runs, files=len(made[0]["hashes"]), different=0)
    record("R19", runs=runs, under_strace=len(traces), look_ups=0, connections=0)


@pytest.mark.skipif(not _may_trace(), reason="strace is not here, or may not look")
def test_the_trace_would_show_a_look_up() -> None:
    """Or nothing would be proved by an empty one."""
    asks = "import socket; s = socket.socket(2, 2); s.connect(('192.0.2.1', 9)); s.send(b'a')"
    subprocess.run(
        [*_STRACE, "trace", sys.executable, "-c", asks], check=False, capture_output=True
    )
    assert len(_list_asked(Path("trace"))) == 1
