"""A Word document that came back: answers in boxes, beside them, or as replies to comments."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from themecode.errors import UnreadableFile
from themecode.model import Problem
from themecode.packs.contents import REF_LETTERS
from themecode.packs.document import ABOUT, ANSWER, NOTE, OTHER, REF, SAID, WHICH
from themecode.packs.replies import is_placeholder
from themecode.packs.returned import Returned, Row
from themecode.transcripts.guards import open_archive, parse_part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_TERMS = "{http://purl.org/dc/terms/}"
_WHOSE = re.compile(r"themecode pack (\w+), review (\w+), for (.+)\.$")
_REF = re.compile(rf"^\s*{REF}:?\s+([0-9a-f]{{8,{REF_LETTERS}}})\s*$", re.IGNORECASE)
_HEADING = re.compile(r"^\s*Excerpt \d+\s*$", re.IGNORECASE)
#: Each label, and which field what follows it belongs to.
_LABELS = (
    (ANSWER, "answer"), (OTHER, "codes"), ("Which codes:", "codes"), (NOTE, "note"),
    (SAID, "words"), (ABOUT.strip(), ""), (WHICH, ""),
)  # fmt: skip


def read_document(path: Path) -> Returned:
    """Read the answers in a Word document.

    Raises:
        UnreadableFile: it is not a Word document, or not a pack.
    """
    with open_archive(path, main_part="word/document.xml") as archive:
        body = parse_part(archive, "word/document.xml")
        paragraphs = list(_read_paragraphs(body))
        problems: list[Problem] = []
        rows = list(_read_blocks(paragraphs, path, problems))
        rows += _read_comments(archive, body, path, problems)
        saved = _read_saved(archive)
    whose = next((found for text in paragraphs if (found := _WHOSE.search(text.strip()))), None)
    if not rows and whose is None:
        raise UnreadableFile("it is no review pack: it holds no excerpt with its Ref.")
    return Returned(
        str(path),
        whose[3] if whose else "",
        whose[2] if whose else "",
        whose[1] if whose else "",
        saved,
        "word",
        tuple(rows),
        tuple(problems),
    )


def _read_paragraphs(body: Any) -> Iterator[str]:
    return map(_text_of, body.iter(f"{_W}p"))


def _text_of(element: Any) -> str:
    return "".join(
        each.text or "" if each.tag == f"{_W}t" else "\n"
        for each in element.iter(f"{_W}t", f"{_W}br", f"{_W}tab")
    )


def _read_blocks(paragraphs: list[str], path: Path, problems: list[Problem]) -> Iterator[Row]:
    """Excerpts, each from its heading to its Ref, wherever they have been moved to."""
    fields: dict[str, str] = {}
    current = ""
    for number, text in enumerate(paragraphs, start=1):
        if _HEADING.match(text):
            _miss(fields, number, path, problems)
            fields, current = {}, ""
            continue
        ref = _REF.match(text)
        if ref:
            if "answer" in fields:
                yield Row(
                    number,
                    ref[1],
                    fields.get("words"),
                    _typed(fields.get("answer", "")),
                    _typed(fields.get("codes", "")),
                    _typed(fields.get("note", "")),
                )
            fields, current = {}, ""
            continue
        label = next(
            ((name, kind) for name, kind in _LABELS if text.lstrip().startswith(name)), None
        )
        if label is not None:
            current = label[1]
            if current:
                fields[current] = text.lstrip()[len(label[0]) :].strip()
        elif current and text.strip():
            fields[current] = f"{fields[current]} {text.strip()}".strip()
    _miss(fields, len(paragraphs), path, problems)


def _miss(fields: dict[str, str], number: int, path: Path, problems: list[Problem]) -> None:
    if _typed(fields.get("answer", "")):
        problems.append(
            Problem(
                str(path), number,
                "there is an answer (near this paragraph), but the excerpt has lost its Ref, so "
                "nobody knows what it is about. Answer it in the pack as it was sent.",
            )
        )  # fmt: skip


def _typed(text: str) -> str:
    """What she typed; a box that was left alone holds nothing."""
    for placeholder in ("Choose an answer", "Write here"):
        text = text.replace(placeholder, " ")
    return "" if is_placeholder(text) and "?" not in text else text.strip()


def _read_comments(
    archive: zipfile.ZipFile, body: Any, path: Path, problems: list[Problem]
) -> Iterator[Row]:
    """Answers in the comments this pack was sent with, and in replies to them."""
    names = set(archive.namelist())
    if "word/comments.xml" not in names:
        return
    comments = list(parse_part(archive, "word/comments.xml").iter(f"{_W}comment"))
    parents = _read_parents(archive) if "word/commentsExtended.xml" in names else {}
    by_paragraph = {
        paragraph.get(f"{_W14}paraId", ""): at
        for at, comment in enumerate(comments)
        for paragraph in comment.iter(f"{_W}p")
    }
    refs: dict[int, str] = {}
    for at, comment in enumerate(comments):
        found = [m[1] for p in comment.iter(f"{_W}p") if (m := _REF.match(_text_of(p)))]
        if found:
            refs[at] = found[0]
    replies: dict[int, list[str]] = {}
    for at, comment in enumerate(comments):
        if at in refs:
            continue
        ids = [p.get(f"{_W14}paraId", "") for p in comment.iter(f"{_W}p")]
        parent = next((by_paragraph.get(parents[each]) for each in ids if parents.get(each)), None)
        text = " ".join(_text_of(p).strip() for p in comment.iter(f"{_W}p")).strip()
        if parent in refs:
            replies.setdefault(parent, []).append(text)
        elif text:
            problems.append(
                Problem(
                    f"{path} (comments)", at + 1,
                    "a comment that replies to none of the codes was left. To code words the "
                    "machine missed, select them in the reading view of the page.",
                )
            )  # fmt: skip
    for at, ref in refs.items():
        inside = _read_inside(comments[at])
        answers = replies.get(at, [])
        number = comments[at].get(f"{_W}id", "")
        yield Row(
            at + 1,
            ref,
            _words_under(body, number),
            answers[-1] if answers else inside,
            "",
            "",
            "comments",
        )


def _read_inside(comment: Any) -> str:
    """What she typed into the comment itself, after its label."""
    typed: list[str] = []
    reading = False
    for paragraph in comment.iter(f"{_W}p"):
        text = _text_of(paragraph)
        if _REF.match(text):
            reading = False
        elif text.strip().startswith(ANSWER):
            typed, reading = [text.strip()[len(ANSWER) :].strip()], True
        elif reading:
            typed.append(text.strip())
    return " ".join(filter(None, typed))


def _read_parents(archive: zipfile.ZipFile) -> dict[str, str]:
    root = parse_part(archive, "word/commentsExtended.xml")
    return {
        each.get(f"{_W15}paraId", ""): each.get(f"{_W15}paraIdParent", "")
        for each in root.iter(f"{_W15}commentEx")
    }


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


def _read_saved(archive: zipfile.ZipFile) -> datetime | None:
    """When the file says it was saved last; None where nobody has saved it since it was made."""
    if "docProps/core.xml" not in archive.namelist():
        return None
    root = parse_part(archive, "docProps/core.xml")
    times = {each.tag: (each.text or "").strip() for each in root}
    saved = times.get(f"{_TERMS}modified", "")
    if not saved or saved == times.get(f"{_TERMS}created"):
        return None
    try:
        at = datetime.fromisoformat(saved)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
