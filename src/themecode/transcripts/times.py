"""Time stamps in transcripts: where they stand and how many seconds they say."""

from __future__ import annotations

import re

_CLOCK = r"(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,:]\d{1,3})?"
_RANGE = rf"{_CLOCK}(?:\s*(?:-->|->|-|–|—|to)\s*{_CLOCK})?"
#: A stamp in brackets, or as f4 and MAXQDA write it (#00:12:31-5#).
_BRACKETED = rf"(?:\[\s*{_RANGE}\s*\]|\(\s*{_RANGE}\s*\)|<\s*{_RANGE}\s*>|\{{\s*{_RANGE}\s*\}}"
_HASHED = r"#\d{1,2}:\d{2}:\d{2}(?:[-.,]\d{1,3})?#"
BRACKETED_STAMP = rf"{_BRACKETED}|{_HASHED})"
BARE_STAMP = _RANGE
STAMP = rf"(?:{BRACKETED_STAMP}|{_RANGE})"

_LEADING = re.compile(rf"\s*({STAMP})(?=[\s:,;.–—-]|$)[\s:,;–—-]*")
_LEADING_BRACKETED = re.compile(rf"\s*({BRACKETED_STAMP})[\s:,;–—-]*")
_ALONE = re.compile(rf"\s*({STAMP})\s*")
# One space at most: words are collapsed first, and an open run of spaces would take for ever.
_INSIDE = re.compile(rf" ?(?:\[\s*{_RANGE}\s*\]|\(\s*\d{{1,2}}:\d{{2}}:\d{{2}}\s*\)|{_HASHED})")
_INSIDE_ROUND = re.compile(rf" ?\(\s*{_RANGE}\s*\)")
_FIRST = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:[.,:-](\d{1,3}))?")


def parse_stamp(stamp: str) -> float | None:
    """Seconds from the start of the recording, or None where the stamp is not a time."""
    found = _FIRST.search(stamp)
    if found is None or int(found[3]) > 59:
        return None
    if found[1] is not None and int(found[2]) > 59:
        return None
    seconds = int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])
    return seconds + (float(f"0.{found[4]}") if found[4] else 0.0)


def split_leading_stamp(text: str) -> tuple[float | None, str, bool]:
    """The stamp a line begins with, the rest of the line, and whether the stamp is in brackets."""
    head = text[:2].lstrip()
    if not head or not (head[0].isdigit() or head[0] in "[(<{#"):
        return None, text, False
    found = _LEADING_BRACKETED.match(text)
    bracketed = found is not None
    if found is None:
        found = _LEADING.match(text)
    if found is None or (seconds := parse_stamp(found[1])) is None:
        return None, text, False
    return seconds, text[found.end() :], bracketed


def read_lone_stamp(text: str) -> float | None:
    """The seconds a line says if it is a time stamp and nothing else."""
    if len(text) > 40:
        return None
    found = _ALONE.fullmatch(text)
    return parse_stamp(found[1]) if found else None


def drop_inner_stamps(text: str, *, round_too: bool) -> str:
    """The words, white space collapsed, without the bare time stamps among them.

    A note with a time in it, as "[inaudible 00:44:02]", stays.

    Args:
        text: the words of a turn.
        round_too: whether "(12:31)" is a stamp in this file, and not a time of day in brackets.
    """
    if "  " in text or not text.isprintable():
        text = " ".join(text.split())
    text = text.strip(" ")
    if ":" not in text:
        return text
    text = _INSIDE.sub("", text)
    return _INSIDE_ROUND.sub("", text) if round_too else text
