"""The participants file. Everyone in it is invented."""

from pathlib import Path

import openpyxl
import pytest

from themecode.errors import UnreadableFile
from themecode.model import Consent, Participant
from themecode.transcripts.participants import read_participants


def write(folder: Path, text: str) -> Path:
    path = folder / "participants.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_headers_and_consent_are_forgiven_their_case_and_spaces(tmp_path: Path) -> None:
    text = " Participant ;TRANSCRIPT;Speaker;Role;Consent;Age Band\nW1;t1;P01;Woman; Paraphrase ;25-34\n"
    (row,), problems = read_participants(write(tmp_path, text))
    assert problems == ()
    assert (row.transcript_id, row.speaker, row.line) == ("t1", "P01", 2)
    assert row.participant == Participant("W1", "Woman", {"Age Band": "25-34"}, Consent.PARAPHRASE)


def test_a_workbook_says_the_same_as_a_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["participant", "site", "children"])
    book.active.append(["W1", "North", 2])
    book.save(tmp_path / "p.xlsx")
    from_csv, _ = read_participants(write(tmp_path, "participant,site,children\nW1,North,2\n"))
    assert read_participants(tmp_path / "p.xlsx")[0] == from_csv


def test_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    text = (
        "participant,speaker,role,consent,site\n"
        "W1,P01,Woman,quote,North\n"
        ",P02,Woman,quote,North\n"
        "W3,P03,Woman,perhaps,North\n"
        "W1,P04,Worker,quote,North\n"
        "W5,p01,Woman,none,South\n"
    )
    rows, problems = read_participants(write(tmp_path, text))
    assert [row.participant.id for row in rows] == ["W1", "W3", "W1", "W5"]
    assert rows[1].participant.consent is None
    assert [problem.line for problem in problems] == [3, 4, 5, 6]
    assert "another role" in problems[2].message


def test_the_same_person_in_two_transcripts_is_no_fault(tmp_path: Path) -> None:
    text = "participant,transcript,site\nW1,t1,North\nW1,t2,North\n"
    assert read_participants(write(tmp_path, text))[1] == ()


def test_a_missing_column_names_those_found(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="“id”, “role”"):
        read_participants(write(tmp_path, "id,role\nW1,Woman\n"))


@pytest.mark.parametrize("text", ["", "participant,role\n", "\x00\x00\x01"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableFile):
        read_participants(write(tmp_path, text))
