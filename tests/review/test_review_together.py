"""A button pressed twice, and a server that is killed: no answer lost, none doubled.

Eight people at once, and two on the same excerpt, are in tests/reliability/test_r05_pages.py.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections import Counter
from pathlib import Path

import pytest
from field_work import themecode
from review_field import make_review_study
from served import Answered, Browser, answer_form, let_in, serve, side_by_side

from themecode.flow.outputs import settle_study
from themecode.store import Reply, open_study

NAMES = tuple(f"r{number}" for number in range(8))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_review_study(*(f"P{number:02d}" for number in range(1, 5)))
    return tmp_path


def plan(*names: str, **options: object) -> None:
    given = [part for name in names for part in ("--reviewer", name)]
    rest = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    ran = themecode("review", "plan", *given, "--suggested", "all", *rest)
    assert ran.status == 0, ran.err


def test_a_button_pressed_twice_is_one_answer(folder: Path) -> None:
    plan("Dee")
    with serve() as served:
        browser = let_in(served, "Dee")
        tabs = [Browser(served.host, dict(browser.cookies)) for _ in range(4)]
        page = browser.ask("/excerpts/1?show=1")
        form = answer_form(page, "no", note="Once.")
        said = side_by_side(*(lambda tab=tab: tab.ask("/excerpts/1", form) for tab in tabs))  # type: ignore[misc]
        assert {each.status for each in said if isinstance(each, Answered)} == {303}
        # The back button, and the same form sent once more.
        assert browser.ask("/excerpts/1", form).status == 303
    with open_study("study") as study:
        assert len(study.review_answers()) == 1


def test_a_server_killed_mid_answer_loses_nothing_it_said_it_had_saved(folder: Path) -> None:
    names = NAMES[:4]
    plan(*names)
    acked: Counter[str] = Counter()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serve(port=port) as served:
        browsers = {name: let_in(served, name) for name in names}

        def review(name: str) -> None:
            browser = browsers[name]
            try:
                for number in range(1, 21):
                    page = browser.ask(f"/excerpts/{number}?show=1")
                    if browser.answer(number, "no", note=name, page=page).status == 303:
                        acked[name] += 1
            except (OSError, http.client.HTTPException):
                browser.close()

        threads = [threading.Thread(target=review, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        while sum(acked.values()) < 12:
            assert any(thread.is_alive() for thread in threads)
        served.kill()
        for thread in threads:
            thread.join()
    with open_study("study") as study:
        kept = Counter(each.reviewer for each in study.review_answers())
        for name in names:
            assert acked[name] <= kept[name] <= acked[name] + 1
    # Opened again at the same place, everybody is where she was, on the device she used.
    with serve(port=port) as served:
        for name in names:
            browser = Browser(served.host, browsers[name].cookies)
            page = browser.follow("/")
            assert f"Number {kept[name] + 1} of" in page.text
    assert themecode("check").status == 0


def test_she_comes_back_exactly_there_on_another_device(folder: Path) -> None:
    plan("Dee")
    with serve() as served:
        laptop = let_in(served, "Dee")
        for number in (1, 2, 3):
            laptop.answer(number, "unsure")
        ran = themecode("review", "invite", "Dee", "--port", served.port)
        phone = Browser(served.host)
        assert phone.enter(ran.out.strip()).status == 303
        assert "Number 4 of" in phone.follow("/").text
        phone.answer(4, "unsure")
        assert "Number 5 of" in laptop.follow("/").text
        # Finished on one device, she is signed out there and nowhere else.
        page = laptop.follow("/")
        assert (
            laptop.ask("/leave", {"form_token": page.field("form_token")}).title
            == "You are signed out"
        )
        assert laptop.ask("/").status == 403
        assert phone.follow("/").status == 200


def test_answers_count_at_once_in_every_output(folder: Path) -> None:
    plan("Dee", uncoded=4)
    with serve() as served:
        browser = let_in(served, "Dee")
        with open_study("study") as study:
            items = study.review_items()
        for number, item in enumerate(items, start=1):
            if item.code_id is None:
                browser.answer(number, "yes", "family.care", note="Missed.")
            else:
                browser.answer(number, "no")
    assert themecode("apply", "talks").status == 0
    from field_work import read_segments

    rows = read_segments()
    statuses = Counter(row["status"] for row in rows)
    quiet = sum(item.code_id is None for item in items)
    assert statuses["rejected"] == len(items) - quiet
    assert statuses["coded"] == quiet == 4
    assert {row["note"] for row in rows if row["status"] == "coded"} == {"Missed."}
    assert {row["reviewer"] for row in rows} == {"Dee"}


def test_an_opted_out_reviewer_never_gets_the_words_and_the_lead_sees_only_how_many(
    folder: Path,
) -> None:
    plan("Dee", "Eve", split=1)
    with serve() as served:
        dee = let_in(served, "Dee", "child removal")
        lead = let_in(served, served.lead)
        with open_study("study") as study:
            hard = [item for item in study.review_items() if item.topics]
            mine = {item.number for item in hard} & set(study.given_items()["Dee"])
            assert mine
            transcripts = {item.transcript_id for item in hard}
        pages = [dee.ask(f"/transcripts/{each}?show=1").text for each in transcripts]
        total = int(dee.follow("/").text.partition(" of ")[2].partition(" ")[0])
        pages += [dee.ask(f"/excerpts/{number}?show=1").text for number in range(1, total + 1)]
        assert not any("took my kids" in page for page in pages)
        assert any("left out" in page for page in pages)
        seen = lead.follow("/lead").text
        assert f"{len(mine)} were passed on" in seen
        assert "child removal" not in seen.lower()


def test_words_about_hard_things_are_not_on_the_page_until_she_asks(folder: Path) -> None:
    plan("Dee")
    with serve() as served:
        dee = let_in(served, "Dee")
        with open_study("study") as study:
            items = study.review_items()
        number = next(n for n, item in enumerate(items, start=1) if item.topics)
        page = dee.ask(f"/excerpts/{number}")
        assert page.title == "This part is about child removal"
        assert "They took my kids" not in page.text
        shown = (
            dee.ask(f"/excerpts/{number}?show=1").text.replace("<mark>", "").replace("</mark>", "")
        )
        assert "They took my kids" in shown
        left = dee.ask(f"/excerpts/{number}", {**answer_form(page, "passed")})
        assert left.status == 303
    with open_study("study") as study:
        [answer] = study.review_answers()
        assert answer.reply is Reply.PASSED


def test_a_blind_reviewer_sees_nothing_of_what_the_machine_thought(folder: Path) -> None:
    with open_study("study") as study:
        book = study.codebook_in_force()
        assert book is not None
        assert any(settle_study(study, book))
    assert themecode("review", "plan", "--reviewer", "Dee", "--blind").status == 0
    with serve() as served:
        dee = let_in(served, "Dee")
        page = dee.ask("/excerpts/1?show=1")
        assert "<mark>" not in page.text and "why the computer" not in page.text
        assert "Does this fit" not in page.text
        assert '<li class="machine"' not in dee.ask("/transcripts/P01?show=1").text


def test_the_daily_limit_ends_the_day_kindly_and_lets_her_change_her_mind(folder: Path) -> None:
    plan("Dee")
    assert (
        themecode("review", "care", "--daily-limit", 2, "--contact", "Jo: 01632 960 111").status
        == 0
    )
    with serve() as served:
        dee = let_in(served, "Dee")
        dee.answer(1, "unsure")
        assert dee.answer(2, "unsure").where == "/enough"
        page = dee.follow("/")
        assert page.title == "That is enough for today" and "01632 960 111" in page.text
        assert dee.answer(3, "unsure").where == "/enough"
        assert dee.answer(2, "no").status == 303
    with open_study("study") as study:
        assert len(study.review_answers()) == 3
