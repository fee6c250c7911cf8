"""The lines at the head of a transcript that say what it is, and those that close it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from themecode.transcripts.label_shapes import (
    Shape,
    is_detail,
    judge_shape,
    role_of,
)
from themecode.transcripts.utterances import Line

#: No header block is longer than this.
_MOST_LINES = 40

_QUOTES = str.maketrans("", "", "\"'“”‘’")
_DETAIL = re.compile(r"\s*[*_]{0,2}([^:\t]{1,50}?)[*_]{0,2}\s*(?::|\t)[*_]{0,2}\s*(.*)")
_CLOSING = re.compile(
    r"[\s\[(*{<#=_–—-]*(?:(?:the )?end(?:s|ed)?\b(?: of)?(?: the)?(?: (?:transcript(?:ion)?|interview"
    r"|recording|audio|tape|session|focus group|discussion|file|meeting))?"
    r"|(?:transcript|interview|recording|audio|tape|session)s? (?:ends?|ended|stops?|stopped"
    r"|concludes?|finish(?:es|ed)|paused|off)|transcri(?:bed|ption) by\b.{0,80}"
    r"|checked by\b.{0,60}|\*{3,}|-{3,}|={3,}|_{3,})[\s\])*}>#=_.:–—\d-]*",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r".{1,60} (?:started|stopped|paused|resumed) (?:the )?(?:transcription|recording)\.?"
    r"|.{1,60} (?:has )?(?:joined|left) the (?:meeting|call)\.?"
    r"|transcribed by https?://\S+|(?:unknown speaker )?this (?:transcript|text) was "
    r"(?:automatically )?generated.{0,80}",
    re.IGNORECASE,
)


def count_preamble(lines: Sequence[tuple[Line, str]]) -> int:
    """How many lines at the head are details of the recording and not speech.

    Args:
        lines: each line, and its text after any time stamp.
    """
    end = 0
    kinds: list[str] = []
    for line, body in lines[:_MOST_LINES]:
        kind = _judge(line, body)
        if kind is None:
            break
        kinds.append(kind)
        if kind != "other":
            end = len(kinds)
    if set(kinds[:end]) == {"person"} and not _is_block([line for line, _ in lines[: end + 1]]):
        return 0  # "Interviewer: Mary." may be the first thing she says: better kept than lost
    return end


def _is_block(lines: Sequence[Line]) -> bool:
    """Whether two lines or more stand together, with a blank line between them and the next."""
    *block, after = lines
    return len(block) > 1 and after.opens and not any(line.opens for line in block[1:])


def _judge(line: Line, body: str) -> str | None:
    """Whether a line is a detail, says who a person is, or may be either title or speech."""
    if line.heading:
        return "detail"
    found = _DETAIL.fullmatch(body)
    if found is None:
        return "other" if len(body) <= 300 else None
    key, value = found[1].strip(), found[2].strip()
    if is_detail(key):
        return "detail"
    if judge_shape(key) is Shape.NONE:
        return "other"
    return "person" if role_of(key) is not None and _names_someone(value) else None


def _names_someone(value: str) -> bool:
    """Whether the words after "Interviewer:" are a name and not the first thing she says."""
    if not value or value[-1] in "?!" or len(value) > 60:
        return False
    value = value.translate(_QUOTES)
    return all(
        judge_shape(part.strip().rstrip("."))
        in (Shape.NAME, Shape.CODE, Shape.INITIALS, Shape.ROLE)
        for part in re.split(r"[,;&]| and ", value)
        if part.strip()
    )


def read_details(lines: Sequence[Line]) -> dict[str, str]:
    """The details in the head of a transcript, by the words before the colon."""
    details: dict[str, str] = {}
    for line in lines:
        found = _DETAIL.fullmatch(line.text)
        if found and found[2].strip():
            details.setdefault(found[1].strip(), found[2].strip())
    return details


def is_closing_line(text: str) -> bool:
    """Whether a line only says that the recording ends, or who typed it."""
    if len(text) > 120:
        return False
    return _CLOSING.fullmatch(text) is not None or is_meeting_notice(text)


def is_meeting_notice(text: str) -> bool:
    """Whether a line is a meeting program's own: "Orla Penn started transcription"."""
    return len(text) <= 120 and _NOTICE.fullmatch(text.strip()) is not None
