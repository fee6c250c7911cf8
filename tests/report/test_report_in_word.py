"""The Word report, read back with python-docx. All speech is invented."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm, RGBColor
from field_work import answer, make_study, themecode, write_book, write_talk


@pytest.fixture
def study() -> Path:
    return make_study("P01", "P02", "P03")


def report(*arguments: object, name: str = "report.docx") -> docx.document.Document:
    ran = themecode("report", "-o", name, "--force", *arguments)
    assert ran.status == 0, ran.err
    return docx.Document(name)


def words_of(document: docx.document.Document) -> str:
    return "\n".join(
        "".join(t.text or "" for t in p.iter(qn("w:t")))
        for p in document.element.body.iter(qn("w:p"))
    )


def styles_of(document: docx.document.Document, style: str) -> list[str]:
    return [p.text for p in document.paragraphs if p.style is not None and p.style.name == style]


def test_the_report_has_methods_a_chapter_a_theme_and_appendices(study: Path) -> None:
    headings = styles_of(report("--no-pictures"), "Heading 1")
    assert headings[:2] == ["How the data were made and analysed", "The findings at a glance"]
    assert [each.split(".")[0] for each in headings[-4:]] == [
        f"Appendix {letter}" for letter in "ABCD"
    ]


def test_the_contents_are_a_field_filled_with_every_chapter(study: Path) -> None:
    document = report("--no-pictures")
    instructions = [t.text for t in document.element.body.iter(qn("w:instrText"))]
    assert any("TOC" in (text or "") for text in instructions)
    links = {
        link.get(qn("w:anchor")): "".join(t.text or "" for t in link.iter(qn("w:t")))
        for link in document.element.body.iter(qn("w:hyperlink"))
    }
    marks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    assert set(links) <= marks
    assert set(styles_of(document, "Heading 1")) <= set(links.values())


def test_captions_count_themselves_and_references_follow_them(study: Path) -> None:
    document = report()
    fields = [f.get(qn("w:instr")) or "" for f in document.element.body.iter(qn("w:fldSimple"))]
    assert sum("SEQ Table" in field for field in fields) == len(document.tables)
    assert sum("SEQ Figure" in field for field in fields) == len(document.inline_shapes) == 4
    marks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    pointed = {field.split()[1] for field in fields if field.strip().startswith("REF")}
    assert pointed
    assert pointed <= marks


def test_header_rows_repeat_rows_stay_whole_and_tables_are_described(study: Path) -> None:
    for table in report("--no-pictures").tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))
        for row in table.rows[1:]:
            longest = max(len(cell.text) for cell in row.cells)
            assert longest >= 900 or row._tr.trPr.find(qn("w:cantSplit")) is not None


def test_figures_have_alt_text_with_their_numbers(study: Path) -> None:
    alts = [shape._inline.docPr.get("descr") for shape in report().inline_shapes]
    assert "of 3 people" in alts[1] or any("of 3" in alt for alt in alts)
    assert all(len(alt) > 40 for alt in alts)


def test_the_report_is_british_has_properties_and_page_numbers(study: Path) -> None:
    document = report("--no-pictures", "--title", "Invented & true")
    assert {lang.get(qn("w:val")) for lang in document.styles.element.iter(qn("w:lang"))} == {
        "en-GB"
    }
    assert document.core_properties.title == "Invented & true"
    footer = [
        f.get(qn("w:instr")) for f in document.sections[0].footer._element.iter(qn("w:fldSimple"))
    ]
    assert footer == [" PAGE ", " NUMPAGES "]


def test_nobody_has_reviewed_and_the_report_says_so(study: Path) -> None:
    text = words_of(report("--no-pictures"))
    assert "Not yet measured: nobody has reviewed the codings." in text
    assert "were suggested by the machine, and nobody has checked them" in text


def test_the_same_study_gives_the_same_bytes(study: Path) -> None:
    report(name="one.docx")
    report(name="two.docx")
    assert Path("one.docx").read_bytes() == Path("two.docx").read_bytes()


def test_a_house_template_is_obeyed() -> None:
    make_study("P01", "P02")
    house = docx.Document()
    house.styles["Heading 1"].font.color.rgb = RGBColor(0x7B, 0x00, 0x40)
    house.styles["Normal"].font.name = "Georgia"
    house.sections[0].page_width = Cm(17.6)
    house.sections[0].header.paragraphs[0].text = "Invented House"
    house.add_paragraph("to be thrown away")
    house.save("house.docx")
    document = report("--template", "house.docx")
    assert document.styles["Heading 1"].font.color.rgb == RGBColor(0x7B, 0x00, 0x40)
    assert document.styles["Normal"].font.name == "Georgia"
    assert round(document.sections[0].page_width.cm, 1) == 17.6
    assert document.sections[0].header.paragraphs[0].text == "Invented House"
    assert "to be thrown away" not in words_of(document)
    widest = max(shape.width for shape in document.inline_shapes)
    section = document.sections[0]
    assert widest <= section.page_width - section.left_margin - section.right_margin
    known = {style.style_id for style in document.styles}
    used = {p.get(qn("w:val")) for p in document.element.body.iter(qn("w:pStyle"))}
    assert used <= known


def test_a_template_in_another_language_is_found_by_its_styles_names() -> None:
    make_study("P01")
    docx.Document().save("house.docx")
    with zipfile.ZipFile("house.docx") as old, zipfile.ZipFile("german.docx", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".xml"):
                content = content.replace(b'"Heading1"', b'"berschrift1"')
            new.writestr(name, content)
    document = report("--no-pictures", "--template", "german.docx")
    assert 'w:val="berschrift1"' in document.element.xml
    assert styles_of(document, "Heading 1")


def test_a_template_brings_no_link_to_the_outside() -> None:
    make_study("P01")
    docx.Document().save("house.docx")
    link = (b'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            b'relationships/attachedTemplate" Target="http://example.org/x.dotm" TargetMode="External"/>')  # fmt: skip
    with zipfile.ZipFile("house.docx") as old, zipfile.ZipFile("linked.docx", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("document.xml.rels"):
                content = content.replace(b"</Relationships>", link + b"</Relationships>")
            new.writestr(name, content)
    report("--no-pictures", "--template", "linked.docx")
    with zipfile.ZipFile("report.docx") as package:
        assert not any(
            b"External" in package.read(name)
            for name in package.namelist()
            if name.endswith(".rels")
        )


@pytest.mark.parametrize("name", ["house.docm", "house.docx", "house.txt"])
def test_what_is_no_template_is_refused(name: str, study: Path) -> None:
    Path(name).write_bytes(b"not a document")
    ran = themecode("report", "--template", name, "-o", "report.docx")
    assert (ran.status, ran.out) == (1, "")
    assert "Traceback" not in ran.err
    assert not Path("report.docx").exists()


def test_nothing_is_written_over_without_force(study: Path) -> None:
    Path("report.docx").write_text("mine", "utf-8")
    ran = themecode("report", "-o", "report.docx")
    assert ran.status == 1
    assert Path("report.docx").read_text("utf-8") == "mine"


def test_the_plan_decides_what_is_quoted(study: Path) -> None:
    assert themecode("report", "plan", "-o", "plan.yaml").status == 0
    plan = Path("plan.yaml")
    plan.write_text(re.sub("use: 'yes'", "use: 'no'", plan.read_text("utf-8")), "utf-8")
    document = report("--no-pictures", "--plan", "plan.yaml")
    assert styles_of(document, "Theme quotation") == []
    assert "felt judged the minute" not in words_of(document)  # nor in the framework matrix
    assert styles_of(report("--no-pictures"), "Theme quotation")


def test_a_memo_can_mark_a_negative_case_and_is_in_the_audit_trail(study: Path) -> None:
    rows = themecode("export", "--format", "jsonl").out.splitlines()
    import json

    row = next(row for row in map(json.loads, rows) if row["status"] == "suggested")
    about = f"segment:{row['transcript']}:{row['start']}-{row['end']}"
    assert (
        themecode("memo", "Negative case: invented.", "--about", about, "--author", "Ana").status
        == 0
    )
    document = report("--no-pictures")
    assert "A case that goes against it" in styles_of(document, "Heading 2")
    assert "Negative case: invented." in words_of(document)


def test_a_memo_about_someone_who_may_not_be_quoted_keeps_its_words() -> None:
    write_talk("P01")
    Path("people.csv").write_text("participant,role,consent\nP01,Woman,none\n", "utf-8")
    ran = themecode("apply", "talks", "--codebook", write_book(), "--participants", "people.csv")
    assert ran.status == 0, ran.err
    themecode("memo", "she told me of canary", "--about", "participant:P01", "--author", "Ana")
    document = report("--no-pictures")
    text = words_of(document)
    assert "canary" not in text
    assert "felt judged the minute" not in text
    assert "Held back" in text
    assert styles_of(document, "Theme quotation") == []


def test_a_study_where_nothing_is_coded_gives_a_whole_report() -> None:
    write_talk("P01", text="INT: Hello.\n\nP01: The bus was red.\n")
    assert themecode("apply", "talks", "--codebook", write_book()).status == 0
    text = words_of(report())
    assert "Nothing is coded yet" in text
    assert "spoke of this" in text


def test_hard_words_and_names_stay_text() -> None:
    long = "I felt judged " + "and it went on " * 700
    hostile = 'P01: I felt judged <script>alert(1)</script> & "so", </w:t></w:r><w:fldSimple w:instr="DDE x"/>'
    write_talk("P01", text=f"INT: Well?\n\n{hostile}\n")
    write_talk("P02", text=f"INT: Well?\n\nP02: {long}\n")
    write_talk("P03", text="INT: Well?\n\nP03: שמעתי I felt judged מאוד\n")
    Path("people.csv").write_text(
        'participant,role\nP01,"Nurse, ""senior"" <b>"\nP02,"Nurse, ""senior"" <b>"\nP03,"Nurse, ""senior"" <b>"\n',
        "utf-8",
    )
    ran = themecode("apply", "talks", "--codebook", write_book(), "--participants", "people.csv")
    assert ran.status == 0, ran.err
    document = report("--no-pictures")
    assert not [
        f
        for f in document.element.body.iter(qn("w:fldSimple"))
        if "DDE" in (f.get(qn("w:instr")) or "")
    ]
    assert 'Nurse, "senior" <b>' in words_of(document)


def test_four_hundred_people_make_a_report_of_sensible_size() -> None:
    rows = ["id,role,text"]
    rows += [
        f"R{n},Role {n % 40},I felt judged the minute I sat down for the {n}th time"
        for n in range(400)
    ]
    Path("survey.csv").write_text("\n".join(rows), "utf-8")
    assert themecode("apply", "survey.csv", "--codebook", write_book()).status == 0
    document = report()
    text = words_of(document)
    assert "400 survey responses" in text
    assert len(styles_of(document, "Theme quotation")) <= 3 * 10
    themes = [table for table in document.tables if len(table.columns) > 8]
    assert themes == []


def test_a_codebook_and_no_transcripts_make_an_honest_report() -> None:
    book = write_book()
    assert themecode("init", "--codebook", book).status == 0
    ran = themecode("report", "-o", "report.docx")
    if ran.status == 0:
        assert "no transcripts yet" in words_of(docx.Document("report.docx"))
    else:
        assert "apply" in ran.err
        assert not Path("report.docx").exists()


def test_what_reviewers_decided_is_told_with_names_and_agreement(study: Path) -> None:
    for reviewer in ("Ana", "Bea"):
        answer("I felt judged the minute I sat down", "accept", reviewer=reviewer)
    document = report("--no-pictures")
    text = words_of(document)
    assert "Ana (1 decision) and Bea (1 decision)" in text
    assert "Not yet measured" not in text
    assert "nobody has checked them" not in text
    table = next(
        table for table in document.tables if "Answers both gave" in table.rows[0].cells[1].text
    )
    assert "Agreement between Ana and Bea" in text
    assert table.rows[1].cells[0].text == "All codes"
    assert table.rows[1].cells[1].text == "1"


def test_a_framework_workbook_brings_the_researchers_summaries(study: Path) -> None:
    import openpyxl

    assert themecode("matrix", "framework", "-o", "framework.xlsx").status == 0
    book = openpyxl.load_workbook("framework.xlsx")
    sheet = book.active
    sheet.cell(3, 3).value = "She speaks of the room, not of the people in it."
    book.save("framework.xlsx")
    document = report("--no-pictures", "--summaries", "framework.xlsx")
    assert "She speaks of the room" in words_of(document)
