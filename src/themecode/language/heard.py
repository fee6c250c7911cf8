"""What is heard in a transcript: its words without capitals, hesitations, marks and notes.

A cue is looked for in what is heard, and found words are shown as they stand in the transcript. The
quick way (`heard_turns`) makes the heard text of a whole transcript at once; the careful way (`Heard`)
makes that of a sentence or a turn with every word apart, and is used where it matters what stands around
a cue. Both go through `_flatten`, which keeps every character's place, and the tests hold them to the
same words.

Nearly all speech in English is written in one byte a character once its dashes and quotation marks are
plain. It is flattened as bytes, by table, at several times the speed; the tests hold both ways to the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import eq

from themecode.model import Span

#: Stands between turns in a transcript's heard text; no transcript can hold it (the readers refuse it).
TURN_MARK = "\x00"
#: Stands at the end of a sentence in heard text.
SENTENCE_MARK = "."

HESITATIONS = frozenset("""er erm erms err um umm uh uhh eh mm mmm mhm hm hmm ah oh ooh""".split())
_ASIDES = re.compile(
    r", (?:do you know what i mean|you know what i mean|what d'you call it|what's it called|to be honest|d'you know|to be fair|basically|obviously|you know|honestly|sort of|kind of|y'know|i mean|innit|right|like|well)(?=,)",
    re.IGNORECASE,
)
_SQUARE = r"\[[^\]\x00]{0,120}\]"
_ROUND = (
    r"\((?:laugh|paus|cry|sigh|inaud|overlap|cough|sniff|silence|crosstalk|unclear)[^)\x00]{0,60}\)"
)
_NOTES = re.compile(f"{_SQUARE}|{_ROUND}", re.IGNORECASE)
_MARKS = re.compile(r"[^\w'. \x00]|_")
_INNER_STOP = re.compile(r"\.(?=\w)")
_TOKEN = re.compile(r"\x00|\.+|(?:(?!'s(?![\w']))[^\s.\x00])+|'s")

#: Apostrophes at the edge of a word, none beside another; found by the apostrophe, the rest is looked at after.
_EDGE_QUOTE = re.compile(rb"'(?:(?=[ .\x00])|(?<=[ .\x00]'))")
_BYTE_ASIDES = re.compile(_ASIDES.pattern.encode())
_BYTE_NOTES = re.compile(_NOTES.pattern.encode())
_BYTE_SQUARE, _BYTE_ROUND = re.compile(_SQUARE.encode()), re.compile(_ROUND.encode())
_BYTE_INNER_STOP = re.compile(rb"\.(?=[^. '\x00])")
#: What is not heard, but tells where a note or an aside stands; and what ends a sentence, though no full stop.
_UNHEARD, _ENDING = 1, 2


def _small_byte(code: int) -> int:
    letter = chr(code)
    if letter.isalnum():
        return ord(letter.lower())
    if letter in "?!":
        return _ENDING
    if letter == "\xad":
        return ord(" ")
    return code if letter in "'. \x00,[]()" else _UNHEARD


_SMALL_BYTES = bytes(map(_small_byte, range(256)))
_HEARD_BYTES = bytes(
    ord(".") if code == _ENDING else ord(" ") if code == _UNHEARD or chr(code) in ",[]()" else code
    for code in range(256)
)
#: Marks that speech is typed with, and what they are here; without them, a byte is enough for a character.
_TYPED = (
    *((mark, "'") for mark in "\u2019\u2018\u02bc"),
    *((mark, " ") for mark in "\u2026\u00ad\u2013\u2014\u201c\u201d\u2010\u2011"),
)


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    # A few capitals (İ) become two characters; places must not shift.
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def _flatten(text: str) -> str:
    """`text` with everything that is not heard blanked out, every character in its old place."""
    plain = plain_marks(text)
    try:
        return flatten_bytes(plain.encode("latin-1")).decode("latin-1")
    except UnicodeEncodeError:
        return flatten_letters(plain)


def plain_marks(text: str) -> str:
    """`text` with the marks that speech is typed with as plain ones, every character in its place."""
    if not text.isascii():
        for mark, plain in _TYPED:
            text = text.replace(mark, plain)
    return text


def flatten_bytes(flat: bytes) -> bytes:
    """What `flatten_letters` does, where each letter is a byte."""
    flat = _BYTE_INNER_STOP.sub(b" ", blank_bytes(flat))
    if b"'" not in flat:
        return flat
    flat = _EDGE_QUOTE.sub(b" ", flat.replace(b"''", b"  "))
    if flat.startswith(b"'"):
        flat = b" " + flat[1:]
    return flat[:-1] + b" " if flat.endswith(b"'") else flat


def blank_bytes(flat: bytes) -> bytes:
    """`flat` with notes, asides and marks blanked out, but for stops and apostrophes."""
    flat = flat.translate(_SMALL_BYTES)
    # A pattern that begins in one way only is looked for much faster.
    if b"[" in flat:
        notes = _BYTE_NOTES if b"(" in flat else _BYTE_SQUARE
        flat = notes.sub(_blank_found, flat)
    elif b"(" in flat:
        flat = _BYTE_ROUND.sub(_blank_found, flat)
    if b", " in flat:
        flat = _BYTE_ASIDES.sub(_blank_found, flat)
    if b"..." in flat:
        flat = flat.replace(b"...", b"   ")
    return flat.translate(_HEARD_BYTES)


def _blank_found(found: re.Match[bytes]) -> bytes:
    return b" " * len(found[0])


def flatten_letters(flat: str) -> str:
    """Turns with plain marks, all that is not heard blanked out, letter by letter."""
    if "[" in flat or "(" in flat:
        flat = _NOTES.sub(_blank, flat)
    if ", " in flat:
        flat = _ASIDES.sub(_blank, flat)
    if "..." in flat:
        flat = flat.replace("...", "   ")
    flat = flat.replace("?", ".").replace("!", ".")
    flat = _MARKS.sub(" ", _lower(flat))
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
    """The heard text of some turns, parted by `TURN_MARK`, one space between words.

    Args:
        turns: the words of each turn.

    Returns:
        " w1 w2 . w3 \\x00 w4 ", beginning and ending with a space; one `TURN_MARK` fewer than turns.
    """
    return _space(_flatten(TURN_MARK.join(turn.replace(TURN_MARK, " ") for turn in turns)))


def _space(flat: str) -> str:
    """Flattened turns with one space between words, no hesitation and no word twice running."""
    spaced = flat.replace(SENTENCE_MARK, " . ").replace(TURN_MARK, f" {TURN_MARK} ")
    spaced = spaced.replace("'s ", " 's ")
    if spaced.endswith("'s"):
        spaced = spaced[:-2] + " 's"
    said = [word for word in spaced.split() if word not in HESITATIONS]
    words = [
        word
        for word, previous in zip(said, ["", *said], strict=False)
        if word != previous or word == TURN_MARK
    ]
    return f" {' '.join(words)} "


def _end_of_next(flat: str, mark: int) -> int:
    """Where the sentence after the one that ends at a mark is over: where the one after it begins."""
    found = 0
    while mark >= 0:
        begin, mark = mark + 1, flat.find(SENTENCE_MARK, mark + 1)
        if found and (mark < 0 or _is_heard(flat[begin:mark])):
            return begin
        # A mark straight after another is not heard: the sentence goes on from there.
        found = found or _is_heard(flat[begin:mark])
    return len(flat)


def _is_heard(flat: str) -> bool:
    """Whether a stretch holds anything but hesitations."""
    begun = flat.split(None, 1)
    return bool(begun) and (begun[0] not in HESITATIONS or not HESITATIONS.issuperset(flat.split()))


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
    def from_sentence(cls, words: str, flat: str, start: int) -> Heard:
        """Hear one sentence of a turn and the one after it.

        Args:
            words: the turn's.
            flat: the same, with what is not heard blanked out.
            start: where the sentence begins.
        """
        end = _end_of_next(flat, flat.find(SENTENCE_MARK, start))
        return cls._from_flat(words[start:end], flat[start:end])

    @classmethod
    def _from_flat(cls, words: str, flat: str) -> Heard:
        edges = [found.span() for found in _TOKEN.finditer(flat)]
        tokens = [flat[start:end] for start, end in edges]
        if ".." in flat:
            tokens = [SENTENCE_MARK if token[0] == SENTENCE_MARK else token for token in tokens]
        if not HESITATIONS.isdisjoint(tokens):
            heard = [at for at, token in enumerate(tokens) if token not in HESITATIONS]
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
        marks = self._marks
        at = bisect_left(marks, token)
        last = marks[at] if at < len(marks) else len(self.tokens)
        return (marks[at - 1] + 1 if at else 0), last

    @cached_property
    def _marks(self) -> list[int]:
        return [at for at, token in enumerate(self.tokens) if token == SENTENCE_MARK]
