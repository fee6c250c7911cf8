"""Where a passage stands in a text, as other programs count.

themecode counts Unicode code points and one for the end of a line. Others count UTF-16 units, in
which an emoji is two, or the end of a line as the two characters it has on Windows. A count taken
for another shifts every coding, a little more with every line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Counting:
    """How a program counts the characters of a text.

    Args:
        name: what a researcher calls it by.
        line_end: how its text files end a line.
        line_end_counts: how many characters that is to it.
        utf16: whether it counts UTF-16 units.
    """

    name: str
    line_end: str = "\n"
    line_end_counts: int = 1
    utf16: bool = False


#: What is known of each program, and whence, stands in docs/other-programs.md.
COUNTINGS = {
    counting.name: counting
    for counting in (
        Counting("standard"),
        Counting("qualcoder"),
        Counting("nvivo", "\r\n", 2, utf16=True),
        Counting("nvivo-mac", utf16=True),
        Counting("maxqda", "\r\n", 2, utf16=True),
        Counting("atlasti", "\r\n", 1, utf16=True),
    )
}
#: Characters that are two units of UTF-16.
_BEYOND = "\U00010000-\U0010ffff"
#: Every way of counting, the plainest first.
_ALL_WAYS = tuple(
    Counting(f"{line}{'u' if utf16 else ''}", "\n", line, utf16)
    for utf16 in (False, True)
    for line in (1, 2)
)


@dataclass(frozen=True)
class OffsetMap:
    """Places in a text, in code points, and where another program finds them.

    Args:
        text: with line ends as one character.
        counting: how the other program counts.
    """

    text: str
    counting: Counting

    @cached_property
    def _doubles(self) -> Sequence[int]:
        """The places of characters that count as two."""
        doubles = ("\n" if self.counting.line_end_counts == 2 else "") + (
            _BEYOND if self.counting.utf16 else ""
        )
        if not doubles:
            return ()
        return [found.start() for found in re.finditer(f"[{doubles}]", self.text)]

    def out(self, place: int) -> int:
        """Where the other program finds a place."""
        return place + bisect_left(self._doubles, place)

    def back(self, position: int) -> int | None:
        """The place that the other program means; None where there is none, or it cuts a character."""
        place = bisect_left(range(len(self.text) + 1), position, key=self.out)
        if place > len(self.text) or self.out(place) != position:
            return None
        return place


def find_counting(
    sources: Iterable[tuple[str, Sequence[tuple[int, int]]]], *, expected: Counting
) -> Counting:
    """How a program counted, told from where its passages begin and end.

    Counted rightly, passages that people marked begin and end at the edges of words.

    Args:
        sources: each text, with line ends as one character, and the passages marked in it.
        expected: taken where another way does no better.
    """
    sources = list(sources)
    ways = (expected, *_ALL_WAYS)
    fits = [
        sum(_count_at_edges(OffsetMap(text, way), marked) for text, marked in sources)
        for way in ways
    ]
    return ways[fits.index(max(fits))]


def _count_at_edges(places: OffsetMap, marked: Sequence[tuple[int, int]]) -> int:
    count = 0
    for positions in marked:
        start, end = (places.back(position) for position in positions)
        if start is None or end is None or start > end:
            continue
        count += _is_edge(places.text, start) + _is_edge(places.text, end)
    return count


def _is_edge(text: str, place: int) -> bool:
    """Whether a place is not inside a word."""
    around = text[max(0, place - 1) : place + 1]
    return place in (0, len(text)) or not (around[0].isalnum() and around[1].isalnum())
