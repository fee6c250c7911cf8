"""A codebook as a Word document: a table a theme, out and back in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from themecode.errors import UnreadableFile
from themecode.exchange.rows import CodebookRows, CodeRow
from themecode.exchange.tables import ALIASES
from themecode.exports import word
from themecode.exports.files import open_target
from themecode.model import Code, Codebook, Theme
from themecode.transcripts.guards import open_archive, parse_part

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADINGS = ("Code", "Definition", "Include", "Exclude", "Example")
_WIDTHS = (2200, 3400, 2700, 2700, 3568)
#: Every file of one codebook is the same, whenever it is made.
_MADE_ON = date(2000, 1, 1)
_VERSION, _THEME_ID, _NOTE, _NOT = "Version: ", "Theme id: ", "Content note: ", "Not an example: "


def write_docx(codebook: Codebook, target: Path | BinaryIO) -> None:
    """Write a codebook as a Word document: for each theme a table of its codes, without cues."""
    with open_target(target) as stream:
        document = word.WordFile(stream, title=codebook.title, made_on=_MADE_ON)
        try:
            document.write(word.paragraph(codebook.title, word.TITLE))
            document.write(word.paragraph(f"{_VERSION}{codebook.version}", word.NOTE))
            for theme in codebook.themes:
                _write_theme(document, theme)
            document.close()
        except BaseException:
            document.abandon()
            raise


def _write_theme(document: word.WordFile, theme: Theme) -> None:
    document.write(word.paragraph(theme.name, word.HEADING))
    document.write(word.paragraph(f"{_THEME_ID}{theme.id}", word.NOTE))
    document.write(word.paragraph(theme.definition, word.DEFINITION))
    document.write(
        word.table_start(
            _HEADINGS,
            _WIDTHS,
            title=f"{theme.name}: its codes",
            about=f"Each row is a code of the theme {theme.name}: its name and id, what it means, "
            "what to include and leave out, and invented examples.",
        )
    )
    for code in theme.codes:
        document.write(_row(code))
    document.write(word.table_end())


def _row(code: Code) -> str:
    named = word.paragraph(code.name, word.CODE) + word.paragraph(code.id, word.NOTE)
    if code.content_note:
        named += word.paragraph(f"{_NOTE}{code.content_note}", word.NOTE)
    examples = [word.paragraph(example, word.CELL) for example in code.examples]
    examples += [word.paragraph(f"{_NOT}{example}", word.NOTE) for example in code.non_examples]
    cells = (
        named,
        *(
            word.paragraph(text, word.CELL)
            for text in (code.definition, code.include, code.exclude)
        ),
        "".join(examples) or word.paragraph("", word.CELL),
    )
    longest = max(
        len(code.definition),
        len(code.include),
        len(code.exclude),
        sum(len(example) + 40 for example in (*code.examples, *code.non_examples)),
    )
    return word.table_row(cells, _WIDTHS, characters=longest)


@dataclass
class _Above:
    """What was read before a table: the theme it is of."""

    title: str = ""
    version: str = ""
    theme: str = ""
    theme_id: str = ""
    said: list[str] = field(default_factory=list)

    def take(self, text: str, style: str) -> None:
        if style == "Title":
            self.title = text
        elif style.startswith("Heading"):
            self.theme, self.theme_id, self.said = text, "", []
        elif text.startswith(_VERSION) and not self.theme:
            self.version = text.removeprefix(_VERSION)
        elif text.startswith(_THEME_ID):
            self.theme_id = text.removeprefix(_THEME_ID)
        elif text and self.theme:
            self.said.append(text)


def read_docx(path: Path) -> CodebookRows:
    """The rows of a codebook kept as tables in a Word document, by this program or by hand.

    A heading above a table is its theme, unless the table has a column for themes; the words
    between the two are the theme's definition.

    Raises:
        UnreadableFile: it is no Word document, or no table in it has columns for codes and for
            what they mean.
    """
    with open_archive(path, main_part="word/document.xml") as archive:
        root = parse_part(archive, "word/document.xml")
    above = _Above()
    rows: list[CodeRow] = []
    for element in _list_blocks(root):
        if _name(element) == "tbl":
            rows.extend(_read_table(element, above, len(rows)))
        else:
            above.take(_text(element), _style(element))
    if not rows:
        raise UnreadableFile(
            "no table of codes was found in it. A table's first row should name its columns: Code, "
            "Definition, Include, Exclude, Example."
        )
    return CodebookRows(tuple(rows), above.title, above.version)


def _read_table(table: _Element, above: _Above, done: int) -> Iterator[CodeRow]:
    lines = [
        [[_text(each) for each in _find(cell, "p")] for cell in _children(row, "tc")]
        for row in _children(table, "tr")
    ]
    if not lines:
        return
    fields = [ALIASES.get(" ".join(" ".join(cell).lower().split())) for cell in lines[0]]
    if "code" not in fields or len(set(fields) - {None}) < 2:
        return
    for number, line in enumerate(lines[1:], start=done + 1):
        cells: dict[str, list[str]] = {}
        for name, cell in zip(fields, line, strict=False):
            if name is not None:
                cells.setdefault(name, [text.strip() for text in cell if text.strip()])
        if any(cells.values()):
            yield _make_row(cells, above, number)


def _make_row(cells: Mapping[str, Sequence[str]], above: _Above, number: int) -> CodeRow:
    named = cells.get("code", ())
    notes = [text.removeprefix(_NOTE) for text in named if text.startswith(_NOTE)]
    names = [text for text in named if not text.startswith(_NOTE)]
    own_id = names[1] if len(names) > 1 and _looks_like_id(names[1]) else ""
    said = cells.get("examples", ())
    own_theme = " ".join(cells.get("theme", ()))
    return CodeRow(
        theme=own_theme or above.theme,
        theme_id=_joined(cells, "theme_id") or ("" if own_theme else above.theme_id),
        theme_definition=_joined(cells, "theme_definition")
        or ("" if own_theme else "\n".join(above.said)),
        code=names[0] if own_id else " ".join(names),
        code_id=_joined(cells, "code_id") or own_id,
        definition=_joined(cells, "definition"),
        include=_joined(cells, "include"),
        exclude=_joined(cells, "exclude"),
        examples=tuple(text for text in said if not text.startswith(_NOT)),
        non_examples=(
            *(text.removeprefix(_NOT) for text in said if text.startswith(_NOT)),
            *cells.get("non_examples", ()),
        ),
        content_note=_joined(cells, "content_note") or "\n".join(notes),
        line=number,
    )


def _joined(cells: Mapping[str, Sequence[str]], name: str) -> str:
    return "\n".join(cells.get(name, ()))


def _looks_like_id(text: str) -> bool:
    return text == text.lower() and " " not in text and text.isascii()


def _list_blocks(root: _Element) -> Iterator[_Element]:
    """Paragraphs and tables of the document in order, those in a content control too."""
    for body in _children(root, "body"):
        yield from _walk(body)


def _walk(holder: _Element) -> Iterator[_Element]:
    for element in holder:
        if _name(element) in ("p", "tbl"):
            yield element
        elif _name(element) in ("sdt", "sdtContent"):
            yield from _walk(element)


def _children(element: _Element, name: str) -> Iterator[_Element]:
    return (child for child in _flat(element) if _name(child) == name)


def _flat(element: _Element) -> Iterator[_Element]:
    for child in element:
        if _name(child) in ("sdt", "sdtContent"):
            yield from _flat(child)
        else:
            yield child


def _find(element: _Element, name: str) -> Iterator[_Element]:
    return (each for each in element.iter() if _name(each) == name)


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _style(paragraph: _Element) -> str:
    for style in _find(paragraph, "pStyle"):
        for key, value in style.attrib.items():
            if str(key).endswith("}val"):
                return str(value)
    return ""


def _text(paragraph: _Element) -> str:
    """What a paragraph says once its changes are accepted, line breaks as they stand."""
    said = []
    for each in paragraph.iter():
        name = _name(each)
        if name == "t":
            said.append(each.text or "")
        elif name in ("br", "cr"):
            said.append("\n")
        elif name == "tab":
            said.append("\t")
    return "".join(said).strip()
