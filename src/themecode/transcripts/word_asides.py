"""What a Word document holds beside its text, counted so that nothing is lost in silence."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping

from themecode.model import Problem
from themecode.transcripts.guards import stream_elements
from themecode.transcripts.word_marks import NAMESPACES, value_of

_ASIDES = (
    ("word/comments.xml", "comment", "comment"),
    ("word/footnotes.xml", "footnote", "footnote"),
    ("word/endnotes.xml", "endnote", "endnote"),
)
_MARGINS = re.compile(r"word/(?:header|footer)\d*\.xml")


def report_asides(
    archive: zipfile.ZipFile, left_out: Mapping[str, int], path: str
) -> Iterator[Problem]:
    """What was left out of speech, so that nothing is lost in silence."""
    names = archive.namelist()
    found: list[str] = []
    for part, name, called in _ASIDES:
        if part in names:
            tags = [f"{space}{name}" for space in NAMESPACES]
            # Every document has two empty notes that only draw the line above the notes.
            count = sum(
                1
                for _, note in stream_elements(archive, part, tags=tags)
                if not value_of(note, "type")
            )
            found += [_say_count(count, called)] if count else []
    margins = sum(_has_words(archive, name) for name in names if _MARGINS.fullmatch(name))
    found += [_say_count(margins, "header or footer", "headers or footers")] if margins else []
    found += [_say_count(count, called) for called, count in left_out.items() if count]
    if found:
        yield Problem(
            path,
            None,
            f"left out, as not part of what was said: {', '.join(found)}. "
            "If any of it is speech, move it into the text of the document.",
            blocks=False,
        )


def _has_words(archive: zipfile.ZipFile, part: str) -> bool:
    tags = [f"{space}t" for space in NAMESPACES]
    texts = [text.text or "" for _, text in stream_elements(archive, part, tags=tags)]
    return any(character.isalpha() for text in texts for character in text)


def _say_count(count: int, one: str, many: str = "") -> str:
    return f"1 {one}" if count == 1 else f"{count} {many or _plural(one)}"


def _plural(noun: str) -> str:
    first, _, rest = noun.partition(" ")
    if rest.startswith(("from", "of ")):
        return f"{first}s {rest}"
    return f"{noun}s"
