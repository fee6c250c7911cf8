"""What speaks for and against each code in a stretch of speech, as numbers to be weighed together.

Three kinds of signal: cues (what was said in so many words), meaning (how the encoder places it) and
words (which words and runs of letters stood in utterances of that code).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.model import Codebook
from themecode.suggest.cues import Weighed, combine_matches, weigh_match
from themecode.suggest.listen import UNLESS, Listener

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The signals of one stretch for one code, in this order.
NAMES = (
    "meaning", "words", "cue", "strong cue", "denied", "nearest rival in the theme",
    "nearest rival", "carries anything", "length",
)  # fmt: skip
#: A cue that makes its code this likely alone is a strong one.
_STRONG = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class CueSignals:
    """What the cues of a codebook found in stretches of speech.

    Args:
        confidence: (n_texts, n_codes), what cues alone would make of each code.
        denied: (n_texts, n_codes), 1 where a cue was heard and denied, or ruled out.
    """

    confidence: NDArray[np.float32]
    denied: NDArray[np.float32]


def hear_cues(texts: Sequence[str], listener: Listener) -> CueSignals:
    """What cues find in each of some texts, heard one by one."""
    import numpy as np

    shape = (len(texts), len(listener.codes))
    confidence, denied = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for heard in listener.listen(texts, least=0.0):
        found: dict[int, list[Weighed]] = {}
        for match in heard.matches:
            number = match.cue.code
            weighed = None
            if match.cue.strength != UNLESS:
                weighed = weigh_match(match, heard.heard, listener.codes[number], asked="")
            if weighed is None:
                denied[heard.number, number] = 1
            else:
                found.setdefault(number, []).append(weighed)
        for number, each in found.items():
            confidence[heard.number, number] = combine_matches(each)[0]
    return CueSignals(confidence, denied)


def gather_signals(
    meaning: NDArray[np.float32],
    words: NDArray[np.float32],
    cues: CueSignals,
    lengths: Sequence[int],
    themes: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Every signal of every text for every code.

    Args:
        meaning: (n_texts, n_codes + 1), the head's scores.
        words: (n_texts, n_codes), the scores of words.
        cues: what cues found.
        lengths: how many words each text has.
        themes: (n_codes,), the number of each code's theme.

    Returns:
        (n_texts, n_codes, n_signals).
    """
    import numpy as np

    own = np.clip(meaning[:, :-1], -8, 8)
    count = own.shape[1]
    signals = np.zeros((*own.shape, len(NAMES)), np.float32)
    signals[:, :, 0] = own
    signals[:, :, 1] = words
    signals[:, :, 2] = cues.confidence
    signals[:, :, 3] = cues.confidence >= _STRONG
    signals[:, :, 4] = cues.denied
    for code in range(count):
        others = np.arange(count) != code
        akin = others & (themes == themes[code])
        signals[:, code, 5] = own[:, akin].max(axis=1) if akin.any() else -4
        signals[:, code, 6] = own[:, others].max(axis=1) if others.any() else -4
    signals[:, :, 7] = np.clip(meaning[:, -1:], -8, 8)
    signals[:, :, 8] = np.log1p(np.asarray(lengths, np.float32))[:, None]
    return signals


def number_themes(codebook: Codebook) -> NDArray[np.int64]:
    """The number of each code's theme. (n_codes,)."""
    import numpy as np

    numbers = {theme.id: number for number, theme in enumerate(codebook.themes)}
    return np.array([numbers[code.theme_id] for code in codebook.codes], np.int64)
