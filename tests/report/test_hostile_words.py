"""Participants' words in the report and every matrix are words and nothing else (R14, R17), and a
report killed as it is written leaves the old one or the new one (R4). All speech is invented."""

from __future__ import annotations

import csv
import os
import shutil
import sys
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from docx.oxml.ns import qn
from field_work import start, themecode, write_book

HEADS = (
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)",
    "<script>window.ran=1</script>", "<img src=http://evil.example/x.png onerror=window.ran=1>",
    "<svg onload=window.ran=1>", "</td></tr><script>window.ran=1</script>", "javascript:window.ran=1",
    '" onmouseover="window.ran=1', "<iframe src=http://evil.example>", "<!--", "]]>", "&lt;b&gt; &amp; &#60;",
    '</w:t></w:r><w:fldSimple w:instr="DDEAUTO c:\\\\x"/>', "{ INCLUDETEXT http://evil.example }",
    "{{7*7}}", "${7*7}", "%n%s", "\\u0000", "<?xml version='1.0'?>", "<!DOCTYPE x [<!ENTITY y 'z'>]>",
    "<style>@import url(http://evil.example)</style>",
)  # fmt: skip
#: Fifty: each alone, and each in a role with a comma and quotes.
PAYLOADS = (*HEADS, *(f'"{each}", twice' for each in HEADS))
#: Contents, captions, references and page numbers.
OUR_FIELDS = {"TOC", "SEQ", "REF", "PAGE", "PAGEREF", "NUMPAGES"}
FORMATS = ("xlsx", "docx", "html")


@pytest.fixture
def study() -> Path:
    """A response a payload, with the payload in its words; some in roles, too."""
    write_book()
    with Path("answers.csv").open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream)
        sheet.writerow(["participant", "text"])
        for at, each in enumerate(PAYLOADS):
            sheet.writerow([f"R{at:02}", f"I felt judged {each} and there was no childcare."])
    with Path("people.csv").open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream)
        sheet.writerow(["participant", "role"])
        for at in range(len(PAYLOADS)):
            sheet.writerow([f"R{at:02}", PAYLOADS[at // 3]])
    ran = themecode(
        "apply", "answers.csv", "--codebook", "book.yaml", "--participants", "people.csv"
    )
    assert ran.status == 0, ran.err
    return Path("study")


def _assert_inert(path: Path) -> None:
    if path.suffix == ".xlsx":
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as package:
            assert not [name for name in package.namelist() if "vba" in name.lower()]
            for name in package.namelist():
                text = package.read(name).decode("utf-8", "replace")
                assert not (name.endswith(".rels") and "External" in text), name
                if name.endswith("document.xml"):
                    fields = [
                        each.get(qn("w:instr")) or each.text or ""
                        for each in ET.fromstring(text).iter()
                        if each.tag in (qn("w:fldSimple"), qn("w:instrText"))
                    ]
                    assert {each.split()[0] for each in fields} <= OUR_FIELDS


def test_fifty_payloads_stay_words_in_every_format(study: Path) -> None:
    assert len(PAYLOADS) == 50
    made: list[Path] = []
    for kind in ("role", "triangulation", "survey"):
        for ending in FORMATS:
            target = Path(f"{kind}.{ending}")
            by = ("--by", "role") if kind == "triangulation" else ()
            ran = themecode("matrix", kind, *by, "--fewest", "1", "-o", target)
            assert ran.status == 0, ran.err
            made.append(target)
    for arguments in (
        ("matrix", "framework", "-o", "framework.xlsx"),
        ("report", "plan", "-o", "plan.xlsx"),
        ("report", "-o", "report.docx", "--quotes", "60", "--no-pictures"),
        ("export", "--format", "html", "-o", "page.html"),
        ("picture", "role", "-o", "role.svg"),
    ):
        ran = themecode(*arguments)
        assert ran.status == 0, ran.err
        made.append(Path(arguments[arguments.index("-o") + 1]))
    for path in made:
        _assert_inert(path)
    _open_in_chromium([path for path in made if path.suffix in (".html", ".svg")])


def test_fifty_payloads_stay_words_in_csv_and_in_a_project_for_other_programs(study: Path) -> None:
    for arguments in (
        ("matrix", "role", "--fewest", "1", "-o", "role.csv"),
        ("matrix", "prevalence", "-o", "prevalence.csv"),
        ("matrix", "co-occurrence", "-o", "together.csv"),
        ("export", "--format", "csv", "-o", "segments.csv"),
        ("export", "--format", "qdpx", "-o", "study.qdpx"),
    ):
        ran = themecode(*arguments)
        assert ran.status == 0, ran.err
    cells = [
        cell
        for path in (*Path().glob("*.csv"), *Path("study/outputs").glob("*.csv"))
        if path.name not in ("answers.csv", "people.csv")
        for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True))
        for cell in row
    ]
    assert any("HYPERLINK" in cell for cell in cells)
    risky = [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert risky == []
    with zipfile.ZipFile("study.qdpx") as package:
        project = package.read("project.qde").decode("utf-8")
        assert "<!DOCTYPE" not in project
        ET.fromstring(project)
        texts = "".join(
            package.read(name).decode("utf-8-sig")
            for name in package.namelist()
            if name.endswith(".txt")
        )
    assert all(each in texts for each in PAYLOADS)


def _open_in_chromium(paths: list[Path]) -> None:
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("This test needs Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for path in paths:
            page = browser.new_page()
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(path.resolve().as_uri())
            page.wait_for_load_state()
            assert [
                each for each in asked if not each.startswith(("file:", "data:", "blob:"))
            ] == []
            assert page.evaluate("window.ran") is None
            page.close()
        browser.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_report_killed_as_it_is_written_is_the_old_one_or_the_new_one(study: Path) -> None:
    assert themecode("report", "-o", "r.docx", "--no-pictures").status == 0
    whole = Path("r.docx").read_bytes()
    Path("r.docx").write_bytes(b"the one before")
    for after in (0.5, 1.2, 2.0):
        child = start("report", "-o", "r.docx", "--no-pictures", "--force")
        time.sleep(after)
        child.kill()
        child.communicate()
        assert Path("r.docx").read_bytes() in (b"the one before", whole)
    assert themecode("report", "-o", "r.docx", "--no-pictures", "--force").status == 0
    assert zipfile.ZipFile("r.docx").testzip() is None
    left = {each.name for each in Path().iterdir()} - {
        "r.docx",
        "study",
        "people.csv",
        "answers.csv",
        "book.yaml",
    }
    assert not left, sys.platform
