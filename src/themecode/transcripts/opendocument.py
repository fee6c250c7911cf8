"""Reads OpenDocument text (.odt) of LibreOffice and Google Docs.

The XML is walked here rather than by odfpy, which reads whole files with no limit, keeps neither
the order of notes and words apart nor the bold of a label, and is no longer much kept up.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.errors import UnreadableFile
from themecode.model import Problem
from themecode.transcripts.guards import open_archive, parse_part, read_part
from themecode.transcripts.tables import utterances_from_rows
from themecode.transcripts.utterances import Line, Parsed, Utterance

if TYPE_CHECKING:
    from lxml import etree

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"

#: How often a cell, row or space may be repeated by one number: more only fills the memory.
_MAX_REPEAT = 100
_MAX_CELLS = 500_000
_BOLD = frozenset({"bold", "600", "700", "800", "900"})
#: Written in the text but no part of what was said.
_LEFT_OUT = {
    f"{_TEXT}note": "footnote or endnote",
    f"{_OFFICE}annotation": "comment",
}
_NO_SPEECH = frozenset(
    {
        f"{_TEXT}tracked-changes", f"{_TEXT}sequence-decls", f"{_TEXT}variable-decls",
        f"{_TEXT}user-field-decls", f"{_OFFICE}forms", f"{_TEXT}ruby-text", f"{_TEXT}page-number",
        f"{_TEXT}index-title-template", f"{_TEXT}table-of-content-source", f"{_DRAW}image",
    }
)  # fmt: skip


@dataclass(slots=True)
class _Page:
    """What has been gathered from the document so far."""

    bold: Mapping[str, bool]
    headings: frozenset[str]
    lines: list[Line] = field(default_factory=list)
    turns: list[Utterance] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    number: int = 0
    cells: int = 0


def read_odt(path: Path) -> Parsed:
    """Read an .odt into lines, or into turns where it is a table of speakers and words.

    Tracked changes are read as accepted; notes, comments, headers and footers of the page, pictures
    and embedded objects are left out and counted.

    Raises:
        UnreadableFile: if it is no such file, is locked or damaged, or holds no words.
    """
    with open_archive(path, main_part="content.xml") as archive:
        _refuse_locked(archive)
        content = parse_part(archive, "content.xml")
        styles = parse_part(archive, "styles.xml") if "styles.xml" in archive.namelist() else None
    body = content.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise UnreadableFile(
            "this is an OpenDocument file but no text document. Save it as .odt or .docx from the "
            "program that made it."
        )
    page = _Page(*_read_styles([root for root in (styles, content) if root is not None]))
    deleted = sum(1 for _ in body.iter(f"{_TEXT}deletion"))
    _walk(body, page)
    _count_unread(body, styles, page)
    return _finish(page, path, deleted)


def _count_unread(body: etree._Element, styles: etree._Element | None, page: _Page) -> None:
    """What is seen beside the text: pictures, objects, and the margins of the page."""
    for frame in body.iter(f"{_DRAW}frame"):
        held = {child.tag for child in frame}
        if held & {f"{_DRAW}object", f"{_DRAW}object-ole"}:
            _count(page, "embedded object or formula")  # a picture of it stands beside it
        elif f"{_DRAW}image" in held:
            _count(page, "picture")
    for root in () if styles is None else (styles,):
        for name in (
            "header",
            "header-left",
            "header-first",
            "footer",
            "footer-left",
            "footer-first",
        ):
            for margin in root.iter(f"{_STYLE}{name}"):
                if any(letter.isalpha() for letter in "".join(margin.itertext())):  # type: ignore[arg-type]
                    _count(page, "header or footer")


def _refuse_locked(archive: zipfile.ZipFile) -> None:
    name = "META-INF/manifest.xml"
    if name in archive.namelist() and b"encryption-data" in read_part(archive, name):
        raise UnreadableFile("the file is locked with a password. Save it without one.")


def _read_styles(
    roots: Sequence[etree._Element],
) -> tuple[dict[str, bool], frozenset[str]]:
    """Which styles set their words off (bold, underlined, small capitals), which are headings."""
    own: dict[str, bool | None] = {}
    parents: dict[str, str] = {}
    for root in roots:
        for style in root.iter(f"{_STYLE}style"):
            name = style.get(f"{_STYLE}name", "")
            parents[name] = style.get(f"{_STYLE}parent-style-name", "")
            own[name] = _is_set_off(style.find(f"{_STYLE}text-properties"))

    def follow(name: str) -> Iterator[str]:
        for _ in range(20):
            if not name:
                return
            yield name
            name = parents.get(name, "")

    bold: dict[str, bool] = {}
    for name in own:
        said = [value for one in follow(name) if (value := own.get(one)) is not None]
        if said:
            bold[name] = said[0]
    headings = frozenset(
        name
        for name in own
        if any(one in ("Title", "Subtitle") or one.startswith("Heading") for one in follow(name))
    )
    return bold, headings


def _is_set_off(properties: etree._Element | None) -> bool | None:
    """None where a style says nothing of it, so that its parent's word stands."""
    if properties is None:
        return None
    weight = properties.get(f"{_FO}font-weight")
    line = properties.get(f"{_STYLE}text-underline-style")
    capitals = properties.get(f"{_FO}font-variant")
    if weight is None and line is None and capitals is None:
        return None
    return weight in _BOLD or line not in (None, "none") or capitals == "small-caps"


def _walk(parent: etree._Element, page: _Page) -> None:
    for child in parent:
        if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            _read_paragraph(child, page)
        elif child.tag == f"{_TABLE}table":
            _read_table(child, page)
        elif child.tag in _LEFT_OUT:
            _count(page, _LEFT_OUT[str(child.tag)])
        elif child.tag not in _NO_SPEECH:
            _walk(child, page)


def _read_paragraph(paragraph: etree._Element, page: _Page) -> None:
    page.number += 1
    style = paragraph.get(f"{_TEXT}style-name", "")
    heading = paragraph.tag == f"{_TEXT}h" or style in page.headings
    boxes: list[etree._Element] = []
    runs = list(_split_runs(paragraph, page, page.bold.get(style, False), boxes))
    text = "".join(words for words, _ in runs)
    marked = _count_marked(runs)
    opens = True
    for row in text.split("\n"):
        if row.strip():
            cut = min(max(marked, 0), len(row))
            page.lines.append(Line(row.rstrip(), page.number, cut, opens, heading))
            opens = False
        marked -= len(row) + 1
    for box in boxes:
        _walk(box, page)


def _split_runs(
    parent: etree._Element, page: _Page, bold: bool, boxes: list[etree._Element]
) -> Iterator[tuple[str, bool]]:
    """The words below an element, and whether each stretch is set off."""
    if parent.text:
        yield _flatten(parent.text), bold
    for child in parent:
        tag = child.tag
        if tag in _LEFT_OUT:
            _count(page, _LEFT_OUT[str(tag)])
        elif tag == f"{_TEXT}s":
            yield " " * _repeat(child, f"{_TEXT}c"), bold
        elif tag == f"{_TEXT}tab":
            yield "\t", bold
        elif tag == f"{_TEXT}line-break":
            yield "\n", bold
        elif tag == f"{_DRAW}text-box":
            boxes.append(child)
        elif tag not in _NO_SPEECH:
            style = child.get(f"{_TEXT}style-name", "")
            yield from _split_runs(child, page, page.bold.get(style, bold), boxes)
        if child.tail:
            yield _flatten(child.tail), bold


def _flatten(text: str) -> str:
    # Line ends and tabs typed into the XML are mere spaces there.
    return " ".join(text.replace("\n", " ").replace("\t", " ").replace("\r", " ").split(" "))


def _count_marked(runs: Sequence[tuple[str, bool]]) -> int:
    marked = 0
    for words, bold in runs:
        if not bold and words.strip():
            break
        marked += len(words)
    else:
        return marked
    whole = "".join(words for words, _ in runs)[:marked]
    return len(whole.rstrip()) if any(bold for words, bold in runs if words.strip()) else 0


def _read_table(table: etree._Element, page: _Page) -> None:
    first = page.number + 1
    rows: list[list[str]] = []
    for row in _iterate(table, f"{_TABLE}table-row"):
        page.number += 1
        cells = [text for cell in row for text in _read_cells(cell, page)]
        while cells and not cells[-1].strip():
            cells.pop()
        rows.append(cells)
    turns = utterances_from_rows(rows, first_line=first)
    if turns is not None:
        page.turns += turns
        return
    for at, cells in enumerate(rows, start=first):
        if len(cells) == 2 and len(cells[0]) <= 60:
            page.facts[" ".join(cells[0].split()).rstrip(":")] = " ".join(cells[1].split())
        if cells:
            flat = "\t".join(" ".join(cell.split()) for cell in cells)
            page.lines.append(Line(flat, at))


def _iterate(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The rows of a table, through its groups, but not those of a table inside a cell."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in (
            f"{_TABLE}table-header-rows",
            f"{_TABLE}table-rows",
            f"{_TABLE}table-row-group",
        ):
            yield from _iterate(child, tag)


def _read_cells(cell: etree._Element, page: _Page) -> list[str]:
    if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        return []
    inner = _Page(page.bold, page.headings, left_out=page.left_out)
    _walk(cell, inner)
    repeat = _repeat(cell, f"{_TABLE}number-columns-repeated")
    page.cells += repeat
    if page.cells > _MAX_CELLS:
        raise UnreadableFile("its tables are far larger than any transcript's. Split the file.")
    words = [line.text for line in inner.lines] + [turn.text for turn in inner.turns]
    return ["\n".join(words)] + [""] * (repeat - 1)


def _repeat(element: etree._Element, name: str) -> int:
    given = element.get(name, "1")
    return min(int(given), _MAX_REPEAT) if given.isdecimal() and len(given) < 10 else 1


def _count(page: _Page, what: str) -> None:
    page.left_out[what] = page.left_out.get(what, 0) + 1


def _plural(what: str) -> str:
    return " or ".join(f"{each}s" for each in what.split(" or "))


def _finish(page: _Page, path: Path, deleted: int) -> Parsed:
    problems = [
        Problem(
            str(path),
            None,
            f"{count} {_plural(what) if count > 1 else what} left out.",
            False,
        )
        for what, count in page.left_out.items()
    ]
    if deleted:
        message = f"changes are tracked: {deleted} deleted passages were left out, as if accepted."
        problems.append(Problem(str(path), None, message, blocks=False))
    if not page.lines and not page.turns:
        raise UnreadableFile("no words were found in it. If it holds pictures of pages, type them.")
    in_lines = sum(len(line.text.split()) for line in page.lines)
    in_turns = sum(len(turn.text.split()) for turn in page.turns)
    if in_turns < in_lines or not page.turns:
        lines = [*page.lines, *(_write_line(turn) for turn in page.turns)]
        lines.sort(key=lambda line: line.number)
        return Parsed(tuple(lines), (), tuple(problems), header=page.facts)
    facts = dict(page.facts)
    aside = 0
    for line in page.lines:
        name, colon, value = line.text.partition(":")
        if colon and value.strip() and len(name) <= 40:
            facts[" ".join(name.split())] = " ".join(value.split())
        elif "\t" not in line.text:
            aside += 1
    if aside:
        message = f"{aside} paragraphs outside the table of turns were not taken for speech."
        problems.append(Problem(str(path), page.lines[0].number, message, blocks=False))
    return Parsed((), tuple(page.turns), tuple(problems), header=facts)


def _write_line(turn: Utterance) -> Line:
    return Line(f"{turn.speaker}: {turn.text}" if turn.speaker else turn.text, turn.line)
