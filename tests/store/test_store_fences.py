"""What people said and decided cannot be edited, even with another program."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from studies import AT, MACHINE, decide, make_codebook, make_coding, make_transcript

from themecode.model import Memo
from themecode.store import Study


def _fill(study: Study) -> None:
    transcript, (codebook, source) = make_transcript(), make_codebook()
    study.add_transcripts([transcript], read_with={})
    study.save_codebook(codebook, source)
    coding = make_coding(transcript, "I was scared.")
    study.add_codings([coding], coded=[])
    study.add_decision(decide(coding))
    study.add_memo(Memo("m", "study", "Dee", "Note.", AT))


@contextmanager
def _other_program(study: Study) -> Iterator[tuple[Any, type[Exception]]]:
    """The study as a program reaches it that knows nothing of themecode; what it is refused with."""
    if study.folder is not None:
        with closing(sqlite3.connect(study.folder / "study.db")) as other:
            yield other, sqlite3.IntegrityError
        return
    url = study._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection, psycopg.errors.RaiseException


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transcripts SET text = ''",
        "DELETE FROM transcripts",
        "UPDATE turns SET span_end = 1",
        "DELETE FROM turns",
        "UPDATE codebooks SET parsed = ''",
        "DELETE FROM codebooks_in_force",
        "UPDATE codings SET code_id = 'ease'",
        "DELETE FROM codings",
        "UPDATE decisions SET verdict = 'reject'",
        "DELETE FROM decisions",
        "INSERT OR REPLACE INTO decisions SELECT seq, id, coding_id, reviewer, 'reject', NULL, "
        "note, decided_at, NULL FROM decisions",
        "UPDATE memos SET text = ''",
        "DELETE FROM memos",
        "UPDATE log SET who = ''",
        "DELETE FROM log",
    ],
)
def test_the_database_itself_refuses_edits(study: Study, change: str) -> None:
    _fill(study)
    with _other_program(study) as (other, refused):
        if study.folder is not None:
            other.execute("PRAGMA recursive_triggers=ON")
        elif change.startswith("INSERT OR REPLACE"):
            change = (
                "INSERT INTO decisions SELECT * FROM decisions "
                "ON CONFLICT (id) DO UPDATE SET verdict = 'reject'"
            )
        with pytest.raises(refused, match="append-only"):
            other.execute(change)


def test_a_withdrawal_passes_by_the_one_door_and_the_door_is_shut_again(study: Study) -> None:
    _fill(study)
    with study.open_door("withdraw a participant") as connection:
        connection.execute(text("DELETE FROM decisions"))
        connection.execute(text("DELETE FROM codings"))
    assert study.counts().codings == 0
    assert [entry.what for entry in study.log()][-1] == "withdraw a participant"
    with pytest.raises(Exception, match="append-only"), study.open_door("again") as connection:
        connection.execute(text("DELETE FROM log"))
    with _other_program(study) as (other, refused):
        assert other.execute("SELECT count(*) FROM door").fetchone() == (0,)
        with pytest.raises(refused, match="append-only"):
            other.execute("DELETE FROM memos")


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_removed_words_leave_no_copy_in_the_files(study: Study) -> None:
    _fill(study)
    with study.open_door("withdraw a participant") as connection:
        for table in ("decisions", "codings", "turns", "current_transcripts", "transcripts"):
            connection.execute(text(f"DELETE FROM {table}"))
    study.close()
    assert study.folder is not None
    folder: Path = study.folder
    for file in folder.rglob("*"):
        if file.is_file():
            assert b"My sister drove" not in file.read_bytes()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_the_connection_keeps_its_promises(study: Study) -> None:
    with study.open_door("look") as connection:
        said = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    assert list(study.codings(machine=MACHINE)) == []
