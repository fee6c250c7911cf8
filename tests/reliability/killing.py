"""Children of this process that can be killed at any moment, without waiting for Python to start."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")


def fork(work: Callable[[], int | None], *, quiet: bool = True) -> int:
    """Run `work` in a child; returns its number."""
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        os.setsid()
        if quiet:
            sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        status = work() or 0
    except BaseException:  # noqa: BLE001  the child must never come back into the tests
        with contextlib.suppress(Exception):
            Path(f"fault-{os.getpid()}.txt").write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(status)


def wait(pid: int) -> int:
    """How a child ended: its status, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill_after(pid: int, seconds: float) -> int:
    """Kill a child that has not ended by itself by then."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.0005)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return wait(pid)


def faults() -> str:
    """What children said that did not end as they should."""
    return "\n".join(path.read_text(encoding="utf-8") for path in Path().glob("fault-*.txt"))
