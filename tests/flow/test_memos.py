"""Researchers' notes, by the command, and the page for the team."""

from __future__ import annotations

from pathlib import Path

import pytest
from field_work import make_study, read_segments, themecode


@pytest.mark.parametrize(
    "about",
    [
        "study", "transcript:P01", "participant:P01", "theme:stigma", "code:stigma.judged",
        "segment:P01:30-40",
    ],
)  # fmt: skip
def test_a_memo_can_be_about_anything_there_is(about: str) -> None:
    make_study("P01")
    ran = themecode("memo", "Think about this.", "--about", about, "--author", "Dee")
    assert (ran.status, ran.out) == (0, f"Kept, about {about}.\n")
    [memo] = themecode("memo", "--about", about, "--json").json
    assert (memo["about"], memo["author"], memo["text"]) == (about, "Dee", "Think about this.")


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ("code:nope", "no code nope"), ("transcript:P09", "no transcript P09"),
        ("participant:P09", "no participant P09"), ("coding:x", "no coding x"),
        ("nothing", "A memo is about one of these"), ("weather:wet", "A memo is about one of these"),
        ("segment:P01:9", "names no passage"), ("segment:P01:5-99999", "its text has"),
    ],
)  # fmt: skip
def test_a_memo_about_nothing_there_is_is_refused(about: str, says: str) -> None:
    make_study("P01")
    ran = themecode("memo", "Lost?", "--about", about)
    assert (ran.status, ran.out) == (1, "")
    assert says in ran.err
    assert themecode("memo", "--json").json == []


def test_a_memo_about_one_coding_is_kept_beside_it() -> None:
    make_study("P01")
    from themecode.store import open_study

    with open_study("study") as study:
        coding, _ = next(iter(study.codings(machine="themecode/cues@1")))
    themecode("memo", "Is it?", "--about", f"coding:{coding.id}")
    themecode("memo", "All told.", "--author", "Ann")
    assert "2 memos." in themecode("memo").out
    assert [memo["text"] for memo in themecode("memo", "--about", "coding:", "--json").json] == [
        "Is it?"
    ]


def test_an_empty_memo_is_not_kept() -> None:
    make_study("P01")
    assert themecode("memo", "  ").status == 1
    assert themecode("memo").out == "0 memos.\n"


PEOPLE = "participant,role,consent\nP01,Woman <b>one</b>,quote\nP02,Worker,paraphrase\n"


def make_page() -> str:
    make_study("P01", "P02")
    Path("people.csv").write_text(PEOPLE, encoding="utf-8")
    themecode("apply", "talks", "--participants", "people.csv")
    assert themecode("export", "--format", "html", "-o", "page.html").status == 0
    return Path("page.html").read_text(encoding="utf-8")


def test_the_page_shows_every_counted_passage_that_may_be_quoted() -> None:
    page = make_page()
    counted = [row for row in read_segments() if row["status"] == "suggested"]
    quoted = [row for row in counted if row["participant"] == "P01"]
    assert page.count("<article ") == len(quoted) > 0
    assert f"{len(counted) - len(quoted):,} more are counted and not shown" in page
    assert "felt judged the minute I sat down, P02" not in page
    assert "2 of 2 people" in page
    assert "Before you read: Child removal. Show the passages." in page


def test_the_page_asks_for_nothing_from_outside_and_runs_nobodys_markup() -> None:
    page = make_page()
    assert "Woman &lt;b&gt;one&lt;/b&gt;" in page
    assert "<b>one</b>" not in page
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "src=" not in page


def test_the_same_study_gives_the_same_page() -> None:
    first = make_page()
    themecode("export", "--format", "html", "-o", "again.html")
    assert Path("again.html").read_text(encoding="utf-8") == first
