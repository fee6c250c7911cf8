"""Answers in the margin of a Word document: typed into its comments, or replied to them.

Programs keep a reply in different ways, and each of them is read. Word ties it to its comment in a part
of its own. LibreOffice, until it came to do the same, makes a comment that begins with the other one
in quotation marks, and leaves no tie. Where neither is there, a comment on the very words of one of
ours, or right behind it, is a reply to it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from themecode.model import Problem
from themecode.packs.contents import REF_LETTERS
from themecode.packs.document import ANSWER, REF
from themecode.packs.returned import Row
from themecode.transcripts.guards import parse_part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_NONE = (
    "a comment that replies to none of the codes was left. To code words the machine missed, select "
    "them in the reading view of the page."
)
_TWO = (
    "a comment stands on words that more than one code is asked about, and the file does not say which "
    "it replies to. Type the answer inside the comment that asks, after “Your answer:”."
)
#: The line of a comment (or an excerpt) that says which it is.
REF_LINE = re.compile(rf"^\s*{REF}:?\s+([0-9a-f]{{8,{REF_LETTERS}}})\s*$", re.IGNORECASE)
#: The same at the end of a quotation: what follows is the reply.
_QUOTED = re.compile(
    rf"{REF}:?\s+([0-9a-f]{{8,{REF_LETTERS}}})\s*[\"\u201d\u201c\u00bb\u00ab](.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a comment stands: how much text is before it, and whether it is on words of its own."""

    start: int
    end: int
    order: int
    has_words: bool


def text_of(element: Any) -> str:
    """The text in a part of a document, its line breaks too."""
    return "".join(
        each.text or "" if each.tag == f"{_W}t" else "\n"
        for each in element.iter(f"{_W}t", f"{_W}br", f"{_W}tab")
    )


def read_comments(
    archive: zipfile.ZipFile, body: Any, path: Path, problems: list[Problem]
) -> Iterator[Row]:
    """Answers in the comments this pack was sent with, and in replies to them."""
    if "word/comments.xml" not in archive.namelist():
        return
    comments = list(parse_part(archive, "word/comments.xml").iter(f"{_W}comment"))
    refs: dict[int, str] = {}
    for at, comment in enumerate(comments):
        found = [m[1] for p in comment.iter(f"{_W}p") if (m := REF_LINE.match(text_of(p)))]
        if found:
            refs[at] = found[0]
    tied = _read_ties(archive, comments)
    places = _find_places(body, comments)
    replies: dict[int, list[str]] = {}
    for at, comment in enumerate(comments):
        if at in refs:
            continue
        text = " ".join(text_of(p).strip() for p in comment.iter(f"{_W}p")).strip()
        parents, said = _find_parents(at, text, refs, tied, places)
        if len(parents) == 1:
            replies.setdefault(parents[0], []).append(said)
        elif text:
            problems.append(Problem(f"{path} (comments)", at + 1, _TWO if parents else _NONE))
    for at, ref in refs.items():
        answers = replies.get(at, [])
        yield Row(
            at + 1,
            ref,
            _words_under(body, comments[at].get(f"{_W}id", "")),
            answers[-1] if answers else _read_inside(comments[at]),
            "",
            "",
            "comments",
        )


def _find_parents(
    at: int,
    text: str,
    refs: Mapping[int, str],
    tied: Mapping[int, int],
    places: Mapping[int, _Place],
) -> tuple[list[int], str]:
    """Which of our comments another one may be a reply to, and what it says."""
    quoted = _QUOTED.search(text)
    said = quoted[2].strip() if quoted else text
    if tied.get(at) in refs:
        return [tied[at]], said
    if quoted:
        ref = quoted[1].lower()
        return [each for each, known in refs.items() if known.lower() == ref], said
    place = places.get(at)
    if place is None:
        return [], said
    ours = {each: places[each] for each in refs if each in places}
    if place.has_words:
        return [each for each, its in ours.items() if _extent(its) == _extent(place)], said
    behind = [
        each for each, its in ours.items() if its.end == place.end and its.order < place.order
    ]
    return sorted(behind, key=lambda each: ours[each].order)[-1:], said


def _extent(place: _Place) -> tuple[int, int]:
    return place.start, place.end


def _find_places(body: Any, comments: Sequence[Any]) -> dict[int, _Place]:
    """Where in the document each comment stands, by its place among the comments."""
    numbers = {comment.get(f"{_W}id", ""): at for at, comment in enumerate(comments)}
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    places: dict[int, _Place] = {}
    read = order = 0
    wanted = ("commentRangeStart", "commentRangeEnd", "commentReference", "t")
    for each in body.iter(*(f"{_W}{name}" for name in wanted)):
        number = each.get(f"{_W}id", "")
        if each.tag == f"{_W}t":
            read += len(each.text or "")
        elif each.tag == f"{_W}commentRangeStart":
            starts[number] = read
        elif each.tag == f"{_W}commentRangeEnd":
            ends[number] = read
        elif number in numbers:
            order += 1
            end = ends.get(number, read)
            start = starts.get(number, end)
            places[numbers[number]] = _Place(start, end, order, start < end)
    return places


def _read_inside(comment: Any) -> str:
    """What she typed into the comment itself, after its label."""
    typed: list[str] = []
    reading = False
    for paragraph in comment.iter(f"{_W}p"):
        text = text_of(paragraph)
        if REF_LINE.match(text):
            reading = False
        elif text.strip().startswith(ANSWER):
            typed, reading = [text.strip()[len(ANSWER) :].strip()], True
        elif reading:
            typed.append(text.strip())
    return " ".join(filter(None, typed))


def _read_ties(archive: zipfile.ZipFile, comments: Sequence[Any]) -> dict[int, int]:
    """Which comment replies to which, where the program says so."""
    if "word/commentsExtended.xml" not in archive.namelist():
        return {}
    by_paragraph = {
        paragraph.get(f"{_W14}paraId", ""): at
        for at, comment in enumerate(comments)
        for paragraph in comment.iter(f"{_W}p")
    }
    by_paragraph.pop("", None)
    ties = {}
    for each in parse_part(archive, "word/commentsExtended.xml").iter(f"{_W15}commentEx"):
        reply = by_paragraph.get(each.get(f"{_W15}paraId", ""))
        parent = by_paragraph.get(each.get(f"{_W15}paraIdParent", ""))
        if reply is not None and parent is not None:
            ties[reply] = parent
    return ties


def _words_under(body: Any, number: str) -> str | None:
    """The words a comment stands on. None: the mark of where it stands is gone."""
    parts: list[str] = []
    inside = found = False
    for each in body.iter(f"{_W}commentRangeStart", f"{_W}commentRangeEnd", f"{_W}t"):
        if each.tag == f"{_W}t":
            if inside:
                parts.append(each.text or "")
        elif each.get(f"{_W}id") == number:
            inside = each.tag == f"{_W}commentRangeStart"
            found = True
    return "".join(parts) if found else None
