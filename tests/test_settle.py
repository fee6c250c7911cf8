"""Where a coding stands once people have answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from themecode.model import (
    Code,
    Codebook,
    Coding,
    Decision,
    Segment,
    Span,
    Status,
    Theme,
    Turn,
    TurnKind,
    Verdict,
    coding_id,
)
from themecode.settle import Settled, Thresholds, group_decisions, hide_people, settle_codings

AT = datetime(2026, 3, 4, tzinfo=UTC)
CODES = tuple(Code(name, "t", name.title(), "Invented.", sha256=f"{name}-1") for name in "abc")
BOOK = Codebook("Invented", "1", "book", (Theme("t", "T", "Invented.", CODES),))
TURN = Turn(1, "P01", TurnKind.PARTICIPANT, "P01", Span(0, 99))
CUES = "themecode/cues@1"


def claim(
    code: str = "a",
    coder: str = CUES,
    *,
    confidence: float = 0.8,
    start: int = 0,
    transcript: str = "anna",
    sha256: str = "",
) -> Coding:
    segment = Segment(transcript, 1, Span(start, start + 9), "some word")
    sha256 = sha256 or f"{code}-1"
    sure = confidence if coder.startswith("themecode/") else None
    made = coding_id(segment, sha256, code, coder)
    return Coding(made, segment, code, coder, sure, (), "book", sha256, AT)


def answer(
    about: Coding,
    verdict: Verdict,
    reviewer: str = "Dee",
    *,
    to: str | None = None,
    day: int = 0,
) -> Decision:
    at = AT + timedelta(days=day)
    return Decision(f"{about.id}{reviewer}{day}", about.id, reviewer, verdict, to, "", at)


def settle(
    codings: Iterable[Coding], answers: Iterable[Decision] = (), **options: str
) -> list[Settled]:
    pairs = [(coding, TURN) for coding in codings]
    grouped = group_decisions(answers)
    return list(
        settle_codings(pairs, grouped, codebook=BOOK, adjudicator=options.get("adjudicator"))
    )


@pytest.mark.parametrize(
    ("coding", "status"),
    [
        (claim(confidence=0.6), Status.SUGGESTED),
        (claim(confidence=0.59), Status.CANDIDATE),
        (claim(confidence=0.1), Status.CANDIDATE),
        (claim(coder="Dee"), Status.CODED),
    ],
)
def test_a_claim_nobody_answered_stands_by_who_made_it(coding: Coding, status: Status) -> None:
    assert settle([coding]) == [Settled(coding, TURN, "a", status)]


ACCEPT, REJECT, UNSURE = Verdict.ACCEPT, Verdict.REJECT, Verdict.UNSURE


@pytest.mark.parametrize("coder", [CUES, "Fay"])
@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([ACCEPT], Status.ACCEPTED),
        ([ACCEPT, ACCEPT], Status.ACCEPTED),
        ([REJECT, REJECT], Status.REJECTED),
        ([ACCEPT, REJECT], Status.DISPUTED),
        ([ACCEPT, UNSURE], Status.ACCEPTED),
        ([UNSURE, REJECT], Status.REJECTED),
    ],
)
def test_reviewers_answers_settle_a_claim(
    coder: str, verdicts: list[Verdict], status: Status
) -> None:
    coding = claim(coder=coder)
    answers = [answer(coding, verdict, f"r{n}", day=n) for n, verdict in enumerate(verdicts)]
    [settled] = settle([coding], answers)
    assert (settled.status, settled.code_id) == (status, "a")
    assert settled.decisions == tuple(answers)


def test_unsure_alone_changes_nothing() -> None:
    for coding, status in ((claim(), Status.SUGGESTED), (claim(coder="Dee"), Status.CODED)):
        assert settle([coding], [answer(coding, UNSURE)])[0].status is status


def test_a_recoded_claim_stands_under_the_new_code() -> None:
    coding = claim()
    to_b = [answer(coding, Verdict.RECODE, name, to="b") for name in ("Dee", "Eve")]
    [settled] = settle([coding], to_b)
    assert (settled.status, settled.code_id) == (Status.RECODED, "b")
    [settled] = settle([coding], [to_b[0], answer(coding, Verdict.RECODE, "Eve", to="c")])
    assert (settled.status, settled.code_id) == (Status.DISPUTED, "a")
    [settled] = settle([coding], [answer(coding, Verdict.RECODE, to="a")])
    assert (settled.status, settled.code_id) == (Status.ACCEPTED, "a")


def test_the_latest_answer_of_each_reviewer_counts_whatever_order_they_come_in() -> None:
    coding = claim()
    first, last = answer(coding, REJECT, day=1), answer(coding, ACCEPT, day=2)
    for answers in ([first, last], [last, first]):
        [settled] = settle([coding], answers)
        assert (settled.status, settled.decisions) == (Status.ACCEPTED, (last,))


def test_an_answer_about_one_coders_claim_answers_every_coders() -> None:
    machine, person, elsewhere = claim(), claim(coder="Fay"), claim(start=20)
    other_code = claim("b")
    settled = settle([machine, person, other_code, elsewhere], [answer(machine, REJECT)])
    assert [item.status for item in settled] == [
        Status.REJECTED,
        Status.REJECTED,
        Status.SUGGESTED,
        Status.SUGGESTED,
    ]


def test_the_machine_has_one_claim_and_it_is_the_one_of_today() -> None:
    old, new = claim(sha256="a-0"), claim(coder="themecode/cues@2")
    settled = settle([old, new], [answer(old, ACCEPT)])
    assert [(item.coding, item.status, item.stale) for item in settled] == [
        (new, Status.ACCEPTED, False)
    ]
    other_method = claim(coder="themecode/meaning@1")
    assert len(settle([new, other_method])) == 1


def test_a_claim_under_a_definition_that_changed_is_stale() -> None:
    changed, gone = claim(sha256="a-0", coder="Dee"), claim("z", coder="Dee")
    assert [item.stale for item in settle([changed, gone, claim("b")])] == [True, True, False]


def test_an_adjudicators_answer_ends_a_dispute() -> None:
    coding = claim()
    answers = [answer(coding, ACCEPT, "Dee"), answer(coding, REJECT, "Eve")]
    assert settle([coding], answers)[0].status is Status.DISPUTED
    ruled = [*answers, answer(coding, REJECT, "Chair")]
    assert settle([coding], ruled, adjudicator="Chair")[0].status is Status.REJECTED


def test_transcripts_are_settled_apart_and_one_at_a_time() -> None:
    here, there = claim(transcript="anna"), claim(transcript="beth")
    taken: list[str] = []

    def pairs() -> Iterable[tuple[Coding, Turn]]:
        for coding in (
            here,
            there,
            replace(here, segment=replace(here.segment, transcript_id="c")),
        ):
            taken.append(coding.segment.transcript_id)
            yield coding, TURN

    grouped = group_decisions([answer(here, REJECT)])
    stream = settle_codings(pairs(), grouped, codebook=BOOK)
    assert next(iter(stream)).status is Status.REJECTED
    assert taken == ["anna", "beth"]
    assert next(iter(stream)).status is Status.SUGGESTED


def test_how_sure_the_machine_must_be_can_be_said() -> None:
    pairs = [(claim(confidence=0.7), TURN)]
    strict = Thresholds(suggested=0.9)
    [settled] = settle_codings(pairs, {}, codebook=BOOK, thresholds=strict)
    assert settled.status is Status.CANDIDATE


def test_an_answer_taken_back_is_none_and_a_claim_taken_back_is_gone() -> None:
    machine, person = claim(), claim("b", coder="Dee")
    undone = [
        answer(machine, REJECT, day=1),
        answer(machine, Verdict.UNDONE, day=2),
        answer(person, ACCEPT, day=1),
    ]
    both = settle([machine, person], undone)
    assert [(item.status, len(item.decisions)) for item in both] == [
        (Status.SUGGESTED, 0),
        (Status.CODED, 1),
    ]
    assert len(settle([machine, person], [*undone, answer(person, Verdict.UNDONE, day=3)])) == 1


def test_an_adjudicator_is_known_by_name_and_leaves_the_answers_beside_the_ruling() -> None:
    coding = claim()
    answers = [
        answer(coding, ACCEPT, "Dee"),
        answer(coding, REJECT, "Eve"),
        answer(coding, REJECT, "Dee (adjudicator)", day=1),
        answer(coding, ACCEPT, "Eve", day=2),
    ]
    [settled] = settle([coding], answers)
    assert (settled.status, len(settled.decisions)) == (Status.REJECTED, 3)


def test_people_can_be_hidden_and_stay_apart() -> None:
    coding, own = claim(), claim("b", coder="Eve")
    answers = [
        answer(coding, ACCEPT, "Dee"),
        answer(coding, REJECT, "Eve"),
        answer(coding, ACCEPT, "Dee (adjudicator)", day=1),
    ]
    shown = list(hide_people(settle([coding, own], answers)))
    assert [each.reviewer for each in shown[0].decisions] == [
        "person 1",
        "person 2",
        "person 1 (adjudicator)",
    ]
    assert (shown[0].coding.coder, shown[1].coding.coder) == (CUES, "person 2")
