"""The review in a real Chromium: by keyboard, without a script, at 360 pixels, for a screen reader."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium import check_only_ours, enter, open_device, press_to, run_axe
from field_work import themecode
from review_field import make_review_study
from served import Browser as Device
from served import let_in, serve

from themecode.model import Verdict
from themecode.store import Reply, open_study

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_review_study()
    plan("--reviewer", "Dee:lived experience", "--reviewer", "Eve:researcher")
    care = ("--contact", "Jo, who leads this study: 01632 960 111")
    assert themecode("review", "care", *care).status == 0
    return tmp_path


def plan(*options: str) -> None:
    ran = themecode("review", "plan", "--suggested", "all", *options)
    assert ran.status == 0, ran.err


def find_number(*, code: str | None = None, hard: bool = False) -> int:
    """The number of the first excerpt about a code (or about none)."""
    with open_study("study") as study:
        return next(
            number
            for number, item in enumerate(study.review_items(), start=1)
            if item.code_id == code and bool(item.topics) is hard
        )


def test_a_whole_review_is_done_by_keyboard_alone(folder: Path, chromium: Browser) -> None:
    plan("--reviewer", "Dee", "--uncoded", "3", "--code", "stigma")
    with serve() as served:
        context = open_device(chromium)
        page = context.new_page()
        page.goto(served.links["Dee"])
        press_to(page, "Open my review")
        page.wait_for_url("**/welcome")
        press_to(page, "Keep every part hidden", "Space")
        press_to(page, "Start")
        page.wait_for_url("**/excerpts/1")
        with open_study("study") as study:
            items = study.review_items()
        for number, item in enumerate(items, start=1):
            page.wait_for_url(f"**/excerpts/{number}*")
            press_to(page, "Show me the words")
            page.wait_for_url("**?show=1")
            if number % 5 == 1:
                press_to(page, "Add a note", "Space")
                page.keyboard.press("Tab")
                page.keyboard.type(f"Note {number}")
            if item.code_id is None and number % 2:
                press_to(page, "Nothing here fits")
            elif item.code_id is None:
                press_to(page, "Yes, something fits")
                page.wait_for_selector("[data-codes]")
                press_to(page, "Stigma", "Space")
                press_to(page, "Judged", "Space")
                press_to(page, "Save what I chose")
            elif number % 3 == 0:
                press_to(page, "Something else")
                page.wait_for_selector("[data-codes]")
                page.get_by_label("Find a code by its name").wait_for()
                press_to(page, "Find a code by its name", "End")
                page.keyboard.type("childcare")
                press_to(page, "Childcare", "Space")
                press_to(page, "Save what I chose")
            else:
                press_to(page, "Yes, this fits" if number % 2 else "Not sure")
        page.wait_for_url("**/done")
        press_to(page, "Undo")
        page.wait_for_url(f"**/excerpts/{len(items)}*")
        context.close()
    with open_study("study") as study:
        kept = study.review_answers(reviewer="Dee")
        assert len(kept) == len(items) + 1 and kept[-1].reply is Reply.UNDONE
        assert {each.note for each in kept} >= {"Note 1", "Note 6"}


def test_the_whole_main_path_works_without_a_script(folder: Path, chromium: Browser) -> None:
    asked, quiet = find_number(code="stigma.judged"), find_number()
    with serve() as served:
        context = open_device(
            chromium, java_script_enabled=False, viewport={"width": 360, "height": 700}
        )
        page = enter(context, served.links["Dee"])
        page.goto(f"{served.address}/excerpts/{asked}?show=1")
        page.get_by_text("Add a note").click()
        page.get_by_label("Your note").fill("What I see.")
        page.get_by_role("button", name="Something else").click()
        page.get_by_text("What fits better?").wait_for()
        page.get_by_text("Family", exact=False).first.click()
        page.get_by_label("Childcare").check()
        page.get_by_role("button", name="Save what I chose").click()
        page.get_by_text(f"Saved. Number {asked}: “Something else”").wait_for()
        page.get_by_role("button", name="Undo").click()
        page.wait_for_url(f"**/excerpts/{asked}")
        page.goto(f"{served.address}/excerpts/{quiet}?show=1")
        page.get_by_role("button", name="Yes, something fits").click()
        page.get_by_role("button", name="Save what I chose").click()
        assert "Choose what fits" in page.get_by_role("alert").inner_text()
        page.get_by_role("button", name="Nothing here fits").click()
        page.get_by_text(f"Saved. Number {quiet}").wait_for()
        # A code put on words of a conversation, sentence by sentence.
        page.goto(f"{served.address}/transcripts/P01")
        page.locator("#turn-4").get_by_role("link", name="Add a code").click()
        page.get_by_role("heading", name="This part is about child removal").wait_for()
        page.get_by_role("link", name="Show me the words").click()
        page.get_by_label("They took my kids").check()
        page.get_by_text("Stigma", exact=False).first.click()
        page.get_by_label("Judged").check()
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/transcripts/P01#turn-4")
        page.get_by_text("You put this here").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.get_by_role("button", name="Take it back").click()
        page.wait_for_load_state()
        assert not page.get_by_text("You put this here").count()
        context.close()
    with open_study("study") as study:
        replies = [each.reply for each in study.review_answers()]
        assert replies == [Reply.ELSE, Reply.UNDONE, Reply.NO]
        assert study.review_answers()[0].note == "What I see."


def test_words_are_marked_and_a_code_is_put_on_exactly_those(
    folder: Path, chromium: Browser
) -> None:
    with serve() as served:
        context = open_device(chromium)
        page = enter(context, served.links["Dee"])
        page.goto(f"{served.address}/transcripts/P02")
        page.evaluate(
            """() => {
              const words = [...document.querySelectorAll('[data-start]')].find((e) => e.textContent.includes('soup'));
              const node = words.firstChild, at = node.data.indexOf('oup on');
              const range = document.createRange();
              range.setStart(node, at); range.setEnd(node, at + 18);
              getSelection().removeAllRanges(); getSelection().addRange(range);
            }"""
        )
        page.get_by_text("Add a code to the words you marked?").wait_for()
        page.locator("[data-mark-link]").click()
        assert page.locator("blockquote").inner_text() == "soup on the Thursday"
        page.get_by_label("Find a code by its name").fill("child")
        page.get_by_label("Childcare").check()
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/transcripts/P02#turn-*")
        assert context.faults == []  # type: ignore[attr-defined]
        context.close()
    with open_study("study") as study:
        [mine] = [c for c, _ in study.codings(machine="themecode/cues@1") if c.coder == "Dee"]
        assert (mine.segment.text, mine.code_id) == ("soup on the Thursday", "family.care")


def test_a_laptop_that_sleeps_mid_answer_saves_it_when_the_review_is_back(
    folder: Path, chromium: Browser
) -> None:
    asked = find_number(code="stigma.judged")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = open_device(chromium)
    with serve(port=port) as served:
        page = enter(context, served.links["Dee"])
        page.goto(f"{served.address}/excerpts/{asked}?show=1")
        page.get_by_text("Add a note").click()
        page.get_by_label("Your note").fill("Before the lid was shut.")
        served.kill()
        page.get_by_role("button", name="No", exact=True).click()
        page.get_by_text("Your answer is still here, and we keep trying").wait_for()
        assert not run_axe(page)
    with serve(port=port) as served:
        page.get_by_text(f"Saved. Number {asked}: “No”").wait_for(timeout=30_000)
    context.close()
    with open_study("study") as study:
        [answer] = study.review_answers()
        assert (answer.reply, answer.note) == (Reply.NO, "Before the lid was shut.")
        assert next(study.decisions()).verdict is Verdict.REJECT


def test_the_back_button_and_a_second_tab_never_lose_or_double_an_answer(
    folder: Path, chromium: Browser
) -> None:
    asked = find_number(code="stigma.judged")
    with serve() as served:
        context = open_device(chromium)
        page = enter(context, served.links["Dee"])
        address = f"{served.address}/excerpts/{asked}?show=1"
        page.goto(address)
        other = context.new_page()
        other.goto(address)
        page.get_by_role("button", name="Yes, this fits").click()
        page.get_by_text(f"Saved. Number {asked}").wait_for()
        page.go_back()
        page.get_by_text("You answered: Yes, this fits").wait_for()
        page.get_by_role("button", name="Not sure").click()
        page.get_by_text(f"Saved. Number {asked}: “Not sure”").wait_for()
        other.get_by_role("button", name="No", exact=True).click()
        other.get_by_role("heading", name="You answered this on another page").wait_for()
        other.get_by_role("link", name="Go on with my review").click()
        context.close()
    with open_study("study") as study:
        assert [each.reply for each in study.review_answers()] == [Reply.YES, Reply.UNSURE]


def test_a_lead_plans_a_review_hands_out_a_link_and_settles_a_difference(
    folder: Path, chromium: Browser
) -> None:
    with serve() as served:
        context = open_device(chromium)
        page = enter(context, served.links[served.lead], start=False)
        page.goto(f"{served.address}/lead/plan")
        page.get_by_label("Who reads? One a line").fill("Fay, lived experience\nGwen, researcher")
        page.get_by_label("Passages with no code").fill("2")
        page.get_by_role("button", name="Draw the excerpts").click()
        page.wait_for_url("**/lead")
        page.get_by_role("button", name="Make a fresh link for Fay").click()
        link = page.get_by_label("Link", exact=True).input_value()
        fay = open_device(chromium)
        enter(fay, link)
        fay.close()
        for name, reply in (("Fay", "yes"), ("Gwen", "no")):
            device = Device(served.host)
            ran = themecode("review", "invite", name, "--port", served.port)
            device.enter(ran.out.strip())
            device.begin()
            number = find_number(code="stigma.judged")
            assert device.answer(number, reply, note=f"{name} <b>thinks</b>").status == 303
        page.goto(f"{served.address}/lead")
        page.get_by_role("link", name="1 to talk about and settle").click()
        page.get_by_role("link", name="Judged").click()
        side = page.locator(".side-by-side").inner_text()
        assert "Fay <b>thinks</b>" in side and "Gwen <b>thinks</b>" in side
        assert not run_axe(page)
        page.get_by_label("No, it does not").check()
        page.get_by_role("button", name="Save the decision").click()
        assert "Say why" in page.get_by_role("alert").inner_text()
        page.get_by_label("No, it does not").check()
        page.get_by_label("Why?").fill("It was the rain.")
        page.get_by_role("button", name="Save the decision").click()
        page.get_by_text("Nothing to settle just now").wait_for()
        assert len(context.faults) == 1 and "422" in context.faults[0]  # type: ignore[attr-defined]
        check_only_ours(context, served)
        context.close()
    from field_work import read_segments

    assert themecode("apply", "talks").status == 0
    [row] = [row for row in read_segments() if "adjudicator" in row["reviewer"]]
    assert row["status"] == "rejected" and "It was the rain." in row["note"]


WIDTHS = (360, 768, 1280)


def test_axe_finds_nothing_on_any_page_in_either_colours_at_three_widths(
    folder: Path, chromium: Browser
) -> None:
    asked, hard = find_number(code="stigma.judged"), find_number(code="family.care", hard=True)
    with serve() as served:
        for name, reply in (("Dee", "yes"), ("Eve", "no")):
            let_in(served, name).answer(asked, reply, note="Because.")
        with open_study("study") as study:
            decided = next(iter(study.decisions())).coding_id
        reviewer = open_device(chromium)
        page = enter(
            reviewer,
            themecode("review", "invite", "Dee", "--port", served.port).out.strip(),
            start=False,
        )
        page.wait_for_url("**/excerpts/*")
        pages = [
            "/welcome", "/choices", f"/excerpts/{asked}?show=1", f"/excerpts/{hard}",
            f"/excerpts/{find_number()}?show=1&choose=1", "/mine", "/pause", "/look", "/transcripts",
            "/transcripts/P01", "/transcripts/P01?show=1", "/transcripts/P01/turns/4",
            "/transcripts/P01/turns/4?show=1", "/nothing",
        ]  # fmt: skip
        found = {}
        for path in pages:
            page.goto(served.address + path)
            if "choose" in path:
                page.get_by_text("Stigma", exact=False).first.click()
            found |= look_over(page, path)
        lead = open_device(chromium)
        page = lead.new_page()
        page.goto(served.links[served.lead])
        found |= look_over(page, "/enter")
        page.get_by_role("button", name="Open my review").click()
        for path in ("/lead", "/lead/plan", "/lead/disputes", f"/lead/disputes/{decided}"):
            page.goto(served.address + path)
            found |= look_over(page, path)
        page.get_by_role("button", name="Save the decision").click()
        page.get_by_role("alert").wait_for()
        found |= look_over(page, "no decision chosen")
        page.goto(f"{served.address}/lead")
        page.get_by_role("button", name="Make a fresh link for Eve").click()
        found |= look_over(page, "a fresh link")
        page.goto(served.links["Dee"])
        page.goto(served.address + "/enter/" + "x" * 43)
        reviewer.clear_cookies()
        page = reviewer.new_page()
        page.goto(served.address + "/mine")
        found |= look_over(page, "refused")
        assert found == {}
        reviewer.close()
        lead.close()


def test_axe_finds_nothing_on_what_she_is_told_in_between(folder: Path, chromium: Browser) -> None:
    """Something is missing, was answered elsewhere meanwhile, is enough for today, or is done."""
    found: dict[tuple[str, str, int], list[str]] = {}
    with serve() as served:
        reviewer = open_device(chromium)
        page = enter(reviewer, served.links["Dee"])
        page.goto(f"{served.address}/excerpts/{find_number()}?show=1&choose=1")
        other = reviewer.new_page()
        other.goto(page.url)
        page.get_by_role("button", name="Save what I chose").click()
        page.get_by_role("alert").wait_for()
        found |= look_over(page, "nothing chosen")
        page.get_by_role("button", name="Nothing here fits").click()
        page.get_by_text("Saved. Number").wait_for()
        other.get_by_role("button", name="Not sure").click()
        other.get_by_role("heading", name="You answered this on another page").wait_for()
        found |= look_over(other, "stale")
        for limit, path in ((1, "/enough"), (999, "/done")):
            assert themecode("review", "care", "--daily-limit", limit).status == 0
            if path == "/done":
                finish(
                    Device(
                        served.host, {each["name"]: each["value"] for each in reviewer.cookies()}
                    )
                )  # type: ignore[typeddict-item]
            page.goto(served.address + path)
            assert page.url.endswith(path)
            found |= look_over(page, path)
        reviewer.close()
    assert found == {}


def finish(device: Device) -> None:
    """Answer all that is left."""
    page = device.follow("/")
    while "come to the end" not in page.title:
        number = int(page.text.partition("<title>Number ")[2].partition(" ")[0])
        page = device.follow(device.answer(number, "unsure").where)


def look_over(page: Page, path: str) -> dict[tuple[str, str, int], list[str]]:
    """What axe finds, and whether anything runs over the edge, by page, colours and width."""
    found = {}
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wrong = run_axe(page)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append("runs over the edge")
            if wrong:
                found[path, colours, width] = wrong
    return found


def test_large_print_and_strong_contrast_hold_at_360_pixels(
    folder: Path, chromium: Browser
) -> None:
    asked = find_number(code="stigma.judged")
    with serve() as served:
        context = open_device(chromium, viewport={"width": 360, "height": 740})
        page = enter(context, served.links["Dee"])
        for look in (
            ("Large", "Strong", "Dark"),
            ("Very large", "Strong", "Light"),
            ("Very large", "Usual", "Dark"),
        ):
            page.goto(f"{served.address}/look")
            for title, value in zip(
                ("Size of the words", "Contrast", "Colours"), look, strict=True
            ):
                page.get_by_role("group", name=title).get_by_label(value, exact=True).check()
            page.get_by_role("button", name="Save").click()
            page.wait_for_load_state()
            page.goto(f"{served.address}/excerpts/{asked}?show=1")
            assert not run_axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            sizes = page.locator(".answers button").evaluate_all(
                "all => all.map(e => e.getBoundingClientRect().height)"
            )
            assert len(sizes) == 4 and min(sizes) >= 60
        context.close()
