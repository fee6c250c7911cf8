"""R5, R6 and R7: eight people decide at once, two of them about the same thing, and copies are made."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from field_work import make_study, themecode
from killing import faults, fork, wait
from measured import record, size

from themecode.errors import DamagedStudy
from themecode.model import Decision, Verdict
from themecode.store import open_study
from themecode.suggest.coder import CODER

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")
AT = datetime(2026, 1, 2, tzinfo=UTC)
#: How long a decision takes is the disk's as well.
ON_A_REAL_DISK = True


def _decide(writer: int, decisions: int, *, same: bool = False) -> None:
    """One reviewer's decisions; how long each took is written down when all are kept."""
    took = []
    with open_study("study") as study:
        codings = [coding.id for coding, _ in study.codings(machine=CODER)]
        for number in range(decisions):
            coding = codings[number % len(codings)] if same else random.choice(codings)
            began = time.perf_counter()
            study.add_decision(
                Decision(f"w{writer}-{number}", coding, f"Reviewer {writer}",
                         (Verdict.ACCEPT, Verdict.REJECT)[writer % 2], None, "", AT)
            )  # fmt: skip
            took.append(time.perf_counter() - began)
    Path(f"took-{writer}.json").write_text(json.dumps(took), encoding="utf-8")


def _kept() -> list[tuple[str, str, str, str]]:
    with closing(sqlite3.connect("study/study.db")) as database:
        return database.execute(
            "SELECT id, coding_id, reviewer, decided_at FROM decisions"
        ).fetchall()


def test_eight_reviewers_at_once_lose_nothing_and_are_never_refused() -> None:
    make_study()
    each, writers = size(250, 1000), size(8, 32)
    children = [fork(lambda writer=writer: _decide(writer, each)) for writer in range(writers)]
    assert [wait(pid) for pid in children] == [0] * writers, faults()
    assert len(_kept()) == writers * each
    took = sorted(
        second for path in Path().glob("took-*.json") for second in json.loads(path.read_text())
    )
    assert themecode("check").status == 0
    record("R5", sent=writers * each, kept=len(_kept()), p95_ms=round(took[int(len(took) * 0.95)] * 1000, 1),
           p99_ms=round(took[int(len(took) * 0.99)] * 1000, 1))  # fmt: skip


def test_two_reviewers_of_one_thing_are_both_kept_with_name_and_time() -> None:
    make_study()
    pairs = size(1000, 1000)
    children = [fork(lambda w=w: _decide(w, pairs, same=True)) for w in range(2)]
    assert [wait(pid) for pid in children] == [0, 0], faults()
    by_reviewer = {
        name: [row for row in _kept() if row[2] == name] for name in ("Reviewer 0", "Reviewer 1")
    }
    assert [len(rows) for rows in by_reviewer.values()] == [pairs, pairs]
    assert {row[1] for row in by_reviewer["Reviewer 0"]} == {
        row[1] for row in by_reviewer["Reviewer 1"]
    }
    assert all(row[3] for rows in by_reviewer.values() for row in rows)
    record("R6", pairs=pairs, kept=2 * pairs)


def test_a_copy_made_while_eight_write_is_whole_and_a_prefix_of_what_they_did() -> None:
    make_study()
    runs, each, midway = size(20, 20), 25, 0
    for run in range(runs):
        with closing(sqlite3.connect("study/study.db")) as database:
            held = database.execute("SELECT count(*) FROM decisions").fetchone()[0]
        children = [fork(lambda w=w, run=run: _decide(10 * run + w, each)) for w in range(8)]
        time.sleep(0.05)
        with open_study("study") as study:
            copy = study.back_up()
        assert [wait(pid) for pid in children] == [0] * 8, faults()
        with closing(sqlite3.connect(copy)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            in_copy = [row[0] for row in database.execute("SELECT id FROM decisions ORDER BY seq")]
        with closing(sqlite3.connect("study/study.db")) as database:
            everything = [
                row[0] for row in database.execute("SELECT id FROM decisions ORDER BY seq")
            ]
        assert in_copy == everything[: len(in_copy)]
        assert held <= len(in_copy) <= held + 8 * each
        midway += held < len(in_copy) < len(everything)
    assert midway > runs / 4, "the copies were made before or after, not while, they wrote"
    record("R7", runs=runs, whole=runs, made_while_they_wrote=midway)


def _damage(path: Path, how: int) -> None:
    content = bytearray(path.read_bytes())
    if how == 0:
        content[:4096] = os.urandom(4096)
    elif how == 1:
        del content[len(content) // 2 :]
    else:
        chance = random.Random(how)
        for _ in range(60):
            at = chance.randrange(4096, len(content) - 600)
            content[at : at + 512] = os.urandom(512)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("how", [0, 1, 2, 3])
def test_a_damaged_study_never_damages_its_copies_and_one_is_put_back(how: int) -> None:
    study = make_study()
    _decide(1, 5)
    assert themecode("backup").status == 0
    copies = {path: path.read_bytes() for path in (study / "backups").iterdir()}
    before = _kept()
    _damage(study / "study.db", how)
    for command in (("backup",), ("withdraw", "P01", "--yes"), ("apply", "talks")):
        ran = themecode(*command)
        assert "Traceback" not in ran.err
        if ran.status == 0:
            continue
        assert ran.err.startswith("themecode: "), ran.err
        assert {path: path.read_bytes() for path in copies} == copies
    with pytest.raises(DamagedStudy):
        with open_study(study) as opened:
            opened.back_up()
    ran = themecode("restore", "--yes", "--json")
    assert ran.status == 0, ran.err
    assert ran.json["was_damaged"] and Path(ran.json["kept"]).is_file()
    assert _kept() == before
    assert themecode("check").status == 0
    assert themecode("apply", "talks").status == 0


def test_a_copy_is_made_before_anything_is_taken_out_and_old_ones_are_kept_in_bounds() -> None:
    study = make_study()
    for _ in range(14):
        assert themecode("restore", "--yes").status in (0, 1)
        assert themecode("backup").status == 0
    names = [path.name for path in (study / "backups").iterdir()]
    assert sum("kept" in name for name in names) == 14
    assert sum("before-restore" in name for name in names) == 10
    shutil.rmtree(study / "backups")
    ran = themecode("restore", "--yes")
    assert (ran.status, ran.err.count("\n")) == (1, 1)


def test_somebody_who_withdrew_does_not_come_back_with_a_copy() -> None:
    study = make_study("P01", "P02")
    assert themecode("backup", "-o", "elsewhere").status == 0
    assert themecode("withdraw", "P01", "--yes").status == 0
    [copy] = Path("elsewhere").iterdir()
    ran = themecode("restore", copy, "--yes")
    assert ran.status == 0, ran.err
    assert "taken out again" in ran.out
    assert themecode("status", "--json").json["transcripts"] == 1
    assert "P01" not in themecode("status", "--speakers").out
    assert themecode("check").status == 0
    themecode("apply", "talks")
    assert "P01" not in themecode("status", "--speakers").out
    assert study.is_dir()
