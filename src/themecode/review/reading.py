"""Whole transcripts with codes in the margin, and codes put on words the machine missed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from werkzeug.wrappers import Response

from themecode.flow.coders import find_coder
from themecode.flow.consequences import FaultyAnswer
from themecode.flow.review_reading import ShownTranscript, ShownTurn, show_transcript
from themecode.flow.reviewing import add_own_code, draw_to_words, take_back_own_code
from themecode.model import Span, Transcript
from themecode.review.visit import Refused, Visit, read_note
from themecode.segments import find_sentences
from themecode.store import Choices, ReviewItem

#: Words from a transcript shown above the codes, at most, in characters.
_LONGEST_SHOWN = 3000


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that may be ticked.

    Args:
        number: from 0, in its turn.
    """

    number: int
    words: str
    span: Span


_GONE = Refused(
    404,
    "There is no such conversation here",
    "It may have been taken out of the study. Your answers are safe.",
    where=("/transcripts", "See all conversations"),
)


def show_list(visit: Visit) -> Response:
    """Every conversation of the study."""
    known = sorted(visit.study.known_transcripts())
    mine = {item.transcript_id for item in _items(visit)}
    return visit.page("transcripts.html", transcripts=known, mine=mine, link=link_to)


def _items(visit: Visit) -> tuple[ReviewItem, ...]:
    queue = visit.study.review_queue(visit.name)
    return queue.items if queue is not None else ()


def link_to(transcript_id: str) -> str:
    """The address of a conversation."""
    return f"/transcripts/{quote(transcript_id, safe='')}"


def show(visit: Visit, transcript_id: str) -> Response:
    """One conversation as a whole."""
    return visit.page(
        "transcript.html",
        shown=_read(visit, transcript_id),
        link=link_to(transcript_id),
        all_shown=visit.request.args.get("show") == "1",
    )


def _read(visit: Visit, transcript_id: str) -> ShownTranscript:
    if transcript_id not in visit.study.known_transcripts():
        raise _GONE
    plan = visit.study.review_plan()
    return show_transcript(
        visit.study,
        visit.codebook,
        transcript_id,
        reviewer=visit.name,
        choices=visit.study.choices().get(visit.name, Choices()),
        blind=plan is not None and plan.options.blind,
    )


def _find_turn(shown: ShownTranscript, number: int) -> ShownTurn:
    for turn in shown.turns:
        if turn.number == number and turn.is_participant and not turn.withheld:
            return turn
    raise _GONE


def show_adding(visit: Visit, transcript_id: str, number: int) -> Response:
    """The page on which a code is put on words of one turn."""
    shown = _read(visit, transcript_id)
    turn = _find_turn(shown, number)
    transcript = visit.study.transcript(transcript_id)
    span = _read_marked(visit, turn, transcript)
    if turn.topics and span is None and visit.request.args.get("show") != "1":
        return visit.page("add_hidden.html", shown=shown, turn=turn, link=link_to(shown.id))
    return _show_adding(visit, shown, turn, transcript, span=span)


def _show_adding(
    visit: Visit,
    shown: ShownTranscript,
    turn: ShownTurn,
    transcript: Transcript,
    *,
    span: Span | None,
    ticked: frozenset[int] = frozenset(),
    chosen: frozenset[str] = frozenset(),
    note: str = "",
    fault: str = "",
) -> Response:
    words = span.of(transcript.text) if span is not None else ""
    return visit.page(
        "add_code.html",
        422 if fault else 200,
        shown=shown,
        turn=turn,
        link=link_to(shown.id),
        sentences=_cut_sentences(turn, transcript),
        span=span,
        words=words[:_LONGEST_SHOWN],
        ticked=ticked,
        chosen=chosen,
        note=note,
        fault=fault,
        themes=visit.codebook.themes,
    )


def _cut_sentences(turn: ShownTurn, transcript: Transcript) -> list[Sentence]:
    said = turn.span.of(transcript.text)
    return [
        Sentence(number, span.of(said).strip(), span.shift(turn.span.start))
        for number, span in enumerate(find_sentences(said))
    ]


def _read_marked(visit: Visit, turn: ShownTurn, transcript: Transcript) -> Span | None:
    """The words she marked on the page before. None: she will tick sentences."""
    try:
        start, end = (int(visit.request.values[name]) for name in ("start", "end"))
    except (KeyError, ValueError):
        return None
    start, end = max(start, turn.span.start), min(end, turn.span.end)
    if start >= end or not Span(start, end).of(transcript.text).strip():
        return None
    return draw_to_words(transcript.text, Span(start, end))


def add(visit: Visit, transcript_id: str, number: int) -> Response:
    """Put one or more codes on words."""
    form = visit.request.form
    shown = _read(visit, transcript_id)
    turn = _find_turn(shown, number)
    transcript = visit.study.transcript(transcript_id)
    sentences = _cut_sentences(turn, transcript)
    span = _read_marked(visit, turn, transcript)
    ticked = frozenset(
        int(each) for each in form.getlist("sentences") if each.isdecimal() and len(each) < 6
    ) & {each.number for each in sentences}
    chosen = frozenset(form.getlist("codes"))
    note = read_note(form)
    fault = _find_fault(span, ticked, chosen)
    if not fault:
        where = span or Span(sentences[min(ticked)].span.start, sentences[max(ticked)].span.end)
        try:
            for code_id in sorted(chosen):
                add_own_code(
                    visit.study,
                    visit.codebook,
                    visit.name,
                    transcript=transcript,
                    span=where,
                    code_id=code_id,
                    note=note,
                    made_at=visit.now,
                    answer_id=form.get("answer_id", ""),
                )
        except FaultyAnswer as error:
            fault = str(error)
    if fault:
        return _show_adding(
            visit, shown, turn, transcript, span=span, ticked=ticked, chosen=chosen, note=note, fault=fault
        )  # fmt: skip
    return visit.go(f"{link_to(transcript_id)}#turn-{number}")


def _find_fault(span: Span | None, ticked: frozenset[int], chosen: frozenset[str]) -> str:
    if span is None and not ticked:
        return "Tick the sentences you mean."
    if span is None and max(ticked) - min(ticked) + 1 != len(ticked):
        return "Tick sentences that follow each other, without a gap."
    if not chosen:
        return "Choose at least one code."
    return ""


def take_back(visit: Visit, transcript_id: str) -> Response:
    """Take back a code she put there herself."""
    wanted = visit.request.form.get("coding", "")
    if transcript_id not in visit.study.known_transcripts():
        raise _GONE
    codings = visit.study.codings(
        machine=find_coder(visit.study).name, transcript_ids=[transcript_id]
    )
    mine = next(
        (each for each, _ in codings if each.id == wanted and each.coder == visit.name), None
    )
    if mine is None:
        raise _GONE
    answer_id = visit.request.form.get("answer_id", "")
    take_back_own_code(visit.study, mine, at=visit.now, answer_id=answer_id)
    return visit.go(f"{link_to(transcript_id)}#turn-{mine.segment.turn}")
