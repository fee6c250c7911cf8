"""What is answered at once while nothing has changed is what would be answered by opening the study."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from field_work import Ran, make_study, read_outputs, themecode, write_book, write_talk

from themecode.model import Decision, Memo, Verdict
from themecode.store import open_study
from themecode.store.glance import hold_still, read_mark, read_transcripts
from themecode.suggest.coder import CODER

AGAIN = ("apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv")
_WATCH = """
import sys
from themecode.cli import run
status = run(sys.argv[1:])
sys.stderr.write(f"{status} {'sqlalchemy' in sys.modules}")
"""


def opened(*arguments: object, status: int = 0) -> bool:
    """Whether a command opened the study, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCH, *map(str, arguments)],
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert done.stderr.endswith((f"{status} True", f"{status} False")), done.stderr
    return done.stderr.endswith("True")


def ask_slowly(*arguments: object) -> Ran:
    """A command with nothing kept to answer from."""
    for name in ("applied", "standing"):
        (Path("study/cache") / f"{name}.json").unlink(missing_ok=True)
    return themecode(*arguments)


def begin() -> None:
    Path("people.csv").write_text("participant,role\nP01,woman\nP02,woman\nP09,woman\n")
    make_study()
    assert themecode(*AGAIN).status == 0


def test_what_was_kept_says_what_opening_the_study_says() -> None:
    begin()
    for arguments in (AGAIN, (*AGAIN, "--json"), ("status",), ("status", "--json")):
        at_once = themecode(*arguments)
        assert ask_slowly(*arguments) == at_once
        assert themecode(*arguments) == at_once
    assert "P09 speaks in no transcript" in themecode(*AGAIN).err
    assert "up to date" in themecode(*AGAIN).out


def test_the_study_is_not_opened_where_nothing_has_changed() -> None:
    begin()
    assert not opened(*AGAIN)
    assert not opened("status")
    assert not opened("search", "judged")
    assert opened("status", "--speakers")


def _decide() -> None:
    with open_study("study") as study:
        coding, _ = next(iter(study.codings(machine=CODER)))
        study.add_decision(
            Decision(
                "d1", coding.id, "Ada", Verdict.REJECT, None, "", datetime(2026, 1, 2, tzinfo=UTC)
            )
        )


def _note() -> None:
    with open_study("study") as study:
        study.add_memo(Memo("m1", "study", "A thought.", "Ada", datetime(2026, 1, 2, tzinfo=UTC)))


def _reword() -> None:
    book = Path("book.yaml")
    book.write_text(
        book.read_text(encoding="utf-8").replace("[childcare]", "[bus]"), encoding="utf-8"
    )


CHANGES: dict[str, Callable[[], object]] = {
    "a transcript more": lambda: write_talk("P03"),
    "a transcript changed": lambda: write_talk("P02", text="INT: So?\n\n{who}: Fine."),
    "a cue changed": _reword,
    "a participant's role": lambda: Path("people.csv").write_text("participant,role\nP01,worker\n"),
    "a decision": _decide,
    "a memo": _note,
    "an output removed": lambda: Path("study/outputs/theme_matrix.csv").unlink(),
    "the study's own codebook": lambda: Path("study/codebook.yaml").write_text("title: Other\n"),
    "a file that is none": lambda: Path("talks/P04.docx").write_bytes(b"no"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_seen(change: Callable[[], object]) -> None:
    begin()
    change()
    assert themecode("status") == ask_slowly("status")
    shutil.copytree("study", "forgetful")
    shutil.rmtree("forgetful/cache")
    slow = themecode(*AGAIN, "--study", "forgetful", "--json")
    ran = themecode(*AGAIN, "--json")
    assert (ran.status, ran.err) == (slow.status, slow.err)
    assert {**ran.json, "outputs": None} == {**slow.json, "outputs": None}
    assert read_outputs() == read_outputs("forgetful")


def test_a_file_that_cannot_be_read_is_tried_each_time() -> None:
    begin()
    Path("talks/P04.docx").write_bytes(b"no")
    first, second = themecode(*AGAIN), themecode(*AGAIN)
    assert first.status == second.status == 1
    assert "P04.docx" in second.err
    assert opened(*AGAIN, status=1)


def test_another_codebook_or_option_is_another_request() -> None:
    begin()
    write_book(
        Path("book.yaml").read_text(encoding="utf-8").replace("[childcare]", "[bus]"), "b.yaml"
    )
    ran = themecode("apply", "talks", "--codebook", "b.yaml")
    assert "2 coded for 1 code" in ran.out
    assert opened("apply", "talks", "--codebook", "b.yaml", "--interviewer", "INT")


def test_a_mark_changes_with_every_change_even_on_a_disk_with_coarse_times() -> None:
    begin()
    folder = Path("study")
    before, times = read_mark(folder), (folder / "study.db").stat()
    assert before is not None
    assert read_mark(folder) == before
    _note()
    os.utime(folder / "study.db", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert read_mark(folder) != before


def test_nothing_is_told_from_outside_while_somebody_writes() -> None:
    begin()
    with sqlite3.connect("study/study.db", isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with hold_still(Path("study")) as mark:
            assert mark is None
        writer.execute(
            "INSERT INTO log (at, who, what, counts, sha256) SELECT at, who, what, counts, sha256 || 'x' FROM log LIMIT 1"
        )
        writer.execute("COMMIT")
        assert read_mark(Path("study")) is None  # not yet in its place
    writer.close()


def test_nobody_changes_a_study_that_is_held_still() -> None:
    begin()
    with hold_still(Path("study")) as mark:
        assert mark == read_mark(Path("study"))
        other = sqlite3.connect("study/study.db", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    assert read_mark(Path("study")) == mark


def test_no_study_and_a_file_that_is_none_have_no_mark() -> None:
    assert read_mark(Path("nowhere")) is None
    Path("nowhere").mkdir()
    Path("nowhere/study.db").write_bytes(b"this is no database" * 100)
    assert read_mark(Path("nowhere")) is None
    assert read_transcripts(Path("nowhere"), lambda _, spans: range(len(spans))) is None
    with hold_still(Path("nowhere")) as mark:
        assert mark is None
    assert themecode("status", "--study", "nowhere").status == 1


def test_search_shows_the_same_however_the_study_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    begin()
    for words in ("judged", "kid*", "no such words", "P01"):
        at_once = themecode("search", words, "--json")
        with monkeypatch.context() as patched:
            patched.setattr("themecode.store.glance.LATEST", "another")
            assert themecode("search", words, "--json") == at_once


def test_words_changed_by_another_program_are_never_shown() -> None:
    begin()
    with sqlite3.connect("study/study.db") as other:
        for (name,) in other.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            other.execute(f'DROP TRIGGER "{name}"')
        other.execute("UPDATE transcripts SET text = replace(text, 'judged', 'loved?')")
    other.close()
    ran = themecode("search", "loved")
    assert (ran.status, ran.out) == (1, "")
    assert "is not as it was imported" in ran.err
