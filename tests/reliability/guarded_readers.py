"""Reads each file named on stdin with one reader, alone in its process; a line of JSON a file.

Run as `guarded_readers.py pack|codebook|names|participants|project|quotes|key`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from themecode.errors import ThemecodeError


def choose(kind: str):  # type: ignore[no-untyped-def]
    """The reader of that kind of file; imported here, so that each process loads one."""
    if kind == "pack":
        from themecode.packs.collecting import read_returned

        return read_returned
    if kind == "codebook":
        from themecode.flow.converting import read_any_codebook

        return lambda path: read_any_codebook(str(path))
    if kind == "names":
        from themecode.flow.deciding import read_decisions

        return lambda path: read_decisions(path, (), is_ordinary=lambda _: False, transcripts=())
    if kind == "participants":
        from themecode.transcripts.participants import read_participants

        return read_participants
    if kind == "quotes":
        from themecode.flow.planning import _read_rows

        return _read_rows
    if kind == "project":
        from themecode.exchange.project_in import read_project

        return read_project
    from themecode.flow.deciding import load_key

    return load_key


def used_at_most() -> int:
    """Megabytes; not `ru_maxrss`, which a process inherits from the one that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return int(status.read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) // 1024


read = choose(sys.argv[1])
for line in sys.stdin:
    path = Path(line.strip())
    if child := os.fork():  # each file has a process of its own: memory is not given back
        os.waitpid(child, 0)
        continue
    began = time.process_time()
    try:
        read(path)
        said, fault = "", ""
    except ThemecodeError as error:
        said, fault = str(error), ""
    except Exception as error:  # noqa: BLE001  the test is told of it
        said, fault = "", repr(error)
    told = {
        "path": path.name, "said": said, "fault": fault, "cpu": round(time.process_time() - began, 2),
        "megabytes": used_at_most(),
    }  # fmt: skip
    print(json.dumps(told), flush=True)  # noqa: T201
    os._exit(0)
