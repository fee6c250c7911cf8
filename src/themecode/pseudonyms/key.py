"""The key: which words were replaced by which. Whoever holds it can undo the pseudonyms.

It is kept apart from the study, on the researcher's own choice of place, and nothing but finding
and replacing asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from themecode.errors import ThemecodeError
from themecode.pseudonyms.candidates import Kind

_FORMAT = "themecode pseudonym key"
_VERSION = 1


class Action(StrEnum):
    """What a person decided to do about some words."""

    REPLACE = "replace"
    KEEP = "keep"
    GENERALISE = "generalise"


@dataclass(frozen=True, slots=True)
class Entry:
    """A person's decision about some words, wherever they stand.

    Args:
        words: as they stand in the transcripts.
        kind: what they are.
        action: replace by a pseudonym, generalise, or keep.
        becomes: what takes their place, without brackets; "" where they are kept.
        transcript_id: the one transcript it holds for. None: the whole study.
        any_case: whether the words are meant in capitals and small letters alike; False for a
            name that is an everyday word as well ("Dawn").
    """

    words: str
    kind: Kind
    action: Action
    becomes: str = ""
    transcript_id: str | None = None
    any_case: bool = True


def write_key(entries: Iterable[Entry]) -> str:
    """The key as its file holds it: JSON, one decision a line, in the order of the words."""
    rows = sorted(
        entries, key=lambda each: (each.words.casefold(), each.words, each.transcript_id or "")
    )
    lines = ",\n".join(
        json.dumps(
            {
                "words": each.words,
                "kind": each.kind.value,
                "decision": each.action.value,
                "becomes": each.becomes,
                "transcript": each.transcript_id,
                "any_case": each.any_case,
            },
            ensure_ascii=False,
        )
        for each in rows
    )
    return f'{{"format": "{_FORMAT}", "version": {_VERSION}, "decisions": [\n{lines}\n]}}\n'


def read_key(text: str, *, path: str) -> tuple[Entry, ...]:
    """The decisions a key holds.

    Raises:
        ThemecodeError: the file is no key, or a newer themecode's.
    """
    no_key = ThemecodeError(
        f"{path} is not a pseudonym key. Name the file that `themecode pseudonymise decide` wrote."
    )
    try:
        kept = json.loads(text)
        if kept["format"] != _FORMAT:
            raise no_key
        if kept["version"] > _VERSION:
            raise ThemecodeError(
                f"{path} was written by a newer themecode than this one. "
                "Bring this one up to date with `pip install --upgrade themecode`."
            )
        return tuple(
            Entry(
                str(row["words"]),
                Kind(row["kind"]),
                Action(row["decision"]),
                str(row["becomes"]),
                None if row["transcript"] is None else str(row["transcript"]),
                bool(row["any_case"]),
            )
            for row in kept["decisions"]
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise no_key from error


def join_keys(old: Iterable[Entry], new: Iterable[Entry]) -> tuple[Entry, ...]:
    """Decisions with later ones over earlier ones about the same words in the same place."""
    joined = {(each.words, each.transcript_id): each for each in (*old, *new)}
    return tuple(joined.values())
