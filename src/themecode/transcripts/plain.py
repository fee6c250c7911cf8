"""Plain text and Markdown into lines."""

from __future__ import annotations

import re
from pathlib import Path

from themecode.model import Problem
from themecode.transcripts.encodings import decode_text
from themecode.transcripts.guards import read_bytes
from themecode.transcripts.utterances import Line, Parsed

_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*)$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{3,})\s*$")
_RULE = re.compile(r"^ {0,3}([-*_])(?:\s*\1){2,}\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(?=\S)")
_QUOTE = re.compile(r"^ {0,3}>\s?")
_BOLD = re.compile(r"^(\*\*|__)(?=\S)(.{1,200}?)(?<=\S)\1")
# Bounded, so that a line of a million asterisks cannot take for ever.
_MARKS = re.compile(r"(?<![\w*])(\*\*\*|\*\*|\*|__|_)(?=[^\s*_])(.{1,1000}?)(?<=\S)\1(?!\w)")
#: A line all in italics is the scribe's, not a speaker's.
_ASIDE = re.compile(r"^ {0,3}(\*|_)(?=[^\s*_])[^*_]{1,1000}(?<=\S)\1\s*$")
#: A line with more marks than this is no Markdown.
_MOST_MARKS = 1_000
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_TABLE_ROW = re.compile(r"^\s*\|(.+)\|\s*$")
_TABLE_RULE = re.compile(r"^[\s|:-]+$")


def read_plain(path: Path) -> Parsed:
    """Read a .txt transcript into lines.

    Raises:
        UnreadableFile: if it is not text.
    """
    text, encoding = decode_text(read_bytes(path))
    return Parsed(lines=split_lines(text), problems=_note_encoding(path, encoding))


def read_markdown(path: Path) -> Parsed:
    """Read a .md transcript into lines; bold at the start of a line is kept as a hint.

    Raises:
        UnreadableFile: if it is not text.
    """
    text, encoding = decode_text(read_bytes(path))
    return Parsed(lines=split_markdown(text), problems=_note_encoding(path, encoding))


def split_lines(text: str) -> tuple[Line, ...]:
    """The lines of a text that are not blank, each with its number."""
    lines: list[Line] = []
    opens = True
    for number, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            opens = True
            continue
        lines.append(Line(row.rstrip(), number, opens=opens))
        opens = False
    return tuple(lines)


def split_markdown(text: str) -> tuple[Line, ...]:
    """The lines of a Markdown text, without its marks."""
    text = _drop_comments(text)
    lines: list[Line] = []
    opens = True
    for number, row in enumerate(text.split("\n"), start=1):
        if _UNDERLINE.match(row) and lines and not opens and not lines[-1].heading:
            last = lines.pop()
            lines.append(Line(last.text, last.number, opens=True, heading=True))
            opens = True
            continue
        if not row.strip() or _RULE.match(row) or row.strip().startswith("```"):
            opens = True
            continue
        line = _read_row(row, number, opens)
        if line is not None:
            lines.append(line)
        # Two spaces or a backslash end a Markdown line for good.
        opens = bool(line and line.heading) or row.endswith(("  ", "\\"))
    return tuple(lines)


def _drop_comments(text: str) -> str:
    """The text without <!-- comments -->, their line ends kept so that lines keep their numbers."""
    pieces: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        pieces += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + len("-->")
    return "".join([*pieces, text[at:]])


def _read_row(row: str, number: int, opens: bool) -> Line | None:
    if found := _HEADING.match(row):
        text = _strip_marks(found[1].rstrip(" \t#"))
        return Line(text, number, opens=True, heading=True) if text.strip() else None
    if found := _TABLE_ROW.match(row):
        if _TABLE_RULE.match(row):
            return None
        cells = (_strip_marks(cell.strip()) for cell in re.split(r"(?<!\\)\|", found[1]))
        return Line("\t".join(cells), number, opens=True)
    row = _QUOTE.sub("", row).rstrip("\\").rstrip()
    if opens and _ASIDE.match(row):
        text = _strip_marks(row.strip())
        return Line(text, number, marked=len(text), opens=True, heading=True)
    bullet = _BULLET.match(row)
    if bullet:
        row = row[bullet.end() :]
    bold = _BOLD.match(row.lstrip())
    marked = 0
    if bold:
        row = row.lstrip()
        label = _strip_marks(bold[2])
        marked = len(label)
        row = label + _strip_marks(row[bold.end() :])
    else:
        row = _strip_marks(row)
    if not row.strip():
        return None
    return Line(row, number, marked=marked, opens=opens or bullet is not None)


def _strip_marks(text: str) -> str:
    if text.count("*") + text.count("_") > _MOST_MARKS:
        return text
    for _ in range(3):  # bold in italics in bold is as deep as anyone goes
        if "*" not in text and "_" not in text:
            break
        text = _MARKS.sub(r"\2", text)
    return _ESCAPE.sub(r"\1", text)


def _note_encoding(path: Path, encoding: str) -> tuple[Problem, ...]:
    if encoding.startswith(("utf", "windows-1252")):
        return ()
    return (
        Problem(
            str(path),
            None,
            f"the file does not say how its letters are stored; it was read as {encoding}. "
            "If accents or quotation marks look wrong, save it again as UTF-8.",
            blocks=False,
        ),
    )
