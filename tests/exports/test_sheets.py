"""Coded segments as CSV, Excel, JSON lines and Parquet."""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_type_hints

import invented
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from themecode.errors import ThemecodeError
from themecode.exports import templates, workbook
from themecode.exports.coded_segments import (
    COLUMN_MEANINGS,
    COLUMNS,
    STATUS_MEANINGS,
    CodedSegmentRow,
    coded_segment_rows,
    evidence_sentence,
)
from themecode.exports.delimited import CsvSheet, exact_cell, safe_cell
from themecode.exports.sheets import (
    write_coded_segments,
    write_csv,
    write_jsonl,
    write_parquet,
    write_xlsx,
)
from themecode.model import Evidence, Participant, Span, Status, TurnKind, Verdict

PAYLOADS = (
    "=1+1",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    '=HYPERLINK("http://example.org","click")',
    "http://example.org/",
    "mailto:nobody@example.org",
    "'=1+1",
    "\uff1d1+1",
    "- I just left",
    "{=1+1}",
    "_x003D_1+1",
)
TEXT_FIELDS = [field for field, kind in get_type_hints(CodedSegmentRow).items() if kind is str]


def rows_of(*items: object) -> list[CodedSegmentRow]:
    return list(
        coded_segment_rows(items, codebook=invented.codebook(), participants=invented.people())  # type: ignore[arg-type]
    )


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def as_csv(rows: list[CodedSegmentRow]) -> bytes:
    stream = io.BytesIO()
    write_csv(rows, stream)
    return stream.getvalue()


def as_xlsx(rows: list[CodedSegmentRow], **options: date) -> bytes:
    stream = io.BytesIO()
    write_xlsx(rows, stream, **options)
    return stream.getvalue()


def load(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_columns_are_the_contracts_in_its_order() -> None:
    assert ", ".join(COLUMNS) == (
        "transcript, turn, speaker, participant, role, start, end, text, theme_id, theme, "
        "code_id, code, coder, confidence, status, evidence, reviewer, decision, note, "
        "codebook_version, content_note"
    )
    rows = rows_of(invented.settled())
    assert tuple(read_csv(as_csv(rows))[0]) == COLUMNS
    assert tuple(cell.value for cell in load(as_xlsx(rows)).worksheets[0][1]) == COLUMNS


def test_a_coding_is_one_row_that_says_who_what_and_why() -> None:
    item = invented.settled(
        decisions=[
            invented.decision("Ana", Verdict.ACCEPT, "yes"),
            invented.decision("Bo", Verdict.RECODE, "the other one", "t1.c1"),
        ],
        status=Status.DISPUTED,
    )
    assert read_csv(as_csv(rows_of(item)))[1] == [
        "interview-01", "3", "P01", "P01", "Practitioner", "0", "66", invented.SAID[0], "t0",
        "Being judged", "t0.c0", "Fear of being judged", "themecode/cues@0.1.0", "0.87",
        "disputed",
        '"I kept it " matches the strong cue "I kept it "; Include: keeping it from the family.',
        "Ana; Bo", "accept; recode to t1.c1", "Ana: yes; Bo: the other one", "1.0", "",
    ]  # fmt: skip


def test_a_persons_coding_has_no_confidence_and_a_support_turn_no_role() -> None:
    person = invented.settled(coder="Ana", confidence=None, evidence=(), status=Status.CODED)
    support = invented.settled(kind=TurnKind.SUPPORT)
    rows = read_csv(as_csv(rows_of(person, support)))
    assert rows[1][COLUMNS.index("confidence")] == rows[1][COLUMNS.index("evidence")] == ""
    assert rows[2][COLUMNS.index("role")] == ""
    sheet = load(as_xlsx(rows_of(person))).worksheets[0]
    assert sheet.cell(2, COLUMNS.index("confidence") + 1).value is None


def test_evidence_reads_as_a_sentence_and_quotes_a_line_of_the_codebook_once() -> None:
    first = Evidence("cue", (Span(0, 2),), ("hunting", "ground"), "hunting <> ground", "strong",
                     "Include: men who wait outside", ("imagined",))  # fmt: skip
    second = replace(first, words=("eye you up",), matched="eye you up", strength="fair",
                     minded=("echo",))  # fmt: skip
    assert evidence_sentence((first, second)) == (
        '"hunting" … "ground" matches the strong cue "hunting <> ground" (said of something '
        'imagined) | "eye you up" matches the fair cue "eye you up" (repeats the interviewer\'s '
        "words); Include: men who wait outside"
    )


def test_a_coding_under_an_older_definition_says_so() -> None:
    row = rows_of(invented.settled(stale=True))[0]
    assert row.codebook_version == "earlier than 1.0"  # the number was left as it was
    old = invented.settled(stale=True)
    old = replace(old, coding=replace(old.coding, codebook_sha256="a" * 64))
    assert rows_of(old)[0].codebook_version == "earlier than 1.0"


def test_a_code_that_has_left_the_codebook_keeps_its_id() -> None:
    row = rows_of(invented.settled(code_id="gone.code"))[0]
    assert (row.code_id, row.code, row.theme) == ("gone.code", "", "")


def test_csv_has_a_byte_order_mark_and_windows_line_ends() -> None:
    data = as_csv(rows_of(invented.settled()))
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_no_payload_is_a_formula_or_a_link_in_any_field(field: str) -> None:
    base = rows_of(invented.settled())[0]
    rows = [base._replace(**{field: payload}) for payload in PAYLOADS]
    at = COLUMNS.index(field)
    cells = [row[at] for row in read_csv(as_csv(rows))[1:]]
    assert not any(cell[:1] in set("=+-@\t\r\n\uff1d") for cell in cells)
    assert [exact_cell(cell) for cell in cells] == list(PAYLOADS)
    data = as_xlsx(rows)
    sheet = load(data).worksheets[0]
    found = [sheet.cell(row, at + 1) for row in range(2, len(PAYLOADS) + 2)]
    assert {cell.data_type for cell in found} == {"s"}
    assert all(cell.hyperlink is None for cell in found)
    # openpyxl shows Excel's own escape as it stands; Excel and LibreOffice show the text.
    assert [str(cell.value).replace("_x005F_", "_") for cell in found] == list(PAYLOADS)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        xml = package.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml


@given(st.lists(st.lists(st.text(), min_size=2, max_size=4), max_size=5))
def test_csv_gives_back_every_text(rows: list[list[str]]) -> None:
    stream = io.BytesIO()
    CsvSheet(stream, ["a", "b"]).add(rows)
    found = read_csv(stream.getvalue())[1:]
    printable = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in rows]
    assert [[exact_cell(cell) for cell in row] for row in found] == printable


@given(st.text())
def test_a_safe_cell_never_begins_like_a_command(text: str) -> None:
    assert safe_cell(text)[:1] not in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
    assert exact_cell(safe_cell(text)) == text


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc"))), min_size=1, max_size=4))
def test_excel_gives_back_every_text(texts: list[str]) -> None:
    base = rows_of(invented.settled())[0]
    sheet = load(as_xlsx([base._replace(text=text) for text in texts])).worksheets[0]
    at = COLUMNS.index("text") + 1
    found = [sheet.cell(row, at).value or "" for row in range(2, len(texts) + 2)]
    clean = [text.replace("\ufffe", "").replace("\uffff", "") for text in texts]
    assert [str(text).replace("_x005F_", "_") for text in found] == clean


def test_names_with_commas_and_quotes_and_right_to_left_text_come_through() -> None:
    row = rows_of(invented.settled())[0]._replace(
        speaker='O\'Neil, "Bee"', text="قالت لي أختي\nلا تخافي", note="one;two,\nthree"
    )
    cells = read_csv(as_csv([row]))[1]
    assert (cells[2], cells[7], cells[18]) == (row.speaker, row.text, row.note)
    sheet = load(as_xlsx([row])).worksheets[0]
    assert (sheet["C2"].value, sheet["H2"].value, sheet["S2"].value) == (
        row.speaker, row.text, row.note,
    )  # fmt: skip


def test_control_characters_leave_the_workbook_and_numbers_are_numbers() -> None:
    row = rows_of(invented.settled())[0]._replace(text="a\x00b\x1fc\x07d\r\ne\ud800", note="\x1f")
    sheet = load(as_xlsx([row])).worksheets[0]
    assert sheet["H2"].value == "abcd\ne?"
    assert (sheet["B2"].value, sheet["F2"].value, sheet["N2"].value) == (3, 0, 0.87)


def test_a_text_longer_than_a_cell_is_cut_with_a_note() -> None:
    row = rows_of(invented.settled())[0]._replace(text="é" * 20_000 + "😀" * 10_000)
    sheet = load(as_xlsx([row])).worksheets[0]
    found = str(sheet["H2"].value)
    assert found.endswith(workbook.CUT_NOTE)
    assert workbook.MAX_CELL - 1 <= len(found.encode("utf-16-le")) // 2 <= workbook.MAX_CELL
    assert read_csv(as_csv([row]))[1][7] == row.text


def test_the_workbook_is_ready_to_work_with_and_explains_itself() -> None:
    book = invented.codebook()
    people = invented.people()
    study = invented.study(90, book=book, participants=people)
    rows = list(coded_segment_rows(study, codebook=book, participants=people))
    data = as_xlsx(rows, made_on=date(2026, 3, 2))
    made = load(data)
    sheet, guide = made.worksheets
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:U91"
    assert sheet["H2"].alignment.wrap_text
    words = [str(cell.value) for row in guide.iter_rows() for cell in row if cell.value]
    text = " ".join(words)
    assert set(COLUMNS) | {status.value for status in Status} <= set(words)
    assert "[[" not in text
    assert "Made on 2 March 2026." in text
    assert "The first sheet has 90 codings" in text
    assert made.properties.created.date() == date(2026, 3, 2)


def test_the_workbook_names_the_range_of_its_filter() -> None:
    with zipfile.ZipFile(io.BytesIO(as_xlsx(rows_of(*[invented.settled()] * 5)))) as package:
        assert b"$A$1:$U$6" in package.read("xl/workbook.xml")
        assert package.testzip() is None


def test_the_same_state_gives_the_same_bytes() -> None:
    rows = rows_of(*[invented.settled(start=at) for at in range(40)])
    assert as_csv(rows) == as_csv(rows)
    assert as_xlsx(rows) == as_xlsx(rows)


def test_an_empty_study_gives_whole_empty_files(tmp_path: Path) -> None:
    paths = [tmp_path / f"empty.{kind}" for kind in ("csv", "xlsx", "jsonl", "parquet")]
    assert write_coded_segments([], *paths) == 0
    assert read_csv(paths[0].read_bytes()) == [list(COLUMNS)]
    assert load(paths[1].read_bytes()).worksheets[0].max_row == 1
    assert paths[2].read_bytes() == b""


def test_json_lines_keep_evidence_as_objects() -> None:
    stream = io.BytesIO()
    row = rows_of(invented.settled())[0]._replace(text="one\u2028two \ud800")
    write_jsonl([row], stream)
    text = stream.getvalue().decode()
    assert len(text.splitlines()) == 1
    found = json.loads(text)
    assert tuple(found) == COLUMNS
    assert found["text"] == "one\u2028two ?"
    assert found["evidence"][0]["spans"] == [[0, 10]]
    assert found["confidence"] == 0.87


def test_parquet_has_the_columns_and_their_kinds(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    write_parquet(rows_of(*[invented.settled()] * 3), tmp_path / "a.parquet")
    table = parquet.read_table(tmp_path / "a.parquet")
    assert tuple(table.column_names) == COLUMNS
    assert table["start"].to_pylist() == [0, 0, 0]
    assert table["evidence"].to_pylist()[0].startswith('"I kept it "')


def test_parquet_without_its_package_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ThemecodeError, match=r"pip install themecode\[parquet\]"):
        write_parquet([], tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_says_no_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ThemecodeError, match="end it in"):
        write_coded_segments([], tmp_path / "coded.doc")


def test_more_rows_than_excel_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    with pytest.raises(ThemecodeError, match="csv or parquet"):
        as_xlsx(rows_of(*[invented.settled()] * 3))


def test_every_column_and_status_is_explained() -> None:
    assert tuple(COLUMN_MEANINGS) == COLUMNS
    assert set(STATUS_MEANINGS) == set(Status)


def test_the_kept_workbook_template_is_what_its_module_makes() -> None:
    assert parts(workbook.TEMPLATE.read_bytes()) == parts(templates.make_workbook())


def parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as made:
        return {name: made.read(name) for name in made.namelist()}


def test_a_participant_without_a_role_has_an_empty_one() -> None:
    rows = coded_segment_rows(
        [invented.settled()],
        codebook=invented.codebook(),
        participants={"P01": Participant("P01")},
    )
    assert next(rows).role == ""
