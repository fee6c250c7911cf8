"""Words cut into the pieces that the sentence encoder knows (WordPiece, Devlin et al. 2019).

The pieces in `vocab.txt` are those of `bert-base-uncased` (Google, Apache License 2.0), unchanged. The
`tokenizers` library gives the same numbers and brings sixteen packages with it; this gives them alone.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from themecode.errors import ThemecodeError

#: Of `vocab.txt`, as Google published it.
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
#: A longer word is not cut: nobody said it.
LONGEST_WORD = 100
BEGIN, END, UNKNOWN = 101, 102, 100


@lru_cache(maxsize=1)
def read_vocabulary() -> dict[str, int]:
    """Every piece and its number.

    Raises:
        ThemecodeError: the file is not the one that the encoder was trained with.
    """
    raw = (files(__package__) / "vocab.txt").read_bytes()
    if sha256(raw).hexdigest() != VOCABULARY_SHA256:
        raise ThemecodeError(
            "The encoder's word list is not the one themecode was made with: install themecode again. "
            "Until then `--no-meaning` codes with cues alone."
        )
    return {piece: number for number, piece in enumerate(raw.decode("utf-8").split("\n")) if piece}


def number_pieces(text: str, *, most: int) -> list[int]:
    """The numbers of a text's pieces, with the marks of its beginning and its end.

    Args:
        text: any words.
        most: pieces to keep, marks included; the rest is left out.
    """
    numbers = [BEGIN]
    for word in _split_words(text):
        numbers.extend(_cut_word(word))
        if len(numbers) >= most:
            break
    return [*numbers[: most - 1], END]


@lru_cache(maxsize=65536)
def _cut_word(word: str) -> tuple[int, ...]:
    """The longest pieces that make up a word, from its beginning."""
    vocabulary = read_vocabulary()
    if len(word) > LONGEST_WORD:
        return (UNKNOWN,)
    pieces: list[int] = []
    start = 0
    while start < len(word):
        mark = "##" if start else ""
        for end in range(len(word), start, -1):
            number = vocabulary.get(mark + word[start:end])
            if number is not None:
                pieces.append(number)
                start = end
                break
        else:
            return (UNKNOWN,)
    return tuple(pieces)


def _split_words(text: str) -> list[str]:
    """Words and single punctuation marks, small letters, accents left off."""
    if text.isascii():
        spaced = _space_ascii(text)
    else:
        cleaned = "".join(map(_clean, text)).lower()
        plain = unicodedata.normalize("NFD", cleaned)
        spaced = "".join(
            f" {char} " if _is_mark(char) else char
            for char in plain
            if unicodedata.category(char) != "Mn"
        )
    return spaced.split()


_ASCII_MARKS = {
    code: " " if chr(code).isspace() else "" if code < 32 or code == 127 else f" {chr(code)} "
    for code in range(128)
    if not chr(code).isalnum()
}
_ASCII_MARKS[32] = " "
for _code in (0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x1F):  # control signs, though Python calls them space
    _ASCII_MARKS[_code] = ""


def _space_ascii(text: str) -> str:
    return text.translate(_ASCII_MARKS).lower()


def _clean(char: str) -> str:
    if char in "\t\n\r":
        return " "
    category = unicodedata.category(char)
    if char in "\0�" or category.startswith("C"):
        return ""
    if category == "Zs":
        return " "
    return f" {char} " if _is_ideograph(ord(char)) else char


def _is_mark(char: str) -> bool:
    code = ord(char)
    if code < 128:
        return not char.isalnum() and not char.isspace() and 32 < code < 127
    return unicodedata.category(char).startswith("P")


def _is_ideograph(code: int) -> bool:
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0x20000 <= code <= 0x2A6DF
        or 0x2A700 <= code <= 0x2CEAF
        or 0xF900 <= code <= 0xFAFF
        or 0x2F800 <= code <= 0x2FA1F
    )
