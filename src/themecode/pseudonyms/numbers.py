"""Numbers said in words: "double three", "forty-six", "oh seven nine"."""

from __future__ import annotations

import re

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

_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "|".join(TENS)
#: A number from 1 to 99 in words or figures.
NUMBER_UP_TO_99 = rf"(?:\d{{1,2}}|(?:{_TENS})(?:[- ](?:{_ONES}))?|{'|'.join(TEENS)}|{_ONES})"
_FIRSTS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|"
    "fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth"
)
#: A day of the month as it is said: "third", "twenty-second".
DAY_IN_WORDS = rf"(?:(?:twenty|thirty)[- ](?:{_FIRSTS})|{_FIRSTS})"
#: A year as it is said: "nineteen eighty-five", "two thousand and six", "ninety-six".
YEAR_IN_WORDS = (
    rf"(?:(?:nineteen|twenty)[- ](?:oh[- ](?:{_ONES})|(?:{_TENS})(?:[- ](?:{_ONES}))?|"
    rf"{'|'.join(TEENS)})|two thousand(?: and)?(?: (?:{'|'.join(TEENS)}|(?:{_TENS})(?:[- ](?:{_ONES}))?|{_ONES}))?)"
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
    runs: list[tuple[int, int, str, int]] = []
    said: list[tuple[int, int, str, bool]] = []
    times = 1
    times_start = 0
    last_end = 0
    pending_tens = ""
    tens_at = (0, 0)

    def flush_tens() -> None:
        nonlocal pending_tens
        if pending_tens:
            said.append((*tens_at, pending_tens + "0", True))
            pending_tens = ""

    def close() -> None:
        nonlocal times
        flush_tens()
        times = 1
        while said and said[-1][2].isalpha() and said[-1][2].lower() == "a":
            said.pop()  # "… four a week"
        if len(said) > 1 or (said and len(said[0][2]) > 3):
            text = "".join(piece[2] for piece in said)
            in_words = sum(len(piece[2]) for piece in said if piece[3] and piece[2].isdigit())
            runs.append((said[0][0], said[-1][1], text, in_words))
        said.clear()

    for token in _TOKEN.finditer(words):
        low = token[0].lower()
        gap = words[last_end : token.start()]
        if said or pending_tens or times > 1:
            if not _is_small_gap(gap):
                close()
        last_end = token.end()
        if low in TIMES:
            flush_tens()
            times, times_start = TIMES[low], token.start()
            continue
        start = times_start if times > 1 else token.start()
        if low == "o" and said and said[-1][2].isalpha():
            said.append((start, token.end(), "o", False))
        elif low == "hundred" and said and said[-1][2].isdigit():
            said.append((start, token.end(), "00", True))
        elif low == "thousand" and said and said[-1][2].isdigit():
            said.append((start, token.end(), "000", True))
        elif low in DIGITS and not (low == "o" and not said):
            if pending_tens and low in DIGITS and DIGITS[low] != "0":
                said.append((tens_at[0], token.end(), pending_tens + DIGITS[low], True))
                pending_tens = ""
            else:
                flush_tens()
                said.append((start, token.end(), DIGITS[low] * times, True))
        elif low in TENS:
            flush_tens()
            pending_tens, tens_at = TENS[low], (token.start(), token.end())
        elif low in TEENS:
            flush_tens()
            said.append((start, token.end(), TEENS[low], True))
        elif low.lstrip("+").isdigit():
            flush_tens()
            said.append((start, token.end(), low.lstrip("+") * times, False))
        elif any(letter.isdigit() for letter in low):
            flush_tens()
            said.append((start, token.end(), low, False))
        elif len(low) == 1 and low.isalpha():
            flush_tens()
            said.append((start, token.end(), low * times, False))
        elif low in LETTERS:
            flush_tens()
            said.append((start, token.end(), LETTERS[low] * times, False))
        elif len(low) == 2 and low.isalpha() and (low not in _SMALL_WORDS):
            flush_tens()
            said.append((start, token.end(), low, False))
        elif low in _BETWEEN and said and said[-1][3]:
            continue
        else:
            close()
            last_end = token.end()
            continue
        times = 1
    close()
    return runs


_SMALL_WORDS = frozenset(
    """am an as at be by do go he hi if in is it me my no of on or so to up us we ye yo oh ok ah er um
    eh ha hm mm uh ya aw da ma pa re ta ti nt ll ve""".split()
)
_GAPS = frozenset(("", ",", "-", "–", "/", "(", ")", "."))
_BETWEEN = frozenset(("and", "then", "er", "erm", "um", "dash", "hyphen", "slash", "space", "uh"))


def _is_small_gap(gap: str) -> bool:
    """Whether what stands between two figures leaves them one number: a space, a comma, a dash."""
    return gap.strip() in _GAPS and (gap.strip() != "." or gap == ".")
