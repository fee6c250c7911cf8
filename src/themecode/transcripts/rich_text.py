"""Reads rich text (.rtf) with striprtf, which knows its code pages and Unicode escapes.

Bold is lost on the way. Tables are kept: their marks are changed beforehand into characters of the
private-use area, which no transcript holds, so that cells can be told from words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from themecode.errors import UnreadableFile
from themecode.model import Problem
from themecode.transcripts.encodings import unify_line_ends
from themecode.transcripts.guards import read_bytes
from themecode.transcripts.tables import utterances_from_rows
from themecode.transcripts.utterances import Line, Parsed, Utterance

_MAX_BYTES = 32 * 1024 * 1024
_CELL, _ROW_END, _ROW = "\ue000", "\ue001", "\ue002"
_MARKS = (
    (r"\\cell(?![a-z])", _CELL),
    (r"\\row(?![a-z])", _ROW_END),
    (r"\\trowd(?![a-z])", _ROW),
)
_TABLE_ROW = re.compile(f"{_ROW}([^{_ROW_END}]*){_ROW_END}")
#: What striprtf passes over though it is seen on the page, and how a message calls it.
_UNREAD = (
    ("footnotes or comments", re.compile(rb"\{(?:\\\*)?\\(?:footnote|annotation)(?![a-z])")),
    ("text boxes", re.compile(rb"\\shptxt(?![a-z])")),
    ("pictures", re.compile(rb"\\pict(?![a-z])")),
    ("embedded objects", re.compile(rb"\\object(?![a-z])")),
    ("formulas", re.compile(rb"\\moMath(?![A-Za-z])")),
)
_ONE = {
    "footnotes or comments": "footnote or comment", "text boxes": "text box", "pictures": "picture",
    "embedded objects": "embedded object", "formulas": "formula", "headers or footers": "header or footer",
}  # fmt: skip
_MARGIN = re.compile(rb"\{\\(?:header|footer)[lrf]?(?![a-z])")
_MOST_MARGIN = 20_000
_BRACE = re.compile(rb"(?<!\\)[{}]")
_CONTROL = re.compile(rb"\\[a-z]+-?\d*|\\.")
_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]")
#: Pictures and embedded objects: long runs of hexadecimal digits that hold no words.
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}\s?){256,}+")


def read_rtf(path: Path) -> Parsed:
    """Read an .rtf into lines, or into turns where it is a table of speakers and words.

    Raises:
        UnreadableFile: if it is not rich text, or holds no words.
    """
    raw = read_bytes(path, max_bytes=_MAX_BYTES)
    if not raw.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
        raise UnreadableFile(
            "this is not rich text (.rtf), whatever its name says. Open it in the program that "
            "made it and use Save As to make a .docx or .rtf."
        )
    text = _strip(raw)
    rows = unify_line_ends(_TABLE_ROW.sub(lambda row: _flatten_row(row[1]), text)).split("\n")
    lines, tables = _part_tables(rows)
    problems: list[Problem] = []
    if rb"\deleted" in raw:
        message = (
            "changes are tracked in it, and words marked as deleted may have been read too. Accept "
            "the changes and save it again."
        )
        problems.append(Problem(str(path), None, message, blocks=False))
    if left_out := list(_count_unread(raw)):
        message = f"{', '.join(left_out)} left out."
        problems.append(Problem(str(path), None, message, blocks=False))
    turns: list[Utterance] = []
    for first, table in tables:
        found = utterances_from_rows(table, first_line=first)
        if found is None:
            lines += [Line("\t".join(row), at) for at, row in enumerate(table, first) if any(row)]
        else:
            turns += found
    lines.sort(key=lambda line: line.number)
    if not lines and not turns:
        raise UnreadableFile("no words were found in it. Open it, and save it again as .docx.")
    if sum(len(turn.text) for turn in turns) >= sum(len(line.text) for line in lines):
        return Parsed(utterances=tuple(turns), problems=tuple(problems))
    lines += [Line(f"{turn.speaker}: {turn.text}", turn.line) for turn in turns]
    lines.sort(key=lambda line: line.number)
    return Parsed(lines=tuple(lines), problems=tuple(problems))


def _count_unread(raw: bytes) -> Iterator[str]:
    """What is seen beside the text, or in its margins, as a message counts it."""
    counts = {called: len(pattern.findall(raw)) for called, pattern in _UNREAD}
    # A picture is often written twice, for older programs too.
    counts["pictures"] -= min(counts["pictures"], raw.count(b"\\nonshppict"))
    counts["headers or footers"] = sum(
        bool(_LETTERS.search(_CONTROL.sub(b" ", _group_at(raw, found.end()))))
        for found in _MARGIN.finditer(raw)
    )
    for called, count in counts.items():
        if count:
            yield f"{count:,} {called}" if count > 1 else f"1 {_ONE[called]}"


def _group_at(raw: bytes, start: int) -> bytes:
    """What stands in a group from a place in it to its end."""
    depth = 1
    for brace in _BRACE.finditer(raw, start, start + _MOST_MARGIN):
        depth += 1 if brace[0] == b"{" else -1
        if not depth:
            return raw[start : brace.start()]
    return raw[start : start + _MOST_MARGIN]


def _strip(raw: bytes) -> str:
    from striprtf.striprtf import rtf_to_text

    source = _HEX.sub("", raw.decode("cp1252", "replace"))
    for pattern, mark in _MARKS:
        source = re.sub(pattern + r"-?\d*\ ?", mark, source)
    try:
        text = str(rtf_to_text(source, errors="replace"))  # type: ignore[no-untyped-call]
        # Rich text writes an emoji as two halves, which only UTF-16 puts together.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    except (ValueError, LookupError, IndexError, OverflowError, UnicodeError):
        raise UnreadableFile(
            "the file is damaged inside. Open it in Word or LibreOffice and save it again."
        ) from None


def _flatten_row(row: str) -> str:
    """A table's row on one line of its own."""
    cells = row.replace(_ROW, "").split(_CELL)[:-1]
    return "\n" + _CELL.join(" ".join(cell.split()) for cell in cells) + _ROW_END + "\n"


def _part_tables(
    rows: list[str],
) -> tuple[list[Line], list[tuple[int, list[list[str]]]]]:
    """Lines of text, and tables with the number of their first row."""
    lines: list[Line] = []
    tables: list[tuple[int, list[list[str]]]] = []
    number = 0
    in_table = False
    for row in rows:
        if not row.strip():
            continue
        number += 1
        if row.endswith(_ROW_END):
            cells = row[:-1].split(_CELL)
            if in_table:
                tables[-1][1].append(cells)
            else:
                tables.append((number, [cells]))
            in_table = True
            continue
        in_table = False
        text = re.sub(f"[{_CELL}{_ROW_END}{_ROW}]", " ", row).rstrip()
        if text:
            # In rich text every line is a paragraph of its own.
            lines.append(Line(text, number))
    return lines, tables
