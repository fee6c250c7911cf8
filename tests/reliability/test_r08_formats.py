"""R8: a study of any earlier format opens, or is refused plainly; killed on the way, it is one or the other."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from killing import faults, fork, kill_after
from measured import record, size
from sqlalchemy import URL

from themecode.errors import StudyTooNew
from themecode.store import open_study
from themecode.store.connect import make_engine
from themecode.store.migrate import make_tables
from themecode.store.revisions import LATEST, REVISIONS

TRANSCRIPT = (
    "INSERT INTO transcripts(id, version, source, sha256, kind, text, content_sha256, turn_count,"
    " word_count, added_at) VALUES ('a', 1, 'a.txt', 'x', 'interview', 'P: words', 'y', 0, 1, '2026')"
)


def _make(folder: Path, revision: str) -> Path:
    folder.mkdir(mode=0o700)
    engine = make_engine(URL.create("sqlite", database=str(folder / "study.db")), where=str(folder))
    make_tables(engine, where=str(folder), to=revision)
    engine.dispose()
    with closing(sqlite3.connect(folder / "study.db")) as database, database:
        for number in range(40):
            database.execute(TRANSCRIPT.replace("'a', 1", f"'a{number}', 1"))
    return folder


def _revision(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "study.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM transcripts").fetchone() == (40,)
        return str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_study_of_every_format_opens(revision: str) -> None:
    folder = _make(Path("old"), revision)
    open_study(folder).close()
    assert _revision(folder) == LATEST
    copies = list((folder / "backups").glob("*.db")) if revision != LATEST else []
    assert len(copies) == (revision != LATEST)


def test_a_newer_format_is_refused_and_left_alone() -> None:
    folder = _make(Path("new"), LATEST)
    with closing(sqlite3.connect(folder / "study.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    before = (folder / "study.db").read_bytes()
    with pytest.raises(StudyTooNew, match="newer themecode"):
        open_study(folder)
    assert (folder / "study.db").read_bytes()[100:] == before[100:]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")
def test_killed_while_it_is_brought_up_to_date_it_is_the_old_one_or_the_new_one() -> None:
    template = _make(Path("template"), "0001")
    open_study(_make(Path("warm"), "0001")).close()  # what is imported once is imported
    again = _make(Path("again"), "0001")
    began = time.monotonic()
    open_study(again).close()
    usual = time.monotonic() - began
    chance, kills = random.Random(8), size(50, 50)
    found = {"0001": 0, LATEST: 0}
    for run in range(kills):
        folder = Path(f"run{run}")
        shutil.copytree(template, folder)
        kill_after(
            fork(lambda folder=folder: open_study(folder).close()), chance.uniform(0, 2.5 * usual)
        )
        found[_revision(folder)] += 1
        open_study(folder).close()
        assert _revision(folder) == LATEST, faults()
        shutil.rmtree(folder)
    assert found["0001"], "no kill came before the end"
    record("R8", formats=len(REVISIONS), kills=kills, old=found["0001"], new=found[LATEST], half=0)
