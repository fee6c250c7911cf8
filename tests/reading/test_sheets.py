"""Sheets of turns and of survey responses. All words are invented."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from themecode.errors import UnreadableFile
from themecode.model import Consent, TranscriptKind
from themecode.transcripts.sheets import read_csv, read_xlsx


def write(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = folder / "views.csv"
    path.write_bytes(text.encode(encoding))
    return path


def save(folder: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "views.xlsx")
    return folder / "views.xlsx"


def test_one_row_a_turn_keeps_speakers_times_and_lines(tmp_path: Path) -> None:
    text = 'Time,Speaker,Said\n0:01,INT,"Hello, you"\n0:04,P01,"Two\nlines"\n,,and more\n0:09,P01,New\n'
    parsed = read_csv(write(tmp_path, text))
    assert [(t.speaker, t.text, t.line, t.started_at) for t in parsed.utterances] == [
        ("INT", "Hello, you", 2, 1.0),
        ("P01", "Two lines and more", 3, 4.0),
        ("P01", "New", 6, 9.0),
    ]
    assert parsed.kind is None


def test_turns_without_a_header_are_known_by_what_stands_in_the_columns(tmp_path: Path) -> None:
    text = "INT,How was it?\nP01,Cold and wet.\nINT,And then?\nP01,We went home.\n"
    parsed = read_csv(write(tmp_path, text))
    assert [t.speaker for t in parsed.utterances] == ["INT", "P01", "INT", "P01"]
    assert parsed.utterances[2].line == 3


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_one_row_a_response_is_a_survey(tmp_path: Path, mark: str, encoding: str) -> None:
    rows = [
        ["id", "Age band", "text", "role", "consent"],
        ["R1", "25-34", '"Café; bus, and\nall"', "Woman", "Quote"],
        ["R2", "", "Fine", "", ""],
    ]
    path = write(tmp_path, "\r\n".join(mark.join(row) for row in rows), encoding=encoding)
    parsed = read_csv(path)
    assert parsed.kind is TranscriptKind.SURVEY
    assert [(t.speaker, t.text, t.line) for t in parsed.utterances] == [
        ("R1", "Café; bus, and all", 2),
        ("R2", "Fine", 4),
    ]
    first, second = parsed.respondents
    assert (first.participant.id, first.speaker) == ("views:R1", "R1")
    assert (first.participant.role, first.participant.consent) == ("Woman", Consent.QUOTE)
    assert first.participant.attributes == {"Age band": "25-34"}
    assert second.participant.consent is None
    assert second.participant.role is None


def test_remarks_above_the_header_and_missing_ids_are_borne(tmp_path: Path) -> None:
    parsed = read_csv(write(tmp_path, "Invented answers for a test\n\ntext\nOne, two\nThree\n"))
    assert [(t.speaker, t.text, t.line) for t in parsed.utterances] == [
        ("1", "One, two", 4),
        ("2", "Three", 5),
    ]


def test_repeated_ids_and_empty_answers_are_told(tmp_path: Path) -> None:
    parsed = read_csv(write(tmp_path, "id,text\nR1,One\nR1,Two\nR3,\nR4,N/A\nR5,no\n"))
    assert [t.speaker for t in parsed.utterances] == ["R1", "R1-2", "R5"]
    assert [(p.line, p.blocks) for p in parsed.problems] == [(3, False), (4, False)]
    assert "2 rows" in parsed.problems[1].message


def test_another_column_is_the_text_where_the_researcher_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "Ref,Q1 what helped,Q2\n7,The tea did,nothing\n")
    parsed = read_csv(path, text_column="q1 What Helped")
    assert [(t.speaker, t.text) for t in parsed.utterances] == [("7", "The tea did")]
    assert parsed.respondents[0].participant.attributes == {"Q2": "nothing"}


def test_a_sheet_of_neither_shape_is_refused_with_its_columns_and_the_option(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, "Ref,Q1,Q2\n7,secretword,y\n8,z,w\n")
    with pytest.raises(UnreadableFile, match=r"“Ref”, “Q1”, “Q2”.*--text-column") as refused:
        read_csv(path)
    assert "secretword" not in str(refused.value)
    with pytest.raises(UnreadableFile, match="“Q9”"):
        read_csv(path, text_column="Q9")


def test_words_that_hold_the_delimiter_are_told_and_kept(tmp_path: Path) -> None:
    parsed = read_csv(write(tmp_path, "speaker,text\nINT,Well,then\nP01,Yes\n"))
    assert parsed.utterances[0].text == "Well,then"
    assert [p.line for p in parsed.problems] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        'id,text\n1,"never closed\n2,b\n',
        "id,text\n",
        "id,text\n1,\n",
        "text\n" + "a\n" * 50_001,
    ],
)
def test_an_unusable_csv_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableFile):
        read_csv(write(tmp_path, text))


def test_a_workbook_s_cells_are_read_as_shown_from_the_first_sheet_with_words(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Notes on how this was collected"])
    sheet = book.create_sheet("Answers")
    sheet.append(["Invented for a test"])
    sheet.append(["id", "text", "when", "share", "score", "paid", "code"])
    sheet.append([1.0, "Fine", dt.date(2026, 5, 3), 0.45, 2.5, True, 7])
    sheet["C3"].number_format = "dd/mm/yyyy"
    sheet["D3"].number_format = "0%"
    sheet["G3"].number_format = "000"
    book.create_sheet("More").append(["text"])
    book.save(tmp_path / "views.xlsx")
    parsed = read_xlsx(tmp_path / "views.xlsx")
    assert [(t.speaker, t.text, t.line) for t in parsed.utterances] == [("1", "Fine", 3)]
    assert parsed.respondents[0].participant.attributes == {
        "when": "03/05/2026", "share": "45%", "score": "2.5", "paid": "TRUE", "code": "007",
    }  # fmt: skip
    assert any("“More”" in problem.message for problem in parsed.problems)


def test_merged_speaker_cells_hold_for_the_rows_below(tmp_path: Path) -> None:
    path = save(tmp_path, ["speaker", "text"], ["P01", "One"], [None, "two"], ["INT", "Three"])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A2:A3")
    book.save(path)
    assert [(t.speaker, t.text) for t in read_xlsx(path).utterances] == [
        ("P01", "One two"),
        ("INT", "Three"),
    ]


def test_a_cell_in_the_farthest_corner_is_told_and_costs_nothing(tmp_path: Path) -> None:
    path = save(tmp_path, ["id", "text"], ["R1", "Fine"])
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"] = "far"
    book.save(path)
    parsed = read_xlsx(path)
    assert [t.text for t in parsed.utterances] == ["Fine"]
    assert "empty rows" in parsed.problems[0].message


def test_a_workbook_cut_short_or_in_disguise_is_refused(tmp_path: Path) -> None:
    raw = save(tmp_path, ["id", "text"], ["R1", "Fine"]).read_bytes()
    for damaged in (raw[:-200], raw[: len(raw) // 2], b"", b"id,text\n", b"PK\x03\x04" + b"0" * 99):
        (tmp_path / "bad.xlsx").write_bytes(damaged)
        with pytest.raises(UnreadableFile):
            read_xlsx(tmp_path / "bad.xlsx")


def test_tens_of_thousands_of_repeated_ids_are_read_and_told_in_short(tmp_path: Path) -> None:
    parsed = read_csv(write(tmp_path, "id,text\n" + "R1,One\n" * 40_000))
    assert len({turn.speaker for turn in parsed.utterances}) == 40_000
    assert len(parsed.problems) < 100
