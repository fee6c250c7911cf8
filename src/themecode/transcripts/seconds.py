"""Reads a cell or field that holds a time as seconds from the start of the recording.

`times` finds stamps among words; here the whole text is a time, so that a bare number is one too.
"""

from __future__ import annotations

import re

_CLOCK = re.compile(
    r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d{1,2})(?:[.,:](?P<part>\d{1,6}))?",
    re.ASCII,
)
_NUMBER = re.compile(r"\d{1,7}(?:[.,]\d{1,9})?", re.ASCII)
_RANGE = re.compile(r"\s*(?:-->|->|[-–—]|\bto\b)\s*")
_BRACKETS = {"[": "]", "(": ")", "{": "}", "<": ">"}


def read_seconds(text: str) -> float | None:
    """The seconds a time stamp stands for, where `text` is a time stamp and nothing else.

    `00:12:31`, `0:12`, `12:31.5`, `00:12:31,500`, `[00:12:31]` and a bare number of seconds are
    read; of a range (`00:12 - 00:15`) the beginning is.

    Returns:
        Seconds from the start. None where the text is anything else.
    """
    text = text.strip()
    if len(text) > 80:
        return None
    if len(text) > 2 and _BRACKETS.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    start, *rest = _RANGE.split(text, maxsplit=1)
    if rest and _seconds_of(rest[0]) is None:
        return None
    return _seconds_of(start)


def is_clock(text: str) -> bool:
    """Whether `text` is a time stamp written with colons, and so cannot be a mere number."""
    return ":" in text and read_seconds(text) is not None


def _seconds_of(text: str) -> float | None:
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", "."))
    clock = _CLOCK.fullmatch(text)
    if clock is None or int(clock["seconds"]) > 59:
        return None
    if clock["hours"] is not None and int(clock["minutes"]) > 59:
        return None
    whole = int(clock["hours"] or 0) * 3600 + int(clock["minutes"]) * 60 + int(clock["seconds"])
    return float(f"{whole}.{clock['part'] or 0}")
