"""All the cues of a codebook, heard in a single pass.

One automaton (Aho and Corasick 1975) looks for each cue's anchor, the most telling run of its
words. Only where an anchor is heard is the rest of its cue looked for, in that sentence alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from themecode.codebook.cue_syntax import CueError, Join, ParsedCue, parse_cue
from themecode.language.heard import SENTENCE_MARK, TURN_MARK, Heard, hear_turns
from themecode.model import Code, Codebook, Problem
from themecode.suggest.expand import Part, check_cue, expand_cue, find_anchors, is_whole

#: "..." lets this many words stand between.
GAP_WORDS = 6
#: "+" looks no further than this within a sentence (captions may have no full stops).
TOGETHER_WORDS = 30

#: What one cue adds, as the chance that a second coder would agree. The order is what counts: one
#: strong cue or two fair ones reach `suggested`, one fair cue reaches `candidate`.
WEIGHTS = {"strong": 0.72, "fair": 0.45, "weak": 0.20}
UNLESS = "unless"
#: Below this nothing is offered: a person's time is worth more.
LEAST_CONFIDENCE = 0.35

Place = tuple[int, int]
#: An anchor's number, and where it begins and ends in heard text.
Hit = tuple[int, int, int]

_SENTENCE_MARK, _TURN_MARK = f" {SENTENCE_MARK} ", f" {TURN_MARK} "


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
    def is_whole(self) -> bool:
        """Whether the cue stands wherever one of its anchors does."""
        return is_whole(self.parsed)

    @cached_property
    def asks_grammar(self) -> bool:
        """Whether any of its words must be a certain part of speech."""
        return any(place.asked for part in self.parts for place in part.places)

    @cached_property
    def denies(self) -> bool:
        """Whether the cue is itself a denial."""
        return any(part.denies for part in self.parts)


@dataclass(frozen=True, slots=True)
class Match:
    """A cue heard in a turn.

    Args:
        cue: the cue.
        tokens: for each part, its first and last heard word.
    """

    cue: CompiledCue
    tokens: tuple[Place, ...]

    @property
    def first(self) -> int:
        """The first heard word of the match."""
        return min(self.tokens)[0]

    @property
    def covered(self) -> frozenset[int]:
        """Every heard word the match stands on."""
        if len(self.tokens) == 1:
            [(first, last)] = self.tokens
            return frozenset(range(first, last + 1))
        return frozenset(at for first, last in self.tokens for at in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class HeardSentence:
    """A sentence in which a cue was heard.

    Args:
        start: where it begins in the turn's words.
        heard: the sentence and the one after it.
        matches: in order; their words are counted in `heard`.
    """

    start: int
    heard: Heard
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """A turn in which at least one cue was heard.

    Args:
        number: of the turn, among those listened to, from 0.
        heard_words: how many words of it are heard.
        sentences: those in which a cue was heard, in order.
    """

    number: int
    heard_words: int
    sentences: tuple[HeardSentence, ...]


#: Each anchor, and the numbers of the cues it is an anchor of, in the order of their codes.
Anchors = dict[str, list[int]]


def anchor_cues(codes: Sequence[Code], codebook: Codebook) -> Anchors:
    """The anchors of all cues of these codes: the slow part of making a listener, worth keeping.

    Raises:
        CueError: a cue cannot be used (`check_cues` finds them beforehand).
    """
    anchors: Anchors = {}
    for number, (_, _, source) in enumerate(_number_cues(codes)):
        for anchor in find_anchors(parse_cue(source, codebook.word_lists)):
            anchors.setdefault(anchor, []).append(number)
    return anchors


@dataclass(frozen=True, slots=True)
class _Followed:
    """The cues of one anchor, so that only those the sentence could hold are looked at.

    Args:
        length: how many words the anchor has.
        whole: numbers of cues that stand wherever the anchor does.
        alone: numbers of cues that may stand wherever the anchor does.
        by_word: by a word that must stand in the sentence as well, the cues that need it.
        words: the words of `by_word`.
    """

    length: int
    whole: tuple[int, ...]
    alone: tuple[int, ...]
    by_word: dict[str, list[int]]
    words: frozenset[str]


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
        self._anchors = [*anchors]
        self._cues_of = [*anchors.values()]
        self._followed: dict[int, _Followed] = {}
        self._find_hits = _make_automaton(anchors) if anchors else None

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
        heard = hear_turns(turns)
        text = heard.text
        starts = [0, *accumulate(len(each) + 1 for each in turns)]
        matches: dict[int, list[Match]] = {}
        turn, begin = 0, 0
        for first, end, hits in _cut_hits(text, self._find_hits(text)):
            found = self._match_sentence(text, first, end, hits)
            if not found:
                continue
            passed = text.count(TURN_MARK, begin, first + 2)
            if passed:
                if matches:
                    flat = heard.flat[starts[turn] : starts[turn + 1] - 1]
                    yield from _gather(turn, turns[turn], flat, matches, text, begin, least)
                turn, matches = turn + passed, {}
                begin = text.rfind(TURN_MARK, begin, first + 2) + 1
            number = text.count(f" {SENTENCE_MARK}", begin, first + 2) if first >= begin else 0
            matches[number] = found
        if matches:
            flat = heard.flat[starts[turn] : starts[turn + 1] - 1]
            yield from _gather(turn, turns[turn], flat, matches, text, begin, least)

    def _match_sentence(self, text: str, first: int, end: int, hits: Sequence[Hit]) -> list[Match]:
        """The cues heard in one sentence.

        Args:
            text: heard text.
            first: where the sentence begins in it: at the mark before it, or at its first word.
            end: where it ends.
            hits: the anchors heard in it.
        """
        marked = int(text.startswith((_SENTENCE_MARK, _TURN_MARK), first))
        tokens = text[first:end].split()[marked:]
        said = frozenset(tokens)
        # By cue, where it begins, and the last word of the longest way it may be said there.
        whole: dict[int, dict[int, int]] = {}
        numbers: set[int] = set()
        for anchor, start, _ in hits:
            followed = self._followed.get(anchor) or self._follow(anchor)
            if followed.whole:
                at = text.count(" ", first, start) - marked
                for number in followed.whole:
                    places = whole.setdefault(number, {})
                    places[at] = max(places.get(at, -1), at + followed.length - 1)
            if followed.alone:
                numbers.update(followed.alone)
            if not said.isdisjoint(followed.words):
                for word in said & followed.words:
                    numbers.update(followed.by_word[word])
        matches = [
            Match(self._cues[number], (place,))
            for number, places in whole.items()
            for place in places.items()
        ]
        for number in numbers:
            cue = self._cues[number]
            if not any(needed.isdisjoint(said) for needed in cue.needed):
                matches.extend(Match(cue, places) for places in _join_parts(cue, tokens, said))
        return matches

    def _follow(self, anchor: int) -> _Followed:
        """What to look for where an anchor is heard; worked out when it first is."""
        words = self._anchors[anchor].split()
        spoken = frozenset(words)
        whole: list[int] = []
        alone: list[int] = []
        by_word: dict[str, list[int]] = defaultdict(list)
        for number in self._cues_of[anchor]:
            if self._cues[number].is_whole:
                whole.append(number)
                continue
            # The anchor itself may answer a need; the first it leaves open narrows the search most.
            needed = next(
                (words for words in self._cues[number].needed if words.isdisjoint(spoken)), None
            )
            if needed is None:
                alone.append(number)
            else:
                for word in needed:
                    by_word[word].append(number)
        self._followed[anchor] = followed = _Followed(
            len(words), tuple(whole), tuple(alone), dict(by_word), frozenset(by_word)
        )
        return followed


def _make_automaton(anchors: Iterable[str]) -> Callable[[str], list[Hit]]:
    """What finds anchors in heard text; of bytes where a byte is enough for every letter of theirs."""
    from ahocorasick_rs import AhoCorasick, BytesAhoCorasick

    try:
        of_bytes = BytesAhoCorasick([anchor.encode("latin-1") for anchor in anchors])
    except UnicodeEncodeError:
        of_letters = AhoCorasick(anchors)
        return lambda text: of_letters.find_matches_as_indexes(text, overlapping=True)
    # A letter that no anchor has becomes "?", which no heard text holds, in the same place.
    return lambda text: of_bytes.find_matches_as_indexes(
        text.encode("latin-1", "replace"), overlapping=True
    )


def _cut_hits(text: str, hits: Sequence[Hit]) -> Iterator[tuple[int, int, list[Hit]]]:
    """Hits, by their sentence: where it begins, at the mark before it, and where it ends.

    Sentences end at their mark, at the end of their turn, and at the end of the text. Those in which
    nothing was hit are passed over.
    """
    first = end = stop = turn = 0
    held: list[Hit] = []
    for hit in hits:
        start = hit[1]
        if start >= end:
            if held:
                yield first, end, held
            first = max(
                end,
                text.rfind(_SENTENCE_MARK, end, start + 1),
                text.rfind(_TURN_MARK, end, start + 1),
            )
            if stop <= start:
                stop = text.find(_SENTENCE_MARK, start)
                stop = len(text) if stop < 0 else stop
            if turn <= start:
                turn = text.find(_TURN_MARK, start)
                turn = len(text) if turn < 0 else turn
            end = min(stop, turn)
            held = []
        held.append(hit)
    if held:
        yield first, end, held


def _gather(
    turn: int,
    words: str,
    flat: str,
    matches: Mapping[int, Sequence[Match]],
    text: str,
    begin: int,
    least: float,
) -> Iterator[HeardTurn]:
    """The turn with what was heard in it, of codes that it may be enough for.

    Args:
        turn: its number.
        words: its words.
        flat: the same, flattened.
        matches: by the number of their sentence.
        text: heard text.
        begin: where the turn's begins in it.
        least: what a code's cues must come to.
    """
    doubts: dict[int, float] = {}
    cues = dict.fromkeys(each.cue for found in matches.values() for each in found)
    for cue in cues:
        if cue.strength != UNLESS:
            doubts[cue.code] = doubts.get(cue.code, 1.0) * (1.0 - WEIGHTS[cue.strength])
    enough = {code for code, doubt in doubts.items() if 1.0 - doubt >= least}
    if not enough:
        return
    kept = {
        number: [match for match in found if match.cue.code in enough]
        for number, found in matches.items()
    }
    numbers = [number for number, found in kept.items() if found]
    places = Heard.from_sentences(words, numbers, flat=flat)
    sentences = []
    for number, (start, heard) in sorted(places.items()):
        agreed = [
            match
            for match in kept[number]
            if not match.cue.asks_grammar or _grammar_agrees(match, heard)
        ]
        agreed.sort(key=lambda match: (match.tokens, match.cue.code, match.cue.source))
        sentences.append(HeardSentence(start, heard, tuple(agreed)))
    end = text.find(TURN_MARK, begin)
    end = len(text) if end < 0 else end
    heard_words = text.count(" ", begin, end) - 1 - text.count(SENTENCE_MARK, begin, end)
    yield HeardTurn(turn, heard_words, tuple(sentences))


def _join_parts(
    cue: CompiledCue, tokens: Sequence[str], said: AbstractSet[str]
) -> Iterator[tuple[Place, ...]]:
    """Each way a cue's parts stand to one another in a sentence as it asks; the nearest of each."""
    found_parts = []
    for part in cue.parts:
        found = part.find(tokens, said)
        if not found:
            return
        found_parts.append(found)
    heads, *others = found_parts
    for head in heads:
        chain = [head]
        for places, join in zip(others, cue.parsed.joins, strict=True):
            nearest = _find_nearest(places, chain, join)
            if nearest is None:
                break
            chain.append(nearest)
        else:
            yield tuple(chain)


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


def _grammar_agrees(match: Match, heard: Heard) -> bool:
    """Whether the words that must be a noun, verb, adjective or adverb are one."""
    for part, (first, last) in zip(match.cue.parts, match.tokens, strict=True):
        for place in part.places:
            for words, part_of_speech in place.asked:
                said = [at for at in range(first, last + 1) if heard.tokens[at] in words]
                if said and not any(_is_part_of_speech(heard, at, part_of_speech) for at in said):
                    return False
    return True


def _is_part_of_speech(heard: Heard, token: int, part_of_speech: str) -> bool:
    from themecode.language.grammar import is_part_of_speech

    first, end = heard.sentence_of(token)
    sentence = heard.place(first, end - 1)
    start, stop = (edge - sentence.start for edge in heard.edges[token])
    return is_part_of_speech(sentence.of(heard.words), start, stop, part_of_speech)


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
