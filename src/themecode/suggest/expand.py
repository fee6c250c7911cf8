"""A cue, expanded into every string of heard words that would satisfy it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from themecode.codebook.cue_syntax import CueError, CueWord, Join, ParsedCue, Slot
from themecode.language.forms import SAID_ALSO, said_also, word_forms
from themecode.language.heard import SENTENCE_MARK, Heard

#: A cue that stands for more strings than this is too broad to mean anything.
MOST_STRINGS = 20_000

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of speech that some word of a match must be."""

    words: frozenset[str]
    part_of_speech: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand together: every way they are said.

    Args:
        strings: each a sequence of heard words.
        open_ended: the last word may have any ending.
        asked: parts of speech to be checked in the sentence.
    """

    strings: frozenset[Words]
    open_ended: bool = False
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of a cue and how far it may stand from the piece before.

    Args:
        join: None for the first piece, and for one that follows directly.
    """

    piece: Piece
    join: Join | None


@lru_cache(maxsize=16384)
def _heard_words(text: str) -> Words:
    return tuple(token for token in Heard.from_words(text).tokens if token != SENTENCE_MARK)


@lru_cache(maxsize=16384)
def _ways_to_say(word: str, exact: bool) -> tuple[Words, ...]:
    heard = _heard_words(word)
    forms: Iterable[str] = (word,) if exact or len(heard) != 1 else word_forms(heard[0])
    ways = dict.fromkeys(
        _heard_words(way) for form in forms for way in (form, *(() if exact else said_also(form)))
    )
    return tuple(way for way in ways if way)


def _say_phrase(phrase: tuple[CueWord, ...]) -> Iterator[Words]:
    """Every way to say a phrase of a cue."""
    ways = [_ways_to_say(word.text, word.exact or word.open_ended) for word in phrase]
    for chosen in product(*ways):
        yield tuple(token for way in chosen for token in way)
    for at in range(len(phrase) - 1):
        pair = f"{phrase[at].text} {phrase[at + 1].text}"
        if pair in SAID_ALSO:
            for way in SAID_ALSO[pair]:
                joined = CueWord(way, exact=True)
                yield from _say_phrase((*phrase[:at], joined, *phrase[at + 2 :]))


def _say_slots(slots: tuple[Slot, ...]) -> frozenset[Words]:
    per_slot: list[list[Words]] = []
    size = 1
    for slot in slots:
        ways = [way for phrase in slot.choices for way in _say_phrase(phrase)]
        if slot.optional:
            ways.append(())
        per_slot.append(ways)
        size *= len(ways)
        if size > MOST_STRINGS:
            raise CueError(
                f"stands for more than {MOST_STRINGS:,} phrases: use fewer choices, or part it with “...”"
            )
    strings = (tuple(token for way in chosen for token in way) for chosen in product(*per_slot))
    # What is heard never says a word twice running, so neither may a string.
    return frozenset(
        words for words in strings if words and all(a != b for a, b in zip(words, words[1:], strict=False))
    )


def _asked_of(slots: tuple[Slot, ...]) -> tuple[Asked, ...]:
    return tuple(
        Asked(frozenset(way[-1] for way in _ways_to_say(word.text, word.exact)), word.part_of_speech)
        for slot in slots
        for phrase in slot.choices
        for word in phrase
        if word.part_of_speech
    )


def _part_at_stars(part: tuple[Slot, ...]) -> Iterator[tuple[Slot, ...]]:
    """The part cut after each starred word, since nothing is known of how such a word goes on."""
    run: list[Slot] = []
    for slot in part:
        run.append(slot)
        if any(word.open_ended for phrase in slot.choices for word in phrase):
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def _make_piece(slots: tuple[Slot, ...], source: str) -> Piece:
    stars = {phrase[-1].open_ended for slot in slots for phrase in slot.choices}
    inner = any(word.open_ended for slot in slots for phrase in slot.choices for word in phrase[:-1])
    last = {phrase[-1].open_ended for phrase in slots[-1].choices}
    if inner or len(last) > 1 or (True in stars and slots[-1].optional):
        raise CueError("mixes starred and unstarred words in one place: write them as separate cues")
    strings = _say_slots(slots)
    if not strings:
        raise CueError(f"“{source}” can find nothing: its words are passed over when speech is read")
    return Piece(strings, open_ended=True in last, asked=_asked_of(slots))


def expand_cue(cue: ParsedCue) -> tuple[Step, ...]:
    """Every way a cue may be said, as steps in order.

    Raises:
        CueError: it stands for too many strings, or can find nothing.
    """
    steps: list[Step] = []
    for number, part in enumerate(cue.parts):
        for count, slots in enumerate(_part_at_stars(part)):
            join = cue.joins[number - 1] if number and not count else None
            steps.append(Step(_make_piece(slots, cue.source), join))
    return tuple(steps)
