"""Whether a word is an ordinary English one, from the English pipeline's own dictionary.

The dictionary is WordNet's, which the pipeline carries for its lemmas (83,000 words). It holds few
names, so that a word it does not know is worth a look where names are to be found.
"""

from __future__ import annotations

from functools import cache, lru_cache

from themecode.errors import ThemecodeError
from themecode.language.grammar import PIPELINES

#: Endings that make another form of a known word; what is left may have lost an e or doubled a letter.
_ENDINGS = ("s", "es", "ed", "d", "ing", "in", "er", "ers", "est", "ly", "y", "n", "ness", "less")
_BEGINNINGS = ("un", "re", "over", "pre", "non", "anti", "self", "mis", "out")


@cache
def load_dictionary() -> frozenset[str]:
    """Every plain word of the English pipeline's dictionary, in small letters.

    Raises:
        ThemecodeError: no English pipeline is installed.
    """
    from spacy.lang.en.stop_words import STOP_WORDS
    from spacy.lookups import Lookups
    from spacy.util import get_package_path

    for name in PIPELINES:
        try:
            package = get_package_path(name)
        except ModuleNotFoundError:
            continue
        for folder in sorted(package.glob("*/lemmatizer/lookups")):
            lookups = Lookups().from_disk(folder)
            words = set(STOP_WORDS)
            for table in ("lemma_index", "lemma_exc"):
                if lookups.has_table(table):
                    for listed in lookups.get_table(table).values():
                        words.update(listed)
            return frozenset(word for word in words if word.isalpha())
    raise ThemecodeError(
        "No English dictionary is installed, and names cannot be told from other words without one. "
        "Install themecode again."
    )


@lru_cache(maxsize=65536)
def is_english(word: str) -> bool:
    """Whether a word, in small letters, is an ordinary English word or a form of one."""
    words = load_dictionary()
    if word in words or _is_form(word, words):
        return True
    return any(
        word.startswith(start)
        and (word[len(start) :] in words or _is_form(word[len(start) :], words))
        for start in _BEGINNINGS
        if len(word) > len(start) + 3
    )


def _is_form(word: str, words: frozenset[str]) -> bool:
    for ending in _ENDINGS:
        if not word.endswith(ending):
            continue
        stem = word[: -len(ending)]
        if len(stem) < 3:
            continue
        # "Tiny", "token": of so short a stem these endings make names as often as words.
        short = len(stem) == 3 and ending in ("y", "n", "in", "d", "er", "ers")
        if (stem in words and not short) or (f"{stem}e" in words and ending not in ("y", "n")):
            return True
        if not short and stem[-1] == stem[-2] and stem[:-1] in words:
            return True
        if stem[-1] == "i" and f"{stem[:-1]}y" in words:
            return True
    return False
