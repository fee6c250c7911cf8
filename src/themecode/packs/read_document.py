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
from themecode.packs.document import ABOUT, ANSWER, NOTE, OTHER, SAID, WHICH
from themecode.packs.read_comments import REF_LINE, read_comments, text_of
from themecode.packs.replies import is_placeholder
from themecode.packs.returned import Returned, Row
from themecode.transcripts.guards import open_archive, parse_part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TERMS = "{http://purl.org/dc/terms/}"
_WHOSE = re.compile(r"themecode pack (\w+), review (\w+), for (.+)\.$")
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
        rows += read_comments(archive, body, path, problems)
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
    return map(text_of, body.iter(f"{_W}p"))


def _read_blocks(paragraphs: list[str], path: Path, problems: list[Problem]) -> Iterator[Row]:
    """Excerpts, each from its heading to its Ref, wherever they have been moved to."""
    fields: dict[str, str] = {}
    current = ""
    for number, text in enumerate(paragraphs, start=1):
        if _HEADING.match(text):
            _miss(fields, number, path, problems)
            fields, current = {}, ""
            continue
        ref = REF_LINE.match(text)
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
