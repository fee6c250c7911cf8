"""Codebooks to Word, Excel, CSV and REFI-QDA and back, and two of them side by side."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from field_work import BOOK, answer, make_study, themecode, write_book
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from themecode.codebook import find_codebook, parse_codebook, read_codebook
from themecode.exchange.rows import CodebookRows, CodeRow, list_rows, make_codebook, write_yaml
from themecode.flow.converting import convert_codebook, read_any_codebook
from themecode.model import Codebook, Cues

SCHEMAS = Path(__file__).parent / "schemas"


def read(name: str) -> Codebook:
    book, problems = read_codebook(find_codebook(name))
    assert book is not None, problems
    return book


def without_cues(book: Codebook) -> list[CodeRow]:
    return [replace(row, cues=Cues()) for row in list_rows(book).rows]


@pytest.mark.parametrize("ending", ["docx", "csv", "qdc"])
def test_a_codebook_goes_out_and_back_and_loses_only_what_it_says(ending: str) -> None:
    done = convert_codebook("women_in_treatment", Path(f"out.{ending}"))
    assert [lost.split(" (")[0] for lost in done.lost] == ["cues and word lists"]
    back = read_any_codebook(f"out.{ending}")[0]
    assert list_rows(back).rows == tuple(without_cues(read("women_in_treatment")))


def test_excel_holds_the_whole_codebook() -> None:
    assert convert_codebook("women_in_treatment", Path("out.xlsx")).lost == ()
    convert_codebook("out.xlsx", Path("back.yaml"))
    before, after = read("women_in_treatment"), read("back.yaml")
    assert replace(after, sha256="") == replace(before, sha256="")


def test_cues_are_put_back_from_the_codebook_they_stand_in() -> None:
    convert_codebook("women_in_treatment", Path("out.docx"))
    convert_codebook("out.docx", Path("back.yaml"), cues_from="women_in_treatment")
    assert replace(read("back.yaml"), sha256="") == replace(read("women_in_treatment"), sha256="")


@pytest.mark.parametrize("ending", ["docx", "xlsx", "csv", "qdc"])
def test_the_same_codebook_gives_the_same_bytes(ending: str) -> None:
    for name in ("one", "two"):
        convert_codebook("women_in_treatment", Path(f"{name}.{ending}"))
    assert Path(f"one.{ending}").read_bytes() == Path(f"two.{ending}").read_bytes()


# White space at the ends is nobody's meaning, and the readers take it off.
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Co", "Cn")),
    min_size=1,
    max_size=40,
).map(lambda text: " ".join(text.split()) or "x")
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)


@st.composite
def books(draw: st.DrawFn) -> CodebookRows:
    rows: list[CodeRow] = []
    for theme in range(draw(st.integers(1, 3))):
        name, definition = draw(WORDS), draw(LINES)
        rows += [
                CodeRow(
                    theme=name, theme_id=f"t{theme}", theme_definition=definition,
                    code=draw(WORDS), code_id=f"t{theme}.c{code}", definition=draw(LINES),
                    include=draw(LINES | st.just("")), exclude=draw(LINES | st.just("")),
                    examples=tuple(draw(st.lists(WORDS, max_size=3, unique=True))),
                    content_note=draw(WORDS | st.just("")),
                )
                for code in range(draw(st.integers(1, 3)))
        ]  # fmt: skip
    return CodebookRows(tuple(rows), "Invented", "1")


@given(books())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_codebook_goes_through_qdc_unchanged(tmp_path: Path, book: CodebookRows) -> None:
    written, raw = make_codebook(book, path="b.yaml")
    assert written is not None, parse_codebook(raw, name="b")[1]
    (tmp_path / "b.yaml").write_bytes(raw)
    convert_codebook(str(tmp_path / "b.yaml"), tmp_path / "b.qdc")
    back = read_any_codebook(str(tmp_path / "b.qdc"))[0]
    assert list_rows(back).rows == list_rows(written).rows


@given(books())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_codebook_goes_through_excel_unchanged(tmp_path: Path, book: CodebookRows) -> None:
    written, raw = make_codebook(book, path="b.yaml")
    assert written is not None
    (tmp_path / "b.yaml").write_bytes(raw)
    convert_codebook(str(tmp_path / "b.yaml"), tmp_path / "b.xlsx")
    back = read_any_codebook(str(tmp_path / "b.xlsx"))[0]
    assert list_rows(back) == list_rows(written)


def test_a_qdc_is_valid_by_the_standard() -> None:
    convert_codebook("women_in_treatment", Path("out.qdc"))
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "Codebook.xsd"))
    schema.assertValid(etree.parse("out.qdc"))


def test_a_table_that_a_person_made_in_word_is_read() -> None:
    document = docx.Document()
    document.add_heading("Stigma", level=1)
    document.add_paragraph("Being thought less of.")
    table = document.add_table(rows=1, cols=4)
    for cell, text in zip(
        table.rows[0].cells, ("Code name", "Description", "When to use", "Example"), strict=True
    ):
        cell.text = text
    for texts in (("Judged by staff", "Staff look down on her.", "any worker", "They tutted."),):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    document.save("made.docx")
    [row] = list_rows(read_any_codebook("made.docx")[0]).rows
    assert row == CodeRow(
        theme="Stigma", theme_id="stigma", theme_definition="Being thought less of.",
        code="Judged by staff", code_id="stigma.judged_by_staff",
        definition="Staff look down on her.", include="any worker",
        examples=("They tutted.",),
    )  # fmt: skip


def test_a_table_that_a_person_made_in_excel_is_read() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Our codes, draft 2",),
        ("Theme", "Code", "Definition", "Examples"),
        ("Stigma", "Judged", "=looked down on", "They tutted.\n- He laughed."),
        (None, "Hidden", "Keeping it secret", None),
    ):
        sheet.append(row)
    sheet["C3"].data_type = "s"
    book.save("made.xlsx")
    first, second = list_rows(read_any_codebook("made.xlsx")[0]).rows
    assert (first.theme, first.code_id, first.definition) == (
        "Stigma", "stigma.judged", "=looked down on",
    )  # fmt: skip
    assert first.examples == ("They tutted.", "He laughed.")
    assert (second.theme, second.code) == ("Stigma", "Hidden")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            [("Theme", "Code", "Definition"), ("A", "B", "")],
            "made.csv:2: the code “B” has no definition",
        ),
        ([("Theme", "Code", "Definition"), ("A", "", "C")], "made.csv:2: this row has no code"),
        (
            [("Theme", "Code", "Definition"), ("A", "B", "C"), ("A", "B", "D")],
            "made.csv:3: the code “B” has the same id as another (row 2)",
        ),
        ([("Colour", "Shape"), ("A", "B")], "no row names the columns of a codebook"),
        ([("Theme", "Code", "Definition")], "no codes were found in it"),
    ],
)
def test_a_faulty_table_is_told_with_its_row(rows: list[tuple[str, ...]], says: str) -> None:
    with Path("made.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    ran = themecode("codebook", "convert", "made.csv", "out.yaml")
    assert ran.status == 1
    assert says in ran.err
    assert not Path("out.yaml").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.qdc", b"<CodeBook"),
        (
            "b.qdc",
            b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><CodeBook>&e;</CodeBook>",
        ),
        ("c.qdc", b"<Project/>"),
        ("d.docx", b"PK\x03\x04 no"),
        ("e.xlsx", b"nothing"),
        ("f.qdpx", b"nothing"),
        ("g.txt", b"Theme,Code"),
    ],
)
def test_a_file_that_is_no_codebook_is_refused_kindly(name: str, content: bytes) -> None:
    Path(name).write_bytes(content)
    ran = themecode("codebook", "convert", name, "out.yaml")
    assert ran.status == 1
    assert name in ran.err
    assert "Traceback" not in ran.err
    assert not Path("out.yaml").exists()


def test_nothing_is_written_over_without_force() -> None:
    Path("out.docx").write_bytes(b"mine")
    assert themecode("codebook", "convert", "women_in_treatment", "out.docx").status == 1
    assert Path("out.docx").read_bytes() == b"mine"
    assert themecode("codebook", "convert", "women_in_treatment", "out.docx", "--force").status == 0


def test_two_codebooks_are_compared() -> None:
    write_book(BOOK, "old.yaml")
    new = BOOK.replace("Someone looks down on the speaker.", "Someone looks down on the woman.")
    new = new.replace("  - id: family.care\n", "  - id: family.minding\n")
    new = new.replace("[kid, child, baby]", "[kid, child, baby, bairn]")
    write_book(new, "new.yaml")
    found = themecode("codebook", "diff", "old.yaml", "new.yaml", "--json").json
    assert [(each["what"], each["id"], each["change"]) for each in found] == [
        ("code", "stigma.judged", "changed"),
        ("code", "family.minding", "added"),
        ("code", "family.care", "removed"),
        ("word list", "child", "changed"),
    ]
    assert found[0]["fields"] == {
        "definition": {
            "before": "Someone looks down on the speaker.",
            "after": "Someone looks down on the woman.",
        }
    }
    shown = themecode("codebook", "diff", "old.yaml", "new.yaml").out
    assert "[-speaker.-] {+woman.+}" in shown
    assert (
        themecode("codebook", "diff", "old.yaml", "old.yaml").out
        == "The two codebooks say the same.\n"
    )


def test_a_change_is_weighed_before_it_is_made_and_its_codings_listed_after() -> None:
    make_study("P01")
    answer("felt judged")
    new = BOOK.replace("Someone looks down on the speaker.", "Someone looks down on the woman.")
    new = new.replace(
        "strong: [feel judged, looked at me like dirt]\n      fair: [judge]", "fair: [snub]"
    )
    write_book(new, "new.yaml")
    ran = themecode("codebook", "diff", "new.yaml")
    assert "(1 coding to look at again)" in ran.out
    assert "made under its code as it stands now" in themecode("codebook", "diff").out
    assert themecode("apply", "talks", "--codebook", "new.yaml").status == 0
    [stale] = themecode("codebook", "diff", "--json").json
    assert (stale["code_id"], stale["status"]) == ("stigma.judged", "accepted")
    ran = themecode("codebook", "diff", "-o", "look.csv")
    assert "1 coding to look at again" in ran.out
    with Path("look.csv").open(encoding="utf-8-sig", newline="") as stream:
        [row] = csv.DictReader(stream)
    assert row["codebook_version"] == "earlier than 1"


def test_a_yaml_written_from_rows_is_read_as_it_was() -> None:
    rows = list_rows(read("women_in_treatment"))
    book, _ = parse_codebook(write_yaml(rows), name="again")
    assert book is not None
    assert list_rows(book) == rows
