"""`themecode review` as a lead types it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from field_work import themecode
from review_field import book, excerpts, first, make_review_study, reply

from themecode.store import Study, open_study


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("THEMECODE_STUDY", raising=False)
    return make_review_study()


def plan(*options: str) -> None:
    ran = themecode("review", "plan", *options)
    assert (ran.status, ran.err) == (0, "")


def test_a_plan_is_told_and_progress_is_counted(folder: Path) -> None:
    ran = themecode(
        "review",
        "plan",
        "--reviewer",
        "Dee:lived experience",
        "--reviewer",
        "Eve",
        "--uncoded",
        "3",
    )
    assert ran.status == 0
    assert ran.out == (
        "Excerpts                drawn   out of\n"
        "──────────────────────────────────────\n"
        "suggestions                12       12\n"
        "doubtful suggestions        0        0\n"
        "passages with no code       3        8\n"
        "Read by Dee, Eve; each excerpt by 2 people.\n"
        "Next: themecode review serve\n"
    )
    with open_study("study") as study:
        reply(study, "Dee", excerpts(study, "Dee")[0], "unsure")
    told = themecode("review", "progress", "--json").json
    assert told["strata"]["uncoded"] == {"population": 8, "drawn": 3, "fraction": 0.375}
    assert told["reviewers"] == [
        {"name": "Dee", "group": "lived experience", "started": False, "done": 1, "excerpts": 15},
        {"name": "Eve", "group": "", "started": False, "done": 0, "excerpts": 15},
    ]
    assert (told["answered"], told["finished"], told["disputes"]) == (1, 0, 0)
    shown = themecode("review", "progress").out
    assert "0 of 15 excerpts read by everybody who should." in shown
    assert "No differences to settle." in shown


def test_a_difference_is_listed_and_settled_with_a_reason(folder: Path) -> None:
    plan("--reviewer", "Dee", "--reviewer", "Eve")
    with open_study("study") as study:
        item = first(excerpts(study, "Dee"), code_id="stigma.judged")
        reply(study, "Dee", item, "yes", note="She said so.")
        reply(study, "Eve", item, "else", "family.care")
    listed = themecode("review", "adjudicate")
    assert "Dee: accept: She said so." in listed.out
    assert "Eve: recode to Childcare" in listed.out
    [dispute] = themecode("review", "adjudicate", "--json").json
    assert dispute["open"] and [each["reviewer"] for each in dispute["answers"]] == ["Dee", "Eve"]
    about = dispute["dispute"][:8]
    for missing in ((), ("--verdict", "accept"), ("--reason", "Because.")):
        assert themecode("review", "adjudicate", about, *missing).status == 2
    refused = themecode("review", "adjudicate", "zz", "--verdict", "accept", "--reason", "So.")
    assert refused.status == 1 and "no dispute zz" in refused.err
    lost = themecode("review", "adjudicate", about, "--verdict", "recode", "--reason", "So.")
    assert lost.status == 1 and "Name the code" in lost.err
    settled = themecode(
        "review", "adjudicate", about, "--verdict", "accept", "--reason", "Read on.", "--by", "Ruth"
    )
    assert settled.status == 0
    [after] = themecode("review", "adjudicate", "--json").json
    assert after["ruling"]["by"] == "Ruth (adjudicator)" and not after["open"]
    # The names can be left out of what is handed on.
    for options, names in (((), {"Dee", "Eve", "Ruth"}), (("--hide-people",), set())):
        shown = themecode("export", "--format", "csv", *options).out
        assert {name for name in ("Dee", "Eve", "Ruth") if name in shown} == names
    assert "person 3 (adjudicator)" in shown
    assert themecode("export", "--format", "turns", "--hide-people").status == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("plan",), "--reviewer"),
        (("plan", "--reviewer", "Dee", "--uncoded", "some"), "number"),
        (("plan", "--reviewer", "Dee", "--code", "nothing"), "no code or theme nothing"),
        (("plan", "--reviewer", "themecode/cues@1"), "cannot be called that"),
        (("invite", "Nobody"), "Nobody called Nobody"),
        (("progress",), "No review is planned yet"),
        (("serve", "--network", "127.0.0.1"), "--certificate"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    folder: Path, options: tuple[str, ...], said: str
) -> None:
    ran = themecode("review", *options)
    assert ran.status in {1, 2} and said in ran.err and not ran.out
    assert "Traceback" not in ran.err
    with open_study("study") as study:
        assert study.review_plan() is None and not study.reviewers()


def test_a_port_that_is_taken_is_told(folder: Path) -> None:
    plan("--reviewer", "Dee")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = themecode("review", "serve", "--port", taken.getsockname()[1])
    assert ran.status == 1 and "--port" in ran.err and not ran.out


def test_a_study_without_codings_cannot_be_reviewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert themecode("init", "--study", "empty").status == 0
    for command in (("plan", "--reviewer", "Dee"), ("serve",), ("progress",), ("adjudicate",)):
        ran = themecode("review", *command, "--study", "empty")
        assert ran.status == 1 and "themecode apply" in ran.err


def test_contacts_and_the_limit_are_kept_until_they_are_changed(folder: Path) -> None:
    assert "No contacts yet" in themecode("review", "care").out
    themecode("review", "care", "--contact", "Jo: 01632 960 111", "--daily-limit", 20)
    assert themecode("review", "care", "--daily-limit", 0, "--json").json == {
        "contacts": ["Jo: 01632 960 111"],
        "daily_limit": None,
    }


def test_what_reviewers_did_cannot_be_changed_in_the_database(study: Study) -> None:
    import sqlite3
    from contextlib import closing

    from review_field import plan as make_plan

    make_plan(study)
    reply(study, "Dee", excerpts(study, "Dee")[0], "unsure", note="Mine.")
    study.save_choices("Dee", study.choices().get("Dee") or _choices())
    assert study.folder is not None and book(study).codes
    with closing(sqlite3.connect(study.folder / "study.db")) as other:
        for table, column in (
            ("review_answers", "note"), ("review_items", "topics"), ("review_plans", "strata"),
            ("review_assignments", "reviewer"), ("reviewers", "name"), ("review_choices", "choices"),
        ):  # fmt: skip
            for change in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    other.execute(change)


def _choices() -> object:
    from themecode.store import Choices

    return Choices(frozenset({"child removal"}))


def test_a_withdrawal_takes_the_answers_and_notes_with_it(study: Study) -> None:
    from review_field import plan as make_plan

    from themecode.store.reviewing import forget_answers

    make_plan(study)
    hers = excerpts(study, "Dee")
    for item in hers:
        reply(study, "Dee", item, "unsure", note="A note.")
    gone = sum(item.transcript_id == "P01" for item in hers)
    with study.open_door("withdraw a participant") as connection:
        assert forget_answers(connection, ["P01"]) == gone > 0
    assert len(study.review_answers()) == len(hers) - gone
