"""Everything a line could be: each way of writing a label that fits it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from themecode.transcripts.label_shapes import (
    LONGEST_LABEL,
    Shape,
    clean_label,
    judge_shape,
    strip_action,
    strip_parens,
)
from themecode.transcripts.times import (
    BARE_STAMP,
    BRACKETED_STAMP,
    parse_stamp,
    split_leading_stamp,
)
from themecode.transcripts.utterances import Line


class Form(IntEnum):
    """The ways a label is written, the surest first."""

    STAMPED = 0  # "Ruth Hallam  0:12" on a line of its own
    COLON = 1  # "INT: words"
    BRACKET = 2  # "[Ruth] words"
    TAB = 3  # "I<tab>words"
    STOP = 4  # "Q. words"
    MARKED = 5  # bold "Ruth", then words
    DASH = 6  # "Ruth - words"
    ALONE = 7  # "Ruth" on a line of its own


_COLON = re.compile(
    rf"(?P<label>[^:：\t]{{1,{LONGEST_LABEL}}}?)\s*(?P<stamp>{BRACKETED_STAMP}|(?<=\s){BARE_STAMP})?"
    r"\s*[*_]{0,3}[:：][*_]{0,3}(?!\d|//)\s*(?P<rest>.*)",
    re.DOTALL,
)
_BRACKET = re.compile(r"[\[<{](?P<label>[^\[\]<>{}:]{1,50})[\]>}]\s*:?\s*(?P<rest>.*)", re.DOTALL)
_TAB = re.compile(r"(?P<label>[^\t:]{1,60}?)[ :]*\t+(?P<rest>.*)", re.DOTALL)
_STOP = re.compile(r"(?P<label>[A-Z]{1,3}\d{0,3})[.)]\s+(?P<rest>.*)", re.DOTALL)
_DASH = re.compile(r"(?P<label>[^:–—]{1,50}?)(?: [-–—]+|[–—]) ?(?P<rest>\S.*)", re.DOTALL)
_STAMPED = re.compile(
    rf"(?P<label>.{{1,{LONGEST_LABEL}}}?)[\s,|–—-]+(?P<stamp>{BRACKETED_STAMP}|{BARE_STAMP})"
    r"\s*:?\s*(?P<rest>)"
)
_CHEVRONS = re.compile(r"\s*>{1,3}\s*")
_NUMBERED = re.compile(r"\s*(\d{1,5})[.)]?[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A label a line may begin with, how it is written, and the words after it."""

    form: Form
    label: str
    key: str
    shape: Shape
    rest: str
    stamp: float | None


@dataclass(slots=True)
class Row:
    """One line with everything it could be."""

    line: Line
    stamp: float | None
    body: str
    bracketed: bool
    candidates: tuple[Candidate, ...]


def drop_line_numbers(lines: Sequence[Line]) -> Sequence[Line]:
    """Take away the numbers of a page with numbered lines."""
    found = [_NUMBERED.match(line.text) for line in lines]
    numbers = [int(number[1]) for number in found if number]
    if len(numbers) < 5 or len(numbers) < 0.8 * len(lines):
        return lines
    if any(after <= before for before, after in pairwise(numbers)):
        return lines
    return [
        Line(
            line.text[number.end() :] if number else line.text,
            line.number,
            max(0, line.marked - (number.end() if number else 0)),
            line.opens,
            line.heading,
        )
        for line, number in zip(lines, found, strict=True)
    ]


def read_row(line: Line, known: frozenset[str]) -> Row:
    """One line with its time stamp and every label it may begin with.

    Args:
        line: the line.
        known: labels known beforehand, as `clean_label` gives them.
    """
    text = line.text.strip()
    if text.startswith(">"):
        text = text[_CHEVRONS.match(text).end() :]  # type: ignore[union-attr]
    stamp, body, bracketed = split_leading_stamp(text)
    candidates = _find_candidates(body, line, known, len(text) - len(body))
    if stamp is not None and not bracketed and not candidates and body and "\t" not in text:
        # "10:30 was when it started" is speech; whether "0:12 So ..." is a stamp, the file decides.
        return Row(line, stamp, body, False, ())
    return Row(line, stamp, body, bracketed, candidates)


def _find_candidates(
    body: str, line: Line, known: frozenset[str], taken: int
) -> tuple[Candidate, ...]:
    if not body:
        return ()
    found: list[Candidate] = []
    head = body[: LONGEST_LABEL + 30]
    if len(body) <= LONGEST_LABEL + 20 and body[-1] in "0123456789])>}:#":
        _add(found, Form.STAMPED, _STAMPED.fullmatch(body), known)
    if ":" in head or "：" in head:
        _add(found, Form.COLON, _COLON.match(body), known)
    if body[0] in "[<{":
        _add(found, Form.BRACKET, _BRACKET.match(body), known)
    if "\t" in head:
        _add(found, Form.TAB, _TAB.match(body), known)
    if body[0].isupper() and ("." in body[:7] or ")" in body[:7]):
        _add(found, Form.STOP, _STOP.match(body), known)
    marked = line.marked - taken
    if 0 < marked < len(body.rstrip()) and not found:
        label, rest = body[:marked], body[marked:]
        _add_label(found, Form.MARKED, label, rest.lstrip(" \t:-–—"), None, known)
    if "–" in head or "—" in head or " -" in head:
        _add(found, Form.DASH, _DASH.match(body), known)
    if len(body) <= LONGEST_LABEL and not found:
        _add_label(found, Form.ALONE, body, "", None, known)
    return tuple(found)


def _add(
    found: list[Candidate], form: Form, match: re.Match[str] | None, known: frozenset[str]
) -> None:
    if match is None:
        return
    groups = match.groupdict()
    stamp = parse_stamp(groups["stamp"]) if groups.get("stamp") else None
    _add_label(found, form, groups["label"], groups["rest"], stamp, known)


def _add_label(
    found: list[Candidate],
    form: Form,
    label: str,
    rest: str,
    stamp: float | None,
    known: frozenset[str],
) -> None:
    name = _read_name(label, known)
    if name is None:
        return
    if stamp is None and rest:
        stamp, after, bracketed = split_leading_stamp(rest)
        if stamp is not None and (bracketed or form is Form.TAB or not after):
            rest = after
        else:
            stamp = None
    found.append(Candidate(form, *name, rest.strip(), stamp))


@lru_cache(maxsize=4096)
def _read_name(label: str, known: frozenset[str]) -> tuple[str, str, Shape] | None:
    """A label as it is shown, its key, and what it looks like; None where it can be nobody's.

    The same few labels stand all through a transcript.
    """
    label = strip_action(" ".join(label.strip(" \t*_:").split()))
    key = clean_label(label)
    shape = judge_shape(label)
    if key and (key in known or clean_label(strip_parens(label)) in known):
        shape = Shape.ROLE
    if shape is Shape.NONE or not (label[:1].isalpha() or any(map(str.isalpha, label))):
        return None
    return label, key, shape
