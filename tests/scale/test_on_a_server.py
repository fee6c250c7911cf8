"""The commands a team uses, on a study that is on a PostgreSQL server."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest
from private_postgresql import PASSWORD, PrivateServer

from themecode.cli import run
from themecode.store import open_study

sys.path.insert(0, str(Path(__file__).parents[1] / "review"))
from served import Browser, let_in, serve


@pytest.fixture
def shared(postgresql: PrivateServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return postgresql.make_database()


def _apply(field_work: Path, study: str) -> int:
    return run(
        ["apply", str(field_work / "transcripts"), "--codebook", str(field_work / "book.yaml")]
        + ["--study", study]
    )


def test_a_study_is_coded_the_same_on_a_server_as_in_a_folder(
    field_work: Path, shared: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _apply(field_work, str(field_work / "local")) == 0
    capsys.readouterr()
    assert _apply(field_work, shared) == 0
    said = capsys.readouterr()
    assert PASSWORD not in said.out + said.err
    for name in ("coded_segments.csv", "theme_matrix.csv"):
        ours = field_work / "local" / "outputs" / name
        assert (Path("outputs") / name).read_bytes() == ours.read_bytes()
    Path("outputs/coded_segments.csv").write_text("a colleague's", encoding="utf-8")
    assert _apply(field_work, shared) == 0  # again: nothing is coded, and the tables are ours
    assert (
        Path("outputs/coded_segments.csv").read_bytes()
        == (field_work / "local" / "outputs" / "coded_segments.csv").read_bytes()
    )


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["status", "--json"],
        ["search", "childcare"],
        ["matrix", "transcript"],
        ["memo", "A note.", "--about", "study", "--author", "Dee"],
        ["check"],
        ["export", "--format", "csv"],
        ["export", "--format", "turns"],
        ["export", "--format", "qdpx", "-o", "study.qdpx"],
        ["export", "--format", "html", "-o", "study.html"],
        ["export", "--format", "parquet", "-o", "parts/"],
        ["review", "plan", "--reviewer", "Dee", "--reviewer", "Eve", "--uncoded", "2"],
        ["pseudonymise", "find", "-o", "names.xlsx"],
        ["safeguarding"],
        ["report", "-o", "report.docx"],
    ],
    ids=" ".join,
)
def test_a_command_works_on_a_server_and_shows_no_password(
    field_work: Path, shared: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for transcript in sorted((field_work / "transcripts").iterdir())[4:]:
        transcript.unlink()
    assert _apply(field_work, shared) == 0
    capsys.readouterr()
    status = run([*command, "--study", shared])
    said = capsys.readouterr()
    assert status == 0, said.err
    assert PASSWORD not in said.out + said.err
    if "--json" in command:
        assert "tester@127.0.0.1" in json.dumps(json.loads(said.out)) or said.out


def test_a_participant_can_leave_a_study_on_a_server(
    field_work: Path, shared: str, postgresql: PrivateServer
) -> None:
    for transcript in sorted((field_work / "transcripts").iterdir())[4:]:
        transcript.unlink()
    assert _apply(field_work, shared) == 0
    assert run(["withdraw", "P002", "--yes", "--study", shared]) == 0
    assert postgresql.run("SELECT id FROM transcripts ORDER BY id", on=shared) == [
        ("P000",), ("P001",), ("P003",),
    ]  # fmt: skip


@pytest.fixture
def coded(field_work: Path, shared: str) -> Iterator[str]:
    """A study of four interviews, coded, on a server."""
    for transcript in sorted((field_work / "transcripts").iterdir())[4:]:
        transcript.unlink()
    assert _apply(field_work, shared) == 0
    yield shared
    Browser.close_all()


def test_two_people_review_a_study_on_a_server_at_once(
    coded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("Dee", "Eve")
    reviewers = [part for name in names for part in ("--reviewer", name)]
    assert run(["review", "plan", *reviewers, "--uncoded", "2", "--study", coded]) == 0
    with serve(coded) as served:

        def review(name: str) -> list[int]:
            browser = let_in(served, name)
            assert "felt judged" in browser.ask("/transcripts/P001?show=1").text
            return [
                browser.answer(number, "no", note=f"{name} {number}").status
                for number in range(1, 9)
            ]

        with ThreadPoolExecutor(2) as pool:
            statuses = [status for found in pool.map(review, names) for status in found]
        assert PASSWORD not in served.said() and "failed" not in served.said()
    assert statuses == [303] * 16
    with open_study(coded) as study:
        kept = sorted((each.reviewer, each.note) for each in study.review_answers())
    assert kept == sorted((name, f"{name} {number}") for name in names for number in range(1, 9))
    capsys.readouterr()
    assert run(["agreement", "--json", "--study", coded]) == 0
    assert {"Dee", "Eve"} <= set(json.dumps(json.loads(capsys.readouterr().out)).split('"'))


def test_pseudonyms_are_put_into_a_study_on_a_server_and_the_key_stays_a_file(
    coded: str, postgresql: PrivateServer, field_work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    talk = "P900: Morwenna said I felt judged there.\n"
    (field_work / "transcripts" / "P900.txt").write_text(talk, encoding="utf-8")
    assert _apply(field_work, coded) == 0
    assert run(["pseudonymise", "find", "-o", "names.xlsx", "--study", coded]) == 0
    book = openpyxl.load_workbook("names.xlsx")
    for row in book["Names"].iter_rows(min_row=2):
        named = row[0].value == "Morwenna"
        row[4].value, row[5].value = ("replace", "Anna") if named else ("keep", None)
    book.save("names.xlsx")
    key = ["--key", "names.key", "--study", coded]
    assert run(["pseudonymise", "decide", "names.xlsx", *key]) == 0
    forget = ["--forget-originals", "--yes"]
    assert run(["pseudonymise", "apply", *forget, *key]) == 0, capsys.readouterr().err
    held = postgresql.run("SELECT text FROM transcripts", on=coded)
    assert any("[Anna] said" in str(text) for (text,) in held)
    assert "Morwenna" not in str(held)
    assert "Morwenna" in Path("names.key").read_text(encoding="utf-8")
    assert run(["check", "--study", coded]) == 0


@pytest.mark.parametrize("options", [[], ["--list"], ["-o", "copies"]], ids=" ".join)
def test_a_copy_of_a_study_on_a_server_is_its_keepers_to_make(
    coded: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["backup", *options, "--study", coded]) == 1
    said = capsys.readouterr()
    assert "whose keeper makes the copies" in " ".join(said.err.split())
    assert not said.out and PASSWORD not in said.err
    assert not Path("copies").exists()


def test_what_another_program_changed_on_a_server_is_found(
    coded: str, postgresql: PrivateServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--study", coded]) == 0
    postgresql.run("SET session_replication_role = replica; "
                   "UPDATE codings SET span_start = span_start + 1 WHERE seq = "
                   "(SELECT min(seq) FROM codings); "
                   "UPDATE log SET who = 'somebody' WHERE seq = 2", on=coded)  # fmt: skip
    capsys.readouterr()
    assert run(["check", "--study", coded]) == 1
    found = capsys.readouterr()
    said = " ".join((found.out + found.err).split())
    assert "1 coding of transcript P000 is not on its words" in said
    assert "log" in said
