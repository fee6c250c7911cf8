"""Word documents into lines or, where a table has a row a turn, utterances.

Streamed with lxml and not read with python-docx, which is slower and leaves out text boxes, tracked
insertions and content controls. What a reader of the finished document would see is read: tracked
insertions and moved text once, where they now stand; deletions and hidden text not at all.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.errors import UnreadableFile
from themecode.model import Problem
from themecode.transcripts.guards import open_archive, parse_part, stream_elements
from themecode.transcripts.preamble import read_details
from themecode.transcripts.tables import utterances_from_rows
from themecode.transcripts.utterances import Line, Parsed, Utterance

if TYPE_CHECKING:
    from lxml import etree

_NAMESPACES = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MAIN_PART = "word/document.xml"
_OFFICE_DOCUMENT = "/relationships/officeDocument"
#: More turns than this are no transcript: a year of speech is about 3 million.
_MAX_PARAGRAPHS = 500_000

#: What is entered to look for words.
_INTO = ("ins", "moveTo", "hyperlink", "sdt", "sdtContent", "smartTag", "customXml", "fldSimple",
         "dir", "bdo", "ruby", "rubyBase")  # fmt: skip
_KINDS = {
    f"{space}{name}": name
    for space in _NAMESPACES
    for name in (
        *_INTO, "p", "r", "t", "tab", "br", "cr", "noBreakHyphen", "sym", "fldChar", "del",
        "moveFrom", "pPr", "rPr", "drawing", "pict", "object", "tbl", "tr", "tc", "ptab",
    )
} | {f"{_COMPATIBILITY}AlternateContent": "either"}  # fmt: skip
_INTO_KINDS = frozenset(_INTO)
_HOLDERS = frozenset({"drawing", "pict", "object", "either"})
#: Signs of the Symbol and Wingdings fonts that turn up in transcripts.
_SIGNS = {
    ("symbol", 0xB7): "•", ("symbol", 0xAE): "→", ("symbol", 0xB0): "°", ("symbol", 0xA3): "≤",
    ("symbol", 0xB3): "≥", ("symbol", 0xB4): "×", ("wingdings", 0x4A): "☺", ("wingdings", 0x4C): "☹",
    ("wingdings", 0xE0): "→", ("wingdings", 0xFC): "✓", ("wingdings", 0xFB): "✗",
}  # fmt: skip
_HEADING = re.compile(r"(?:heading|title|subtitle|berschrift|titre|titel)\s*\d*", re.IGNORECASE)
_OFF = frozenset({"0", "false", "off", "none"})
_SET_OFF = frozenset({"b", "bCs", "u", "smallCaps", "caps"})
_ASIDES = (
    ("word/comments.xml", "comment", "comment"),
    ("word/footnotes.xml", "footnote", "footnote"),
    ("word/endnotes.xml", "endnote", "endnote"),
)
_MARGINS = re.compile(r"word/(?:header|footer)\d*\.xml")


def read_word(path: Path) -> Parsed:
    """Read a Word document.

    Raises:
        UnreadableFile: if it is not a whole and harmless Word document.
    """
    with open_archive(path, main_part="[Content_Types].xml") as archive:
        main_part = _find_main_part(archive)
        body = _Body()
        body.read(archive, main_part)
        problems = tuple(_report_asides(archive, body, str(path)))
    return _settle(body, problems, str(path))


def _find_main_part(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if _MAIN_PART in names:
        return _MAIN_PART
    if "_rels/.rels" in names:
        for relation in parse_part(archive, "_rels/.rels"):
            if str(relation.get("Type", "")).endswith(_OFFICE_DOCUMENT):
                target = str(relation.get("Target", "")).lstrip("/")
                if target in names and target.startswith("word/"):
                    return target
    raise UnreadableFile(
        "this is not a Word document (.docx), whatever its name says: it is another kind of file "
        "with a new ending. Give it back its own ending, or save it as .docx from its program."
    )


@dataclass(slots=True)
class _Paragraph:
    """The words of one paragraph as they are gathered."""

    pieces: list[str] = field(default_factory=list)
    marked: int = 0
    plain: bool = False
    heading: bool = False
    mark_deleted: bool = False
    boxes: list[_Paragraph] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def add(self, text: str, *, set_off: bool) -> None:
        if not text:
            return
        if set_off and not self.plain:
            self.marked += len(text)
        elif not text.isspace():
            self.plain = True
        elif not self.plain:
            self.marked += len(text)
        self.pieces.append(text)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table at the body's level: its rows as text, and where its first row stands."""

    rows: list[list[str]]
    first_line: int


class _Body:
    """Reads the body a paragraph and a row at a time, forgetting each once it is read."""

    def __init__(self) -> None:
        self.blocks: list[_Table | list[Line]] = []
        self.left_out: Counter[str] = Counter()
        self._number = 0
        self._fields: list[bool] = []  # for each open field: whether its result has begun
        self._joined: _Paragraph | None = None

    def read(self, archive: zipfile.ZipFile, part: str) -> None:
        tags = [f"{space}{name}" for space in _NAMESPACES for name in ("p", "tr", "tbl", "altChunk")]
        in_paragraph = in_table = 0
        rows: list[list[str]] = []
        first_line = 0
        for event, element in stream_elements(archive, part, tags=tags, events=("start", "end")):
            kind = _KINDS.get(element.tag, "altChunk")
            if event == "start":
                if kind == "p":
                    in_paragraph += 1
                elif kind == "tbl" and not in_paragraph:
                    in_table += 1
                    if in_table == 1:
                        rows, first_line = [], self._number + 1
                elif kind == "altChunk":
                    self.left_out["part from another file"] += 1
                continue
            if kind == "p":
                in_paragraph -= 1
                if not in_paragraph and not in_table:
                    self._take_paragraph(element)
                    _forget(element)
            elif in_paragraph:
                continue
            elif kind == "tr" and in_table == 1:
                if (row := self._read_row(element)) is not None:
                    rows.append(row)
                self._count()
                _forget(element)
            elif kind == "tbl":
                in_table -= 1
                if not in_table:
                    self.blocks.append(_Table(rows, first_line))
                    _forget(element)

    def _count(self) -> None:
        self._number += 1
        if self._number > _MAX_PARAGRAPHS:
            raise UnreadableFile(
                f"the document has more than {_MAX_PARAGRAPHS:,} paragraphs, which no transcript "
                "has. It was not read. Split it if it is real."
            )

    def _take_paragraph(self, element: etree._Element) -> None:
        self._count()
        paragraph = self._joined or _Paragraph()
        self._joined = None
        self._walk(element, paragraph)
        if paragraph.mark_deleted:
            # The paragraph's end was deleted with tracked changes: the next one goes on from here.
            paragraph.mark_deleted = False
            self._joined = paragraph
            return
        self._lay_down(paragraph)

    def _lay_down(self, paragraph: _Paragraph) -> None:
        if not self.blocks or isinstance(self.blocks[-1], _Table):
            self.blocks.append([])
        lines = self.blocks[-1]
        assert isinstance(lines, list)
        marked = paragraph.marked
        opens = True
        for text in paragraph.text.split("\n"):
            if text.strip():
                lead = len(text) - len(text.lstrip(" "))
                lines.append(
                    Line(
                        text.strip(" \xa0"),
                        self._number,
                        max(0, min(marked, len(text)) - lead),
                        opens,
                        paragraph.heading,
                    )
                )
                opens = False
            marked = max(0, marked - len(text) - 1)
        for box in paragraph.boxes:
            self._lay_down(box)

    def _read_row(self, row: etree._Element) -> list[str] | None:
        """The row's cells as text, paragraphs parted by line ends. None: the row was deleted."""
        cells: list[str] = []
        for child in row:
            kind = _KINDS.get(child.tag)
            if kind == "tc":
                cells.append(self._read_cell(child))
            elif kind in _INTO_KINDS:
                cells += self._read_row(child) or []
            elif _local(child) == "trPr" and _child(child, "del") is not None:
                self.left_out["deleted row"] += 1
                return None
        return cells

    def _read_cell(self, cell: etree._Element) -> str:
        texts: list[str] = []
        for paragraph in self._paragraphs_in(cell):
            texts.append(paragraph.text.strip())
            texts += [box.text.strip() for box in paragraph.boxes]
        return "\n".join(text for text in texts if text)

    def _paragraphs_in(self, holder: etree._Element) -> Iterator[_Paragraph]:
        joined: _Paragraph | None = None
        for child in holder:
            kind = _KINDS.get(child.tag)
            if kind == "p":
                paragraph = joined or _Paragraph()
                joined = None
                self._walk(child, paragraph)
                if paragraph.mark_deleted:
                    paragraph.mark_deleted = False
                    joined = paragraph
                else:
                    yield paragraph
            elif kind in ("tbl", "tr", "tc") or kind in _INTO_KINDS:
                yield from self._paragraphs_in(child)
        if joined is not None:
            yield joined

    def _walk(self, element: etree._Element, paragraph: _Paragraph) -> None:
        for child in element:
            kind = _KINDS.get(child.tag)
            if kind == "r":
                self._read_run(child, paragraph)
            elif kind == "pPr":
                _read_properties(child, paragraph)
            elif kind in _INTO_KINDS:
                self._walk(child, paragraph)
            elif kind in ("del", "moveFrom"):
                self.left_out["tracked deletion"] += kind == "del"
            elif kind in _HOLDERS:
                self._read_boxes(child, paragraph)

    def _read_run(self, run: etree._Element, paragraph: _Paragraph) -> None:
        set_off = False
        for child in run:
            kind = _KINDS.get(child.tag)
            if kind == "t":
                if not self._fields or all(self._fields):
                    paragraph.add(child.text or "", set_off=set_off)
            elif kind == "rPr":
                set_off, hidden = _read_looks(child)
                if hidden:
                    self.left_out["hidden passage"] += 1
                    return
            elif kind == "fldChar":
                self._follow_field(child)
            elif kind in ("tab", "ptab"):
                paragraph.add("\t", set_off=set_off)
            elif kind in ("br", "cr"):
                paragraph.add("\n", set_off=set_off)
            elif kind == "noBreakHyphen":
                paragraph.add("-", set_off=set_off)
            elif kind == "sym":
                paragraph.add(_read_sign(child), set_off=set_off)
            elif kind in _HOLDERS:
                self._read_boxes(child, paragraph)
            elif kind in _INTO_KINDS:
                self._walk(child, paragraph)

    def _follow_field(self, mark: etree._Element) -> None:
        kind = _value(mark, "fldCharType")
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _read_boxes(self, holder: etree._Element, paragraph: _Paragraph) -> None:
        """The text boxes in a drawing, once: Word writes each again in an older form beside it."""
        if holder.tag.startswith(_COMPATIBILITY):
            holder = next(iter(holder), holder)  # the first choice is the one Word shows
        for child in holder:
            if _local(child) == "txbxContent":
                paragraph.boxes += list(self._paragraphs_in(child))
            elif _KINDS.get(child.tag) == "r":
                self._read_run(child, paragraph)
            else:
                self._read_boxes(child, paragraph)


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while (before := element.getprevious()) is not None:
            parent.remove(before)


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in element if _local(child) == name), None)


def _value(element: etree._Element, name: str = "val") -> str:
    for space in _NAMESPACES:
        if (value := element.get(f"{space}{name}")) is not None:
            return str(value)
    return ""


def _read_looks(properties: etree._Element) -> tuple[bool, bool]:
    """Whether a run is set off (bold, underlined, in capitals), and whether it is hidden."""
    set_off = hidden = False
    for child in properties:
        name = _local(child)
        if name in _SET_OFF:
            set_off = set_off or _value(child) not in _OFF
        elif name == "vanish":
            hidden = _value(child) not in _OFF
        elif name == "rStyle":
            set_off = set_off or "strong" in _value(child).lower()
    return set_off, hidden


def _read_properties(properties: etree._Element, paragraph: _Paragraph) -> None:
    for child in properties:
        name = _local(child)
        if name == "pStyle":
            paragraph.heading = _HEADING.fullmatch(_value(child)) is not None
        elif name == "rPr":
            paragraph.mark_deleted = any(_local(one) in ("del", "moveFrom") for one in child)


def _read_sign(sign: etree._Element) -> str:
    try:
        code = int(_value(sign, "char"), 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF:
        return _SIGNS.get((_value(sign, "font").lower(), code - 0xF000), "")
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE else ""


def _report_asides(archive: zipfile.ZipFile, body: _Body, path: str) -> Iterator[Problem]:
    """What was left out of speech, so that nothing is lost in silence."""
    names = archive.namelist()
    found: list[str] = []
    for part, name, called in _ASIDES:
        if part in names:
            tags = [f"{space}{name}" for space in _NAMESPACES]
            # Every document has two empty notes that only draw the line above the notes.
            count = sum(
                1
                for _, note in stream_elements(archive, part, tags=tags)
                if not _value(note, "type")
            )
            found += [_say_count(count, called)] if count else []
    margins = sum(_has_words(archive, name) for name in names if _MARGINS.fullmatch(name))
    found += [_say_count(margins, "header or footer", "headers or footers")] if margins else []
    found += [_say_count(count, called) for called, count in body.left_out.items() if count]
    if found:
        yield Problem(
            path,
            None,
            f"left out, as not part of what was said: {', '.join(found)}. "
            "If any of it is speech, move it into the text of the document.",
            blocks=False,
        )


def _has_words(archive: zipfile.ZipFile, part: str) -> bool:
    tags = [f"{space}t" for space in _NAMESPACES]
    texts = [text.text or "" for _, text in stream_elements(archive, part, tags=tags)]
    return any(character.isalpha() for text in texts for character in text)


def _say_count(count: int, one: str, many: str = "") -> str:
    return f"1 {one}" if count == 1 else f"{count} {many or _plural(one)}"


def _plural(noun: str) -> str:
    first, _, rest = noun.partition(" ")
    if rest.startswith("from"):
        return f"{first}s {rest}"
    return f"{noun}s"


def _settle(body: _Body, problems: tuple[Problem, ...], path: str) -> Parsed:
    """Take the tables as the turns where they hold most of the words; else everything as lines."""
    turns: list[Utterance] = []
    outside: list[Line] = []
    lines: list[Line] = []
    for block in body.blocks:
        if isinstance(block, list):
            outside += block
            lines += block
            continue
        found = utterances_from_rows(block.rows, first_line=block.first_line)
        rows = list(_lines_of_rows(block.rows, block.first_line))
        lines += rows
        if found is None:
            outside += rows
        else:
            turns += found
    spoken = sum(len(one.text) for one in turns)
    if turns and spoken > sum(len(line.text) for line in outside):
        header = read_details(outside)
        title = next((line.text.strip() for line in outside), "")
        if title:
            header.setdefault("title", title)
        return Parsed(
            utterances=tuple(turns),
            problems=problems + tuple(_report_outside(outside, path)),
            header=header,
        )
    return Parsed(lines=tuple(lines), problems=problems)


def _lines_of_rows(rows: Sequence[Sequence[str]], first_line: int) -> Iterator[Line]:
    for number, row in enumerate(rows, start=first_line):
        cells = [cell for cell in row if cell.strip()]
        if len(cells) > 1 and not any("\n" in cell for cell in cells[:-1]):
            yield Line("\t".join(cells).replace("\n", " "), number)
            continue
        for cell in cells:
            for text in cell.split("\n"):
                if text.strip():
                    yield Line(text.strip(), number)


def _report_outside(outside: Sequence[Line], path: str) -> Iterator[Problem]:
    if outside:
        count = len(outside)
        yield Problem(
            path,
            None,
            f"not read as speech: {count} {'line' if count == 1 else 'lines'} outside the table "
            "of turns (titles and details, as a rule).",
            blocks=False,
        )
