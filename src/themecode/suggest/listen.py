"""All the cues of a codebook, heard in a single pass.

One automaton (Aho and Corasick 1975) looks for each cue's anchor, the most telling run of its
words. Only where an anchor is heard is the rest of its cue looked for, in that sentence alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from operator import attrgetter

from themecode.codebook.cue_syntax import CueError, parse_cue
from themecode.language.heard import SENTENCE_MARK, TURN_MARK
from themecode.language.heard_turns import HeardTurns, ends_word, get_ready, hear_turns
from themecode.model import Code, Codebook, Problem
from themecode.segments import CutTurns
from themecode.suggest.compiled import CompiledCue, Place
from themecode.suggest.expand import check_cue, expand_cue, find_anchors, forget_choices, is_whole
from themecode.suggest.heard_cues import HeardTurn, Match

#: What one cue adds, as the chance that a second coder would agree. The order is what counts: one
#: strong cue or two fair ones reach `suggested`, one fair cue reaches `candidate`.
WEIGHTS = {"strong": 0.72, "fair": 0.45, "weak": 0.20}
UNLESS = "unless"
#: Below this nothing is offered: a person's time is worth more.
LEAST_CONFIDENCE = 0.35

#: An anchor's number, and where it begins and ends in what is said.
Hit = tuple[int, int, int]
#: A cue, the number of the turn it stands in, and where it begins and ends in the turn's words.
CuePlace = tuple[CompiledCue, int, int, int]
FindHits = Callable[..., list[Hit]]
#: By a cue's number and where it begins: its parts, in what is said.
Found = dict[tuple[int, int], tuple[Place, ...]]

_TOKEN = re.compile(r"(?:(?!'s(?![\w']))\S)+|'s")

#: Each anchor, and the numbers of the cues it is an anchor of, in the order of their codes; `~number`
#: for a cue that stands wherever the anchor does.
Anchors = dict[str, list[int]]


def anchor_cues(codes: Sequence[Code], codebook: Codebook) -> Anchors:
    """The anchors of all cues of these codes: the slow part of making a listener, worth keeping.

    Raises:
        CueError: a cue cannot be used (`check_cues` finds them beforehand).
    """
    anchors: Anchors = {}
    for number, (_, _, source) in enumerate(_number_cues(codes)):
        cue = parse_cue(source, codebook.word_lists)
        marked = ~number if is_whole(cue) else number
        for anchor in find_anchors(cue):
            anchors.setdefault(anchor, []).append(marked)
    forget_choices()
    return anchors


@dataclass(frozen=True, slots=True)
class _Followed:
    """The cues of one anchor, so that only those the sentence could hold are looked at.

    Args:
        whole: numbers of cues that stand wherever the anchor does.
        is_partial: whether there are others.
        alone: numbers of cues that may stand wherever the anchor does.
        narrowed: words of which one must stand in the sentence as well, and the cue that needs it.
    """

    whole: tuple[int, ...]
    is_partial: bool
    alone: tuple[int, ...]
    narrowed: tuple[tuple[frozenset[str], int], ...]


@dataclass(slots=True)
class _Turn:
    """A turn in which an anchor was heard.

    Args:
        begin: where it begins in what is said.
        end: where it ends.
        found: the cues that are heard.
        sentences: those in which others may be.
    """

    begin: int
    end: int
    found: Found = field(default_factory=dict)
    sentences: list[_Sentence] = field(default_factory=list)


class _Sentence:
    """A sentence in which an anchor was heard.

    Args:
        said: what is said in the transcript.
        at: where the anchor was heard.
        turn: the turn it is in.
    """

    __slots__ = ("_edges", "begin", "end", "numbers", "said", "tokens")

    def __init__(self, said: str, at: int, turn: _Turn) -> None:
        mark = said.find(SENTENCE_MARK, at, turn.end)
        self.begin = max(turn.begin, said.rfind(SENTENCE_MARK, turn.begin, at) + 1)
        self.end = mark if mark >= 0 else turn.end
        words = said[self.begin : self.end]
        if "'s" in words:
            words = f"{words} ".replace("'s ", " 's ")
        self.tokens = words.split()
        self.said = frozenset(self.tokens)
        #: Of the cues that may be heard in it.
        self.numbers: set[int] = set()
        self._edges: list[Place] | None = None

    def find_edges(self, said: str) -> list[Place]:
        """Where each of its words begins and ends in what is said."""
        if self._edges is None:
            self._edges = [found.span() for found in _TOKEN.finditer(said, self.begin, self.end)]
        return self._edges


_BY_PLACE = attrgetter("order")


class Listener:
    """A codebook's cues, ready to listen to transcripts.

    Args:
        codes: the codes to listen for.
        codebook: the codebook they belong to (its word lists are used).
        anchors: from `anchor_cues` for the same codes. None: worked out now.
    """

    def __init__(
        self, codes: Sequence[Code], codebook: Codebook, *, anchors: Anchors | None = None
    ) -> None:
        self.codes = tuple(codes)
        if anchors is None:
            anchors = anchor_cues(codes, codebook)
        self._cues = [
            CompiledCue(code, strength, source, codebook.word_lists)
            for code, strength, source in _number_cues(codes)
        ]
        #: What each cue leaves to doubt; one that rules others out says nothing for its code.
        self._doubts = [
            (cue.code, 1.0 if cue.strength == UNLESS else 1.0 - WEIGHTS[cue.strength])
            for cue in self._cues
        ]
        self._anchors = [anchor.replace(" 's", "'s") for anchor in anchors]
        self._cues_of = [*anchors.values()]
        self._followed: dict[int, _Followed] = {}
        self._closed = [anchor.endswith(" ") for anchor in anchors]
        #: A byte does not tell the letters of these from others.
        self._doubtful = {
            number: anchor.rstrip()
            for number, anchor in enumerate(self._anchors)
            if "?" in anchor.encode("latin-1", "replace").decode("latin-1")
        }
        self._find_hits = self._make_automaton() if anchors else None
        get_ready()

    def _make_automaton(self) -> FindHits:
        from ahocorasick_rs import BytesAhoCorasick

        patterns = [anchor.rstrip().encode("latin-1", "replace") for anchor in self._anchors]
        return BytesAhoCorasick(patterns).find_matches_as_indexes

    def listen(
        self, turns: Sequence[str], *, least: float = LEAST_CONFIDENCE
    ) -> Iterator[HeardTurn]:
        """The turns in which a cue is heard, in order.

        Args:
            turns: the words of each turn.
            least: what a code's cues in a turn must come to, or the code is left out of it.
        """
        if self._find_hits is None or not turns:
            return
        heard, cut = hear_turns(turns), CutTurns(turns)
        for turn in self._find_turns(heard):
            enough = self._settle(turn, heard.said, least)
            if enough:
                yield self._gather(turn, enough, heard, turns, cut)

    def find_places(self, turns: Sequence[str]) -> list[CuePlace]:
        """Every place where a cue stands, denied or not, whatever it comes to.

        Args:
            turns: the words of each turn.
        """
        found: list[CuePlace] = []
        if self._find_hits is None or not turns:
            return found
        heard = hear_turns(turns)
        place = heard.kept.item
        for turn in self._find_turns(heard):
            if turn.sentences:
                self._settle(turn, heard.said, 0.0)
                if not turn.found:
                    continue
            at = heard.turn_of(place(min(start for _, start in turn.found)))
            begin = heard.begins[at]
            for (number, _), parts in turn.found.items():
                first, last = parts[0]
                if len(parts) > 1:
                    first, last = min(parts)[0], max(end for _, end in parts)
                found.append(
                    (self._cues[number], at, place(first) - begin, place(last - 1) + 1 - begin)
                )
        return found

    def _find_turns(self, heard: HeardTurns) -> Iterator[_Turn]:
        """The turns in which an anchor is heard, with what is heard and what may be."""
        said = heard.said
        turn = _Turn(0, 0)
        sentence: _Sentence | None = None
        known, closed, doubtful = self._followed.get, self._closed, self._doubtful
        assert self._find_hits is not None
        for anchor, start, end in self._find_hits(heard.said_bytes, overlapping=True):
            if closed[anchor] and said[end] != " " and not ends_word(said, end):
                continue
            if doubtful and not said.startswith(doubtful.get(anchor, ""), start):
                continue
            if start >= turn.end:
                if turn.found or turn.sentences:
                    yield turn
                mark = said.find(TURN_MARK, start)
                turn = _Turn(
                    said.rfind(TURN_MARK, turn.end, start + 1) + 1, mark if mark >= 0 else len(said)
                )
            followed = known(anchor) or self._follow(anchor)
            for number in followed.whole:
                # The hits of one beginning come shortest first: the longest is kept.
                turn.found[number, start + 1] = ((start + 1, end),)
            if followed.is_partial:
                if sentence is None or start >= sentence.end:
                    sentence = _Sentence(said, start, turn)
                    turn.sentences.append(sentence)
                if followed.alone:
                    sentence.numbers.update(followed.alone)
                for words, number in followed.narrowed:
                    if not words.isdisjoint(sentence.said):
                        sentence.numbers.add(number)
        if turn.found or turn.sentences:
            yield turn

    def _settle(self, turn: _Turn, said: str, least: float) -> AbstractSet[int]:
        """Look for what may be heard in a turn; the codes that what is heard there is enough for."""
        numbers = {number for number, _ in turn.found}
        if not turn.sentences:
            if len(numbers) == 1:
                [number] = numbers
                code, doubt = self._doubts[number]
                return {code} if doubt < 1.0 and 1.0 - doubt >= least else set()
            return self._find_enough(numbers, least)
        possible = self._find_enough(
            numbers.union(*(each.numbers for each in turn.sentences)), least
        )
        if not possible:
            return possible
        for sentence in turn.sentences:
            numbers |= self._look_for(sentence, possible, turn.found, said, unless=False)
        enough = self._find_enough(numbers, least)
        if enough:
            for sentence in turn.sentences:
                self._look_for(sentence, enough, turn.found, said, unless=True)
        return enough

    def _find_enough(self, numbers: Iterable[int], least: float) -> AbstractSet[int]:
        """The codes whose cues, of these numbers, come to as much as is wanted."""
        doubts: dict[int, float] = {}
        for number in numbers:
            code, doubt = self._doubts[number]
            if doubt < 1.0:
                doubts[code] = doubts.get(code, 1.0) * doubt
        return {code for code, doubt in doubts.items() if 1.0 - doubt >= least}

    def _look_for(
        self, sentence: _Sentence, codes: AbstractSet[int], found: Found, said: str, *, unless: bool
    ) -> set[int]:
        """Add the cues of some codes that stand in a sentence to those found; their numbers."""
        heard = set()
        for number in sentence.numbers:
            code, doubt = self._doubts[number]
            if code not in codes or (doubt == 1.0) != unless:
                continue
            for places in self._cues[number].find(sentence.tokens, sentence.said):
                edges = sentence.find_edges(said)
                parts = tuple([(edges[first][0], edges[last][1]) for first, last in places])
                found[number, parts[0][0]] = parts
                heard.add(number)
        return heard

    def _gather(
        self,
        turn: _Turn,
        enough: AbstractSet[int],
        heard: HeardTurns,
        turns: Sequence[str],
        cut: CutTurns,
    ) -> HeardTurn:
        """A turn with what was heard in it of some codes."""
        place = heard.kept.item
        at = heard.turn_of(place(min(start for _, start in turn.found)))
        words, begin = turns[at], heard.begins[at]
        matches = [
            Match(
                self._cues[number],
                tuple((place(start) - begin, place(end - 1) + 1 - begin) for start, end in parts),
            )
            for (number, _), parts in turn.found.items()
            if self._cues[number].code in enough
        ]
        if len(matches) > 1:
            matches.sort(key=_BY_PLACE)
        heard_turn = HeardTurn(
            at,
            words,
            heard.flat[begin : begin + len(words)],
            heard.count_words(turn.begin, turn.end),
            matches,
            cut,
        )
        heard_turn.drop_other_grammar()
        return heard_turn

    def _follow(self, anchor: int) -> _Followed:
        """What to look for where an anchor is heard; worked out when it first is."""
        spoken = frozenset(self._anchors[anchor].split())
        whole: list[int] = []
        alone: list[int] = []
        narrowed: list[tuple[frozenset[str], int]] = []
        for number in self._cues_of[anchor]:
            if number < 0:
                whole.append(~number)
                continue
            # The anchor itself may answer a need; the first it leaves open narrows the search most.
            needed = next(
                (words for words in self._cues[number].needed if words.isdisjoint(spoken)), None
            )
            if needed is None:
                alone.append(number)
            else:
                narrowed.append((needed, number))
        self._followed[anchor] = followed = _Followed(
            tuple(whole), bool(alone or narrowed), tuple(alone), tuple(narrowed)
        )
        return followed


def _number_cues(codes: Sequence[Code]) -> Iterator[tuple[int, str, str]]:
    """Every cue of these codes: its code's number, its strength, and the cue as written."""
    for number, code in enumerate(codes):
        cues = code.cues
        written = (cues.strong, cues.fair, cues.weak, cues.unless)
        for strength, sources in zip((*WEIGHTS, UNLESS), written, strict=True):
            for source in sources:
                yield number, strength, source


def check_cues(codebook: Codebook, *, path: str) -> tuple[Problem, ...]:
    """The cues of a codebook that can find nothing, or are too broad to mean anything."""
    problems = []
    for number, _, source in _number_cues(codebook.codes):
        try:
            check_cue(parse_cue(source, codebook.word_lists))
        except CueError as error:
            code_id = codebook.codes[number].id
            problems.append(Problem(path, None, f"the cue “{source}” of {code_id} {error}."))
    return tuple(problems)


def list_forms(source: str, codebook: Codebook) -> tuple[tuple[str, ...], ...]:
    """What a cue will find, for a researcher to read.

    Returns:
        For each place of the cue, in order, every way it may be said; a star stands for any ending,
        "" for nothing.
    """
    parts = expand_cue(parse_cue(source, codebook.word_lists))
    return tuple(
        (
            *([""] if place.optional else []),
            *sorted(" ".join(way) for way in place.ways),
            *(" ".join(way) + "*" for way in place.open_ways),
        )
        for part in parts
        for place in part.places
    )
