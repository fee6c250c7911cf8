"""One cue, expanded, and looked for in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from themecode.codebook.cue_syntax import Join, ParsedCue, parse_cue
from themecode.suggest.expand import Part, expand_cue

#: "..." lets this many words stand between.
GAP_WORDS = 6
#: "+" looks no further than this within a sentence (captions may have no full stops).
TOGETHER_WORDS = 30

#: Where a part of a cue stands in a sentence: its first and its last word.
Place = tuple[int, int]


@dataclass(frozen=True, eq=False)
class CompiledCue:
    """One cue of one code, expanded only once its anchor has been heard.

    Args:
        code: its code's number in the listener.
        strength: strong, fair, weak, or unless.
        source: the cue, as the researcher wrote it.
        word_lists: the lists it may name.
    """

    code: int
    strength: str
    source: str
    word_lists: Mapping[str, tuple[str, ...]]

    @cached_property
    def parsed(self) -> ParsedCue:
        """The cue, read."""
        return parse_cue(self.source, self.word_lists)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Every way its parts may be said."""
        return expand_cue(self.parsed)

    @cached_property
    def needed(self) -> tuple[frozenset[str], ...]:
        """Sets of words of which a sentence must hold one each; the most telling first."""
        return tuple(words for part in self.parts for words in part.needed)

    @cached_property
    def asks_grammar(self) -> bool:
        """Whether any of its words must be a certain part of speech."""
        return any(place.asked for part in self.parts for place in part.places)

    @cached_property
    def denies(self) -> bool:
        """Whether the cue is itself a denial."""
        return any(part.denies for part in self.parts)

    def find(self, tokens: Sequence[str], said: AbstractSet[str]) -> list[tuple[Place, ...]]:
        """Each way its parts stand to one another in a sentence as it asks; the nearest of each.

        Args:
            tokens: the sentence's words.
            said: the same, each once.
        """
        for needed in self.needed:
            if needed.isdisjoint(said):
                return []
        found_parts = []
        for part in self.parts:
            found = part.find(tokens, said)
            if not found:
                return []
            found_parts.append(found)
        heads, *others = found_parts
        if not others:
            return [(head,) for head in heads]
        chains = []
        for head in heads:
            chain = [head]
            for places, join in zip(others, self.parsed.joins, strict=True):
                nearest = _find_nearest(places, chain, join)
                if nearest is None:
                    break
                chain.append(nearest)
            else:
                chains.append(tuple(chain))
        return chains


def _find_nearest(places: Sequence[Place], chain: Sequence[Place], join: Join) -> Place | None:
    """The place nearest the last of the chain that the join allows and the chain leaves free."""
    before, after = chain[-1]
    reach = GAP_WORDS if join is Join.THEN else TOGETHER_WORDS
    best: tuple[int, Place] | None = None
    for first, last in places:
        if any(first <= taken_last and taken_first <= last for taken_first, taken_last in chain):
            continue
        away = first - after - 1 if first > after else before - last - 1
        if away > reach or (first < before and join is Join.THEN):
            continue
        if best is None or away < best[0]:
            best = (away, (first, last))
    return best[1] if best else None
