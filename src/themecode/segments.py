"""Turns cut into passages: the units that codes are put on."""

from __future__ import annotations

import re
from itertools import pairwise

from themecode.model import Segment, Span, Transcript, Turn

#: A turn up to this many words is one passage: people code a short answer whole.
WHOLE_TURN_WORDS = 75
#: A longer turn is cut at sentence ends into passages of about this many words.
PASSAGE_WORDS = 50
#: Speech typed up without full stops is cut after this many words.
LONGEST_WORDS = 90

_SENTENCE_END = re.compile(r"(?:[.?!]|…)+[\"”’')\]]*\s+")
_WORD = re.compile(r"\S+")


def find_sentences(words: str) -> tuple[Span, ...]:
    """The sentences of a stretch of speech, none of them empty, together covering all of it.

    A sentence ends at a full stop, question or exclamation mark with a space after it. One that
    runs past `LONGEST_WORDS` (captions often have no full stops) is cut there.
    """
    return tuple(Span(start, end) for start, end in _find_sentence_edges(words))


def _find_sentence_edges(words: str) -> list[tuple[int, int]]:
    sentences: list[tuple[int, int]] = []
    start = 0
    for end in (*[found.end() for found in _SENTENCE_END.finditer(words)], len(words)):
        if end > start:
            # So short a sentence cannot have too many words.
            if end - start < 2 * LONGEST_WORDS:
                sentences.append((start, end))
            else:
                sentences.extend(_cut_long(words, start, end))
            start = end
    return sentences


def _cut_long(words: str, start: int, end: int) -> list[tuple[int, int]]:
    if words.count(" ", start, end) < LONGEST_WORDS:
        return [(start, end)]
    starts = [found.start() for found in _WORD.finditer(words, start, end)]
    if len(starts) <= LONGEST_WORDS:
        return [(start, end)]
    pieces = -(-len(starts) // PASSAGE_WORDS)
    size = -(-len(starts) // pieces)
    edges = [start, *starts[size::size], end]
    return [(a, b) for a, b in pairwise(edges) if b > a]


def find_passages(words: str) -> tuple[Span, ...]:
    """The passages of one turn: a short turn whole, a long one in groups of sentences.

    Passages follow each other without overlap, begin and end at a word, and depend on the turn's
    words alone: the same words are cut the same way in every study.
    """
    total = len(words.split())
    if not total:
        return ()
    if total <= WHOLE_TURN_WORDS:
        return (_trim(words, Span(0, len(words))),)
    wanted = max(1, round(total / PASSAGE_WORDS))
    aim = total / wanted
    passages: list[Span] = []
    start = done = 0
    for first, end in _find_sentence_edges(words):
        count = len(words[first:end].split())
        # Close the passage before this sentence when that lands nearer the aim than closing after.
        if done and abs(done - aim) <= abs(done + count - aim):
            passages.append(_trim(words, Span(start, first)))
            start, done = first, 0
        done += count
    passages.append(_trim(words, Span(start, len(words))))
    return tuple(passage for passage in passages if len(passage))


def _trim(words: str, span: Span) -> Span:
    held = span.of(words)
    return Span(
        span.start + len(held) - len(held.lstrip()), span.end - len(held) + len(held.rstrip())
    )


def cut_segments(transcript: Transcript, turn: Turn) -> tuple[Segment, ...]:
    """The segments of one turn of a transcript, in order."""
    passages = find_passages(transcript.words_of(turn))
    return tuple(
        Segment.cut(transcript, turn, passage.shift(turn.span.start)) for passage in passages
    )
