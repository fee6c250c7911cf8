"""Codings suggested from cues: what was heard, weighed by how it was said."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

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
from themecode.segments import find_passages
from themecode.suggest.coder import CODER
from themecode.suggest.listen import (
    LEAST_CONFIDENCE,
    UNLESS,
    WEIGHTS,
    HeardSentence,
    HeardTurn,
    Listener,
    Match,
)

#: An imagined case or an echo of the question halves the chance, so that a person decides.
IMAGINED_FACTOR = 0.6
ECHO_FACTOR = 0.5
#: However many such cues there are, they are offered and never suggested: below `suggested`.
MOST_WHEN_MINDED = 0.59

_CLAUSE = re.compile(r"[;.]\s+|[;.]$")
_LETTERS = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A match and what it is worth once the words around it are minded."""

    match: Match
    sentence: HeardSentence
    weight: float
    minded: tuple[str, ...]

    @property
    def order(self) -> tuple[float, int, int, str]:
        """The weightiest first; then by place."""
        return (-self.weight, self.sentence.start, self.match.first, self.match.cue.source)

    @property
    def covered(self) -> frozenset[tuple[int, int]]:
        """Every heard word the match stands on, told apart from those of other sentences."""
        return frozenset((self.sentence.start, at) for at in self.match.covered)


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
    turns, said = [], []
    for turn in transcript.turns:
        if turn.kind in kinds and turn.span.start < turn.span.end:
            turns.append(turn)
            said.append(text[turn.span.start : turn.span.end])
    codings: list[Coding] = []
    for heard_turn in listener.listen(said):
        turn = turns[heard_turn.number]
        asked = find_question(transcript, turn) if heard_turn.heard_words <= ECHO_WORDS else ""
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


def find_question(transcript: Transcript, turn: Turn) -> str:
    """What the interviewer said just before a turn, as heard; "" where no interviewer did."""
    before = transcript.turns[turn.number - 2] if turn.number > 1 else None
    if before is None or before.kind is not TurnKind.INTERVIEWER:
        return ""
    return hear([transcript.words_of(before)])


def weigh_turn(
    transcript: Transcript, turn: Turn, heard_turn: HeardTurn, listener: Listener, asked: str
) -> list[tuple[Segment, Code, list[Weighed]]]:
    """The weighed matches of a turn, gathered by segment and code."""
    kept = [
        weighed
        for sentence in heard_turn.sentences
        for weighed in weigh_sentence(sentence, listener, asked=asked)
    ]
    if not kept:
        return []
    passages = find_passages(transcript.words_of(turn))
    begins = [passage.start for passage in passages]
    gathered: dict[tuple[int, int], list[Weighed]] = {}
    for weighed in kept:
        start = weighed.sentence.start + weighed.sentence.heard.edges[weighed.match.first][0]
        passage = max(0, bisect_right(begins, start) - 1)
        gathered.setdefault((passage, weighed.match.cue.code), []).append(weighed)
    return [
        (
            Segment.cut(transcript, turn, passages[passage].shift(turn.span.start)),
            listener.codes[number],
            found,
        )
        for (passage, number), found in sorted(gathered.items())
    ]


def weigh_sentence(sentence: HeardSentence, listener: Listener, *, asked: str) -> list[Weighed]:
    """The matches of a sentence that are neither denied nor meant in another sense, weighed."""
    unless: dict[int, frozenset[int]] = {}
    for match in sentence.matches:
        if match.cue.strength == UNLESS:
            unless[match.cue.code] = unless.get(match.cue.code, frozenset()) | match.covered
    kept: list[Weighed] = []
    for match in sentence.matches:
        other_sense = unless.get(match.cue.code)
        if match.cue.strength == UNLESS or (other_sense and match.covered & other_sense):
            continue
        weighed = _weigh(match, sentence, listener.codes[match.cue.code], asked)
        if weighed is not None:
            kept.append(weighed)
    return kept


def _weigh(match: Match, sentence: HeardSentence, code: Code, asked: str) -> Weighed | None:
    """What a match is worth; None where it is denied."""
    heard = sentence.heard
    counts = code.cues.counts_when
    minds_denial = not match.cue.denies and "denied" not in counts
    if minds_denial and any(is_denied(heard, first, last) for first, last in match.tokens):
        return None
    weight = WEIGHTS[match.cue.strength]
    minded = []
    if "imagined" not in counts and is_imagined(heard, match.first):
        weight *= IMAGINED_FACTOR
        minded.append("imagined")
    if asked and all(is_echo(heard, first, last, asked=asked) for first, last in match.tokens):
        weight *= ECHO_FACTOR
        minded.append("echo")
    return Weighed(match, sentence, weight, tuple(minded))


def combine_matches(found: Sequence[Weighed]) -> tuple[float, list[Weighed]]:
    """The confidence that matches give together, and those of them that count.

    They join as independent chances. The same words count once, and so does a cue said again,
    which is more of the same evidence, not new evidence.
    """
    used: set[tuple[int, int]] = set()
    sources: set[str] = set()
    counted: list[Weighed] = []
    doubt = 1.0
    for each in sorted(found, key=lambda each: each.order):
        covered = each.covered
        if used & covered:
            continue
        used |= covered
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
    heard, begin = each.sentence.heard, each.sentence.start + turn.span.start
    places = sorted(heard.place(first, last).shift(begin) for first, last in each.match.tokens)
    inside = [
        Span(max(place.start, segment.span.start), min(place.end, segment.span.end))
        for place in places
        if place.overlaps(segment.span)
    ]
    return Evidence(
        kind="cue",
        spans=tuple(inside),
        words=tuple(heard.words[place.start - begin : place.end - begin] for place in inside),
        matched=each.match.cue.source,
        strength=each.match.cue.strength,
        clause=find_clause(code.definition, code.include, each.match.cue.source),
        minded=each.minded,
        weight=round(each.weight, 4),
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
