"""A cue, expanded: for each of its places, every way the words there may be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources
from itertools import product
from operator import contains, eq

from themecode.codebook.cue_syntax import CueError, CueWord, ParsedCue, Slot
from themecode.language.forms import SAID_ALSO, said_also, word_forms
from themecode.language.heard import SENTENCE_MARK, Heard
from themecode.language.stance import is_denier

#: More ways than this in one place are too broad to mean anything.
MOST_WAYS = 5_000
#: How many strings one cue may give the automaton: enough to be selective, few enough to be small.
MOST_ANCHOR_STRINGS = 100
#: The same, where they are all of the cue, and nothing is left to look for.
MOST_WHOLE_STRINGS = 250
#: A run of more places than this is no more telling, unless it is all of the cue.
_LONGEST_RUN = 16

#: A word that is not among the common ones is heard so often, of a million.
_RARE = 10
#: How much likelier a word is beside another word of its cue than anywhere.
_BESIDE = 30
#: What it costs to look for the rest of a cue, for each hit of an anchor that is not all of it.
_REST_COST = 3
#: What each string costs to keep, as if its hits were so much of all words.
_STRING_COST = 2e-7

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
            if (
                len(said) == len(way)
                and tuple(said[:-1]) == way[:-1]
                and said[-1].startswith(way[-1])
            ):
                yield end
        if self.optional:
            yield at


@dataclass(frozen=True)
class Part:
    """Places that stand together, nothing between them."""

    places: tuple[Place, ...]

    def find(self, tokens: Sequence[str], said: AbstractSet[str]) -> list[tuple[int, int]]:
        """Each place in a sentence where the part stands: first and last word, the longest only.

        Args:
            tokens: the sentence's words.
            said: the same, each once.
        """
        openings = self._openings
        begins: Iterable[int]
        if openings is None:
            begins = range(len(tokens))
        elif openings.isdisjoint(said):
            return []
        else:
            begins = [at for at, token in enumerate(tokens) if token in openings]
        found = []
        if self._is_plain:
            ways = [place.ways for place in self.places]
            for at in begins:
                said_here = tokens[at : at + len(ways)]
                if len(said_here) == len(ways) and all(map(contains, ways, zip(said_here))):
                    found.append((at, at + len(ways) - 1))
            return found
        for at in begins:
            stop = self._end_from(tokens, at, 0)
            if stop is not None and stop > at:
                found.append((at, stop - 1))
        return found

    @cached_property
    def _is_plain(self) -> bool:
        """Whether every place is one word and has to be said."""
        return not any(
            place.optional or place.open_ways or place.lengths != (1,) for place in self.places
        )

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
    def needed(self) -> tuple[frozenset[str], ...]:
        """Sets of words of which a sentence must hold one each, the most telling first.

        A place whose word may have any ending, or that may be empty, asks for nothing.
        """
        asked = (
            frozenset(max(way, key=len) for way in place.ways)
            for place in self.places
            if not place.optional and not place.open_ways
        )
        return tuple(sorted(asked, key=lambda words: -min(map(len, words))))

    @cached_property
    def denies(self) -> bool:
        """Whether the part itself is a denial ("nobody told me")."""
        return any(
            not place.optional
            and not place.open_ways
            and all(any(is_denier(word) for word in way) for way in place.ways)
            for place in self.places
        )


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
        for way in SAID_ALSO.get(f"{phrase[at].text} {phrase[at + 1].text}", ()):
            yield from _say_phrase((*phrase[:at], CueWord(way, exact=True), *phrase[at + 2 :]))


@lru_cache(maxsize=4096)
def _expand_slot(slot: Slot) -> Place:
    _check_slot(slot)
    ways: set[Words] = set()
    open_ways: set[Words] = set()
    asked: list[tuple[frozenset[str], str]] = []
    for phrase in slot.choices:
        said = open_ways if phrase and phrase[-1].open_ended else ways
        said.update(words for words in _say_phrase(phrase) if words)
        asked.extend(
            (frozenset(way[-1] for way in _ways_to_say(word.text, word.exact)), word.part_of_speech)
            for word in phrase
            if word.part_of_speech
        )
    return Place(frozenset(ways), tuple(sorted(open_ways)), _may_be_empty(slot), tuple(asked))


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


def expand_cue(cue: ParsedCue) -> tuple[Part, ...]:
    """Every way a cue may be said, part by part.

    Raises:
        CueError: it is too broad, or can find nothing.
    """
    return tuple(
        Part(tuple(_expand_slot(slot) for slot in _join_said_pairs(part))) for part in cue.parts
    )


def check_cue(cue: ParsedCue) -> None:
    """Raise the CueError that `expand_cue` would, without the work of expanding."""
    needed = False
    for part in cue.parts:
        for slot in _join_said_pairs(part):
            _check_slot(slot)
            needed = needed or not _may_be_empty(slot)
    if not needed:
        raise CueError("can find nothing: none of its words has to be said")


@lru_cache(maxsize=8192)
def _check_slot(slot: Slot) -> int:
    """How many ways a place has; raises CueError where it has too many, or none."""
    ways = 0
    for phrase in slot.choices:
        if any(word.open_ended for word in phrase[:-1]):
            raise CueError(
                "has a star inside a longer choice: put the starred word last in its choice"
            )
        said = 1
        for word in phrase:
            said *= len(_ways_to_say(word.text, word.exact or word.open_ended))
        ways += said if phrase else 0
    if ways > MOST_WAYS:
        raise CueError(
            f"stands for more than {MOST_WAYS:,} phrases in one place: use fewer choices"
        )
    if not ways and not slot.optional:
        raise CueError("can find nothing: its words are passed over when speech is read")
    return ways


def find_anchors(cue: ParsedCue) -> tuple[str, ...]:
    """The strings of a cue's most telling run of places: the one least likely to be heard by chance.

    Wherever the cue stands, one of these stands too, so that a cue is looked for only where one is
    heard. An anchor that may go on in any way has no space at its end.

    Raises:
        CueError: as `expand_cue`.
    """
    return _spell_run([_expand_slot(slot) for slot in _find_run(cue)])


def forget_choices() -> None:
    """Let go of what choosing anchors needs and listening does not."""
    for kept in (_check_slot, _share_said, _share_word, _heard_words):
        kept.cache_clear()


def is_whole(cue: ParsedCue) -> bool:
    """Whether a cue's anchors are all of it, so that nothing is left to look for where one is heard."""
    [first, *others] = cue.parts
    run = _find_run(cue)
    return (
        not others
        and not (run and _is_open_ended(run[-1]))
        and len(run) == sum(1 for _ in _join_said_pairs(first))
    )


def _find_run(cue: ParsedCue) -> Sequence[Slot]:
    best: tuple[float, Sequence[Slot]] | None = None
    for part in cue.parts:
        slots = tuple(_join_said_pairs(part))
        for first in range(len(slots)):
            shares: list[float] = []
            strings = 1
            # The first run alone may come to be all of the cue.
            end = None if first == 0 else first + _LONGEST_RUN
            for last, each in enumerate(slots[first:end], start=first + 1):
                strings *= _check_slot(each)
                whole = last - first == len(slots) and len(cue.parts) == 1
                most = MOST_WHOLE_STRINGS if whole else MOST_ANCHOR_STRINGS
                if _may_be_empty(each) or (shares and strings > MOST_WHOLE_STRINGS):
                    break
                shares.append(_share_said(each))
                if len(shares) > _LONGEST_RUN and not whole:
                    continue
                share = _share_together(shares)
                cost = share + _STRING_COST * strings
                if not whole or _is_open_ended(each):
                    cost += _REST_COST * share
                # What is longer is left with less to look for.
                fits = strings <= most or len(shares) == 1
                if fits and (best is None or cost <= best[0]):
                    best = (cost, slots[first:last])
                if _is_open_ended(each):
                    break
    return best[1] if best else ()


def _may_be_empty(slot: Slot) -> bool:
    return slot.optional or any(not phrase for phrase in slot.choices)


def _is_open_ended(slot: Slot) -> bool:
    return any(phrase and phrase[-1].open_ended for phrase in slot.choices)


@lru_cache(maxsize=8192)
def _share_said(slot: Slot) -> float:
    """What share of all words is likely to be one of a place's choices."""
    return sum(_share_phrase(phrase) for phrase in slot.choices)


def _share_phrase(phrase: tuple[CueWord, ...]) -> float:
    return _share_together([_share_word(word) for word in phrase])


def _share_together(shares: Sequence[float]) -> float:
    """What share of all words is likely to begin a run of words that have these shares."""
    if not shares:
        return 0.0
    rarest, *others = sorted(shares)
    for each in others:
        rarest *= min(1.0, _BESIDE * each)
    return rarest


@lru_cache(maxsize=16384)
def _share_word(word: CueWord) -> float:
    counts = _count_words()
    if word.open_ended:
        begun = [count for said, count in counts.items() if said.startswith(word.text)]
        return (_RARE + sum(begun)) / 1e6
    ways = _ways_to_say(word.text, word.exact)
    return sum(min(counts.get(said, _RARE) for said in way) for way in ways) / 1e6


@cache
def _count_words() -> dict[str, int]:
    """How often common words are heard, of a million (tools/count_words.py)."""
    lines = resources.files(__package__).joinpath("word_counts.txt").read_text(encoding="utf-8")
    return {word: int(count) for word, count in map(str.split, lines.splitlines())}


def _spell_run(places: Sequence[Place]) -> tuple[str, ...]:
    """Every string of a run of places, of which only the last may be open-ended."""
    ends = [
        *((way, " ") for way in sorted(places[-1].ways)),
        *((way, "") for way in places[-1].open_ways),
    ]
    spelt = []
    for *begun, (way, end) in product(*(sorted(place.ways) for place in places[:-1]), ends):
        words = (*(word for earlier in begun for word in earlier), *way)
        # What is heard never says a word twice running, so neither need an anchor.
        if not any(map(eq, words, words[1:])):
            spelt.append(f" {' '.join(words)}{end}")
    return tuple(spelt)
