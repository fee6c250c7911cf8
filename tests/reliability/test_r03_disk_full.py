"""R3: a disk that fills up at any byte leaves the old outputs, a plain reason and no traceback."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
from pathlib import Path

import pytest
from field_work import BOOK, OUTPUTS, read_outputs, themecode, write_book, write_talk
from killing import faults, fork, wait
from measured import record, size

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")


def _apply_with(limit: int) -> int:
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    said = io.StringIO()
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    with contextlib.redirect_stderr(said):
        status = themecode("apply", "talks", "--codebook", "book.yaml")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    Path("said.txt").write_text(f"{status.status}\n{status.err}", encoding="utf-8")
    return 0


def test_a_disk_that_is_full_at_any_byte_is_told_of_and_nothing_is_lost() -> None:
    for number in range(20):
        write_talk(f"P{number:02}")
    write_book()
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0
    before, chance = read_outputs(), random.Random(3)
    largest = max(path.stat().st_size for path in Path("study").rglob("*") if path.is_file())
    points, refused = size(100, 100), 0
    for point in range(points):
        write_book(BOOK.replace("[childcare]", f"[raining, clinic {point}]"))
        assert wait(fork(lambda: _apply_with(chance.randrange(1, largest)))) == 0, faults()
        status, _, reason = Path("said.txt").read_text(encoding="utf-8").partition("\n")
        if status != "0":
            refused += 1
            assert reason.startswith("themecode: ") and reason.count("\n") == 1, reason
            assert "judged" not in reason
            for name in OUTPUTS:  # each is whole: the old one, or one that was finished
                assert (Path("study/outputs") / name).stat().st_size > 0
        assert themecode("check").status == 0
    write_book()
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0
    assert read_outputs() == before
    assert refused > points / 2
    record("R3", points=points, refused=refused, tracebacks=0)
