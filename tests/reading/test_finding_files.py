"""Which files are taken from what a researcher points at, and who a reading says is speaking."""

from __future__ import annotations

from pathlib import Path

from themecode.model import Participant, ParticipantRow, TranscriptKind
from themecode.transcripts import find_files, read_file

TALK = "INT: Well?\nP1: Well.\nINT: And?\nP2: And what?\n"


def test_a_folder_gives_its_transcripts_in_order_and_passes_over_the_rest(tmp_path: Path) -> None:
    names = ["b.txt", "A.docx", "~$A.docx", ".DS_Store", "README.md", "participants.csv"]
    for name in [*names, "sound.mp3", "old.doc"]:
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.vtt").write_text("x", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "d.txt").write_text("x", encoding="utf-8")
    files, problems = find_files([tmp_path, tmp_path / "b.txt", tmp_path / "gone.txt"])
    assert [file.name for file in files] == ["A.docx", "b.txt", "c.vtt"]
    assert [Path(problem.path).name for problem in problems] == ["old.doc", "sound.mp3", "gone.txt"]
    assert "Save As" in problems[0].message


def test_a_folder_of_good_and_bad_files_gives_the_good_one(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(TALK, encoding="utf-8")
    for number in range(9):
        (tmp_path / f"bad{number}.docx").write_bytes(b"PK\x03\x04" + bytes([number]) * 99)
    files, _ = find_files([tmp_path])
    readings = [read_file(file) for file in files]
    assert sum(bool(reading.transcripts) for reading in readings) == 1
    assert all(reading.problems for reading in readings if not reading.transcripts)


def test_participants_are_named_by_the_participants_file(tmp_path: Path) -> None:
    path = tmp_path / "FG1.txt"
    path.write_text(TALK, encoding="utf-8")
    rows = [
        ParticipantRow(Participant("Jo"), "FG1", "P1", 2),
        ParticipantRow(Participant("Al"), "other", "P2", 3),
    ]
    (transcript,) = read_file(path, participants=rows).transcripts
    assert [turn.participant_id for turn in transcript.turns] == [None, "Jo", None, "FG1/P2"]
    assert transcript.kind is TranscriptKind.FOCUS_GROUP


def test_the_one_participant_of_a_transcript_takes_its_one_row(tmp_path: Path) -> None:
    path = tmp_path / "07.txt"
    path.write_text("Interviewer: Well?\nParticipant: Well.\n", encoding="utf-8")
    rows = [ParticipantRow(Participant("LE-07"), "07", None, 2)]
    (transcript,) = read_file(path, participants=rows).transcripts
    assert transcript.turns[1].participant_id == "LE-07"
    (transcript,) = read_file(path).transcripts
    assert transcript.turns[1].participant_id == "07"


def test_a_transcript_with_no_labels_is_one_participant_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("I went out.\n\nThen I came in.\n", encoding="utf-8")
    reading = read_file(path)
    assert {turn.participant_id for turn in reading.transcripts[0].turns} == {"note"}
    assert ["no speakers' labels" in problem.message for problem in reading.problems] == [True]


def test_a_guess_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Orla: Ready?\nDot: Yes.\nOrla: Sure?\nDot: Yes.\n", encoding="utf-8")
    reasons = {guess.label: guess.reason for guess in read_file(path).speakers}
    assert reasons["Orla"] == "asks a question in 2 of its 2 turns and speaks first"
    named = read_file(path, interviewers=["Dot"])
    assert {guess.label: guess.kind.value for guess in named.speakers} == {
        "Orla": "participant", "Dot": "interviewer",
    }  # fmt: skip
