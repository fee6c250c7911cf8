"""A turn in which cues were heard: where each stands, and the sentence around it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from themecode.language.heard import SENTENCE_MARK, Heard
from themecode.language.stance import may_be_minded
from themecode.segments import CutTurns
from themecode.suggest.compiled import CompiledCue, Place


@dataclass(slots=True)
class Match:
    """A cue heard in a turn.

    Args:
        cue: the cue.
        places: where each of its parts stands in the turn's words.
    """

    cue: CompiledCue
    places: tuple[Place, ...]

    @property
    def first(self) -> int:
        """Where the first of its words begins."""
        return self.places[0][0] if len(self.places) == 1 else min(self.places)[0]

    @property
    def order(self) -> tuple[tuple[Place, ...], int, str]:
        """By place, then in the codebook's order."""
        return self.places, self.cue.code, self.cue.source

    def overlaps(self, other: Match) -> bool:
        """Whether the two stand on a word together."""
        for start, end in self.places:
            for other_start, other_end in other.places:
                if start < other_end and other_start < end:
                    return True
        return False


@dataclass(slots=True)
class HeardTurn:
    """A turn in which at least one cue was heard.

    Args:
        number: of the turn, among those listened to, from 0.
        words: its words.
        flat: the same, with what is not heard blanked out.
        at_least: so many of its words are heard, or more.
        matches: by place.
        cut: the passages of every turn.
    """

    number: int
    words: str
    flat: str
    at_least: int
    matches: list[Match]
    cut: CutTurns
    _heard: dict[int, Heard] = field(default_factory=dict)

    def has_more_words(self, than: int) -> bool:
        """Whether more words of it are heard than so many."""
        if self.at_least > than:
            return True
        tokens = Heard.from_words(self.words).tokens
        return len(tokens) - tokens.count(SENTENCE_MARK) > than

    def start_of_sentence(self, place: int) -> int:
        """Where the sentence that holds a place begins in the turn's words."""
        return self.flat.rfind(SENTENCE_MARK, 0, place) + 1

    def may_mind(self, place: Place) -> bool:
        """Whether anything around a place could deny it or call it imagined."""
        return may_be_minded(self.words, self.flat, *place)

    def sentences(self) -> list[list[Match]]:
        """The matches of each sentence in which a cue was heard, in order."""
        found: dict[int, list[Match]] = {}
        for match in self.matches:
            found.setdefault(self.start_of_sentence(match.first), []).append(match)
        return [*found.values()]

    def hear_around(self, place: int) -> tuple[int, Heard]:
        """The sentence that holds a place and the one after it, and where it begins."""
        start = self.start_of_sentence(place)
        heard = self._heard.get(start)
        if heard is None:
            heard = Heard.from_sentence(self.words, self.flat, start)
            self._heard[start] = heard
        return start, heard

    def find_tokens(self, place: Place) -> tuple[Heard, int, int]:
        """What is heard around a place, and the first and the last word of the place in it."""
        start, heard = self.hear_around(place[0])
        first = bisect_left(heard.edges, (place[0] - start, 0))
        return heard, first, bisect_left(heard.edges, (place[1] - start, 0)) - 1

    def drop_other_grammar(self) -> None:
        """Drop the matches whose words are another part of speech than their cue asks for."""
        if any(match.cue.asks_grammar for match in self.matches):
            self.matches = [match for match in self.matches if self._has_its_grammar(match)]

    def _has_its_grammar(self, match: Match) -> bool:
        if not match.cue.asks_grammar:
            return True
        for part, place in zip(match.cue.parts, match.places, strict=True):
            heard, first, last = self.find_tokens(place)
            for each in part.places:
                for words, part_of_speech in each.asked:
                    said = [at for at in range(first, last + 1) if heard.tokens[at] in words]
                    if said and not any(
                        _is_part_of_speech(heard, at, part_of_speech) for at in said
                    ):
                        return False
        return True


def _is_part_of_speech(heard: Heard, token: int, part_of_speech: str) -> bool:
    from themecode.language.grammar import is_part_of_speech

    first, end = heard.sentence_of(token)
    sentence = heard.place(first, end - 1)
    start, stop = (edge - sentence.start for edge in heard.edges[token])
    return is_part_of_speech(sentence.of(heard.words), start, stop, part_of_speech)
