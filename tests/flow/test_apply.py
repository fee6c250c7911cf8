"""The main job on real files: what it makes, and what it leaves alone when it is run again."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from field_work import (
    BOOK,
    COLUMNS,
    OUTPUTS,
    answer,
    coded_times,
    make_study,
    read_log,
    read_outputs,
    read_segments,
    themecode,
    write_book,
    write_talk,
)


def _stamps(study: Path) -> dict[str, int]:
    return {name: (study / "outputs" / name).stat().st_mtime_ns for name in OUTPUTS}


def test_one_command_makes_the_study_and_every_output() -> None:
    write_book()
    write_talk("P01")
    write_talk("P02")
    ran = themecode("apply", "talks", "--codebook", "book.yaml", "--study", "mine")
    assert ran.status == 0
    assert "2 new transcripts read; 2 coded for 3 codes." in ran.out
    assert "mine: 2 transcripts, 12 turns, 2 participants, " in ran.out
    assert sorted(path.name for path in Path("mine/outputs").iterdir()) == sorted(OUTPUTS)
    rows = read_segments("mine")
    assert [*rows[0]] == COLUMNS
    assert [(r["transcript"], r["turn"], r["code_id"], r["status"]) for r in rows] == [
        (who, turn, code, "suggested")
        for who in ("P01", "P02")
        for turn, code in (("2", "stigma.judged"), ("4", "family.removal"))
    ]
    text = themecode("export", "--format", "text", "--transcript", "P01", "--study", "mine").out
    for row in rows[:2]:
        assert text[int(row["start"]) : int(row["end"])] == row["text"]
    assert rows[1]["evidence"] == (
        '"took my kids" matches the strong cue "take my? <child>"; Definition: Children taken by services'
    )
    assert rows[1]["content_note"] == "Child removal."


def test_the_outputs_open_and_hold_the_contracts_columns() -> None:
    study = make_study()
    book = openpyxl.load_workbook(study / "outputs" / "coded_segments.xlsx")
    assert [cell.value for cell in book.worksheets[0][1]] == COLUMNS
    matrix = (study / "outputs" / "theme_matrix.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(matrix, newline="")))
    assert any("P01" in cell for row in rows for cell in row)
    document = Document(str(study / "outputs" / "theme_tables.docx"))
    words = "\n".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    assert "2 of 2" in words
    assert "They took my kids." in words


def test_running_again_touches_nothing() -> None:
    study = make_study()
    before, stamps, log = read_outputs(), _stamps(study), read_log()
    for arguments in (("talks",), ("talks", "--codebook", "book.yaml"), ("talks/P01.txt",)):
        ran = themecode("apply", *arguments)
        assert ran.status == 0
        assert "Nothing new to read or code: the tables are up to date." in ran.out
    assert (read_outputs(), _stamps(study), read_log()) == (before, stamps, log)


def test_a_transcript_added_is_the_only_one_read_and_coded() -> None:
    study = make_study()
    rows = read_segments()
    write_talk("P03")
    ran = themecode("apply", "talks", "--json")
    assert ran.json["added"] == ["P03"]
    assert (ran.json["unchanged"], ran.json["coded"], ran.json["written"]) == (2, 1, True)
    assert coded_times(study) == 3
    assert read_log()[-3:][0] == ("add transcripts", {"transcripts": 1, "turns": 6})
    assert read_segments()[: len(rows)] == rows
    assert len(read_segments()) == len(rows) + 2


def test_a_changed_code_is_looked_for_again_alone_and_decisions_stay() -> None:
    study = make_study()
    kept = answer("They took my kids", code="family.removal", note="Yes, plainly.")
    changed = BOOK.replace('version: "1"', 'version: "2"').replace(
        "strong: [childcare]", "strong: [childcare]\n      counts_when: [denied]"
    )
    write_book(changed)
    ran = themecode("apply", "talks", "--codebook", "book.yaml", "--json")
    assert (ran.json["coded"], ran.json["added"], ran.json["unchanged"]) == (2, [], 2)
    assert "coded for 1 code." in themecode_summary_of_a_change(changed)
    rows = {(r["transcript"], r["code_id"]): r for r in read_segments()}
    assert set(rows) == {
        (who, code)
        for who in ("P01", "P02")
        for code in ("stigma.judged", "family.removal", "family.care")
    }
    accepted = rows["P01", "family.removal"]
    assert (accepted["status"], accepted["reviewer"], accepted["note"]) == (
        "accepted", "Dee", "Yes, plainly.",
    )  # fmt: skip
    assert (accepted["codebook_version"], rows["P01", "family.care"]["codebook_version"]) == (
        "1",
        "2",
    )
    assert kept
    assert (study / "codebook.yaml").read_text(encoding="utf-8") != BOOK


def themecode_summary_of_a_change(book: str) -> str:
    """What `apply` prints where one code of a fresh study changes."""
    write_book(BOOK, "first.yaml")
    themecode("apply", "talks", "--codebook", "first.yaml", "--study", "fresh")
    write_book(book, "second.yaml")
    return themecode("apply", "talks", "--codebook", "second.yaml", "--study", "fresh").out


def test_a_codebook_put_back_costs_no_coding_and_gives_the_first_tables() -> None:
    study = make_study()
    before, times = read_segments(), coded_times(study)
    write_book(BOOK.replace("[childcare]", "[crèche]"), "other.yaml")
    themecode("apply", "talks", "--codebook", "other.yaml")
    assert coded_times(study) == times + 2
    themecode("apply", "talks", "--codebook", "book.yaml")
    assert coded_times(study) == times + 2
    assert read_segments() == before


def test_the_studys_own_copy_of_the_codebook_may_be_edited() -> None:
    study = make_study()
    own = study / "codebook.yaml"
    assert own.read_bytes() == Path("book.yaml").read_bytes()
    own.write_text(BOOK.replace("[childcare]", "[crèche, raining]"), encoding="utf-8")
    assert themecode("apply", "talks", "--json").json["coded"] == 2
    assert "family.care" in {row["code_id"] for row in read_segments()}


def test_a_code_taken_out_of_the_codebook_leaves_the_tables() -> None:
    make_study()
    answer("They took my kids", code="family.removal")
    start = BOOK.index("  - id: family.removal")
    write_book(BOOK[:start] + BOOK[BOOK.index("  - id: family.care") :])
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0
    rows = [row for row in read_segments() if row["code_id"] == "family.removal"]
    assert [(row["transcript"], row["status"]) for row in rows] == [("P01", "accepted")]


def test_a_codebook_that_ships_is_named_by_its_name() -> None:
    write_talk("P01")
    ran = themecode("apply", "talks", "--codebook", "women_in_treatment", "--json")
    assert ran.status == 0
    assert ran.json["coded"] == 1
    assert len(ran.json["summary"]["codes"]) == 40


def test_a_study_without_a_codebook_asks_for_one_and_reads_nothing() -> None:
    write_talk("P01")
    ran = themecode("apply", "talks")
    assert ran.status == 1
    assert ran.err.startswith("themecode: The study has no codebook yet. Name one with `--codebook")
    assert themecode("status").out.startswith("study: 0 transcripts")


def test_each_row_of_a_survey_sheet_is_a_response() -> None:
    write_book()
    Path("views.csv").write_text(
        "id,text,role,site\nr1,I felt judged.,Worker,North\nr2,They take kids.,Worker,South\nr3,,Worker,\n",
        encoding="utf-8",
    )
    ran = themecode("apply", "views.csv", "--codebook", "book.yaml", "--json")
    assert ran.status == 0
    assert ran.json["added"] == ["views:r1", "views:r2"]
    rows = read_segments()
    assert [(r["transcript"], r["participant"], r["role"], r["code_id"]) for r in rows] == [
        ("views:r1", "views:r1", "Worker", "stigma.judged"),
        ("views:r2", "views:r2", "Worker", "family.removal"),
    ]
    assert themecode("apply", "views.csv", "--json").json["written"] is False
    assert "2 survey responses" in themecode("status").out


def test_a_survey_column_is_named_with_an_option() -> None:
    write_book()
    Path("views.csv").write_text(
        "id,notes,what stopped you\n1,x,I felt judged by the lot of them.\n2,x,They took my kids.\n",
        encoding="utf-8",
    )
    ran = themecode(
        "apply",
        "views.csv",
        "--codebook",
        "book.yaml",
        "--text-column",
        "what stopped you",
        "--json",
    )
    assert ran.json["added"] == ["views:1", "views:2"]
    assert ran.json["summary"]["codings"] == 2


def test_participants_have_their_roles_in_the_outputs() -> None:
    write_book()
    write_talk("P01")
    Path("people.csv").write_text(
        "participant,transcript,speaker,role,consent,site\n"
        "Ada,P01,P01,Woman with lived experience,quote,North\n"
        "Zed,P99,P99,Worker,quote,South\n",
        encoding="utf-8",
    )
    ran = themecode("apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv")
    assert ran.status == 0
    assert "people.csv:3: Zed speaks in no transcript of the study" in ran.err
    assert {(row["participant"], row["role"]) for row in read_segments()} == {
        ("Ada", "Woman with lived experience")
    }
    tables = Document("study/outputs/theme_tables.docx")
    words = "\n".join(
        cell.text for table in tables.tables for row in table.rows for cell in row.cells
    )
    assert "— A participant" in words  # one woman with that role: it would be her name
    assert "Woman with lived experience" not in words
    times = coded_times()
    people = Path("people.csv")
    people.write_text(
        people.read_text(encoding="utf-8").replace("Woman with", "A woman with"), encoding="utf-8"
    )
    ran = themecode("apply", "talks", "--participants", "people.csv", "--json")
    assert ran.json["written"]
    assert coded_times() == times
    assert {row["role"] for row in read_segments()} == {"A woman with lived experience"}


def test_naming_an_interviewer_codes_the_transcript_again() -> None:
    write_book()
    talk = "Jo: I felt judged there.\n\nSam: I felt judged there as well, I did.\n\n"
    write_talk("P01", text=talk * 4)
    themecode("apply", "talks", "--codebook", "book.yaml")
    assert {row["speaker"] for row in read_segments()} >= {"Jo", "Sam"}
    ran = themecode("apply", "talks", "--interviewer", "Jo", "--json")
    assert (ran.json["updated"], ran.json["coded"]) == (["P01"], 1)
    assert {row["speaker"] for row in read_segments()} == {"Sam"}


@pytest.mark.parametrize("gone", [*OUTPUTS, None])
def test_an_output_that_is_gone_is_written_again(gone: str | None) -> None:
    study = make_study()
    before = read_outputs()
    for name in OUTPUTS:
        if gone in (name, None):
            (study / "outputs" / name).unlink()
    if gone is None:
        (study / "outputs").rmdir()
    ran = themecode("apply", "talks", "--json")
    assert (ran.status, ran.json["written"], ran.json["coded"]) == (0, True, 0)
    assert read_outputs() == before


def test_a_cache_that_is_damaged_or_gone_is_made_again() -> None:
    study = make_study()
    out = themecode("status").out
    for path in (study / "cache").iterdir():
        path.write_text('{"made_from": "here', encoding="utf-8")
    assert themecode("status").out == out
    for path in (study / "cache").iterdir():
        path.unlink()
    (study / "cache").rmdir()
    assert themecode("status").out == out
    for path in (study / "cache").iterdir():
        path.unlink()
    (study / "cache").rmdir()
    (study / "cache").write_text("mine", encoding="utf-8")
    assert themecode("status").out == out
    assert themecode("apply", "talks").status == 0
