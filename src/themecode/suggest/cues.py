"""Codings suggested from cues: what was heard, weighed by how it was said."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter, itemgetter

from themecode.language.heard import hear
from themecode.language.stance import ECHO_WORDS, is_denied, is_echo, is_imagined
from themecode.model import (
    Code,
    Codebook,
    Coding,
    Evidence,
    Segment,
    Span,
    Transcript,
    Turn,
    TurnKind,
    coding_id,
)
from themecode.suggest.coder import CODER
from themecode.suggest.heard_cues import HeardTurn, Match
from themecode.suggest.listen import (
    LEAST_CONFIDENCE,
    UNLESS,
    WEIGHTS,
    Listener,
)

#: An imagined case or an echo of the question halves the chance, so that a person decides.
IMAGINED_FACTOR = 0.6
ECHO_FACTOR = 0.5
#: However many such cues there are, they are offered and never suggested: below `suggested`.
MOST_WHEN_MINDED = 0.59

_BY_WEIGHT = attrgetter("order")
_BY_KEY = _BEGIN = itemgetter(0)
_CLAUSE = re.compile(r"[;.]\s+|[;.]$")
_LETTERS = re.compile(r"[a-z]{4,}")


@dataclass(slots=True)
class Weighed:
    """A match and what it is worth once the words around it are minded."""

    match: Match
    weight: float
    minded: tuple[str, ...]

    @property
    def order(self) -> tuple[float, int, str]:
        """The weightiest first; then by place."""
        return (-self.weight, self.match.first, self.match.cue.source)


def suggest_codings(
    transcript: Transcript,
    listener: Listener,
    *,
    codebook: Codebook,
    made_at: datetime,
    kinds: Sequence[TurnKind] = (TurnKind.PARTICIPANT,),
) -> tuple[Coding, ...]:
    """The codings that the codebook's cues suggest for one transcript, with their evidence.

    Args:
        transcript: its turns of these `kinds` are coded; no other speaker's ever.
        listener: the codes to listen for.
        codebook: the codebook they come from.
        made_at: in UTC.
        kinds: whose turns to code.

    Returns:
        Codings by place in the transcript, then in the codebook's order; several codes may stand on
        one segment. Only those of at least `LEAST_CONFIDENCE`.
    """
    text = transcript.text
    turns = [
        turn for turn in transcript.turns if turn.kind in kinds and turn.span.start < turn.span.end
    ]
    said = [text[turn.span.start : turn.span.end] for turn in turns]
    codings: list[Coding] = []
    for heard_turn in listener.listen(said):
        turn = turns[heard_turn.number]
        asked = find_question(transcript, turn, heard_turn)
        for segment, code, weighed in weigh_turn(transcript, turn, heard_turn, listener, asked):
            confidence, counted = combine_matches(weighed)
            if confidence >= LEAST_CONFIDENCE:
                evidence = tuple(make_cue_evidence(each, code, turn, segment) for each in counted)
                codings.append(
                    Coding(
                        id=coding_id(segment, code.sha256, code.id, CODER),
                        segment=segment,
                        code_id=code.id,
                        coder=CODER,
                        confidence=confidence,
                        evidence=evidence,
                        codebook_sha256=codebook.sha256,
                        code_sha256=code.sha256,
                        made_at=made_at,
                    )
                )
    return tuple(codings)


def find_question(transcript: Transcript, turn: Turn, heard_turn: HeardTurn) -> str:
    """What the interviewer said just before a short answer, as heard; "" where no interviewer did."""
    before = transcript.turns[turn.number - 2] if turn.number > 1 else None
    if before is None or before.kind is not TurnKind.INTERVIEWER:
        return ""
    if heard_turn.has_more_words(than=ECHO_WORDS):
        return ""
    return hear([transcript.words_of(before)])


def weigh_turn(
    transcript: Transcript, turn: Turn, heard_turn: HeardTurn, listener: Listener, asked: str
) -> list[tuple[Segment, Code, list[Weighed]]]:
    """The weighed matches of a turn, gathered by segment and code."""
    kept = weigh_matches(heard_turn, heard_turn.matches, listener, asked=asked)
    if not kept:
        return []
    passages = heard_turn.cut.passages_of(heard_turn.number)
    gathered: dict[tuple[int, int], list[Weighed]] = {}
    for weighed in kept:
        passage = max(0, bisect_right(passages, weighed.match.first, key=_BEGIN) - 1)
        gathered.setdefault((passage, weighed.match.cue.code), []).append(weighed)
    said, shift = heard_turn.words, turn.span.start
    return [
        (
            Segment(transcript.id, turn.number, Span(start + shift, end + shift), said[start:end]),
            listener.codes[number],
            found,
        )
        for (passage, number), found in sorted(gathered.items(), key=_BY_KEY)
        for start, end in (passages[passage],)
    ]


def weigh_matches(
    turn: HeardTurn, matches: Sequence[Match], listener: Listener, *, asked: str
) -> list[Weighed]:
    """The matches that are neither denied nor meant in another sense, weighed."""
    unless: dict[int, list[Match]] = {}
    for match in matches:
        if match.cue.strength == UNLESS:
            unless.setdefault(match.cue.code, []).append(match)
    kept: list[Weighed] = []
    for match in matches:
        cue = match.cue
        if cue.strength == UNLESS or (
            unless and any(map(match.overlaps, unless.get(cue.code, ())))
        ):
            continue
        weighed = _weigh(match, turn, listener.codes[cue.code], asked)
        if weighed is not None:
            kept.append(weighed)
    return kept


def _weigh(match: Match, turn: HeardTurn, code: Code, asked: str) -> Weighed | None:
    """What a match is worth; None where it is denied."""
    weight = WEIGHTS[match.cue.strength]
    minded: tuple[str, ...] = ()
    for place in match.places:
        if turn.may_mind(place):
            counts = code.cues.counts_when
            heard_places = [turn.find_tokens(each) for each in match.places]
            minds_denial = not match.cue.denies and "denied" not in counts
            if minds_denial and any(is_denied(*each) for each in heard_places):
                return None
            heard, first, _ = min(heard_places, key=itemgetter(1))
            if "imagined" not in counts and is_imagined(heard, first):
                weight *= IMAGINED_FACTOR
                minded = ("imagined",)
            break
    if asked and all(is_echo(*turn.find_tokens(place), asked=asked) for place in match.places):
        weight *= ECHO_FACTOR
        minded = (*minded, "echo")
    return Weighed(match, weight, minded)


def combine_matches(found: Sequence[Weighed]) -> tuple[float, list[Weighed]]:
    """The confidence that matches give together, and those of them that count.

    They join as independent chances. The same words count once, and so does a cue said again,
    which is more of the same evidence, not new evidence.
    """
    sources: set[str] = set()
    counted: list[Weighed] = []
    doubt = 1.0
    for each in sorted(found, key=_BY_WEIGHT) if len(found) > 1 else found:
        overlaps = each.match.overlaps
        if counted and any(overlaps(other.match) for other in counted):
            continue
        counted.append(each)
        if each.match.cue.source not in sources:
            sources.add(each.match.cue.source)
            doubt *= 1.0 - each.weight
    confidence = 1.0 - doubt
    if all(each.minded for each in counted):
        confidence = min(confidence, MOST_WHEN_MINDED)
    return round(confidence, 4), counted


def make_cue_evidence(each: Weighed, code: Code, turn: Turn, segment: Segment) -> Evidence:
    """A match as a reason: the words, the cue, and the clause they answer to."""
    begin, match = turn.span.start, each.match
    span, text = segment.span, segment.text
    places = match.places if len(match.places) == 1 else sorted(match.places)
    inside = [
        Span(max(start + begin, span.start), min(end + begin, span.end))
        for start, end in places
        if start + begin < span.end and span.start < end + begin
    ]
    source = match.cue.source
    return Evidence(
        "cue",
        tuple(inside),
        tuple([text[place.start - span.start : place.end - span.start] for place in inside]),
        source,
        match.cue.strength,
        find_clause(code.definition, code.include, source),
        each.minded,
        round(each.weight, 4),
    )


@lru_cache(maxsize=16384)
def find_clause(definition: str, include: str, cue: str) -> str:
    """The line of a code that a cue answers to: the one that shares most words with it.

    Returns:
        "Include: …" or "Definition: …", one clause of it.
    """
    stems = {word[:5] for word in _LETTERS.findall(cue.lower())}
    best, most = f"Definition: {_clauses(definition)[0]}", 0
    for name, text in (("Include", include), ("Definition", definition)):
        for clause in _clauses(text):
            shared = len(stems & {word[:5] for word in _LETTERS.findall(clause.lower())})
            if shared > most:
                best, most = f"{name}: {clause}", shared
    return best


def _clauses(text: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSE.split(text) if clause.strip()] or [text]
