"""Words put in the place of others, and where every other word has moved to.

A coding, a decision or a memo is about a stretch of text. When a name in the text becomes longer or
shorter, each stretch moves with its own words; one that holds, touches or cuts a replaced name holds
the whole of what stands there now. Nothing is looked up by its words, so nothing can land elsewhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from themecode.model import Span


@dataclass(frozen=True, slots=True)
class Replacement:
    """Other words for a stretch of a text."""

    span: Span
    words: str


@dataclass(frozen=True, slots=True)
class SpanMap:
    """Where each place of a text is once replacements were made.

    Args:
        starts: where each replaced stretch began, in order.
        ends: where it ended.
        new_starts: where its replacement begins.
        new_ends: where that ends.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    new_starts: tuple[int, ...]
    new_ends: tuple[int, ...]

    def move(self, span: Span) -> Span:
        """Where a stretch's words are now; all of a replaced name where it held a part of one."""
        if span.start == span.end:
            at = self._move_start(span.start)
            return Span(at, at)
        return Span(self._move_start(span.start), self._move_end(span.end))

    def _move_start(self, at: int) -> int:
        last = bisect_right(self.starts, at) - 1
        if last < 0:
            return at
        if at < self.ends[last]:
            return self.new_starts[last]
        return at - self.ends[last] + self.new_ends[last]

    def _move_end(self, at: int) -> int:
        last = bisect_right(self.starts, at - 1) - 1
        if last < 0:
            return at
        if at <= self.ends[last]:
            return self.new_ends[last]
        return at - self.ends[last] + self.new_ends[last]


def replace_words(text: str, replacements: Iterable[Replacement]) -> tuple[str, SpanMap]:
    """A text with other words in some places, and the map from its old places to the new ones.

    Args:
        text: the old text.
        replacements: of stretches that hold at least one character and share none.

    Raises:
        ValueError: two stretches share a character, one is empty, or one runs past the text.
    """
    ordered = sorted(replacements, key=lambda each: each.span)
    pieces: list[str] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    at = length = 0
    for each in ordered:
        span = each.span
        if span.start < at or span.start == span.end or span.end > len(text):
            raise ValueError(f"a replacement at {span.start}-{span.end} does not fit the text")
        pieces += [text[at : span.start], each.words]
        length += span.start - at
        new_starts.append(length)
        length += len(each.words)
        new_ends.append(length)
        at = span.end
    pieces.append(text[at:])
    return "".join(pieces), SpanMap(
        tuple(each.span.start for each in ordered),
        tuple(each.span.end for each in ordered),
        tuple(new_starts),
        tuple(new_ends),
    )
