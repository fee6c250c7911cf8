"""What a reviewer is shown: an excerpt with its marked words and what was said around it, or a transcript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.flow.coders import find_coder
from themecode.flow.review_plans import find_topics
from themecode.model import (
    Code,
    Codebook,
    Coding,
    Participant,
    Span,
    Transcript,
    TranscriptKind,
    Turn,
    TurnKind,
    Verdict,
)
from themecode.settle import is_machine, is_suggested
from themecode.store import Choices, ReviewItem

if TYPE_CHECKING:
    from themecode.store import Study

#: Turns shown before and after an excerpt when somebody asks.
CONTEXT_TURNS = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """Words, and whether they led the machine to its suggestion."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One person's go at speaking, or a part of it.

    Args:
        who: by role; never by name.
        is_participant: whether it can be coded.
        topics: what to warn of before the words.
        withheld: whether she opted out of one of these: the words are not here at all.
        words: "" where they are withheld.
        span: of the words, in the transcript's text.
    """

    number: int
    who: str
    is_participant: bool
    topics: tuple[str, ...]
    withheld: bool
    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class ShownExcerpt:
    """An excerpt as its reviewer sees it.

    Args:
        who: by role.
        pieces: the words, those that led to the suggestion marked; none are marked in a blind review.
        code: the code asked about. None: she is asked which codes fit.
        topics: what to warn of.
        before, after: what was said around it.
    """

    item: ReviewItem
    who: str
    pieces: tuple[Piece, ...]
    code: Code | None
    topics: tuple[str, ...]
    before: tuple[ShownTurn, ...]
    after: tuple[ShownTurn, ...]


@dataclass(frozen=True, slots=True)
class MarginCode:
    """A code in the margin of a transcript.

    Args:
        mine: whether she put it there herself.
        words: the first of the words it stands on, to tell it from others.
    """

    coding: Coding
    code: Code
    mine: bool
    words: str


@dataclass(frozen=True, slots=True)
class ShownTranscript:
    """A whole transcript with the codes in its margin, by turn number."""

    id: str
    title: str
    turns: tuple[ShownTurn, ...]
    margin: Mapping[int, tuple[MarginCode, ...]]


def show_excerpt(
    study: Study, codebook: Codebook, item: ReviewItem, *, choices: Choices, blind: bool
) -> ShownExcerpt:
    """An excerpt as its reviewer sees it.

    Args:
        study: the study.
        codebook: the one in force.
        item: the excerpt; on a transcript as it is now.
        choices: hers.
        blind: whether what the machine heard stays unmarked.
    """
    transcript = study.review_transcript(item.transcript_id)
    participants = study.participants()
    place = next(at for at, turn in enumerate(transcript.turns) if turn.number == item.turn)
    turn = transcript.turns[place]
    around = transcript.turns[max(0, place - CONTEXT_TURNS) : place + 1 + CONTEXT_TURNS]
    numbers = [each.number for each in around]
    codings = list(
        study.codings(
            machine=find_coder(study).name,
            transcript_ids=[transcript.id],
            turns=range(min(numbers), max(numbers) + 1),
            codebook=codebook,
        )
    )
    topics = _topics_by_turn(codings, codebook)
    marks: list[Span] = []
    if item.code_id is not None and not blind:
        asked = set(item.coding_ids)
        marks = [
            span
            for coding, _ in codings
            if coding.id in asked
            for evidence in coding.evidence
            for span in evidence.spans
        ]

    def show(turn: Turn, span: Span | None = None) -> ShownTurn:
        return _show_turn(transcript, turn, participants, topics, choices, span=span)

    before = [show(each) for each in transcript.turns[max(0, place - CONTEXT_TURNS) : place]]
    after = [show(each) for each in transcript.turns[place + 1 : place + 1 + CONTEXT_TURNS]]
    # The rest of her own turn: what the excerpt's own warning covers needs no second one.
    start, end = Span(turn.span.start, item.span.start), Span(item.span.end, turn.span.end)
    if start.of(transcript.text).strip():
        before.append(show(turn, start))
    if end.of(transcript.text).strip():
        after.insert(0, show(turn, end))
    codes = {code.id: code for code in codebook.codes}
    return ShownExcerpt(
        item,
        name_role(transcript, turn, participants),
        tuple(cut_pieces(transcript.text, item.span, marks)),
        codes.get(item.code_id or ""),
        item.topics,
        tuple(before),
        tuple(after),
    )


def show_transcript(
    study: Study,
    codebook: Codebook,
    transcript_id: str,
    *,
    reviewer: str,
    choices: Choices,
    blind: bool,
) -> ShownTranscript:
    """A whole transcript with codes in its margin: the machine's (unless blind) and her own.

    Nobody else's codes or answers are shown.

    Raises:
        ThemecodeError: the study holds no such transcript.
    """
    transcript = study.review_transcript(transcript_id)
    participants = study.participants()
    codings = list(
        study.codings(
            machine=find_coder(study).name, transcript_ids=[transcript.id], codebook=codebook
        )
    )
    topics = _topics_by_turn(codings, codebook)
    turns = tuple(
        _show_turn(transcript, turn, participants, topics, choices) for turn in transcript.turns
    )
    withheld = {turn.number for turn in turns if turn.withheld}
    codes = {code.id: code for code in codebook.codes}
    margin: dict[int, list[MarginCode]] = {}
    for coding in list_visible_codings(
        study, [coding for coding, _ in codings], reviewer=reviewer, blind=blind
    ):
        number = coding.segment.turn
        if coding.code_id in codes and number not in withheld:
            first = " ".join(coding.segment.text.split()[:6]).rstrip(".,;:?!…")
            mine = coding.coder == reviewer
            margin.setdefault(number, []).append(
                MarginCode(coding, codes[coding.code_id], mine, first)
            )
    return ShownTranscript(
        transcript.id,
        name_transcript(transcript),
        turns,
        {number: tuple(found) for number, found in margin.items()},
    )


def list_visible_codings(
    study: Study, codings: Sequence[Coding], *, reviewer: str, blind: bool
) -> list[Coding]:
    """Of the codings of a transcript, those a reviewer may see: hers, and what the machine is sure of."""
    mine = [coding for coding in codings if coding.coder == reviewer]
    gone = set()
    if mine:
        latest = {
            decision.coding_id: decision.verdict
            for decision in study.decisions_of([coding.id for coding in mine])
            if decision.reviewer == reviewer
        }
        gone = {id_ for id_, verdict in latest.items() if verdict is Verdict.UNDONE}
    sure = find_coder(study).thresholds
    return [
        coding
        for coding in codings
        if (coding.coder == reviewer and coding.id not in gone)
        or (not blind and is_machine(coding.coder) and is_suggested(coding, sure))
    ]


def name_role(transcript: Transcript, turn: Turn, participants: Mapping[str, Participant]) -> str:
    """Who is speaking, by role: nobody's name."""
    if turn.kind is TurnKind.INTERVIEWER:
        return "The interviewer"
    if turn.kind is TurnKind.SUPPORT:
        return "Somebody there to support her"
    who = participants.get(turn.participant_id or "")
    if who is not None and who.role:
        return who.role
    if transcript.kind is TranscriptKind.SURVEY:
        return "Somebody who answered the survey"
    return "Somebody who took part"


def name_transcript(transcript: Transcript) -> str:
    """What kind of conversation it is, and the study's name for it."""
    kind = {
        TranscriptKind.INTERVIEW: "Interview",
        TranscriptKind.FOCUS_GROUP: "Focus group",
        TranscriptKind.WORKSHOP: "Workshop",
        TranscriptKind.SURVEY: "Survey answer",
    }[transcript.kind]
    return f"{kind} {transcript.id}"


def cut_pieces(text: str, span: Span, marks: Iterable[Span]) -> list[Piece]:
    """The words of a span cut where the marked ones begin and end."""
    pieces: list[Piece] = []
    at = span.start
    for mark in sorted(marks):
        start, end = max(mark.start, at), min(mark.end, span.end)
        if start >= end:
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], marked=True))
        at = end
    if at < span.end:
        pieces.append(Piece(text[at : span.end]))
    return pieces


def find_topics_near(
    study: Study, codebook: Codebook, transcript_id: str, numbers: range
) -> tuple[str, ...]:
    """What somebody should be warned of before some turns, as far as anything was coded in them."""
    codings = study.codings(
        machine=find_coder(study).name,
        transcript_ids=[transcript_id],
        turns=numbers,
        codebook=codebook,
    )
    by_turn = _topics_by_turn(codings, codebook)
    return tuple(sorted(set().union(*by_turn.values())))


def _topics_by_turn(
    codings: Iterable[tuple[Coding, Turn]], codebook: Codebook
) -> dict[int, set[str]]:
    """What each turn should be warned of, as far as anything was coded in it."""
    notes = {code.id: find_topics(code.content_note) for code in codebook.codes}
    topics: dict[int, set[str]] = {}
    for coding, turn in codings:
        found = notes.get(coding.code_id)
        if found:
            topics.setdefault(turn.number, set()).update(found)
    return topics


def _show_turn(
    transcript: Transcript,
    turn: Turn,
    participants: Mapping[str, Participant],
    topics: Mapping[int, set[str]],
    choices: Choices,
    *,
    span: Span | None = None,
) -> ShownTurn:
    about = tuple(sorted(topics.get(turn.number, ())))
    withheld = bool(choices.opted_out & set(about))
    where = span or turn.span
    return ShownTurn(
        turn.number,
        name_role(transcript, turn, participants),
        turn.kind is TurnKind.PARTICIPANT,
        about,
        withheld,
        "" if withheld else where.of(transcript.text).strip(),
        where,
    )
