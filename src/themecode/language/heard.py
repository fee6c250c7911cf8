"""What is heard in a transcript: its words without capitals, hesitations, marks and notes.

A cue is looked for in what is heard, and found words are shown as they stand in the transcript. The
quick way (`hear`) makes the heard text of a whole transcript at once; the careful way (`Heard`) makes that
of one turn with the place of every word, and is used where a cue was found. Both go through
`_flatten`, which keeps every character's place, and the tests hold them to the same words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import eq

from themecode.model import Span

#: Stands between turns in a transcript's heard text; no transcript can hold it (the readers refuse it).
TURN_MARK = "\x00"
#: Stands at the end of a sentence in heard text.
SENTENCE_MARK = "."

_HESITATIONS = frozenset("""er erm erms err um umm uh uhh eh mm mmm mhm hm hmm ah oh ooh""".split())
_ASIDES = re.compile(
    r", (?:do you know what i mean|you know what i mean|what d'you call it|what's it called|to be honest|d'you know|to be fair|basically|obviously|you know|honestly|sort of|kind of|y'know|i mean|innit|right|like|well)(?=,)",
    re.IGNORECASE,
)
_NOTES = re.compile(
    r"\[[^\]\x00]{0,120}\]"
    r"|\((?:laugh|paus|cry|sigh|inaud|overlap|cough|sniff|silence|crosstalk|unclear)[^)\x00]{0,60}\)",
    re.IGNORECASE,
)
#: What is not heard, and small letters for capitals: one pass over text without accents.
_PLAIN = {
    code: chr(code).lower() if chr(code).isalnum() or chr(code) in "'. \x00" else " "
    for code in range(128)
}
_MARKS = re.compile(r"[^\w'. \x00]|_")
_INNER_STOP = re.compile(r"\.(?=\w)")
_TOKEN = re.compile(r"\x00|\.+|(?:(?!'s(?![\w']))[^\s.\x00])+|'s")


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    # A few capitals (İ) become two characters; places must not shift.
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def _flatten(text: str) -> str:
    """`text` with everything that is not heard blanked out, every character in its old place."""
    flat = text
    if not flat.isascii():
        flat = flat.replace("\u2019", "'").replace("\u2018", "'").replace("\u02bc", "'")
        for mark in "\u2026\u00ad\u2013\u2014\u201c\u201d\u2010\u2011":
            flat = flat.replace(mark, " ")
    if "[" in flat or "(" in flat:
        flat = _NOTES.sub(_blank, flat)
    if ", " in flat:
        flat = _ASIDES.sub(_blank, flat)
    if "..." in flat:
        flat = flat.replace("...", "   ")
    flat = flat.replace("?", ".").replace("!", ".")
    flat = flat.translate(_PLAIN) if flat.isascii() else _MARKS.sub(" ", _lower(flat))
    flat = _INNER_STOP.sub(" ", flat)
    return _strip_quotes(flat) if "'" in flat else flat


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _strip_quotes(flat: str) -> str:
    """`flat` without the quotation marks at the edges of words; an apostrophe inside one stays."""
    flat = flat.replace("''", "  ")
    for edge in (" ", SENTENCE_MARK, TURN_MARK):
        flat = flat.replace(f"{edge}'", f"{edge} ").replace(f"'{edge}", f" {edge}")
    if flat.startswith("'"):
        flat = f" {flat[1:]}"
    return f"{flat[:-1]} " if flat.endswith("'") else flat


def hear(turns: Iterable[str]) -> str:
    """The heard text of a transcript's turns, parted by `TURN_MARK`, one space between words.

    Args:
        turns: the words of each turn.

    Returns:
        " w1 w2 . w3 \\x00 w4 ", beginning and ending with a space; one `TURN_MARK` fewer than turns.
    """
    flat = _flatten(TURN_MARK.join(turn.replace(TURN_MARK, " ") for turn in turns))
    spaced = flat.replace(SENTENCE_MARK, " . ").replace(TURN_MARK, f" {TURN_MARK} ")
    if "'s" in spaced:
        spaced = spaced.replace("'s ", " 's ")
        if spaced.endswith("'s"):
            spaced = spaced[:-2] + " 's"
    said = [word for word in spaced.split() if word not in _HESITATIONS]
    words = [
        word
        for word, previous in zip(said, ["", *said], strict=False)
        if word != previous or word == TURN_MARK
    ]
    return f" {' '.join(words)} "


@dataclass(frozen=True)
class Heard:
    """One turn as it is heard, with the place of each word.

    Args:
        words: the turn's words as they stand in the transcript.
        tokens: the heard words, in order, sentence marks among them.
        edges: where each token begins and ends in `words`.
    """

    words: str
    tokens: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]

    @classmethod
    def from_words(cls, words: str) -> Heard:
        """Hear one turn, or any stretch of one."""
        return cls._from_flat(words, _flatten(words.replace(TURN_MARK, " ")))

    @classmethod
    def from_sentences(cls, words: str, numbers: Collection[int]) -> dict[int, tuple[int, Heard]]:
        """Hear some sentences of a turn, each with the one after it.

        Args:
            words: the turn's.
            numbers: which sentences, counted from 0 by the sentence marks in its heard text.

        Returns:
            By number: where the sentence begins in `words`, and what is heard from there.
        """
        flat = _flatten(words.replace(TURN_MARK, " "))
        pieces = flat.split(SENTENCE_MARK)
        number, start = 0, 0
        starts: list[int] = []
        for at, piece in enumerate(pieces):
            # A mark straight after another is not heard: the sentence goes on from there.
            if at and (at == 1 or not _HESITATIONS.issuperset(pieces[at - 1].split())):
                number += 1
            if number == len(starts):
                starts.append(start)
            else:
                starts[number] = start
            start += len(piece) + 1
        ends = [*starts[2:], len(words), len(words)]
        return {
            at: (
                starts[at],
                cls._from_flat(words[starts[at] : ends[at]], flat[starts[at] : ends[at]]),
            )
            for at in numbers
        }

    @classmethod
    def _from_flat(cls, words: str, flat: str) -> Heard:
        tokens: list[str] = _TOKEN.findall(flat)
        edges = [found.span() for found in _TOKEN.finditer(flat)]
        if ".." in flat:
            tokens = [SENTENCE_MARK if token[0] == SENTENCE_MARK else token for token in tokens]
        if not _HESITATIONS.isdisjoint(tokens):
            heard = [at for at, token in enumerate(tokens) if token not in _HESITATIONS]
            tokens, edges = [tokens[at] for at in heard], [edges[at] for at in heard]
        if any(map(eq, tokens, tokens[1:])):
            # The last of "the, the" is the one the speaker went on from.
            last = [
                at for at in range(len(tokens)) if tokens[at] != "".join(tokens[at + 1 : at + 2])
            ]
            tokens, edges = [tokens[at] for at in last], [edges[at] for at in last]
        return cls(words, tuple(tokens), tuple(edges))

    @cached_property
    def text(self) -> str:
        """The heard text: the tokens with one space between, a space at each end."""
        return f" {' '.join(self.tokens)} "

    def place(self, first: int, last: int) -> Span:
        """Where tokens `first` to `last`, both included, stand in `words`."""
        return Span(self.edges[first][0], self.edges[last][1])

    def sentence_of(self, token: int) -> tuple[int, int]:
        """The tokens of the sentence that holds a token: first, and one past the last."""
        first, last = token, token
        while first > 0 and self.tokens[first - 1] != SENTENCE_MARK:
            first -= 1
        while last < len(self.tokens) and self.tokens[last] != SENTENCE_MARK:
            last += 1
        return first, last
