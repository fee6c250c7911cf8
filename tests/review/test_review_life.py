"""What happens to reviewers on the page: warnings, topics left out, links gone stale, lines that drop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium import enter, open_device, press_to, run_axe
from field_work import themecode
from review_field import make_review_study
from served import let_in, serve

from themecode.store import Reply, open_study

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: What the hard excerpts of these small interviews begin with.
HARD = "They took my kids"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_review_study()
    return tmp_path


def plan(*options: str) -> None:
    people = ("--reviewer", "Dee:lived experience", "--reviewer", "Eve:researcher")
    ran = themecode("review", "plan", "--suggested", "all", *people, *options)
    assert ran.status == 0, ran.err


def test_hard_words_come_only_when_she_chooses_and_stay_away_when_she_does_not(
    folder: Path, chromium: Browser
) -> None:
    plan()
    with open_study("study") as study:
        hard = [n for n, item in enumerate(study.review_items(), start=1) if item.topics]
    with serve() as served:
        context = open_device(chromium, viewport={"width": 360, "height": 740})
        page = enter(context, served.links["Dee"])
        page.goto(f"{served.address}/excerpts/{hard[0]}")
        page.get_by_role("heading", name="This part is about child removal").wait_for()
        assert HARD not in page.content()  # not hidden by a style: not there
        page.get_by_role("link", name="Take a break").last.click()
        page.get_by_role("link", name="Go on when I am ready").click()
        page.goto(f"{served.address}/excerpts/{hard[0]}")
        page.get_by_role("link", name="Show me the words").click()
        page.get_by_text(HARD).first.wait_for()
        # Another she would rather leave: one press, and she is past it without having seen it.
        page.goto(f"{served.address}/excerpts/{hard[1]}")
        page.get_by_role("button", name="Leave this one out").click()
        page.get_by_text(f"Saved. Number {hard[1]}").wait_for()
        context.close()
    with open_study("study") as study:
        [answer] = study.review_answers()
        assert answer.reply is Reply.PASSED


def test_topics_she_opts_out_of_go_to_somebody_else_and_the_lead_sees_only_how_many(
    folder: Path, chromium: Browser
) -> None:
    plan("--split", "1")
    with open_study("study") as study:
        hard = {item.number for item in study.review_items() if item.topics}
        given = study.given_items()
        assert hard & set(given["Dee"])
    with serve() as served:
        dee = open_device(chromium)
        page = enter(dee, served.links["Dee"], start=False)
        page.get_by_label("Child removal").check()
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/excerpts/1")
        total = int(page.title().split(" of ")[1].split()[0])
        for number in range(1, total + 1):
            page.goto(f"{served.address}/excerpts/{number}?show=1")
            assert HARD not in page.content()
        page.goto(f"{served.address}/transcripts/P01?show=1")
        page.get_by_text("You asked not to read about child removal").first.wait_for()
        assert HARD not in page.content()
        dee.close()

        eve = open_device(chromium)
        page = enter(eve, served.links["Eve"])
        hers = int(page.title().split(" of ")[1].split()[0])
        assert hers == len(given["Eve"]) + len(hard & set(given["Dee"]))
        eve.close()

        lead = open_device(chromium)
        page = enter(lead, served.links[served.lead], start=False)
        for path in ("/lead", "/lead/plan", "/lead/disputes"):
            page.goto(served.address + path)
            assert "hild removal" not in page.content()
        page.goto(f"{served.address}/lead")
        assert f"{len(hard & set(given['Dee']))} were passed on" in page.inner_text("main")
        lead.close()
    told = themecode("review", "progress").out
    assert "child removal" not in told.lower()


def test_a_lead_is_warned_of_hard_words_too(folder: Path, chromium: Browser) -> None:
    plan()
    with open_study("study") as study:
        items = list(enumerate(study.review_items(), start=1))
        number = next(n for n, item in items if item.code_id == "family.removal")
    with serve() as served:
        for name, reply in (("Dee", "yes"), ("Eve", "no")):
            let_in(served, name).answer(number, reply, note="As I see it.")
        context = open_device(chromium)
        page = enter(context, served.links[served.lead], start=False)
        page.goto(f"{served.address}/lead/disputes")
        press_to(page, "Losing children")
        page.get_by_role("heading", name="Does “Losing children” fit?").wait_for()
        assert not page.get_by_text(HARD).first.is_visible()
        press_to(page, "This part is about child removal")
        page.get_by_text(HARD).first.wait_for()
        # She settles it without a mouse.
        press_to(page, "Yes, it fits", "Space")
        press_to(page, "Why?", "End")
        page.keyboard.type("We read it together.")
        press_to(page, "Save the decision")
        page.get_by_text("Nothing to settle just now").wait_for()
        context.close()


def test_a_code_is_put_on_missed_words_by_keyboard_alone(folder: Path, chromium: Browser) -> None:
    plan()
    with serve() as served:
        context = open_device(chromium)
        page = enter(context, served.links["Dee"])
        press_to(page, "Read a whole conversation")
        page.wait_for_url("**/transcripts")
        press_to(page, "P02")
        page.wait_for_url("**/transcripts/P02")
        for _ in range(
            2
        ):  # beside what the first woman said, then beside what she said of her children
            press_to(page, "Add a code", "Shift")
        page.keyboard.press("Enter")
        page.wait_for_url("**/turns/*")
        press_to(page, "Show me the words")
        page.wait_for_url("**/turns/*?show=1")
        press_to(page, HARD, "Space")
        press_to(page, "Find a code by its name", "End")
        page.keyboard.type("judged")
        press_to(page, "Judged", "Space")
        press_to(page, "Save")
        page.get_by_text("You put this here").wait_for()
        context.close()
    with open_study("study") as study:
        [mine] = [c for c, _ in study.codings(machine="themecode/cues@1") if c.coder == "Dee"]
        assert (mine.code_id, mine.segment.text) == ("stigma.judged", f"{HARD}.")


def test_a_stale_link_and_a_wrong_one_are_told_kindly_and_nothing_is_lost(
    folder: Path, chromium: Browser
) -> None:
    plan()
    with serve() as served:
        first = served.links["Dee"]
        hers = open_device(chromium)
        page = enter(hers, first)
        page.goto(f"{served.address}/excerpts/1?show=1")
        page.get_by_role("button", name="Not sure").click()
        page.get_by_text("Saved. Number 1").wait_for()
        # The same link again on her own device takes her on; on another it is used up.
        page.goto(first)
        assert "/excerpts/2" in page.url
        other = open_device(chromium)
        away = other.new_page()
        never = themecode("review", "invite", "Dee", "--port", served.port).out.strip()
        fresh = themecode("review", "invite", "Dee", "--port", served.port).out.strip()
        for wrong in (first, never, first[:-1], f"{first}x", f"{served.address}/enter/{'x' * 43}"):
            answered = away.goto(wrong)
            assert answered is not None and answered.status == 403
            away.get_by_role("heading", name="This link does not work any more").wait_for()
            away.get_by_text("Everything you have answered is safe").wait_for()
            assert first.rpartition("/")[2] not in away.content()
        assert not run_axe(away)
        away.goto(fresh)
        away.get_by_role("button", name="Open my review").click()
        away.wait_for_url("**/excerpts/2")
        # Signed out on one device while a page lay open: the answer is not taken, and she is told.
        page.goto(f"{served.address}/excerpts/2?show=1")
        hers.clear_cookies()
        page.get_by_role("button", name="Not sure").click()
        page.get_by_role("heading", name="This page needs your own link").wait_for()
        away.goto(f"{served.address}/")
        assert "/excerpts/2" in away.url
        hers.close()
        other.close()
    with open_study("study") as study:
        assert len(study.review_answers()) == 1


def test_an_answer_given_while_the_line_is_down_is_saved_once_when_it_is_back(
    folder: Path, chromium: Browser
) -> None:
    plan()
    with serve() as served:
        context = open_device(chromium)
        page = enter(context, served.links["Dee"])
        page.goto(f"{served.address}/excerpts/1?show=1")
        context.set_offline(True)
        page.get_by_role("button", name="Not sure").click()
        page.get_by_text("Your answer is still here, and we keep trying").wait_for()
        page.wait_for_timeout(1500)  # it tries again meanwhile
        context.set_offline(False)
        page.get_by_text("Saved. Number 1: “Not sure”").wait_for(timeout=30_000)
        context.close()
    with open_study("study") as study:
        [answer] = study.review_answers()
        assert answer.reply is Reply.UNSURE
