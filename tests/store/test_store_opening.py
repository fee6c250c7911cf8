"""Studies that are missing, busy, older, newer, damaged, read-only or on a full disk."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from studies import AT, MACHINE, decide, make_codebook, make_coding, make_transcript

from themecode.errors import (
    DamagedStudy,
    StudyBusy,
    StudyNotWritable,
    StudyTooNew,
    ThemecodeError,
)
from themecode.store import open_study, schema
from themecode.store.connect import make_engine
from themecode.store.migrate import make_tables
from themecode.store.revisions import REVISIONS

_HERE = str(Path(__file__).parent)


def _start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """A second process that runs `script` with the tests' helpers at hand."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([_HERE, os.environ.get("PYTHONPATH", "")]),
        },
    )


def _make_older(folder: Path) -> None:
    """A study as themecode 0001 left it, with a transcript, a coding and a decision."""
    transcript = make_transcript()
    coding = make_coding(transcript, "I was scared.")
    folder.mkdir()
    path = folder / "study.db"
    engine = make_engine(create_engine(f"sqlite:///{path}").url, where=str(folder))
    make_tables(engine, where=str(folder), to="0001")
    from themecode.store import codebooks, codings, decisions, transcripts
    from themecode.store.connect import writing

    with writing(engine) as connection:
        transcripts.add(connection, [transcript], read_with={}, at="2026-01-01T00:00:00+00:00")
        codebook, source = make_codebook()
        codebooks.save(connection, codebook, source, at="2026-01-01T00:00:00+00:00")
        codings.add(connection, [coding])
        decisions.add(connection, decide(coding), where="")
    engine.dispose()


def test_a_missing_study_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ThemecodeError, match=r"no study in .*nowhere.*themecode init.*apply"):
        open_study(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_is_not_taken_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("hello", encoding="utf-8")
    with pytest.raises(ThemecodeError, match="is a file, not a folder"):
        open_study(tmp_path / "notes", create=True)
    with pytest.raises(ThemecodeError, match="no study"):
        open_study(tmp_path / "notes")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_nobody_else_on_the_computer_may_read_a_study(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    before = os.umask(0)
    try:
        with open_study(folder, create=True) as study, study.lock():
            study.add_transcripts([make_transcript()], read_with={})
            for path in [folder, *folder.rglob("*")]:
                wanted = 0o700 if path.is_dir() else 0o600
                assert stat.S_IMODE(path.stat().st_mode) == wanted, path.name
    finally:
        os.umask(before)


def test_a_study_is_opened_by_the_address_of_its_database(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'team.db'}"
    with open_study(address, create=True) as study:
        study.add_transcripts([make_transcript()], read_with={})
    with open_study(address) as study, study.lock():
        assert study.transcript("anna") == make_transcript()
    with pytest.raises(ThemecodeError, match="address"):
        open_study("not an address://")


def test_creating_a_study_that_is_there_opens_it(tmp_path: Path) -> None:
    with open_study(tmp_path, create=True) as study:
        study.add_transcripts([make_transcript()], read_with={})
    with open_study(tmp_path, create=True) as study:
        assert study.counts().transcripts == 1
    assert not (tmp_path / "backups").exists()


def test_a_study_whose_making_was_cut_short_is_made_by_the_next_command(tmp_path: Path) -> None:
    (tmp_path / "study.db").touch()
    with pytest.raises(ThemecodeError, match="no study"):
        open_study(tmp_path)
    with open_study(tmp_path, create=True) as study:
        assert study.counts().transcripts == 0


def test_the_tables_are_those_the_migrations_make(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    open_study(tmp_path, create=True).close()
    with create_engine(f"sqlite:///{tmp_path / 'study.db'}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    scripts = ScriptDirectory(str(Path(schema.__file__).with_name("migrations")))
    known = tuple(script.revision for script in scripts.walk_revisions())
    assert known[::-1] == REVISIONS


def test_opening_a_study_loads_no_migrations_and_takes_no_lock(tmp_path: Path) -> None:
    open_study(tmp_path, create=True).close()
    script = (
        "import sys; from themecode.store import open_study\n"
        "with open_study(sys.argv[1]) as study: list(study.codings(machine='themecode/x@1'))\n"
        "print([name for name in ('alembic', 'filelock', 'pandas') if name in sys.modules])"
    )
    with closing(sqlite3.connect(tmp_path / "study.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # another program writes meanwhile
        out, err = _start(script, tmp_path).communicate(timeout=60)
    assert (out.strip(), err) == ("[]", "")


def test_a_newer_themecodes_study_is_refused_and_left_alone(tmp_path: Path) -> None:
    open_study(tmp_path, create=True).close()
    with closing(sqlite3.connect(tmp_path / "study.db")) as other, other:
        other.execute("UPDATE alembic_version SET version_num = '0099'")
    before = (tmp_path / "study.db").read_bytes()
    with pytest.raises(StudyTooNew, match="newer themecode"):
        open_study(tmp_path)
    assert (tmp_path / "study.db").read_bytes() == before


def test_an_older_study_is_copied_and_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "100% ours"
    _make_older(folder)
    with open_study(folder, now=lambda: AT, who="Dee") as study:
        [(coding, _)] = study.codings(machine=MACHINE)
        assert coding == make_coding(make_transcript(), "I was scared.")
        assert list(study.decisions()) == [decide(coding)]
        assert study.counts().memos == 0
        assert [entry.what for entry in study.log()] == ["bring up to date"]
    copy = folder / "backups" / "study-0001-20260304T103200Z.db"
    assert [path.name for path in (folder / "backups").iterdir()] == [copy.name]
    with closing(sqlite3.connect(copy)) as other:
        assert other.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert other.execute("SELECT count(*) FROM decisions").fetchall() == [(1,)]
    with open_study(folder):
        assert len(list((folder / "backups").iterdir())) == 1


def test_a_study_that_cannot_be_brought_up_to_date_stays_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    _make_older(folder)
    with closing(sqlite3.connect(folder / "study.db")) as other, other:
        other.execute("CREATE TABLE outputs_made (in_the_way TEXT)")
    with closing(sqlite3.connect(folder / "study.db")) as other:
        before = list(other.iterdump())
    with pytest.raises(ThemecodeError, match="Nothing in it was changed. A copy was put in"):
        open_study(folder)
    with closing(sqlite3.connect(folder / "study.db")) as other:
        assert list(other.iterdump()) == before


@pytest.mark.parametrize("contents", [b"Dear diary, " * 500, b"\0" * 5000, b"SQLite format 3\0xx"])
def test_a_file_that_is_no_database_is_named_as_damaged(tmp_path: Path, contents: bytes) -> None:
    (tmp_path / "study.db").write_bytes(contents)
    for create in (False, True):
        with pytest.raises(DamagedStudy, match=r"study\.db in .* damaged"):
            open_study(tmp_path, create=create)
    assert (tmp_path / "study.db").read_bytes() == contents


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "study.db")) as other, other:
        other.execute("CREATE TABLE songs (title TEXT)")
    for create in (False, True):
        with pytest.raises(DamagedStudy, match="not a study"):
            open_study(tmp_path, create=create)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_study_cut_short_is_never_read_as_if_it_were_whole(tmp_path: Path, keep: float) -> None:
    put = [make_transcript(f"t{number}") for number in range(100)]
    with open_study(tmp_path, create=True) as study:
        study.add_transcripts(put, read_with={})
    whole = (tmp_path / "study.db").read_bytes()
    (tmp_path / "study.db").write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(DamagedStudy), open_study(tmp_path) as study:
        list(study.transcripts())


@contextmanager
def _mount(*arguments: str, on: Path) -> Iterator[None]:
    """A mount, or a skipped test where this computer does not allow one."""
    try:
        done = subprocess.run(["mount", *arguments, str(on)], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("this computer has no mount command")
    if done.returncode:
        pytest.skip("mounting is for root, on Linux")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(on)], check=True)


def test_a_read_only_study_is_refused_before_any_work(tmp_path: Path) -> None:
    with open_study(tmp_path, create=True) as study:
        study.add_transcripts([make_transcript()], read_with={})
    with _mount("--bind", str(tmp_path), on=tmp_path):
        again = ["mount", "-o", "remount,ro,bind", str(tmp_path)]
        if subprocess.run(again, capture_output=True, check=False).returncode:
            pytest.skip("this computer cannot mount read-only")
        for create in (False, True):
            with pytest.raises(StudyNotWritable, match="read-only"):
                open_study(tmp_path, create=create)
        with pytest.raises(StudyNotWritable):
            open_study(tmp_path / "new", create=True)


@pytest.mark.parametrize("size", ["256k", "512k", "1m", "2m"])
def test_a_full_disk_is_named_and_nothing_is_half_written(tmp_path: Path, size: str) -> None:
    small = tmp_path / "small"
    small.mkdir()
    talk = [("P01", f"It was {number} o'clock. " * 20) for number in range(50)]
    with _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", on=small):
        kept = -1
        with pytest.raises(StudyNotWritable, match="disk is full") as refused:
            with open_study(small / "study", create=True) as study:
                kept = 0
                for number in range(200):
                    added = [make_transcript(f"{number}-{part}", talk) for part in (1, 2)]
                    study.add_transcripts(added, read_with={})
                    kept += 2
        assert "\n" not in str(refused.value)
        assert "o'clock" not in str(refused.value)
        (small / "study" / "outputs").rmdir()
        if kept >= 0:
            subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)
            with open_study(small / "study") as study:
                found = list(study.transcripts())
                assert len(found) == kept
                assert study.add_transcripts([make_transcript()], read_with={}) == 1
            with closing(sqlite3.connect(small / "study" / "study.db")) as other:
                assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


_HOLD = """
import sys
from themecode.store import open_study
with open_study(sys.argv[1]) as study, study.lock():
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_study_another_process_works_on_is_busy_until_it_ends(tmp_path: Path) -> None:
    open_study(tmp_path, create=True).close()
    other = _start(_HOLD, tmp_path)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    try:
        with open_study(tmp_path) as study:
            told = r"^Another themecode is working on this study \(since \d\d:\d\d\)\. Wait until"
            for _ in range(2):
                with pytest.raises(StudyBusy, match=told), study.lock():
                    pass
            transcript = make_transcript()
            study.add_transcripts([transcript], read_with={})  # the database itself is free
        with open_study(tmp_path, now=lambda: AT + timedelta(days=9999)) as study:
            with pytest.raises(StudyBusy, match=r"since \d\d:\d\d on \d+ \w+"), study.lock():
                pass
    finally:
        other.communicate("\n", timeout=60)
    with open_study(tmp_path) as study, study.lock(), study.lock():
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    open_study(tmp_path, create=True).close()
    other = _start(_HOLD, tmp_path)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    other.send_signal(signal.SIGKILL)
    other.communicate(timeout=60)
    with open_study(tmp_path) as study, study.lock():
        pass


_DECIDE = """
import sys
from studies import decide, make_coding, make_transcript
from themecode.store import open_study
folder, reviewer, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
coding = make_coding(make_transcript(), "I was scared.")
with open_study(folder) as study:
    for number in range(count):
        study.add_decision(decide(coding, reviewer=reviewer, id=f"{reviewer}-{number}"))
        print(f"{reviewer}-{number}", flush=True)
"""


def _make_reviewed(folder: Path) -> None:
    with open_study(folder, create=True) as study:
        study.add_transcripts([make_transcript()], read_with={})
        study.add_codings([make_coding(make_transcript(), "I was scared.")], coded=[])


def test_eight_reviewers_at_once_lose_nothing(tmp_path: Path) -> None:
    _make_reviewed(tmp_path)
    writers = [_start(_DECIDE, tmp_path, f"r{number}", 25) for number in range(8)]
    said = [writer.communicate(timeout=120) for writer in writers]
    assert [err for _, err in said] == [""] * 8
    with open_study(tmp_path) as study:
        kept = [decision.id for decision in study.decisions()]
    assert sorted(kept) == sorted("".join(out for out, _ in said).split())
    assert len(kept) == 200


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("after", [1, 5, 23])
def test_a_process_killed_while_writing_loses_nothing_it_said_it_kept(
    tmp_path: Path, after: int
) -> None:
    _make_reviewed(tmp_path)
    writer = _start(_DECIDE, tmp_path, "r", 100000)
    assert writer.stdout is not None
    said = [writer.stdout.readline().strip() for _ in range(after)]
    writer.send_signal(signal.SIGKILL)
    said += writer.communicate(timeout=60)[0].split()
    with open_study(tmp_path) as study:
        kept = [decision.id for decision in study.decisions()]
        study.add_decision(decide(make_coding(make_transcript(), "I was scared.")))
    assert kept[: len(said)] == said
    assert len(kept) - len(said) <= 1  # kept, and killed before it could say so
    with closing(sqlite3.connect(tmp_path / "study.db")) as other:
        assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


_IMPORT = """
import sys
from studies import make_transcript
from themecode.store import open_study
with open_study(sys.argv[1]) as study:
    for batch in range(100000):
        study.add_transcripts([make_transcript(f"{batch}-{n}") for n in range(20)], read_with={})
        print(batch, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_batch_of_transcripts_is_there_whole_or_not_at_all_after_a_kill(tmp_path: Path) -> None:
    open_study(tmp_path, create=True).close()
    writer = _start(_IMPORT, tmp_path)
    assert writer.stdout is not None
    said = [writer.stdout.readline().strip() for _ in range(7)]
    writer.send_signal(signal.SIGKILL)
    said += writer.communicate(timeout=60)[0].split()
    with open_study(tmp_path) as study:
        kept = len(list(study.transcripts()))
    assert kept % 20 == 0
    assert 0 <= kept - 20 * len(said) <= 20
