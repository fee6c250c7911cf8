"""A transcript's turns, heard together: what is said without gaps, and where each letter of it stands.

The heard text of a whole transcript is made in a few passes over an array of bytes, with no work a word in
Python. Only what needs a second look (a hesitation, a word said twice) is looked at one by one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from themecode.language.heard import (
    HESITATIONS,
    SENTENCE_MARK,
    TURN_MARK,
    blank_bytes,
    flatten_letters,
    plain_marks,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Places = NDArray[np.intp]
    Kept = NDArray[np.bool_]

#: What stands between two turns.
_BETWEEN = f" {TURN_MARK} "
_SPACE, _STOP, _QUOTE, _FIRST_LETTER = b" .'0"


@dataclass(frozen=True)
class HeardTurns:
    """Turns heard together.

    Args:
        flat: " turn \\x00 turn ": all that is not heard blanked out, every character in its old place.
        said: the same without gaps, hesitations and words said twice running (the last is kept):
            " i lost my kids. my mum's \\x00 yeah ".
        kept: where in `flat` each character of `said` stands.
        begins: where in `flat` each turn begins.
    """

    flat: str
    said: str
    kept: Places
    begins: Sequence[int]

    @cached_property
    def said_bytes(self) -> bytes:
        """`said`, a byte a character; "?", which is never heard, for a letter that has none."""
        return self.said.encode("latin-1", "replace")

    def turn_of(self, place: int) -> int:
        """The number of the turn that a place in `flat` lies in."""
        return bisect_right(self.begins, place) - 1

    def count_words(self, begin: int, end: int) -> int:
        """How many words a stretch of `said` has, or a few fewer."""
        marks = self.said.count(SENTENCE_MARK, begin, end)
        return self.said.count(" ", begin, end) - 1 - marks


def get_ready() -> None:
    """Load what hearing needs, so that the first transcript does not wait for it."""
    _edges()
    _hesitating_pairs()


def hear_turns(turns: Sequence[str]) -> HeardTurns:
    """Hear turns together.

    Args:
        turns: the words of each turn.
    """
    import numpy as np

    joined = f" {_BETWEEN.join(turns)} "
    if joined.count(TURN_MARK) >= max(1, len(turns)):
        joined = f" {_BETWEEN.join(turn.replace(TURN_MARK, ' ') for turn in turns)} "
    begins = [*accumulate((len(turn) + len(_BETWEEN) for turn in turns), initial=1)][:-1]
    plain = plain_marks(joined)
    try:
        letters = _flatten_together(blank_bytes(plain.encode("latin-1")))
    except UnicodeEncodeError:
        flat = flatten_letters(plain)
        letters = np.frombuffer(flat.encode("latin-1", "replace"), np.uint8)
        kept = _keep_heard(letters, flat)
        points = np.frombuffer(flat.encode("utf-32-le", "surrogatepass"), np.uint32)
        said = points[kept].tobytes().decode("utf-32-le", "surrogatepass")
    else:
        flat = letters.tobytes().decode("latin-1")
        kept = _keep_heard(letters, flat)
        said = letters[kept].tobytes().decode("latin-1")
    return HeardTurns(flat, said, np.flatnonzero(kept), begins)


def _flatten_together(blanked: bytes) -> Bytes:
    """What `flatten_bytes` makes of turns that are parted by spaces, as an array."""
    import numpy as np

    letters = np.frombuffer(bytearray(blanked), np.uint8)
    stops = np.flatnonzero(letters == _STOP)
    letters[stops[~_edges()[letters[stops + 1]]]] = _SPACE
    quotes = np.flatnonzero(letters == _QUOTE)
    edges = _edges()[letters[quotes - 1]] | _edges()[letters[quotes + 1]]
    letters[quotes[edges]] = _SPACE
    return letters


@cache
def _edges() -> NDArray[np.bool_]:
    """Which bytes no word holds, and the apostrophe, of which a word holds none but single ones."""
    import numpy as np

    edges = np.zeros(256, np.bool_)
    edges[[_SPACE, _STOP, _QUOTE, ord(TURN_MARK)]] = True
    return edges


def _keep_heard(letters: Bytes, flat: str) -> Kept:
    """Which characters are heard; of the spaces between words the first."""
    import numpy as np

    space = letters == _SPACE
    edges = np.flatnonzero(space[1:] != space[:-1]) + 1
    starts, ends = edges[0::2], edges[1::2]
    kept: Kept = ~space
    kept[ends] = True
    kept[0] = True
    # The first two letters of a word as one number; where it has but one, whatever follows is a space.
    second = letters[starts + 1]
    second[second < _FIRST_LETTER] = _SPACE
    pairs = letters[starts].astype(np.uint16) << 8 | second
    doubtful = np.flatnonzero(_hesitating_pairs()[pairs])
    edges_of_doubtful = zip(starts[doubtful].tolist(), ends[doubtful].tolist(), strict=True)
    gone = [_drop_hesitation(kept, flat, start, end) for start, end in edges_of_doubtful]
    if any(gone):
        left = np.ones(len(starts), np.bool_)
        left[doubtful[gone]] = False
        starts, ends, pairs = starts[left], ends[left], pairs[left]
    alike = np.flatnonzero(pairs[1:] == pairs[:-1])
    if alike.size:
        first, end, following = starts[alike], ends[alike], starts[alike + 1]
        # Where the second of two words would end if it were the first again.
        after = following + (end - first)
        last = len(letters) - 1
        again_there = (after <= last) & (letters[end - 1] == letters[np.minimum(after, last) - 1])
        places = (each[again_there].tolist() for each in (first, end, following))
        for start, stop, again in zip(*places, strict=True):
            if _is_said_again(flat, flat[start:stop], again):
                kept[start : stop + 1] = False
    return kept


def _is_said_again(flat: str, word: str, again: int) -> bool:
    """Whether the word at a place is the one just said; a sentence or a turn between them parts them."""
    return (
        flat.startswith(word, again)
        and SENTENCE_MARK not in word
        and word != TURN_MARK
        and not word.endswith("'s")
        and ends_word(flat, again + len(word))
    )


@cache
def _hesitating_pairs() -> NDArray[np.bool_]:
    import numpy as np

    pairs = np.zeros(1 << 16, np.bool_)
    for word in HESITATIONS:
        pairs[ord(word[0]) << 8 | ord(word[1])] = True
    return pairs


def _drop_hesitation(kept: Kept, flat: str, start: int, end: int) -> bool:
    """Drop a word that is a hesitation; whether nothing of it is left."""
    word = flat[start:end].rstrip(SENTENCE_MARK)
    if word in HESITATIONS:
        kept[start : start + len(word)] = False
        if start + len(word) < end:
            return False
        kept[end] = False
        return True
    if word.endswith("'s") and word[:-2] in HESITATIONS:
        # "er's": what is left belongs to the word before.
        kept[start : start + len(word) - 2] = False
        before = start - 1
        while before and not kept[before]:
            before -= 1
        kept[before] = flat[before] != " "
        if flat.startswith("'s", before - 2):
            kept[before - 2 : before] = False
    return False


def ends_word(heard: str, at: int) -> bool:
    """Whether a heard word may end at a place: before a space, the end of a sentence or a possessive."""
    if heard[at] in " .":
        return True
    # "it's's" is "it's" and "'s".
    return (
        heard.startswith("'s", at) and heard[at + 2] in " ." and not heard.startswith("'s", at - 2)
    )
