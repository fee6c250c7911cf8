"""Turns cut into passages: the units that codes are put on."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from themecode.model import Segment, Span, Transcript, Turn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: A turn up to this many words is one passage: people code a short answer whole.
WHOLE_TURN_WORDS = 75
#: A longer turn is cut at sentence ends into passages of about this many words.
PASSAGE_WORDS = 50
#: Speech typed up without full stops is cut after this many words.
LONGEST_WORDS = 90

_SENTENCE_END = re.compile(r"(?:[.?!]|…)+[\"”’')\]]*\s+")
_WORD = re.compile(r"\S+")
_ENDERS, _CLOSERS = tuple(".?!…"), "\"”’')]"
#: What a character is when words and sentences are counted.
_LETTER, _ENDS, _MAY_END, _SPACE, _MARK = range(5)
#: No character beyond this one is anything but a letter.
_LAST_ALIKE = 0x3001
_BETWEEN = " \x00 "


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
    edges = _find_sentence_edges(words)
    counts = [len(words[start:end].split()) for start, end in edges]
    starts = [edges[at][0] for at in _group_sentences(counts)]
    passages = [_trim(words, Span(*edge)) for edge in pairwise([*starts, len(words)])]
    return tuple(passage for passage in passages if len(passage))


def _group_sentences(counts: Sequence[int]) -> list[int]:
    """The sentences that begin a passage, of a turn whose sentences have so many words each."""
    total = sum(counts)
    aim = total / max(1, round(total / PASSAGE_WORDS))
    begins, done = [0], 0
    for at, count in enumerate(counts):
        # Close the passage before this sentence when that lands nearer the aim than closing after.
        if done and abs(done - aim) <= abs(done + count - aim):
            begins.append(at)
            done = 0
        done += count
    return begins


@dataclass(frozen=True, slots=True)
class _Counted:
    """The words of many turns, the marks between two of them counted as words.

    Args:
        starts: where each word begins.
        ends: where each word ends.
        marks: the mark before each turn, and the one after the last.
        closings: the word after each that ends a sentence.
    """

    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    marks: list[int]
    closings: list[int]


class CutTurns:
    """The passages of many turns, whose words and sentences are counted for all of them at once.

    What `passages_of` gives is what `find_passages` does; the tests hold them together.

    Args:
        turns: the words of each turn.
    """

    def __init__(self, turns: Sequence[str]) -> None:
        self._turns = turns

    def passages_of(self, number: int) -> Sequence[tuple[int, int]]:
        """Where each passage of a turn begins and ends in its words."""
        counted = self._counted
        first, last = counted.marks[number] + 1, counted.marks[number + 1]
        if first == last:
            return ()
        closings = counted.closings
        if last - first <= WHOLE_TURN_WORDS:
            begins = [first]
        else:
            inside = closings[bisect_right(closings, first) : bisect_left(closings, last)]
            counts = [end - start for start, end in pairwise([first, *inside, last])]
            if max(counts) > LONGEST_WORDS:
                return [(each.start, each.end) for each in find_passages(self._turns[number])]
            begins = [[first, *inside][at] for at in _group_sentences(counts)]
        begun, start, end = self._begun[number], counted.starts.item, counted.ends.item
        return [
            (start(one) - begun, end(other - 1) - begun) for one, other in pairwise([*begins, last])
        ]

    def count_words(self, number: int) -> int:
        """How many words a turn has."""
        marks = self._counted.marks
        return marks[number + 1] - marks[number] - 1

    @cached_property
    def _begun(self) -> list[int]:
        """Where each turn begins among all of them."""
        lengths = (len(turn) + len(_BETWEEN) for turn in self._turns)
        return [*accumulate(lengths, initial=1)]

    @cached_property
    def _counted(self) -> _Counted:
        """The words of all turns."""
        import numpy as np

        joined = f" {_BETWEEN.join(self._turns)} "
        if joined.count("\x00") >= max(1, len(self._turns)):
            together = _BETWEEN.join(turn.replace("\x00", "x") for turn in self._turns)
            joined = f" {together} "
        points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        letters = _alike()[np.minimum(points, _LAST_ALIKE)]
        space = letters == _SPACE
        edges = np.flatnonzero(space[1:] != space[:-1]) + 1
        starts, ends = edges[0::2], edges[1::2]
        closing = letters[ends - 1]
        ended = closing == _ENDS
        for at in np.flatnonzero(closing == _MAY_END).tolist():
            word = joined[starts[at] : ends[at]].rstrip(_CLOSERS)
            ended[at] = word.endswith(_ENDERS)
        marks = np.flatnonzero(letters[starts] == _MARK).tolist()
        return _Counted(
            starts, ends, [-1, *marks, len(starts)], (np.flatnonzero(ended) + 1).tolist()
        )


@cache
def _alike() -> NDArray[np.uint8]:
    """What each character is when words and sentences are counted."""
    import numpy as np

    letters = map(chr, range(_LAST_ALIKE + 1))
    return np.array(
        [
            _MARK if letter == "\x00"
            else _ENDS if letter in _ENDERS
            else _MAY_END if letter in _CLOSERS
            else _SPACE if letter.isspace()
            else _LETTER
            for letter in letters
        ],
        np.uint8,
    )  # fmt: skip


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
