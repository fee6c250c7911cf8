"""Runs `themecode import FILE` in a child a file, with nothing else loaded, and says what it took.

Reads paths on stdin, writes a line of JSON a file: status, seconds, megabytes, what was said.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import themecode.flow.importing
import themecode.transcripts.reading  # noqa: F401
from themecode.cli import run

LIMIT = 20


def _child(path: str, said: str) -> None:
    signal.alarm(LIMIT)
    stream = open(said, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stdout = sys.stderr = stream
    status = 70
    try:
        shutil.copytree("study", f"study-{os.getpid()}")  # making one takes longer than most files
        status = run(["import", path, "--study", f"study-{os.getpid()}"])
    except BaseException:  # noqa: BLE001
        import traceback

        traceback.print_exc()
    stream.flush()
    os._exit(status)


_quiet = sys.stdout
sys.stdout = sys.stderr
run(["init", "--study", "study"])
# What any import loads is loaded once, here, and not by each child again.
Path("warm.txt").write_text("INT: Well?\n\nP01: I felt judged.\n", encoding="utf-8")
run(["import", "warm.txt", "--study", "study-warm"])
for made in (Path("warm.txt"), Path("study-warm")):
    shutil.rmtree(made) if made.is_dir() else made.unlink()
sys.stdout = _quiet
for line in sys.stdin:
    name = line.strip()
    began = time.monotonic()
    out = f"said-{time.monotonic_ns()}.txt"
    pid = os.fork()
    if not pid:
        _child(name, out)
    _, status, used = os.wait4(pid, 0)
    told = Path(out).read_text(encoding="utf-8", errors="replace")
    print(  # noqa: T201
        json.dumps(
            {
                "path": name,
                "status": os.waitstatus_to_exitcode(status),
                "seconds": round(time.monotonic() - began, 2),
                "cpu": round(used.ru_utime + used.ru_stime, 2),
                "megabytes": used.ru_maxrss // 1024,
                "said": told,
            }
        ),
        flush=True,
    )
