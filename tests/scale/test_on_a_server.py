"""The commands a team uses, on a study that is on a PostgreSQL server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from private_postgresql import PASSWORD, PrivateServer

from themecode.cli import run


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
