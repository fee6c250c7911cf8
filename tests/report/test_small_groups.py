"""Small groups in the report, its pictures and its plan. All speech is invented."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from field_work import themecode, write_book, write_talk

from themecode.disclosure import Attribution, WhoIsFound
from themecode.flow.safe_groups import keep_back
from themecode.flow.signing import _GIVEN_OUT
from themecode.model import Participant

ROLES = {f"P{number:02}": "Woman" for number in range(1, 6)} | {
    "K01": "Worker", "K02": "Worker", "K03": "Worker", "X01": "Commissioner"
}  # fmt: skip


@pytest.fixture
def study() -> Path:
    """Five women, three workers of whom one only says it, and one commissioner."""
    write_book()
    for who in ROLES:
        write_talk(who)
    for who in ("K02", "K03"):
        Path(f"talks/{who}.txt").write_text(
            f"INT: How was it?\n\n{who}: It rained all the way home.\n", encoding="utf-8"
        )
    lines = [f"{who},{role},{'Hull' if who == 'P01' else 'Leeds'}" for who, role in ROLES.items()]
    Path("people.csv").write_text(
        "participant,role,town\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )
    ran = themecode("apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv")
    assert ran.status == 0, ran.err
    return Path("study")


def words_of(path: str) -> str:
    body = docx.Document(path).element.body
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p")))


def test_the_report_keeps_small_numbers_of_groups_back_and_says_so(study: Path) -> None:
    assert themecode("report", "-o", "r.docx").status == 0
    text = words_of("r.docx")
    assert "What is kept back" in text
    assert "Commissioner" not in text
    # One worker and one commissioner say it: taken together they are four of whom two do.
    for of in re.findall(r"\b([12]) of \d+ (?:Women?|Worker|Other)", text):
        raise AssertionError(of)
    document = docx.Document("r.docx")
    tables = [[[c.text for c in row.cells] for row in table.rows] for table in document.tables]
    [sources] = [table for table in tables if table[0][0] == "Theme" and table[0][-1] == "Reading"]
    assert all(not re.match(r"[12] of", cell) for row in sources[1:] for cell in row)
    assert any(cell.startswith("– of") for row in sources[1:] for cell in row)
    described = [
        each.get("descr") or "" for each in document.element.body.iter(qn("wp:docPr"))
    ]  # fmt: skip
    assert any("kept back" in each for each in described)


def test_a_researcher_may_see_every_number_for_herself(study: Path) -> None:
    assert themecode("report", "-o", "r.docx", "--fewest", "1", "--no-pictures").status == 0
    text = words_of("r.docx")
    assert "1 of 3" in text
    assert "What is kept back" not in text


def test_triangulation_keeps_the_same_numbers_back(study: Path) -> None:
    ran = themecode("matrix", "triangulation", "-o", "t.csv")
    assert ran.status == 0
    rows = Path("t.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "–" in rows[1]
    assert not re.search(r",[12],", "\n".join(rows))


def test_the_plan_says_which_quotes_may_find_her(study: Path) -> None:
    assert themecode("report", "plan", "-o", "plan.xlsx").status == 0
    rows = list(openpyxl.load_workbook("plan.xlsx")["Quotes"].iter_rows(values_only=True))
    at = {name: rows[0].index(name) for name in ("participant", "may_find_her", "said_by")}
    told = {row[at["participant"]]: row[at["may_find_her"]] for row in rows[1:]}
    assert told["P01"] == "nobody else has her town"
    assert told["X01"] == "nobody else has her role"
    assert not told["P02"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("I'm 34 and I was scared", "the words hold an age"),
        ("I was in the hostel in 2009", "the words hold a year"),
        ("ring me on 07700 900123", "the words hold a long number"),
        ("down in HULL by the docks", "nobody else has her town; the words hold her town"),
        ("I'm 34 weeks gone", ""),
        ("I felt judged", ""),
    ],
)
def test_words_that_may_find_her_are_told(words: str, why: str) -> None:
    people = {f"P{n}": Participant(f"P{n}", "Woman", {"town": "Leeds"}) for n in range(4)}
    people["P9"] = Participant("P9", "Woman", {"town": "Hull"})
    who = "P9" if "town" in why else "P1"
    assert WhoIsFound(people).why(who, words) == why


def test_a_pseudonym_that_is_signed_for_stands_by_a_role_that_several_hold() -> None:
    people = {f"P{n}": Participant(f"P{n}", "Woman") for n in range(3)}
    people["K1"] = Participant("K1", "Chief executive")
    signed = Attribution(people, safe_ids=frozenset(people))
    assert signed.of("P1") == "Woman, P1"
    assert signed.of("K1") == "A participant"
    assert Attribution(people).of("P1") == "Woman"


@pytest.mark.parametrize(
    ("name", "given_out"),
    [("P07", True), ("FG1-W3", True), ("12", True), ("Christina", False), ("Tina2", False)],
)
def test_a_transcripts_name_is_a_pseudonym_only_where_it_is_a_number(
    name: str, given_out: bool
) -> None:
    assert bool(_GIVEN_OUT.fullmatch(name)) is given_out


def test_one_number_kept_back_takes_another_with_it() -> None:
    assert keep_back([5, 1, 4], fewest=3) == (5, None, None)
    assert keep_back([5, 0, 4], fewest=3) == (5, 0, 4)
    assert keep_back([5, 1, 4], fewest=1) == (5, 1, 4)
