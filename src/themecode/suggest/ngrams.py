"""Runs of words and letters, counted into a fixed number of places (feature hashing).

Source: Weinberger et al. 2009. Nothing said is kept: a place cannot be turned back into words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: How many places there are.
PLACES = 1 << 16
_LETTERS = (3, 4, 5)
_WORD = re.compile(r"[a-z0-9']+")
#: Letters count for less than whole words.
_LETTERS_WEIGH = 0.7


def find_places(text: str) -> tuple[list[int], list[int]]:
    """The places of a text's words and pairs of words, and of its runs of letters; each once."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    spoken = {crc32(f"w {run}".encode()) % PLACES for run in _run_words(words)}
    letters = {crc32(f"c{run}".encode()) % PLACES for run in _run_letters(words)}
    return sorted(spoken), sorted(letters)


def _run_words(words: Sequence[str]) -> Iterator[str]:
    yield from words
    for at in range(len(words) - 1):
        yield f"{words[at]} {words[at + 1]}"


def _run_letters(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        edged = f" {word} "
        for size in _LETTERS:
            for at in range(max(0, len(edged) - size + 1)):
                yield edged[at : at + size]


def count_rarity(texts: Sequence[str]) -> NDArray[np.float32]:
    """How telling each place is: the rarer, the more (inverse document frequency). (PLACES,)."""
    import numpy as np

    counts = np.zeros(PLACES, np.int64)
    for text in texts:
        for places in find_places(text):
            counts[places] += 1
    rarity = np.log((1 + len(texts)) / (1 + counts)) + 1
    rarity[counts < 2] = 0  # what was said once teaches only who said it
    return rarity.astype(np.float32)


def weigh_places(
    text: str, rarity: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """A text's places and what each weighs; words together weigh one, letters a little less."""
    import numpy as np

    found: list[Any] = []
    for places, share in zip(find_places(text), (1.0, _LETTERS_WEIGH), strict=True):
        at = np.array(places, np.int64)
        weights = rarity[at]
        length = np.float32(np.sqrt(np.float64((weights * weights).sum())))
        found.append((at, weights * np.float32(share) / max(length, np.float32(1e-9))))
    return (
        np.concatenate([at for at, _ in found]),
        np.concatenate([weights for _, weights in found]).astype(np.float32),
    )
