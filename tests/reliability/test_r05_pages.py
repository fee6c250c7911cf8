"""R5 and R6 on the review's own pages: a real server, eight people, two tabs, and the command line."""

from __future__ import annotations

import time
from collections import Counter
from functools import partial
from pathlib import Path

from field_work import run_process, themecode
from measured import record, size
from pack_field import fill_in
from review_field import make_review_study
from served import Answered, Browser, let_in, serve, side_by_side

from themecode.store import open_study

#: How long an answer takes is the disk's as well.
ON_A_REAL_DISK = True
WRITER = "by workbook"


def plan(people: int, *names: str) -> None:
    """A review of everything in interviews with so many people; each excerpt is read by all."""
    make_review_study(*(f"P{number:03d}" for number in range(1, people + 1)))
    given = [part for name in names for part in ("--reviewer", name)]
    ran = themecode("review", "plan", *given, "--suggested", "all", "--uncoded", "all")
    assert ran.status == 0, ran.err


def test_eight_people_on_their_pages_and_a_workbook_at_the_command_line_lose_and_double_nothing() -> (
    None
):
    names = tuple(f"r{number}" for number in range(8))
    plan(size(4, 60), *names, WRITER)
    with open_study("study") as study:
        total = len(study.review_items())
        codes = sum(item.code_id is not None for item in study.review_items())
    each = min(total, size(20, 250))
    assert each == size(20, 250)
    pack = run_process("review", "pack", "--reviewer", WRITER, "--format", "xlsx", "-o", "w.xlsx")
    assert pack.status == 0, pack.err
    typed = fill_in(Path("w.xlsx"), lambda number, _: ("No", "", f"{WRITER}, {number}"))
    took: dict[str, list[float]] = {name: [] for name in names}

    with serve() as served:

        def review(name: str) -> None:
            browser = let_in(served, name)
            for number in range(1, each + 1):
                page = browser.ask(f"/excerpts/{number}?show=1")
                began = time.perf_counter()
                said = browser.answer(
                    number, ("no", "unsure")[number % 2], note=f"{name}, {number}", page=page
                )
                took[name].append(time.perf_counter() - began)
                assert said.status == 303, said.title

        def lead() -> None:
            for _ in range(size(1, 5)):  # its answers are taken once, however often it is sent
                ran = run_process("review", "collect", "w.xlsx")
                assert ran.status == 0, ran.err
                assert run_process("review", "invite", names[0]).status == 0
                assert "locked" not in ran.err

        side_by_side(*(partial(review, name) for name in names), lead)
        assert "failed" not in served.said() and "locked" not in served.said()
    with open_study("study") as study:
        kept = study.review_answers()
        assert Counter(answer.reviewer for answer in kept) == {
            **dict.fromkeys(names, each),
            WRITER: typed,
        }
        assert len({answer.id for answer in kept}) == len(kept)
        assert all(answer.note.startswith(f"{answer.reviewer}, ") for answer in kept)
        first = sum(item.code_id is not None for item in study.review_items()[:each])
        assert study.counts().decisions == len(names) * first + codes
    assert themecode("check").status == 0
    slow = sorted(second for name in names for second in took[name])
    record(
        "R5 over HTTP", sent=len(names) * each + typed, kept=len(kept),
        p50_ms=round(slow[len(slow) // 2] * 1000, 1),
        p95_ms=round(slow[int(len(slow) * 0.95)] * 1000, 1),
        p99_ms=round(slow[int(len(slow) * 0.99)] * 1000, 1),
    )  # fmt: skip


def test_two_tabs_that_answer_the_same_excerpt_at_once_keep_one_and_tell_the_other() -> None:
    plan(2, "Dee")
    pairs = size(15, 1000)
    with open_study("study") as study:
        total = len(study.review_items())
    with serve() as served:
        browser = let_in(served, "Dee")
        tabs = [Browser(served.host, dict(browser.cookies)) for _ in range(2)]
        for pair in range(pairs):
            number = pair % total + 1
            pages = [tab.ask(f"/excerpts/{number}?show=1") for tab in tabs]
            said = side_by_side(
                partial(tabs[0].answer, number, "no", page=pages[0]),
                partial(tabs[1].answer, number, "unsure", page=pages[1]),
            )
            answered = [each for each in said if isinstance(each, Answered)]
            assert sorted(each.status for each in answered) == [303, 409]
            [told] = [each for each in answered if each.status == 409]
            assert told.title == "You answered this on another page"
    with open_study("study") as study:
        kept = study.review_answers()
        # The one she was told of stays, and is the only one: her revisions are one, two, three.
        assert len(kept) == pairs
        for item in study.review_items():
            hers = [each.revision for each in kept if each.item_id == item.id]
            assert hers == list(range(1, len(hers) + 1))
    record("R6 over HTTP, two tabs", pairs=pairs, kept=pairs, told=pairs)


def test_two_reviewers_of_the_same_excerpt_are_both_kept_with_name_and_time() -> None:
    plan(2, "Dee", "Eve")
    pairs = size(15, 1000)
    with open_study("study") as study:
        total = len(study.review_items())
    with serve() as served:
        people = {name: let_in(served, name) for name in ("Dee", "Eve")}
        for pair in range(pairs):
            number = pair % total + 1
            said = side_by_side(
                partial(people["Dee"].answer, number, ("no", "unsure")[pair % 2], note="Dee says"),
                partial(people["Eve"].answer, number, ("unsure", "no")[pair % 2], note="Eve says"),
            )
            assert [each.status for each in said if isinstance(each, Answered)] == [303, 303]
    with open_study("study") as study:
        kept = study.review_answers()
        assert Counter(each.reviewer for each in kept) == {"Dee": pairs, "Eve": pairs}
        assert all(each.note == f"{each.reviewer} says" for each in kept)
        assert all(each.answered_at.tzinfo is not None for each in kept)
    record("R6 over HTTP, two people", pairs=pairs, kept=len(kept))
