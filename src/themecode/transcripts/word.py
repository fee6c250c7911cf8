"""Word documents into lines or, where a table has a row a turn, utterances.

Streamed with lxml and not read with python-docx, which is slower and leaves out text boxes, tracked
insertions and content controls. What a reader of the finished document would see is read: tracked
insertions and moved text once, where they now stand; deletions and hidden text not at all.
"""

from __future__ import annotations

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
from themecode.transcripts.word_asides import report_asides
from themecode.transcripts.word_marks import (
    COMPATIBILITY,
    HEADING,
    HOLDERS,
    INTO_KINDS,
    KINDS,
    NAMESPACES,
    SHOWN,
    child_of,
    local_name,
    read_looks,
    read_sign,
    value_of,
)

if TYPE_CHECKING:
    from lxml import etree

_MAIN_PART = "word/document.xml"
_OFFICE_DOCUMENT = "/relationships/officeDocument"
#: More turns than this are no transcript: a year of speech is about 3 million.
_MAX_PARAGRAPHS = 500_000


def read_word(path: Path) -> Parsed:
    """Read a Word document.

    Raises:
        UnreadableFile: if it is not a whole and harmless Word document.
    """
    with open_archive(path, main_part="[Content_Types].xml") as archive:
        main_part = _find_main_part(archive)
        body = _Body()
        body.read(archive, main_part)
        problems = tuple(report_asides(archive, body.left_out, str(path)))
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
        """Read the body's paragraphs and tables into `blocks`, in order."""
        tags = [f"{space}{name}" for space in NAMESPACES for name in ("p", "tr", "tbl", "altChunk")]
        depth = Counter[str]()
        for event, element in stream_elements(archive, part, tags=tags, events=("start", "end")):
            kind = KINDS.get(element.tag, "altChunk")
            # What stands inside a paragraph is a text box, and is read with its paragraph.
            if kind != "p" and depth["p"]:
                continue
            if event == "start":
                depth[kind] += 1
                if kind == "tbl" and depth["tbl"] == 1:
                    self.blocks.append(_Table([], self._number + 1))
                continue
            depth[kind] -= 1
            self._take(kind, element, depth)

    def _take(self, kind: str, element: etree._Element, depth: Counter[str]) -> None:
        """Read an element that has just ended, if nothing around it will be read as a whole."""
        if kind == "p" and not depth["p"] and not depth["tbl"]:
            self._take_paragraph(element)
        elif kind == "tr" and depth["tbl"] == 1:
            self._count()
            table = self.blocks[-1]
            if isinstance(table, _Table) and (row := self._read_row(element)) is not None:
                table.rows.append(row)
        elif kind == "altChunk":
            self.left_out["part from another file"] += 1
        elif kind != "tbl" or depth["tbl"]:
            return
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
            kind = KINDS.get(child.tag)
            if kind == "tc":
                cells.append(self._read_cell(child))
            elif kind in INTO_KINDS:
                cells += self._read_row(child) or []
            elif local_name(child) == "trPr" and child_of(child, "del") is not None:
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
            kind = KINDS.get(child.tag)
            if kind == "p":
                paragraph = joined or _Paragraph()
                joined = None
                self._walk(child, paragraph)
                if paragraph.mark_deleted:
                    paragraph.mark_deleted = False
                    joined = paragraph
                else:
                    yield paragraph
            elif kind in ("tbl", "tr", "tc") or kind in INTO_KINDS:
                yield from self._paragraphs_in(child)
        if joined is not None:
            yield joined

    def _walk(self, element: etree._Element, paragraph: _Paragraph) -> None:
        for child in element:
            kind = KINDS.get(child.tag)
            if kind == "r":
                self._read_run(child, paragraph)
            elif kind == "pPr":
                _read_properties(child, paragraph)
            elif kind in INTO_KINDS:
                self._walk(child, paragraph)
            elif kind in ("del", "moveFrom"):
                self.left_out["tracked deletion"] += kind == "del"
            elif kind == "math":
                self.left_out["formula"] += 1
            elif kind in HOLDERS:
                self._read_boxes(child, paragraph)

    def _read_run(self, run: etree._Element, paragraph: _Paragraph) -> None:
        set_off = False
        for child in run:
            kind = KINDS.get(child.tag)
            if kind == "t":
                if not self._fields or all(self._fields):
                    paragraph.add(child.text or "", set_off=set_off)
            elif kind == "rPr":
                set_off, hidden = read_looks(child)
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
                paragraph.add(read_sign(child), set_off=set_off)
            elif kind in HOLDERS:
                self._read_boxes(child, paragraph)
            elif kind in INTO_KINDS:
                self._walk(child, paragraph)

    def _follow_field(self, mark: etree._Element) -> None:
        kind = value_of(mark, "fldCharType")
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _read_boxes(self, holder: etree._Element, paragraph: _Paragraph) -> None:
        """The text boxes in a drawing, once: Word writes each again in an older form beside it."""
        if KINDS.get(holder.tag) == "object":
            self.left_out["embedded object"] += 1  # the picture in it stands for it
            return
        if holder.tag.startswith(COMPATIBILITY):
            holder = next(iter(holder), holder)  # the first choice is the one Word shows
        for child in holder:
            if local_name(child) == "txbxContent":
                paragraph.boxes += list(self._paragraphs_in(child))
            elif KINDS.get(child.tag) == "r":
                self._read_run(child, paragraph)
            else:
                if shown := SHOWN.get(local_name(child)):
                    self.left_out[shown] += 1
                self._read_boxes(child, paragraph)


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while (before := element.getprevious()) is not None:
            parent.remove(before)


def _read_properties(properties: etree._Element, paragraph: _Paragraph) -> None:
    for child in properties:
        name = local_name(child)
        if name == "pStyle":
            paragraph.heading = HEADING.fullmatch(value_of(child)) is not None
        elif name == "rPr":
            paragraph.mark_deleted = any(local_name(one) in ("del", "moveFrom") for one in child)


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
