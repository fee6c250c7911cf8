"""A cue, expanded: for each of its places, every way the words there may be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

from themecode.codebook.cue_syntax import CueError, CueWord, Join, ParsedCue, Slot
from themecode.language.forms import SAID_ALSO, said_also, word_forms
from themecode.language.heard import SENTENCE_MARK, Heard
from themecode.language.stance import is_denier

#: More ways than this in one place are too broad to mean anything.
MOST_WAYS = 5_000
#: How many strings one cue may give the automaton: enough to be selective, few enough to be small.
MOST_ANCHOR_STRINGS = 240

#: Words that stand in most sentences: an anchor made of them would be heard everywhere.
_COMMON = frozenset(
    """a about after all am an and any are as at back be because been but by can come could day did
    didn't do don't down for from gave get give go going gone got had has have he her here him his how i i'd
    i'll i'm i've if in is it it's just kids know like made make me mean more my no not now of off on
    one or our out over people put really said say see she so some take tell that that's the their
    them then there they they'd they're thing things think this thought through time to told too
    took up us want was way we well went were what when where which who why will with woman women
    work would you your 's""".split()
)

Words = tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """One place in a cue: every way it may be said.

    Args:
        ways: each a sequence of heard words.
        open_ways: ways whose last word may have any ending.
        optional: whether the place may be empty.
        asked: parts of speech, with the words that must have them.
    """

    ways: frozenset[Words]
    open_ways: tuple[Words, ...] = ()
    optional: bool = False
    asked: tuple[tuple[frozenset[str], str], ...] = ()

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """How many words a way may have, longest first."""
        return tuple(sorted({len(way) for way in self.ways}, reverse=True))

    def ends_from(self, tokens: Sequence[str], at: int) -> Iterator[int]:
        """One past the last word of each way that begins at `at`, longest first."""
        left = len(tokens) - at
        for length in self.lengths:
            if length <= left and tuple(tokens[at : at + length]) in self.ways:
                yield at + length
        for way in self.open_ways:
            end = at + len(way)
            said = tokens[at:end]
            if len(said) == len(way) and tuple(said[:-1]) == way[:-1] and said[-1].startswith(way[-1]):
                yield end
        if self.optional:
            yield at


@dataclass(frozen=True)
class Part:
    """Places that stand together, nothing between them."""

    places: tuple[Place, ...]

    def find(self, tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Each place in a sentence where the part stands: first and last word, the longest only."""
        openings = self._openings
        for at, token in enumerate(tokens):
            if openings is not None and token not in openings:
                continue
            stop = self._end_from(tokens, at, 0)
            if stop is not None and stop > at:
                yield at, stop - 1

    @cached_property
    def _openings(self) -> frozenset[str] | None:
        """The words a match may begin with. None where a starred word may."""
        openings: set[str] = set()
        for place in self.places:
            if any(len(way) == 1 for way in place.open_ways):
                return None
            openings.update(way[0] for way in place.ways)
            openings.update(way[0] for way in place.open_ways)
            if not place.optional:
                break
        return frozenset(openings)

    def _end_from(self, tokens: Sequence[str], at: int, number: int) -> int | None:
        if number == len(self.places):
            return at
        for end in self.places[number].ends_from(tokens, at):
            stop = self._end_from(tokens, end, number + 1)
            if stop is not None:
                return stop
        return None

    @cached_property
    def needed(self) -> frozenset[str] | None:
        """Words of which one must be there. None where any word might do (a starred one)."""
        best: frozenset[str] | None = None
        for place in self.places:
            if place.optional or place.open_ways:
                continue
            words = frozenset(max(way, key=len) for way in place.ways)
            if best is None or min(map(len, words)) > min(map(len, best)):
                best = words
        return best

    @cached_property
    def denies(self) -> bool:
        """Whether the part itself is a denial ("nobody told me")."""
        return any(
            not place.optional
            and not place.open_ways
            and all(any(is_denier(word) for word in way) for way in place.ways)
            for place in self.places
        )


@dataclass(frozen=True, slots=True)
class ExpandedCue:
    """A cue ready to be listened for.

    Args:
        parts: in order.
        joins: how each part after the first joins the one before.
        anchors: strings of heard words, one of which must be heard; an anchor that may go on in
            any way has no space at its end.
    """

    parts: tuple[Part, ...]
    joins: tuple[Join, ...]
    anchors: tuple[str, ...]


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
    size = 1
    for each in ways:
        size *= len(each)
    if size > MOST_WAYS:
        raise CueError(f"stands for more than {MOST_WAYS:,} phrases: use fewer choices")
    for chosen in product(*ways):
        yield tuple(token for way in chosen for token in way)
    for at in range(len(phrase) - 1):
        for way in SAID_ALSO.get(f"{phrase[at].text} {phrase[at + 1].text}", ()):
            yield from _say_phrase((*phrase[:at], CueWord(way, exact=True), *phrase[at + 2 :]))


def _expand_slot(slot: Slot, source: str) -> Place:
    ways: set[Words] = set()
    open_ways: set[Words] = set()
    asked = []
    for phrase in slot.choices:
        if any(word.open_ended for word in phrase[:-1]):
            raise CueError("has a star inside a longer choice: put the starred word last in its choice")
        said = open_ways if phrase and phrase[-1].open_ended else ways
        said.update(words for words in _say_phrase(phrase) if words)
        asked.extend(
            (frozenset(way[-1] for way in _ways_to_say(word.text, word.exact)), word.part_of_speech)
            for word in phrase
            if word.part_of_speech
        )
    if len(ways) + len(open_ways) > MOST_WAYS:
        raise CueError(f"stands for more than {MOST_WAYS:,} phrases in one place: use fewer choices")
    if not ways and not open_ways and not slot.optional:
        raise CueError(f"“{source}” can find nothing: its words are passed over when speech is read")
    empty = slot.optional or any(not phrase for phrase in slot.choices)
    return Place(frozenset(ways), tuple(sorted(open_ways)), empty, tuple(asked))


def _join_said_pairs(slots: Sequence[Slot]) -> Iterator[Slot]:
    """The slots, two plain words that are said as one ("going to": "gonna") put in one slot."""
    at = 0
    while at < len(slots):
        pair = slots[at : at + 2]
        if len(pair) == 2 and all(len(slot.choices) == 1 and not slot.optional for slot in pair):
            phrase = (*pair[0].choices[0], *pair[1].choices[0])
            if " ".join(word.text for word in phrase) in SAID_ALSO:
                yield Slot((phrase,))
                at += 2
                continue
        yield slots[at]
        at += 1


def _find_anchors(parts: Sequence[Part]) -> tuple[str, ...]:
    """The strings of the most telling run of places: the one whose shortest string is longest."""
    best: tuple[str, ...] = ()
    for part in parts:
        for first in range(len(part.places)):
            strings: list[Words] = [()]
            for place in part.places[first:]:
                if place.optional or len(strings) * (len(place.ways) + len(place.open_ways)) > MOST_ANCHOR_STRINGS:
                    break
                if place.open_ways:
                    opened = [(*string, *way) for string in strings for way in place.open_ways]
                    closed = [(*string, *way) for string in strings for way in place.ways]
                    best = max(best, (*_spell(opened, open_ended=True), *_spell(closed)), key=_telling)
                    break
                strings = [(*string, *way) for string in strings for way in place.ways]
                best = max(best, _spell(strings), key=_telling)
    return best


def _telling(strings: tuple[str, ...]) -> int:
    """How rarely the most common of these strings is likely to be heard, in letters that tell."""
    return min((_count_telling(string) for string in strings), default=-1)


def _count_telling(string: str) -> int:
    return sum(1 if word in _COMMON else len(word) for word in string.split())


def _spell(strings: Iterable[Words], *, open_ended: bool = False) -> tuple[str, ...]:
    end = "" if open_ended else " "
    # What is heard never says a word twice running, so neither need an anchor.
    return tuple(
        f" {' '.join(words)}{end}"
        for words in strings
        if all(a != b for a, b in zip(words, words[1:], strict=False))
    )


def expand_cue(cue: ParsedCue) -> ExpandedCue:
    """Every way a cue may be said.

    Raises:
        CueError: it is too broad, or can find nothing.
    """
    parts = tuple(
        Part(tuple(_expand_slot(slot, cue.source) for slot in _join_said_pairs(part))) for part in cue.parts
    )
    anchors = _find_anchors(parts)
    if not anchors:
        anchors = _anchor_on_one_place(parts)
    return ExpandedCue(parts, cue.joins, anchors)


def _anchor_on_one_place(parts: Sequence[Part]) -> tuple[str, ...]:
    """Anchors for a cue whose every place has many ways: the place with fewest."""
    places = [place for part in parts for place in part.places if not place.optional]
    place = min(places, key=lambda each: len(each.ways) + len(each.open_ways))
    return (*_spell(place.open_ways, open_ended=True), *_spell(sorted(place.ways)))
