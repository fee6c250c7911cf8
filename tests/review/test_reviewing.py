"""What an answer comes to, and that none is lost or counted twice."""

from __future__ import annotations

import pytest
from field_work import themecode
from review_field import AT, about, book, excerpts, first, following, plan, reply, standing

from themecode.flow.disputes import adjudicate, list_disputes
from themecode.flow.reviewing import (
    EnoughForToday,
    FaultyAnswer,
    add_own_code,
    count_progress,
    draw_to_words,
    save_choices,
    say_minutes,
    take_back_own_code,
)
from themecode.model import ADJUDICATOR, Span, Verdict
from themecode.store import Care, Choices, Reply, StaleAnswer, Stratum, Study, open_study

JUDGED, REMOVAL, CARE = "stigma.judged", "family.removal", "family.care"


@pytest.mark.parametrize(
    ("said", "codes", "then"),
    [
        ("yes", (), {JUDGED: "accepted"}),
        ("no", (), {JUDGED: "rejected"}),
        ("unsure", (), {JUDGED: "suggested"}),
        ("else", (CARE,), {CARE: "recoded"}),
        ("else", (CARE, REMOVAL), {CARE: "recoded", REMOVAL: "coded"}),
        ("else", (JUDGED, CARE), {JUDGED: "accepted", CARE: "coded"}),
        ("else", (), {JUDGED: "rejected"}),
    ],
)
def test_an_answer_about_a_code_changes_where_the_coding_stands(
    study: Study, said: str, codes: tuple[str, ...], then: dict[str, str]
) -> None:
    plan(study, suggested=None)
    item = first(excerpts(study, "Dee"), code_id=JUDGED)
    assert reply(study, "Dee", item, said, *codes, note="Because.")
    assert about(study, item) == then
    assert {each.note for each in study.decisions()} == {"Because."}
    # Taken back, everything is as it was; and nothing is gone from the history.
    reply(study, "Dee", item, "undone")
    assert about(study, item) == {JUDGED: "suggested"}
    assert [each.reply for each in study.review_answers()] == [Reply(said), Reply.UNDONE]


def test_the_next_excerpt_is_exactly_where_she_left_off(study: Study) -> None:
    plan(study)
    hers = excerpts(study, "Dee")
    assert following(study, "Dee") == hers[0]
    for item in hers[:3]:
        reply(study, "Dee", item, "yes" if item.code_id else "no")
    assert following(study, "Dee") == hers[3]
    reply(study, "Dee", hers[1], "undone")
    assert following(study, "Dee") == hers[1]
    assert following(study, "Eve") == hers[0]


def test_an_answer_sent_twice_is_kept_once(study: Study) -> None:
    plan(study)
    item = first(excerpts(study, "Dee"), code_id=JUDGED)
    assert reply(study, "Dee", item, "yes", id="once", revision=1)
    assert not reply(study, "Dee", item, "yes", id="once", revision=1)
    assert len(list(study.decisions())) == len(study.review_answers()) == 1


def test_an_answer_from_a_page_left_open_never_writes_over_a_newer_one(study: Study) -> None:
    plan(study)
    item = first(excerpts(study, "Dee"), code_id=JUDGED)
    reply(study, "Dee", item, "yes")
    with pytest.raises(StaleAnswer):
        reply(study, "Dee", item, "no", id="late", revision=1)
    assert about(study, item) == {JUDGED: "accepted"}
    assert reply(study, "Dee", item, "no", revision=2)
    assert about(study, item) == {JUDGED: "rejected"}


def test_what_the_machine_missed_becomes_a_persons_coding(study: Study) -> None:
    plan(study, "Dee")
    item = first(excerpts(study, "Dee"), stratum=Stratum.UNCODED)
    reply(study, "Dee", item, "yes", CARE, note="She means the crèche.")
    assert about(study, item) == {CARE: "coded"}
    [mine] = [each for each in standing(study) if each.coding.coder == "Dee"]
    assert mine.coding.segment.span == item.span
    # Changed to another code: the first is taken back, and stays in the history.
    reply(study, "Dee", item, "yes", JUDGED)
    assert about(study, item) == {JUDGED: "coded"}
    # And back again: the same claim stands once more.
    reply(study, "Dee", item, "yes", CARE, JUDGED)
    assert about(study, item) == {CARE: "coded", JUDGED: "coded"}
    reply(study, "Dee", item, "no")
    assert about(study, item) == {}


@pytest.mark.parametrize("order", [("Dee", "Eve"), ("Eve", "Dee")])
def test_two_who_differ_on_an_uncoded_passage_are_a_dispute_whoever_came_first(
    study: Study, order: tuple[str, str]
) -> None:
    plan(study)
    item = first(excerpts(study, "Dee"), stratum=Stratum.UNCODED)
    for name in order:
        if name == "Dee":
            reply(study, name, item, "yes", CARE, note="Dee's note")
        else:
            reply(study, name, item, "no", note="Eve's note")
    assert about(study, item) == {CARE: "disputed"}
    [dispute] = list_disputes(study, book(study))
    assert {(each.reviewer, each.verdict, each.note) for each in dispute.answers} == {
        ("Dee", Verdict.ACCEPT, "Dee's note"),
        ("Eve", Verdict.REJECT, "Eve's note"),
    }
    reply(study, "Eve", item, "yes", CARE)
    assert about(study, item) == {CARE: "accepted"}


def test_a_blind_answer_answers_every_claim_of_the_machine(study: Study) -> None:
    plan(study, blind=True, suggested=None)
    item = next(each for each in excerpts(study, "Dee") if len(each.coding_ids) == 2)
    reply(study, "Dee", item, "yes", CARE, JUDGED)
    assert about(study, item) == {CARE: "accepted", REMOVAL: "rejected", JUDGED: "coded"}
    reply(study, "Dee", item, "unsure")
    assert about(study, item) == {CARE: "suggested", REMOVAL: "suggested"}


def test_disputes_stand_side_by_side_until_somebody_settles_them_with_a_reason(
    study: Study,
) -> None:
    plan(study, suggested=None)
    item = first(excerpts(study, "Dee"), code_id=JUDGED)
    reply(study, "Dee", item, "yes", note="They did judge her.")
    reply(study, "Eve", item, "else", CARE, note="It is about the wait.")
    [dispute] = list_disputes(study, book(study))
    assert dispute.open and about(study, item) == {JUDGED: "disputed"}
    with pytest.raises(Exception, match="Say why"):
        adjudicate(
            study,
            book(study),
            dispute.coding_id,
            verdict=Verdict.ACCEPT,
            reason=" ",
            by="Ruth",
            at=AT,
        )
    reply(study, "Dee", item, "unsure")
    reply(study, "Dee", item, "no")
    with pytest.raises(StaleAnswer):
        adjudicate(
            study, book(study), dispute.coding_id, verdict=Verdict.ACCEPT, reason="Read it.",
            by="Ruth", at=AT, seen=dispute.seen,
        )  # fmt: skip
    made = adjudicate(
        study, book(study), dispute.coding_id, verdict=Verdict.RECODE, recoded_to=CARE,
        reason="The context says so.", by="Ruth", at=AT,
    )  # fmt: skip
    assert made.reviewer == f"Ruth{ADJUDICATOR}" and made.is_ruling
    assert about(study, item) == {CARE: "recoded"}
    [settled] = list_disputes(study, book(study))
    assert not settled.open and {each.reviewer for each in settled.answers} == {"Dee", "Eve"}


def test_an_answer_without_what_it_needs_is_refused_and_nothing_is_kept(study: Study) -> None:
    plan(study)
    asked = first(excerpts(study, "Dee"), code_id=JUDGED)
    quiet = first(excerpts(study, "Dee"), stratum=Stratum.UNCODED)
    for item, said, codes, note in (
        (asked, "else", ("gone.code",), "A note."),
        (asked, "else", (), " "),
        (quiet, "yes", (), "A note."),
    ):
        with pytest.raises(FaultyAnswer):
            reply(study, "Dee", item, said, *codes, note=note)
    assert not study.review_answers() and not list(study.decisions())


def test_the_daily_limit_keeps_her_from_more_but_not_from_changing_her_mind(study: Study) -> None:
    plan(study)
    study.save_care(Care((), daily_limit=2))
    hers = excerpts(study, "Dee")
    for item in hers[:2]:
        reply(study, "Dee", item, "unsure")
    with pytest.raises(EnoughForToday):
        reply(study, "Dee", hers[2], "unsure")
    assert reply(study, "Dee", hers[1], "no")
    assert reply(study, "Dee", hers[2], "unsure", minutes=24 * 60)
    queue = study.review_queue("Dee")
    assert queue is not None
    assert count_progress(queue, hers, now=AT).today == 2


def test_progress_is_counted_and_said_in_words(study: Study) -> None:
    plan(study, suggested=None, uncoded=None)
    hers = excerpts(study, "Dee")
    for at, item in enumerate(hers[:8]):
        reply(study, "Dee", item, "unsure", minutes=at)
    queue = study.review_queue("Dee")
    assert queue is not None
    progress = count_progress(queue, hers, now=AT)
    assert (progress.done, progress.total) == (8, 20)
    assert progress.seconds_left == 60 * 12
    said = [say_minutes(seconds) for seconds in (20, 60, 540, 1300, 5400, 7300)]
    assert said == [
        "less than a minute", "about 1 minute", "about 9 minutes", "about 20 minutes",
        "about 1.5 hours", "about 2 hours",
    ]  # fmt: skip


def test_a_code_put_on_chosen_words_counts_and_can_be_taken_back(study: Study) -> None:
    transcript = study.transcript("P01")
    start = transcript.text.index("oup on the Thurs")
    coding = add_own_code(
        study, book(study), "Dee", transcript=transcript, span=Span(start, start + 16),
        code_id=CARE, note="", made_at=AT, answer_id="one",
    )  # fmt: skip
    assert coding.segment.text == "soup on the Thursday"
    assert any(each.coding.id == coding.id for each in standing(study))
    take_back_own_code(study, coding, at=AT.replace(hour=11), answer_id="two")
    assert not any(each.coding.id == coding.id for each in standing(study))
    with pytest.raises(FaultyAnswer):
        add_own_code(
            study, book(study), "Dee", transcript=transcript, span=Span(0, len(transcript.text)),
            code_id=CARE, note="", made_at=AT, answer_id="three",
        )  # fmt: skip


def test_a_span_is_drawn_to_whole_words() -> None:
    text = "We had soup, then tea."
    assert draw_to_words(text, Span(4, 9)).of(text) == "had soup,"
    assert draw_to_words(text, Span(6, 13)).of(text) == "soup,"


def test_what_is_kept_in_memory_is_always_what_the_study_holds(study: Study) -> None:
    """A server reads a sitting again only where something changed, whoever changed it."""

    def compare() -> None:
        with open_study("study") as fresh:
            for name in ("Dee", "Eve", "Fay"):
                assert study.review_sitting(name) == fresh.review_sitting(name)
            for known in fresh.known_transcripts():
                assert study.review_transcript(known) == fresh.transcript(known)

    assert study.review_sitting("Dee") is None
    plan(study, "Dee", "Eve", suggested=None, readers=1)
    compare()
    mine = excerpts(study, "Dee")
    reply(study, "Dee", mine[0], "no")
    reply(study, "Eve", excerpts(study, "Eve")[0], "unsure")
    compare()
    with open_study("study") as elsewhere:  # the command line, or another device's server
        reply(elsewhere, "Dee", mine[1], "unsure", note="From a workbook.")
        reply(elsewhere, "Dee", mine[0], "unsure", minutes=2)
        compare()
        elsewhere.save_care(Care(("Jo",), 3))
        compare()
        save_choices(elsewhere, "Dee", Choices(frozenset({"child removal"}), started=True))
        compare()
        reply(elsewhere, "Dee", mine[0], "undone", minutes=3)
    compare()
    plan(study, "Dee", "Fay", suggested=None, again=True, seed="2")
    compare()
    reply(study, "Fay", excerpts(study, "Fay")[0], "no")
    compare()
    assert themecode("withdraw", "P02", "--yes", "--study", "study").status == 0
    compare()
