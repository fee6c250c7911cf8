"""R15 to R17: no pattern runs away, hostile codebooks are refused, no cell becomes a formula."""

from __future__ import annotations

import csv
import io
import re
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from field_work import BOOK, answer, themecode, write_book, write_talk
from measured import record

from themecode.codebook import parse_codebook

EVIL = [
    "(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*a){20}", "([a-zA-Z]+)*$", "(?:a?){30}a{30}", "^(\\w+\\s?)*$",
    "(x+x+)+y", "(a*)*b", "\\d+(\\d+)+", "a{1,1000}{1,1000}", "(?=(a+))*", "(?P<x>a)(?P=x)+", "[a-z", "(((((",
    "a**********", "* * * * * * *", "<<<<>>>>", "<child><child><child>", "? ? ? ?", "...........",
    "/a/b/c/d/e/f/g/h/i/j", "a|b|c|d", "\\\\\\\\", "(a/b/c)(d/e/f)(g/h/i)(a/b/c)(d/e/f)(g/h/i)", "a " * 200,
    "a/" * 200, "a* " * 60, "(a?)" * 40, "[a] " * 60,
]  # fmt: skip


def _book_with(cue: str) -> str:
    quoted = "'" + cue.replace("'", "''") + "'"
    return BOOK.replace("strong: [childcare]", f"strong: [childcare, {quoted}]")


def test_no_cue_is_a_regular_expression_and_none_runs_away() -> None:
    """The cue language has no repetition of groups: what looks like one is refused or is plain words."""
    Path("talks").mkdir()
    Path("talks/long.txt").write_text(
        "INT: Well?\n\nP01: " + "a" * 50_000 + "! " + "a " * 25_000 + "xxxxxxxxxxxxx.\n",
        encoding="utf-8",
    )
    write_book()
    assert themecode("apply", "talks", "--codebook", "book.yaml", "--study", "warm").status == 0
    runs = []
    for number in range(3):
        began = time.process_time()
        assert themecode("apply", "talks", "--codebook", "book.yaml", "--study", f"plain{number}").status == 0  # fmt: skip
        runs.append(time.process_time() - began)
    usual = sorted(runs)[1]
    refused, slowest = 0, 0.0
    for number, cue in enumerate(EVIL):
        write_book(_book_with(cue))
        took = []
        # The promise is twice a normal run; a run that seems longer has two more tries on a busy machine.
        while not took or (min(took) > 2 * usual and len(took) < 3):
            began = time.process_time()
            ran = themecode("apply", "talks", "--codebook", "book.yaml", "--study", f"s{number}-{len(took)}")  # fmt: skip
            took.append(time.process_time() - began)
        slowest = max(slowest, min(took))
        assert "Traceback" not in ran.err
        refused += ran.status != 0
    assert slowest <= 2 * usual
    record("R15", patterns=len(EVIL), refused=refused, slowest_cpu_s=round(slowest, 2),
           plain_cpu_s=round(usual, 2))  # fmt: skip


@pytest.mark.parametrize("words", ["(a+)+$", "a* a* a* a* a* a*", "a" * 200, "[a-", "\\", "a*b*c*"])
def test_a_search_takes_words_as_words(words: str) -> None:
    write_talk("P01", text="INT: Well?\n\nP01: " + "a" * 20_000 + " " + "a " * 5_000 + ".\n")
    assert themecode("import", "talks").status == 0
    began = time.process_time()
    ran = themecode("search", words, "--json")
    assert ran.status in (0, 1, 2) and "Traceback" not in ran.err
    assert time.process_time() - began < 5


_BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9)
)
HOSTILE_YAML = [
    _BOMB, "a: &a [*a]", "[" * 5000, "{" * 5000, "a:\n" + "".join(" " * n + "- \n" for n in range(2000)),
    "!!python/object/apply:os.system ['true']", "!!python/name:os.system", "<<: *x", "a: 1\na: 2",
    "title: no\nversion: on\nthemes: 1e3", "title: 2026-01-01", "themes: [{id: no}]", "\0", "\t- a", "%YAML 9.9\n---\na",
    "? [complex, key]\n: x", "---\na\n---\nb", "'" * 9999, "a: !!binary x", "themes: {a: &x {b: *x}}",
    "title: x\nversion: '1'\nthemes: " + "[" * 300 + "]" * 300,
]  # fmt: skip


def test_hostile_codebooks_are_refused_at_once() -> None:
    slowest = 0.0
    for text in HOSTILE_YAML:
        began = time.process_time()
        codebook, problems = parse_codebook(text.encode(), name="book.yaml")
        slowest = max(slowest, time.process_time() - began)
        assert codebook is None or any(problem.blocks for problem in problems), text[:60]
        assert problems
    assert slowest < 0.2
    typed = parse_codebook(BOOK.replace("name: Judged", "name: no").encode(), name="book.yaml")
    assert typed[0] is None or typed[0].codes[0].name == "no"
    record(
        "R16", files=len(HOSTILE_YAML), refused=len(HOSTILE_YAML), slowest_cpu_s=round(slowest, 3)
    )


PAYLOADS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1+1",
    "http://evil.example", "mailto:a@b.example", "- I was judged.",
]  # fmt: skip


def test_no_cell_becomes_a_formula_or_a_link() -> None:
    write_book()
    Path("views.csv").write_text("", encoding="utf-8")
    with Path("views.csv").open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["id", "text", "role"])
        for number, payload in enumerate(PAYLOADS):
            sheet.writerow([number, f"{payload} I felt judged {payload}", payload])
    assert themecode("apply", "views.csv", "--codebook", "book.yaml").status == 0
    answer("I felt judged", note=PAYLOADS[0], reviewer=PAYLOADS[1])
    cells = formulas = 0
    assert themecode("export", "--format", "xlsx", "-o", "out.xlsx").status == 0
    book = openpyxl.load_workbook("out.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                cells += 1
                formulas += cell.data_type == "f" or cell.hyperlink is not None
    texts = {cell.value for cell in next(iter(book)).iter_cols(8, 8) for cell in cell}
    assert all(any(str(text).startswith(payload.strip()) for text in texts) for payload in PAYLOADS)
    names = ("out.csv", "turns.csv")
    assert themecode("export", "--format", "csv", "-o", names[0]).status == 0
    assert themecode("export", "--format", "turns", "-o", names[1]).status == 0
    for path in (*names, *(str(p) for p in Path("study/outputs").glob("*.csv"))):
        text = Path(path).read_text(encoding="utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline="")):
            for value in row:
                cells += 1
                formulas += bool(re.match(r"[=+\-@\t\r]", value)) and not re.fullmatch(
                    r"-?[\d.]+", value
                )
    with zipfile.ZipFile("study/outputs/theme_tables.docx") as archive:
        document = archive.read("word/document.xml").decode()
        relations = archive.read("word/_rels/document.xml.rels").decode()
    assert "instrText" not in document and "fldSimple" not in document
    assert 'TargetMode="External"' not in relations
    assert formulas == 0
    record("R17", payloads=len(PAYLOADS), cells=cells, formula_or_link_cells=formulas)
