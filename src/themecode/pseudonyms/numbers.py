"""Numbers said in words: "double three", "forty-six", "oh seven nine"."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: How a digit is said.
DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0", "one": "1", "two": "2",
    "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6",
    "seventy": "7", "eighty": "8", "ninety": "9",
}  # fmt: skip
TIMES = {"double": 2, "treble": 3, "triple": 3}
#: How a letter is said.
LETTERS = {
    "ay": "a", "bee": "b", "cee": "c", "dee": "d", "ee": "e", "eff": "f", "gee": "g", "aitch": "h",
    "haitch": "h", "jay": "j", "kay": "k", "ell": "l", "em": "m", "en": "n", "pee": "p", "cue": "q",
    "queue": "q", "ar": "r", "ess": "s", "tee": "t", "vee": "v", "ex": "x", "wye": "y", "zed": "z",
    "alpha": "a", "bravo": "b", "charlie": "c", "delta": "d", "echo": "e", "foxtrot": "f", "golf": "g",
    "hotel": "h", "india": "i", "juliet": "j", "kilo": "k", "lima": "l", "mike": "m", "november": "n",
    "oscar": "o", "papa": "p", "quebec": "q", "romeo": "r", "sierra": "s", "tango": "t", "uniform": "u",
    "victor": "v", "whiskey": "w", "whisky": "w", "yankee": "y", "zulu": "z",
}  # fmt: skip

#: One to nine, and the tens, for a pattern.
ONES = "one|two|three|four|five|six|seven|eight|nine"
TENS_SAID = "|".join(TENS)
#: A number from 1 to 99 in words or figures.
NUMBER_UP_TO_99 = rf"(?:\d{{1,2}}|(?:{TENS_SAID})(?:[- ](?:{ONES}))?|{'|'.join(TEENS)}|{ONES})"
_FIRSTS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|"
    "fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth"
)
#: A day of the month as it is said: "third", "twenty-second".
DAY_IN_WORDS = rf"(?:(?:twenty|thirty)[- ](?:{_FIRSTS})|{_FIRSTS})"
#: A year as it is said: "nineteen eighty-five", "two thousand and six", "ninety-six".
YEAR_IN_WORDS = (
    rf"(?:(?:nineteen|twenty)[- ](?:oh[- ](?:{ONES})|(?:{TENS_SAID})(?:[- ](?:{ONES}))?|"
    rf"{'|'.join(TEENS)})|two thousand(?: and)?(?: (?:{'|'.join(TEENS)}|(?:{TENS_SAID})(?:[- ](?:{ONES}))?|{ONES}))?)"
)

_TOKEN = re.compile(r"[A-Za-z0-9+]+")


def find_runs(words: str) -> list[tuple[int, int, str, int]]:
    """Runs of figures, number words and single letters that are read out one after another.

    Args:
        words: as spoken.

    Returns:
        For each run: start, end, what it comes to as it would be written ("07700900418", "BH149BT"), and how
        many of its digits were said in words.
    """
    reader = _Reader()
    last_end = 0
    for token in _TOKEN.finditer(words):
        if not _is_small_gap(words[last_end : token.start()]):
            reader.close()
        last_end = token.end()
        reader.take(token[0].lower(), token.start(), token.end())
    reader.close()
    return reader.runs


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a number as it was said."""

    start: int
    end: int
    text: str
    in_words: bool


class _Reader:
    """Hears a number out, word by word."""

    def __init__(self) -> None:
        self.runs: list[tuple[int, int, str, int]] = []
        self._said: list[_Piece] = []
        self._tens: _Piece | None = None
        self._times, self._times_start = 1, 0

    def take(self, low: str, start: int, end: int) -> None:
        """Hear one word."""
        if low in TIMES:
            self._end_tens()
            self._times, self._times_start = TIMES[low], start
            return
        if self._times > 1:
            start = self._times_start
        if low in _BETWEEN and self._said and self._said[-1].in_words:
            return
        piece = self._read(low, start, end)
        if piece is None:
            if low in TENS:
                self._end_tens()
                self._tens = _Piece(start, end, TENS[low], in_words=True)
            else:
                self.close()
                return
        else:
            self._said.append(piece)
        self._times = 1

    def _read(self, low: str, start: int, end: int) -> _Piece | None:
        """What a word adds to the number. None: nothing, or tens that wait for their ones."""
        if low in DIGITS and DIGITS[low] != "0" and self._tens is not None:
            begun, self._tens = self._tens, None
            return _Piece(begun.start, end, begun.text + DIGITS[low], in_words=True)
        before = self._said[-1].text if self._said else ""
        if low == "o" and before.isalpha():
            return self._add(start, end, "o", in_words=False)
        if low in _ZEROS and before.isdigit():
            return self._add(start, end, _ZEROS[low], in_words=True)
        if low in DIGITS and not (low == "o" and not self._said):
            return self._add(start, end, DIGITS[low] * self._times, in_words=True)
        if low in TEENS:
            return self._add(start, end, TEENS[low], in_words=True)
        if any(letter.isdigit() for letter in low):
            return self._add(start, end, low.lstrip("+") * self._times, in_words=False)
        letters = low if len(low) == 1 and low.isalpha() else LETTERS.get(low, "")
        if letters:
            return self._add(start, end, letters * self._times, in_words=False)
        if len(low) == 2 and low.isalpha() and low not in _SMALL_WORDS:
            return self._add(start, end, low, in_words=False)
        return None

    def _add(self, start: int, end: int, text: str, *, in_words: bool) -> _Piece:
        self._end_tens()
        return _Piece(start, end, text, in_words=in_words)

    def _end_tens(self) -> None:
        if self._tens is not None:
            tens, self._tens = self._tens, None
            self._said.append(_Piece(tens.start, tens.end, tens.text + "0", in_words=True))

    def close(self) -> None:
        """The number ends here, if there is one."""
        self._end_tens()
        self._times = 1
        said = self._said
        spoken = any(each.in_words for each in said)
        # A National Insurance number begins and ends with letters; "… four a week" does not begin so.
        if spoken and said[-1].text.lower() == "a" and not said[0].text.isalpha():
            said.pop()
        if len(said) > 1 or (said and len(said[0].text) > 3):
            in_words = sum(len(each.text) for each in said if each.in_words and each.text.isdigit())
            text = "".join(each.text for each in said)
            self.runs.append((said[0].start, said[-1].end, text, in_words))
        said.clear()


_ZEROS = {"hundred": "00", "thousand": "000"}
_SMALL_WORDS = frozenset(
    """am an as at be by do go he hi if in is it me my no of on or so to up us we ye yo oh ok ah er um
    eh ha hm mm uh ya aw da ma pa re ta ti nt ll ve""".split()
)
_GAPS = frozenset(("", ",", "-", "–", "/", "(", ")", "."))
_BETWEEN = frozenset(("and", "then", "er", "erm", "um", "dash", "hyphen", "slash", "space", "uh"))


def _is_small_gap(gap: str) -> bool:
    """Whether what stands between two figures leaves them one number: a space, a comma, a dash."""
    return gap.strip() in _GAPS and (gap.strip() != "." or gap == ".")
