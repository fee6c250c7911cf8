"""All the cues of a codebook, compiled into one automaton that hears them in a single pass."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.codebook.cue_syntax import CueError, Join, parse_cue
from themecode.language.heard import SENTENCE_MARK, TURN_MARK, Heard, hear
from themecode.language.stance import is_denier
from themecode.model import Code, Codebook, Problem
from themecode.suggest.expand import Piece, Step, expand_cue

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

#: "..." lets this many words stand between.
GAP_WORDS = 6
#: "+" looks no further than this within a sentence (captions may have no full stops).
TOGETHER_WORDS = 30

STRENGTHS = ("strong", "fair", "weak")
UNLESS = "unless"


@dataclass(frozen=True, slots=True)
class CompiledCue:
    """One cue of one code.

    Args:
        code: its code's number in the codebook.
        strength: strong, fair, weak, or unless.
        source: as the researcher wrote it.
        pieces: numbers of its pieces, in order.
        joins: how each piece after the first joins the one before; None: it follows directly.
        denies: the cue is itself a denial.
    """

    code: int
    strength: str
    source: str
    pieces: tuple[int, ...]
    joins: tuple[Join | None, ...]
    denies: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A cue heard in a turn.

    Args:
        cue: the cue.
        tokens: for each piece, its first and last heard word in the turn.
    """

    cue: CompiledCue
    tokens: tuple[tuple[int, int], ...]

    @property
    def first(self) -> int:
        """The first heard word of the match."""
        return min(first for first, _ in self.tokens)

    @property
    def last(self) -> int:
        """The last heard word of the match."""
        return max(last for _, last in self.tokens)

    @property
    def covered(self) -> frozenset[int]:
        """Every heard word the match stands on."""
        return frozenset(at for first, last in self.tokens for at in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """A turn in which at least one cue was heard."""

    number: int
    heard: Heard
    matches: tuple[Match, ...]


class Listener:
    """A codebook's cues, ready to listen to transcripts.

    Args:
        codes: the codes to listen for.
        word_lists: the lists their cues may name.

    Raises:
        CueError: a cue cannot be compiled (`check_cues` finds them beforehand, with their places).
    """

    def __init__(self, codes: Sequence[Code], codebook: Codebook) -> None:
        from ahocorasick_rs import AhoCorasick

        self.codes = tuple(codes)
        self.pieces: list[Piece] = []
        self._cues_by_piece: dict[int, list[CompiledCue]] = defaultdict(list)
        numbers: dict[Piece, int] = {}
        for number, code in enumerate(self.codes):
            for strength, source in _written_cues(code):
                steps = expand_cue(parse_cue(source, codebook.word_lists))
                cue = self._compile(number, strength, source, steps, numbers)
                self._cues_by_piece[cue.pieces[0]].append(cue)
        strings: dict[str, list[int]] = defaultdict(list)
        for piece_number, piece in enumerate(self.pieces):
            for words in piece.strings:
                text = f" {' '.join(words)}" + ("" if piece.open_ended else " ")
                strings[text].append(piece_number)
        self._pieces_of = [tuple(pieces) for pieces in strings.values()]
        self._automaton: AhoCorasick | None = AhoCorasick(list(strings)) if strings else None

    def _compile(
        self, code: int, strength: str, source: str, steps: tuple[Step, ...], numbers: dict[Piece, int]
    ) -> CompiledCue:
        pieces = []
        for step in steps:
            if step.piece not in numbers:
                numbers[step.piece] = len(self.pieces)
                self.pieces.append(step.piece)
            pieces.append(numbers[step.piece])
        denies = any(
            all(any(is_denier(word) for word in words) for words in step.piece.strings) for step in steps
        )
        joins = tuple(step.join for step in steps[1:])
        return CompiledCue(code, strength, source, tuple(pieces), joins, denies)

    @property
    def strings(self) -> int:
        """How many strings the automaton holds."""
        return len(self._pieces_of)

    def listen(self, turns: Sequence[str]) -> Iterator[HeardTurn]:
        """The turns in which a cue is heard, in order.

        Args:
            turns: the words of each turn.
        """
        if self._automaton is None or not turns:
            return
        text = hear(turns)
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not hits:
            return
        # Where each turn's heard text begins: after the mark that parts it from the one before.
        begins = [0]
        at = text.find(TURN_MARK)
        while at >= 0:
            begins.append(at + 1)
            at = text.find(TURN_MARK, at + 1)
        by_turn: dict[int, dict[int, list[tuple[int, int]]]] = {}
        for string, start, end in hits:
            turn = bisect_right(begins, start) - 1
            pieces = by_turn.get(turn)
            if pieces is None:
                pieces = by_turn[turn] = {}
            for piece in self._pieces_of[string]:
                pieces.setdefault(piece, []).append((start, end))
        for turn, pieces in sorted(by_turn.items()):
            if not any(piece in self._cues_by_piece for piece in pieces):
                continue
            found = self._match_turn(turns[turn], pieces, begins[turn])
            if found is not None:
                yield HeardTurn(turn, *found)

    def _match_turn(
        self, words: str, hits: dict[int, list[tuple[int, int]]], begin: int
    ) -> tuple[Heard, tuple[Match, ...]] | None:
        cues = [
            cue
            for piece in hits
            for cue in self._cues_by_piece.get(piece, ())
            if all(other in hits for other in cue.pieces)
        ]
        if all(cue.strength == UNLESS for cue in cues):
            return None
        heard = Heard.from_words(words)
        places: dict[int, list[tuple[int, int]]] = {}
        for piece in {piece for cue in cues for piece in cue.pieces}:
            open_ended = self.pieces[piece].open_ended
            spots = []
            for start, end in hits[piece]:
                first = heard.token_at(start - begin + 1)
                # A string ends with the space after its last word, but for an open-ended one.
                last = first + heard.text.count(" ", start - begin + 1, end - begin - (0 if open_ended else 1))
                spots.append((first, last))
            places[piece] = sorted(set(spots))
        sentences = _number_sentences(heard)
        matches = [
            Match(cue, tokens)
            for cue in cues
            for tokens in _join_pieces(cue, places, sentences)
            if self._grammar_agrees(cue, tokens, heard)
        ]
        if all(match.cue.strength == UNLESS for match in matches):
            return None
        matches.sort(key=lambda match: (match.tokens, match.cue.code, match.cue.source))
        return heard, tuple(matches)

    def _grammar_agrees(self, cue: CompiledCue, tokens: tuple[tuple[int, int], ...], heard: Heard) -> bool:
        for piece, (first, last) in zip(cue.pieces, tokens, strict=True):
            for asked in self.pieces[piece].asked:
                if not any(_is_part(heard, at, asked.words, asked.part_of_speech) for at in range(first, last + 1)):
                    return False
        return True


def _is_part(heard: Heard, token: int, words: frozenset[str], part_of_speech: str) -> bool:
    from themecode.language.grammar import is_part_of_speech

    if heard.tokens[token] not in words:
        return False
    first, end = heard.sentence_of(token)
    sentence = heard.place(first, end - 1)
    place = heard.spans[token].shift(-sentence.start)
    return is_part_of_speech(sentence.of(heard.words), place.start, place.end, part_of_speech)


def _number_sentences(heard: Heard) -> list[int]:
    numbers, current = [], 0
    for token in heard.tokens:
        numbers.append(current)
        current += token == SENTENCE_MARK
    return numbers


def _join_pieces(
    cue: CompiledCue, places: dict[int, list[tuple[int, int]]], sentences: list[int]
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Each place where a cue's pieces stand to one another as it asks; the nearest of each."""
    for head in places[cue.pieces[0]]:
        if sentences[head[0]] != sentences[head[1]]:
            continue
        chain = [head]
        for piece, join in zip(cue.pieces[1:], cue.joins, strict=True):
            found = _nearest(places[piece], chain, join, sentences)
            if found is None:
                break
            chain.append(found)
        else:
            yield tuple(chain)


def _nearest(
    spots: Iterable[tuple[int, int]], chain: list[tuple[int, int]], join: Join | None, sentences: list[int]
) -> tuple[int, int] | None:
    previous = chain[-1]
    best: tuple[int, tuple[int, int]] | None = None
    for spot in spots:
        if sentences[spot[0]] != sentences[previous[0]] or sentences[spot[1]] != sentences[previous[0]]:
            continue
        if any(spot[0] <= last and first <= spot[1] for first, last in chain):
            continue
        after = spot[0] - previous[1] - 1
        away = after if after >= 0 else previous[0] - spot[1] - 1
        reach = {None: 0, Join.THEN: GAP_WORDS, Join.BOTH: TOGETHER_WORDS}[join]
        if away > reach or (after < 0 and join is not Join.BOTH):
            continue
        if best is None or away < best[0]:
            best = (away, spot)
    return best[1] if best else None


def _written_cues(code: Code) -> Iterator[tuple[str, str]]:
    cues = code.cues
    lists = ((*STRENGTHS, UNLESS), (cues.strong, cues.fair, cues.weak, cues.unless))
    for strength, sources in zip(*lists, strict=True):
        for source in sources:
            yield strength, source


def check_cues(codebook: Codebook, *, path: str) -> tuple[Problem, ...]:
    """The cues of a codebook that can find nothing, or are too broad to mean anything."""
    problems = []
    for code in codebook.codes:
        for _, source in _written_cues(code):
            try:
                expand_cue(parse_cue(source, codebook.word_lists))
            except CueError as error:
                problems.append(Problem(path, None, f"the cue “{source}” of {code.id} {error}."))
    return tuple(problems)


def list_forms(source: str, codebook: Codebook) -> tuple[str, ...]:
    """Every string a cue will find, for a researcher to read; a star stands for any ending."""
    steps = expand_cue(parse_cue(source, codebook.word_lists))
    rows = [
        [" ".join(words) + ("*" if step.piece.open_ended else "") for words in sorted(step.piece.strings)]
        for step in steps
    ]
    return tuple(rows[0]) if len(rows) == 1 else tuple(" | ".join(row) for row in rows)
