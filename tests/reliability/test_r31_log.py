"""R31: any change to the log is found, and nothing else is taken for one. What `check` finds and mends."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from field_work import answer, make_study, themecode
from measured import record, size

from themecode.store import open_study


def _open(path: str = "study/study.db") -> sqlite3.Connection:
    database = sqlite3.connect(path)
    for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {row[0]}")  # as somebody would who means to
    return database


def _change_log(database: sqlite3.Connection, chance: random.Random) -> None:
    """One row of the log taken out, moved, doubled, or with one letter changed."""
    seqs = [row[0] for row in database.execute("SELECT seq FROM log")]
    seq, kind = chance.choice(seqs), chance.randrange(6)
    if kind == 0:
        database.execute("DELETE FROM log WHERE seq = ?", (seq,))
    elif kind == 1:
        database.execute("DELETE FROM log WHERE seq >= ?", (seq,))
    elif kind == 2:
        other = chance.choice([each for each in seqs if each != seq])
        database.execute("UPDATE log SET seq = -1 WHERE seq = ?", (seq,))
        database.execute("UPDATE log SET seq = ? WHERE seq = ?", (seq, other))
        database.execute("UPDATE log SET seq = ? WHERE seq = -1", (other,))
    elif kind == 3:
        database.execute(
            "INSERT INTO log(at, who, what, counts, sha256) SELECT at, who, what, counts, sha256"
            " FROM log WHERE seq = ?", (seq,)
        )  # fmt: skip
    else:
        column = chance.choice(["at", "who", "what", "counts", "sha256"])
        text = database.execute(f"SELECT {column} FROM log WHERE seq = ?", (seq,)).fetchone()[0]
        at = chance.randrange(len(text))
        changed = text[:at] + chr((ord(text[at]) + 1) % 128 or 33) + text[at + 1 :]
        database.execute(f"UPDATE log SET {column} = ? WHERE seq = ?", (changed, seq))


def test_every_change_to_the_log_is_found() -> None:
    """The study stays open; each change is another program's, and is put back after it was found."""
    chance, edits, found, alarms = random.Random(31), size(1000, 1000), 0, 0
    with open_study("logged", create=True) as study:
        for number in range(60):
            study.record(f"an invented entry {number % 7}", counts={"things": number})
        with closing(_open("logged/study.db")) as database:
            database.commit()
            whole = database.execute(
                "SELECT seq, at, who, what, counts, sha256 FROM log"
            ).fetchall()
            last = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'log'").fetchone()
            for _ in range(edits):
                with database:
                    _change_log(database, chance)
                found += any("log" in fault.message for fault in study.faults())
                with database:
                    database.execute("DELETE FROM log")
                    database.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)", whole)
                    database.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'log'", last)
                alarms += bool(list(study.faults()))
    assert (found, alarms) == (edits, 0)
    make_study()
    assert themecode("check").status == 0
    record("R31", edits=edits, found=found, false_alarms=alarms)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE transcripts SET text = replace(text, 'judged', 'jugged')",
            "is not as it was imported",
        ),
        ("UPDATE codings SET words = 'x' || words", "are not on their words"),
        ("UPDATE codings SET span_start = span_start + 1", "are not on their words"),
        ("DELETE FROM codings", "decisions are about codings that are not there"),
        ("UPDATE turns SET span_end = 99999 WHERE number = 1", "is not as it was imported"),
        ("DELETE FROM current_transcripts", "is marked as the one in use"),
        ("INSERT INTO door VALUES ('x')", "left open"),
        (
            "UPDATE codebooks SET parsed = replace(parsed, 'Judged', 'Jugged')",
            "was changed by another",
        ),
        ("UPDATE turns SET participant_id = 'P99'", "was changed by another program"),
        ("DELETE FROM transcripts WHERE seq = 2", "missing"),
    ],
)
def test_what_another_program_did_is_found(change: str, said: str) -> None:
    make_study()
    answer("They took my kids", code="family.removal")
    with closing(_open()) as database, database:
        database.execute(change)
    ran = themecode("check")
    assert ran.status == 1
    assert said in " ".join((ran.out + ran.err).split())
    assert "jugged" not in ran.out + ran.err


def test_what_can_be_worked_out_again_is_mended() -> None:
    make_study()
    with closing(_open()) as database, database:
        database.execute("DELETE FROM current_transcripts WHERE transcript_id = 'P01'")
        database.execute("UPDATE turns SET participant_id = 'P99' WHERE transcript_seq = 2")
    assert themecode("check").status == 1
    ran = themecode("check", "--repair")
    assert ran.status == 0, ran.out
    assert "Mended: the newest version of P01 put in use." in ran.err
    assert themecode("apply", "talks").status == 0
    assert "P99" not in themecode("status", "--speakers").out
    assert len(list(Path("study/backups").glob("*before-repair*"))) == 1
