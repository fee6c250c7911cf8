"""R1 and R4: killed at any moment, a study loses nothing it said it had, and no output is half-written."""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from field_work import BOOK, OUTPUTS, make_study, themecode, write_book, write_talk
from killing import faults, fork, kill_after, wait
from measured import record, size

from themecode.model import Decision, Verdict
from themecode.store import open_study
from themecode.suggest.coder import CODER

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")
AT = datetime(2026, 1, 2, tzinfo=UTC)


def _decide(write_end: int, run: int) -> None:
    """Answer codings as fast as it goes; a decision's number is told once it is kept."""
    with open_study("study") as study:
        codings = [coding.id for coding, _ in study.codings(machine=CODER)]
        for number in range(1000):
            id_ = f"{run}-{number}"
            coding = codings[number % len(codings)]
            study.add_decision(Decision(id_, coding, "Dee", Verdict.ACCEPT, None, "", AT))
            os.write(write_end, f"{id_}\n".encode())


def _kept() -> set[str]:
    with closing(sqlite3.connect("study/study.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {row[0] for row in database.execute("SELECT id FROM decisions")}


def _command(run: int) -> None:
    kind = run % 6
    if kind == 0:
        write_talk(f"Q{run:04}")
        themecode("import", "talks")
    elif kind == 1:
        write_talk(f"R{run:04}")
        themecode("apply", "talks")
    elif kind == 2:
        write_talk("P01", text="INT: Well?\n\n{who}: I felt judged, " + f"time {run}.\n")
        themecode("import", "talks", "--replace")
    elif kind == 3:
        themecode("export", "--format", "xlsx", "-o", "out.xlsx", "--force")
    elif kind == 4:
        themecode("report", "-o", "report.docx", "--no-pictures", "--force")
    else:  # a colleague's codings merged in
        themecode("import", "colleague.qdpx")


def test_nothing_that_was_acknowledged_is_lost_however_it_is_killed() -> None:
    make_study()
    assert themecode("export", "--format", "qdpx", "-o", "colleague.qdpx").status == 0
    for run in range(6):  # what a command loads once is loaded, so that kills come within its work
        _command(run)
    chance = random.Random(20260304)
    wanted = size(200, 1000)
    acknowledged: set[str] = set()
    killed = run = 0
    while killed < wanted:
        run += 1
        if run % 2:
            read_end, write_end = os.pipe()
            pid = fork(lambda run=run, end=write_end: _decide(end, run))
            os.close(write_end)
            first = os.read(read_end, 1)  # there is something to lose before it is killed
            killed += kill_after(pid, chance.uniform(0, 0.06)) == -9
            with os.fdopen(read_end, encoding="ascii") as told:
                lines = first.decode() + told.read()
            acknowledged |= set(lines[: lines.rfind("\n") + 1].split())
        else:
            killed += kill_after(fork(lambda run=run: _command(run // 2)),
                                 chance.uniform(0.005, 0.12)) == -9  # fmt: skip
        assert acknowledged <= _kept(), f"lost at kill {run}"
        if run % 10 == 0:
            ran = themecode("status")
            assert (ran.status, ran.err) == (0, "")
    assert len(acknowledged) > wanted
    # The transcripts themselves are this test's, and may have been cut short as it wrote them.
    for path in Path("talks").iterdir():
        write_talk(path.stem)
    assert themecode("import", "talks", "--replace").status == 0, faults()
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0, faults()
    assert themecode("check").status == 0
    record("R1", kills=killed, acknowledged=len(acknowledged), lost=len(acknowledged - _kept()))


def _hashes() -> dict[str, str]:
    return {
        name: hashlib.sha256(Path("study/outputs", name).read_bytes()).hexdigest()
        for name in OUTPUTS
    }


def test_every_output_is_the_old_one_or_the_new_one() -> None:
    for number in range(12):
        write_talk(f"P{number:02}")
    books = [BOOK, BOOK.replace("[childcare]", "[raining]")]
    write_book(books[0])
    whole: dict[str, set[str]] = {name: set() for name in OUTPUTS}
    for book in books:
        write_book(book)
        assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0
        for name, found in _hashes().items():
            whole[name].add(found)
    chance = random.Random(7)
    kills = size(100, 100)
    began = time.monotonic()
    assert wait(fork(lambda: themecode("apply", "talks", "--codebook", "book.yaml").status)) == 0
    usual = time.monotonic() - began
    for run in range(kills):
        write_book(books[run % 2])
        pid = fork(lambda: themecode("apply", "talks", "--codebook", "book.yaml").status)
        kill_after(pid, chance.uniform(0.02, max(0.3, usual * 6)))
        for name, found in _hashes().items():
            assert found in whole[name], f"{name} is neither at kill {run}"
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0, faults()
    names = {path.name for path in Path("study/outputs").iterdir()}
    assert names == set(OUTPUTS)
    projects = size(50, 100)
    _kill_projects(projects, chance)
    record("R4", kills=kills + projects, partial=0, left_over=len(names - set(OUTPUTS)))


def _kill_projects(kills: int, chance: random.Random) -> None:
    """The same for a project, which is written where the researcher says, for one program or another."""
    programs = ("standard", "nvivo")
    whole = set()
    began = time.monotonic()
    for program in programs:
        assert themecode("export", "--format", "qdpx", "--program", program, "-o", "out.qdpx", "--force").status == 0  # fmt: skip
        whole.add(hashlib.sha256(Path("out.qdpx").read_bytes()).hexdigest())
    usual = (time.monotonic() - began) / 2
    assert len(whole) == 2
    for run in range(kills):
        program = programs[run % 2]
        kill_after(
            fork(lambda program=program: themecode(
                "export", "--format", "qdpx", "--program", program, "-o", "out.qdpx", "--force"
            ).status),
            chance.uniform(0, usual * 1.3),
        )  # fmt: skip
        found = hashlib.sha256(Path("out.qdpx").read_bytes()).hexdigest()
        assert found in whole, f"the project is neither at kill {run}"
    assert themecode("export", "--format", "qdpx", "-o", "out.qdpx", "--force").status == 0
    assert not list(Path().rglob(".*tmp*")), "words were left in a file half-written"
