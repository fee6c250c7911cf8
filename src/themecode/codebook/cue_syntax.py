"""The cue language, parsed (docs/writing-cues.md says it in the researcher's words).

cue    = part { ("..." | "+") part }
part   = slot { slot }
slot   = choice [ "?" ]
choice = word { "/" word } | "(" phrase { "/" phrase } ")"
word   = [ "=" ] letters [ "*" ] [ ":" part of speech ] | "<" list ">"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

PARTS_OF_SPEECH = frozenset(("noun", "verb", "adjective", "adverb"))
#: Fewer letters before a star would find half the language.
SHORTEST_STAR = 3


class CueError(ValueError):
    """A cue that cannot be read; the message says why and how to write it."""


class Join(StrEnum):
    """How the parts of a cue stand to one another in a sentence."""

    THEN = "..."
    BOTH = "+"


@dataclass(frozen=True, slots=True)
class CueWord:
    """One word of a cue.

    Args:
        text: lower-case.
        exact: no other form of it is wanted.
        open_ended: any ending will do.
        part_of_speech: it must be one. None: any.
    """

    text: str
    exact: bool = False
    open_ended: bool = False
    part_of_speech: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a cue: any of these phrases, or nothing where it is optional."""

    choices: tuple[tuple[CueWord, ...], ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ParsedCue:
    """A cue: parts that each stand together, and how each joins the one before."""

    source: str
    parts: tuple[tuple[Slot, ...], ...]
    joins: tuple[Join, ...]


_PIECE = re.compile(
    r"\s+|(?P<then>\.\.\.|…)|(?P<both>\+)|(?P<open>\()|(?P<close>\))|(?P<or>[/|])|(?P<maybe>\?)"
    r"|(?P<list><[^>]*>?)|(?P<word>=?[^\s()/|?+<>…]+?(?=\.\.\.|[\s()/|?+<>…]|$))"
)
_WORD = re.compile(r"(?P<exact>=?)(?P<text>[^\s:*=]+)(?P<star>\*?)(?::(?P<pos>\w+))?$")
_STRAIGHT = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2010": "-", "\u2011": "-"})


@lru_cache(maxsize=16384)
def _parse_word(source: str) -> tuple[CueWord, ...]:
    """A written word; several where a hyphen parts it."""
    found = _WORD.match(source)
    if found is None:
        raise CueError(
            f"has “{source}”, which is not a word a cue can hold (letters, then * or :noun)"
        )
    text, star, pos = found["text"], bool(found["star"]), found["pos"]
    if pos is not None and pos not in PARTS_OF_SPEECH:
        raise CueError(
            f"asks for “:{pos}”, which is not known: write :noun, :verb, :adjective or :adverb"
        )
    words = [word for word in re.split(r"[-,.;:!\"“”]+", text) if word.strip("'")]
    if not words or not any(letter.isalnum() for letter in text):
        raise CueError(f"has “{source}”, which holds no letters, so it can find nothing")
    if star and len(words[-1]) < SHORTEST_STAR:
        raise CueError(
            f"has “{source}”, which is too short for a star: give at least {SHORTEST_STAR} letters"
        )
    made = [CueWord(word, exact=bool(found["exact"])) for word in words]
    made[-1] = CueWord(words[-1], bool(found["exact"]), star, pos)
    return tuple(made)


@lru_cache(maxsize=512)
def _parse_entries(entries: tuple[str, ...]) -> tuple[tuple[CueWord, ...], ...]:
    return tuple(_parse_entry(entry) for entry in entries)


def _parse_entry(source: str) -> tuple[CueWord, ...]:
    """An entry of a word list: a plain phrase."""
    return tuple(
        word for part in source.lower().translate(_STRAIGHT).split() for word in _parse_word(part)
    )


class _Parser:
    def __init__(self, source: str, word_lists: Mapping[str, tuple[str, ...]]) -> None:
        self.lists = word_lists
        self.pieces: list[tuple[str, str]] = []
        at, text = 0, source.strip().lower().translate(_STRAIGHT)
        while at < len(text):
            found = _PIECE.match(text, at)
            if found is None or found.end() == at:
                raise CueError(f"cannot be read from “{text[at:]}” on")
            if found.lastgroup:
                self.pieces.append((found.lastgroup, found[0]))
            at = found.end()
        self.at = 0

    def _next(self) -> str:
        return self.pieces[self.at][0] if self.at < len(self.pieces) else "end"

    def _take(self) -> str:
        self.at += 1
        return self.pieces[self.at - 1][1]

    def _choices(self) -> list[tuple[CueWord, ...]]:
        if self._next() == "list":
            name = self._take()
            if not name.endswith(">") or name[1:-1].strip() not in self.lists:
                raise CueError(
                    f"has no word list {name} to draw on: add it under word_lists, or check its name"
                )
            return [*_parse_entries(self.lists[name[1:-1].strip()])]
        if self._next() == "word":
            return [_parse_word(self._take())]
        if self._next() == "open":
            return self._group()
        if self._next() == "end":
            raise CueError("ends where a word was expected")
        raise CueError(f"has “{self.pieces[self.at][1]}” where a word was expected")

    def _group(self) -> list[tuple[CueWord, ...]]:
        self._take()
        choices: list[tuple[CueWord, ...]] = []
        phrases: list[tuple[CueWord, ...]] = [()]
        while True:
            kind = self._next()
            if kind == "end":
                raise CueError("has a bracket that is never closed")
            if kind in ("close", "or"):
                self._take()
                if phrases == [()]:
                    raise CueError("has an empty choice in its brackets")
                choices.extend(phrases)
                if kind == "close":
                    return choices
                phrases = [()]
            else:
                slot = self._choices()
                ways = [*slot, ()] if self._next() == "maybe" else slot
                if self._next() == "maybe":
                    self._take()
                phrases = [(*phrase, *way) for phrase in phrases for way in ways]

    def _slot(self) -> Slot:
        choices = self._choices()
        while self._next() == "or":
            self._take()
            choices.extend(self._choices())
        if self._next() == "maybe":
            self._take()
            return Slot(tuple(choices), optional=True)
        return Slot(tuple(choices))

    def parse(self, source: str) -> ParsedCue:
        parts: list[tuple[Slot, ...]] = []
        joins: list[Join] = []
        slots: list[Slot] = []
        if not self.pieces:
            raise CueError("is empty")
        while self._next() != "end":
            kind = self._next()
            if kind in ("then", "both"):
                self._take()
                if not slots or self._next() == "end":
                    raise CueError(
                        f"needs a word on each side of “{'...' if kind == 'then' else '+'}”"
                    )
                parts.append(tuple(slots))
                joins.append(Join.THEN if kind == "then" else Join.BOTH)
                slots = []
            else:
                slots.append(self._slot())
        parts.append(tuple(slots))
        if any(all(slot.optional for slot in part) for part in parts):
            raise CueError("has a part that may be missing altogether: take away one “?”")
        return ParsedCue(source, tuple(parts), tuple(joins))


def parse_cue(source: str, word_lists: Mapping[str, tuple[str, ...]] | None = None) -> ParsedCue:
    """Read one cue.

    Args:
        source: the cue as written.
        word_lists: the lists that `<name>` may name.

    Raises:
        CueError: it cannot be read; the message follows on from the cue ("has an empty choice…").

    >>> parse_cue("take my? kids").parts[0][1].optional
    True
    """
    return _Parser(source, word_lists or {}).parse(source)
