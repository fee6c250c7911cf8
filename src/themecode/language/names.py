"""Names of people, places and organisations, as the small English pipeline sees them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from themecode.errors import ThemecodeError
from themecode.language.grammar import PIPELINES

if TYPE_CHECKING:
    from spacy.language import Language

#: Only what finds names is run: it is most of the time a name finder takes.
_NOT_NEEDED = ["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
#: Sentences handed over at a time.
_AT_ONCE = 256


@cache
def _load_name_finder() -> Language:
    import spacy

    options: dict[str, Any] = {"exclude": _NOT_NEEDED}
    for name in PIPELINES:
        try:
            return spacy.load(name, **options)
        except OSError:
            continue
    raise ThemecodeError(
        "No English grammar is installed, and names are looked for with its help. "
        "Install themecode again."
    )


def find_names(texts: Iterable[str]) -> list[list[tuple[int, int, str]]]:
    """What the pipeline takes for a name in each text.

    Args:
        texts: stretches of talk, with capitals: without them it sees next to nothing.

    Returns:
        For each text: start, end, and the pipeline's label (PERSON, GPE, LOC, FAC, ORG).
    """
    wanted = {"PERSON", "GPE", "LOC", "FAC", "ORG"}
    return [
        [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents if ent.label_ in wanted]
        for doc in _load_name_finder().pipe(texts, batch_size=_AT_ONCE)
    ]
