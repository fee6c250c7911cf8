"""Codings and people's decisions, settled into where each coding stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from themecode.model import ADJUDICATOR, Codebook, Coding, Decision, Span, Status, Turn, Verdict


@dataclass(frozen=True, slots=True)
class Settled:
    """A coding as it stands once every decision about it is taken into account.

    Args:
        coding: the claim.
        turn: the turn it was made in (speaker, participant).
        code_id: the code it stands under now: another than the coding's own where it was recoded.
            A code the codebook no longer has may stand here; `stale` is then true.
        status: where it stands.
        decisions: the latest decision of each reviewer, oldest first.
        stale: whether the code's definition has changed since the claim was made.
    """

    coding: Coding
    turn: Turn
    code_id: str
    status: Status
    decisions: tuple[Decision, ...] = ()
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How sure the machine must be.

    Args:
        suggested: from here on its claim counts until somebody says otherwise. At .6 a claim is
            at least three to two on, so that a count leans towards what people would say.
        candidate: from here on it is worth asking a person about; coders keep nothing below.
        by_code: the same as `suggested`, for codes that a trained model has its own for.
    """

    suggested: float = 0.6
    candidate: float = 0.35
    by_code: Mapping[str, float] = field(default_factory=dict)


def group_decisions(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Decisions by the coding they are about, in the order they came."""
    grouped: dict[str, list[Decision]] = {}
    for decision in decisions:
        grouped.setdefault(decision.coding_id, []).append(decision)
    return grouped


def settle_codings(
    codings: Iterable[tuple[Coding, Turn]],
    decisions: Mapping[str, Sequence[Decision]],
    *,
    codebook: Codebook,
    thresholds: Thresholds = Thresholds(),
    adjudicator: str | None = None,
) -> Iterator[Settled]:
    """Where each coding stands now, in the order given.

    A decision about one coder's claim answers everybody's claim of that code for that segment. A
    coder has one claim about them: where the machine made it under an older definition too, or in
    an older version, only the newest stands. An answer somebody took back is none, and a person
    who took back her answer about her own claim no longer makes it.

    Args:
        codings: each with its turn; those of one transcript side by side.
        decisions: by coding id.
        codebook: the one in force.
        thresholds: how sure the machine must be.
        adjudicator: a reviewer whose decision ends a dispute, besides the decisions that say of
            themselves that they do (`Decision.is_ruling`).
    """
    hashes = {code.id: code.sha256 for code in codebook.codes}
    for _, group in groupby(codings, key=lambda pair: pair[0].segment.transcript_id):
        pairs = list(group)
        latest = _find_latest(pairs, decisions)
        standing = _find_standing(pairs, hashes)
        for coding, turn in pairs:
            if standing[_claim(coding)] is not coding:
                continue
            answers = latest.get(_question(coding), ())
            if _is_taken_back(coding, answers):
                continue
            answers = tuple(each for each in answers if each.verdict is not Verdict.UNDONE)
            status, code_id = _settle(coding, answers, thresholds, adjudicator)
            yield Settled(
                coding,
                turn,
                code_id,
                status,
                answers,
                hashes.get(coding.code_id) != coding.code_sha256,
            )


#: What a machine's name as a coder begins with; no person's does.
MACHINE = "themecode/"
#: Before it, where its claims came back with another program's project, without their reasons.
IMPORTED = "imported "


def hide_people(settled: Iterable[Settled]) -> Iterator[Settled]:
    """The same codings without the names of those who coded and decided: "person 1", "person 2".

    Each person has the same number throughout, in the order they first come up.
    """
    numbers: dict[str, str] = {}

    def hide(name: str) -> str:
        who = name.removesuffix(ADJUDICATOR)
        number = numbers.setdefault(who, f"person {len(numbers) + 1}")
        return number + name[len(who) :]

    for item in settled:
        coder = item.coding.coder
        coding = item.coding if is_machine(coder) else replace(item.coding, coder=hide(coder))
        decisions = tuple(replace(each, reviewer=hide(each.reviewer)) for each in item.decisions)
        yield replace(item, coding=coding, decisions=decisions)


#: What decisions are about: a segment and a code.
_Question = tuple[Span, str]


def _question(coding: Coding) -> _Question:
    return coding.segment.span, coding.code_id


def _claim(coding: Coding) -> tuple[Span, str, str]:
    """The question and who answers it: one machine, whatever its method and version."""
    coder = MACHINE if is_machine(coding.coder) else coding.coder
    return coding.segment.span, coding.code_id, coder


def is_machine(coder: str) -> bool:
    """Whether a coder is the machine: `themecode/<method>@<version>`, here or brought in again."""
    return coder.removeprefix(IMPORTED).startswith(MACHINE)


def _find_standing(
    pairs: Sequence[tuple[Coding, Turn]], hashes: Mapping[str, str]
) -> dict[tuple[Span, str, str], Coding]:
    """The claim of each coder that stands: under the code as it is now, and the newest of those."""
    standing: dict[tuple[Span, str, str], Coding] = {}
    for coding, _ in pairs:
        claim = _claim(coding)
        before = standing.get(claim)
        if before is None or _newness(before, hashes) < _newness(coding, hashes):
            standing[claim] = coding
    return standing


def _newness(coding: Coding, hashes: Mapping[str, str]) -> tuple[bool, bool, float, str]:
    fresh = hashes.get(coding.code_id) == coding.code_sha256
    reasoned = not coding.coder.startswith(IMPORTED)
    return fresh, reasoned, coding.made_at.timestamp(), coding.id


def _find_latest(
    pairs: Sequence[tuple[Coding, Turn]], decisions: Mapping[str, Sequence[Decision]]
) -> dict[_Question, tuple[Decision, ...]]:
    """The latest decision of each reviewer on each question, oldest first."""
    found: dict[_Question, list[Decision]] = {}
    for coding, _ in pairs:
        if coding.id in decisions:
            found.setdefault(_question(coding), []).extend(decisions[coding.id])
    latest: dict[_Question, tuple[Decision, ...]] = {}
    for question, made in found.items():
        made.sort(key=lambda decision: decision.decided_at)  # ties keep the order they came in
        by_reviewer = {decision.reviewer: decision for decision in made}
        latest[question] = tuple(sorted(by_reviewer.values(), key=lambda last: last.decided_at))
    return latest


def _is_taken_back(coding: Coding, answers: Sequence[Decision]) -> bool:
    """Whether the person who made a claim has undone it."""
    return any(
        answer.verdict is Verdict.UNDONE and answer.reviewer == coding.coder for answer in answers
    )


def _settle(
    coding: Coding,
    answers: Sequence[Decision],
    thresholds: Thresholds,
    adjudicator: str | None,
) -> tuple[Status, str]:
    """The status of a claim and the code it stands under, from reviewers' latest answers."""
    rulings = [answer for answer in answers if answer.is_ruling or answer.reviewer == adjudicator]
    answers = rulings[-1:] or answers
    # "Unsure" takes no side: with it alone, everything stays as it was.
    sides = {
        _read_side(answer, coding.code_id)
        for answer in answers
        if answer.verdict is not Verdict.UNSURE
    }
    if not sides:
        return _unanswered(coding, thresholds), coding.code_id
    if len(sides) > 1:
        return Status.DISPUTED, coding.code_id
    status, code_id = sides.pop()
    if status is Status.ACCEPTED and {answer.reviewer for answer in answers} == {coding.coder}:
        status = Status.CODED  # she stands by her own claim; nobody else has answered it
    return status, code_id


def _read_side(answer: Decision, code_id: str) -> tuple[Status, str]:
    """What a decision would make of the claim."""
    if answer.verdict is Verdict.REJECT:
        return Status.REJECTED, code_id
    if answer.verdict is Verdict.RECODE and answer.recoded_to not in (None, code_id):
        return Status.RECODED, str(answer.recoded_to)
    return Status.ACCEPTED, code_id


def _unanswered(coding: Coding, thresholds: Thresholds) -> Status:
    if not is_machine(coding.coder):
        return Status.CODED
    if coding.coder.startswith(IMPORTED):  # a project holds none that did not count
        return Status.SUGGESTED
    return Status.SUGGESTED if is_suggested(coding, thresholds) else Status.CANDIDATE


def is_suggested(coding: Coding, thresholds: Thresholds) -> bool:
    """Whether a machine is sure enough of a claim for it to count."""
    needed = thresholds.by_code.get(coding.code_id, thresholds.suggested)
    return coding.confidence is not None and coding.confidence >= needed
