"""What speaks for and against each code in a stretch of speech, as numbers to be weighed together.

Three kinds of signal: cues (what was said in so many words), meaning (how the encoder places it) and
words (which words and runs of letters stood in utterances of that code).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.segments import find_sentences
from themecode.suggest.cues import Weighed, combine_matches, weigh_matches
from themecode.suggest.listen import UNLESS, Listener

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

#: The signals of one stretch for one code, in this order.
NAMES = (
    "meaning", "words", "cue", "strong cue", "denied", "question", "before",
    "ahead", "anything", "length",
)  # fmt: skip
#: Which signals each way of coding uses, by their places in `NAMES`. What went before never speaks alone.
USED = {
    "cues": (2, 3, 4),
    "meaning": (0, 5, 6),
    "words": (1, 5, 6),
    "learned": (0, 1, 5, 6, 7, 8, 9),
    "together": (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
}
#: A cue that makes its code this likely alone is a strong one.
STRONG = 0.7
#: A longer stretch is weighed in windows of about so many words, each this many on from the one before,
#: and the most telling window counts.
WINDOW_WORDS, STEP_WORDS = 120, 60
#: A question is in the last so many sentences of whatever was said on the way to it.
_ENDING = 3
#: An answer of at least so many words is heard together with the end of what was asked, so much of it.
ANSWER_WORDS, ASKED_WORDS = 12, 40
#: What went before speaks for a code, and for its theme, as far as its scores are above this.
HEARD_FROM = -2.0
#: What the question and the same person's turn before it count where there are no whole interviews to
#: find it out from. Set by hand: utterances by themselves cannot tell.
QUESTION_COUNTS, BEFORE_COUNTS = 0.3, 0.2
#: How many turns back the same person may have spoken last, to be heard as going on.
TURNS_BACK = 3
LOWEST, HIGHEST = -8.0, 8.0


@dataclass(frozen=True, slots=True)
class Context:
    """What went before a turn.

    Args:
        question: what was said just before it. "": nothing.
        before: what the same person had said shortly before that, joined to what was asked. "": nothing.
    """

    question: str = ""
    before: str = ""


NOTHING_BEFORE = Context()


def cut_windows(text: str) -> tuple[str, ...]:
    """A stretch of speech in windows of whole sentences; all of it, if it is not long."""
    if len(text.split()) <= WINDOW_WORDS:
        return (text.strip(),)
    sentences = find_sentences(text)
    lengths = [len(sentence.of(text).split()) for sentence in sentences]
    windows: list[str] = []
    first = end = 0
    while end < len(sentences):
        end, words = first + 1, lengths[first]
        while end < len(sentences) and words + lengths[end] <= WINDOW_WORDS:
            words += lengths[end]
            end += 1
        windows.append(text[sentences[first].start : sentences[end - 1].end].strip())
        passed = lengths[first]
        first += 1
        while passed < STEP_WORDS and first < end:
            passed += lengths[first]
            first += 1
    return tuple(windows)


def cut_ending(text: str) -> tuple[str, ...]:
    """The last sentences of a stretch of speech: where a question is, whatever was said before it."""
    return (text[find_sentences(text)[-_ENDING:][0].start :].strip(),) if text else ("",)


def join_question(text: str, question: str) -> str:
    """An answer with the end of its question before it, without which it may say nothing.

    The shortest answers stand alone: joined to it, they would be coded by the question's words.
    """
    if not question or len(text.split()) < ANSWER_WORDS:
        return text
    asked = cut_ending(question)[0].split()[-ASKED_WORDS:]
    return f"{' '.join(asked)} {text}"


@dataclass(frozen=True, slots=True, eq=False)
class CueSignals:
    """What the cues of a codebook found in stretches of speech.

    Args:
        confidence: (n_texts, n_codes), what cues alone would make of each code.
        denied: (n_texts, n_codes), 1 where a cue was heard and denied, or ruled out.
    """

    confidence: Array
    denied: Array


def hear_cues(texts: Sequence[str], listener: Listener) -> CueSignals:
    """What cues find in each of some texts, heard one by one."""
    import numpy as np

    shape = (len(texts), len(listener.codes))
    confidence, denied = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for heard in listener.listen(texts, least=0.0):
        found: dict[int, list[Weighed]] = {}
        for matches in heard.sentences():
            heard_codes = {match.cue.code for match in matches}
            for weighed in weigh_matches(heard, matches, listener, asked=""):
                found.setdefault(weighed.match.cue.code, []).append(weighed)
            ruled_out = {match.cue.code for match in matches if match.cue.strength == UNLESS}
            for code in sorted(heard_codes):
                if code in ruled_out or code not in found:
                    denied[heard.number, code] = 1
        for number, each in found.items():
            confidence[heard.number, number] = combine_matches(each)[0]
    return CueSignals(confidence, denied)


def gather_signals(
    meaning: Array,
    words: Array,
    cues: CueSignals,
    lengths: Array,
    question: Array | None = None,
    before: Array | None = None,
) -> Array:
    """Every signal of every text for every code.

    How far a code is ahead of all others, whether anything is carried at all, and how much is said,
    speak for a code as well: a long answer carries more than a short one of the same score.

    Args:
        meaning: (n_texts, n_codes + 1), scores; the last is of "anything".
        words: the same, of words.
        cues: what cues found.
        lengths: (n_texts,), in words.
        question: (n_texts, n_codes), how far what was just asked speaks for each code. None: nothing was.
        before: the same, of what the same person had said before that.

    Returns:
        (n_texts, n_codes, n_signals).
    """
    import numpy as np

    own = meaning[:, : cues.confidence.shape[1]]
    signals = np.zeros((*own.shape, len(NAMES)), np.float32)
    signals[:, :, 0] = np.clip(own, LOWEST, HIGHEST)
    signals[:, :, 1] = np.clip(words[:, : own.shape[1]], LOWEST, HIGHEST)
    signals[:, :, 2] = cues.confidence
    signals[:, :, 3] = cues.confidence >= STRONG
    signals[:, :, 4] = cues.denied
    for place, heard in ((5, question), (6, before)):
        if heard is not None:
            signals[:, :, place] = heard
    both = np.asarray(np.clip((meaning + words) / 2, LOWEST, HIGHEST), np.float32)
    signals[:, :, 7] = _find_ahead(both[:, : own.shape[1]])
    signals[:, :, 8] = both[:, -1:]
    signals[:, :, 9] = np.log1p(lengths)[:, None]
    return signals


def _find_ahead(scores: Array) -> Array:
    """How far each code's score is above the best of the others: below nothing for all but one."""
    import numpy as np

    if scores.shape[1] < 2:
        return np.zeros_like(scores)
    second, first = np.partition(scores, -2, axis=1)[:, -2:].T
    best_other = np.where(scores >= first[:, None], second[:, None], first[:, None])
    return np.asarray(scores - best_other, np.float32)


def find_odds_of_any(chance: Array) -> Array:
    """Log-odds that at least one code applies, were they independent. (n_texts,)."""
    import numpy as np

    none = np.log1p(-np.clip(chance, 0, 1 - 1e-4)).sum(axis=1)
    some = np.clip(1 - np.exp(none), 1e-4, 1.0)
    return np.asarray(np.log(some) - none, np.float32)


def hear_context(scores: Array, themes: NDArray[np.int64]) -> Array:
    """How far what went before speaks for each code, half by itself and half by its theme.

    Args:
        scores: (n_texts, n_codes), of meaning and words together, for what was said before.
        themes: (n_codes,), the number of each code's theme.
    """
    import numpy as np

    by_theme = np.stack(
        [scores[:, themes == theme].max(axis=1) for theme in range(int(themes.max()) + 1)], axis=1
    )[:, themes]
    from_here = np.float32(HEARD_FROM)
    heard = np.maximum(scores - from_here, 0) + np.maximum(by_theme - from_here, 0)
    return np.asarray(heard / 2, np.float32)


def number_themes(theme_ids: Sequence[str]) -> NDArray[np.int64]:
    """The number of each code's theme, in the order they come. (n_codes,)."""
    import numpy as np

    numbers = {theme: number for number, theme in enumerate(dict.fromkeys(theme_ids))}
    return np.array([numbers[theme] for theme in theme_ids], np.int64)
