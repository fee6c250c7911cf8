"""A codebook as a REFI-QDA codebook file (.qdc), which NVivo, MAXQDA, ATLAS.ti and others open.

The standard (QDA-XML 1.0, 18 March 2019) gives a code a name, a colour and one description. What a
codebook says of a code is written in the description a line a part, so that a person can read it
and `read_qdc` can take it apart again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from themecode import __version__
from themecode.errors import UnreadableFile
from themecode.exchange.guids import make_guid
from themecode.exchange.rows import CodebookRows, CodeRow, has_path
from themecode.exports.files import open_target
from themecode.model import Code, Codebook, Theme

if TYPE_CHECKING:
    from lxml.etree import _Element

CODEBOOK_NAMESPACE = "urn:QDA-XML:codebook:1.0"
#: How a file that themecode made names the program.
OUR_NAME = "themecode "
ORIGIN = f"{OUR_NAME}{__version__}"
#: Okabe and Ito's colours (2008), told apart by people who see fewer; black is left for text.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#7F7F7F")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PARTS = {
    "Definition": "definition",
    "Include": "include",
    "Exclude": "exclude",
    "Example": "examples",
    "Not an example": "non_examples",
    "Content note": "content_note",
    "Id": "id",
}
_PART = re.compile(rf"({'|'.join(_PARTS)}): (.*)", re.DOTALL)
#: The theme of codes that stand in none.
WITHOUT_THEME = "Codes without a theme"
#: A line that goes on from the one before.
_GOES_ON = "    "


def write_qdc(codebook: Codebook, target: Path | BinaryIO) -> None:
    """Write a codebook as a .qdc file: themes, and within them the codes."""
    from lxml import etree

    root = etree.Element("CodeBook", {"origin": ORIGIN})
    add_codes(etree.SubElement(root, "Codes"), codebook)
    with open_target(target) as stream:
        stream.write(as_xml(root, CODEBOOK_NAMESPACE))


def as_xml(root: _Element, namespace: str) -> bytes:
    """The file's bytes, every element in the namespace."""
    from lxml import etree

    # Elements are made without a namespace; declared on the outermost, it holds for all of them.
    made: bytes = etree.tostring(root, encoding="UTF-8")
    head, _, rest = made.partition(f"<{root.tag}".encode())
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        + head.partition(b"?>")[2].lstrip()
        + f'<{root.tag} xmlns="{namespace}"'.encode()
        + rest
        + b"\n"
    )


def add_codes(parent: _Element, codebook: Codebook, *, others: tuple[str, ...] = ()) -> None:
    """Add the themes and their codes, and `others` that the codebook no longer has."""
    from lxml import etree

    for number, theme in enumerate(codebook.themes):
        colour = COLOURS[number % len(COLOURS)]
        element = etree.SubElement(
            parent,
            "Code",
            guid=make_guid("theme", theme.id),
            name=clean_xml(theme.name),
            isCodable="false",
            color=colour,
        )
        etree.SubElement(element, "Description").text = clean_xml(describe_theme(theme))
        for code in theme.codes:
            inner = etree.SubElement(
                element,
                "Code",
                guid=code_guid(code.id),
                name=clean_xml(code.name),
                isCodable="true",
                color=colour,
            )
            etree.SubElement(inner, "Description").text = clean_xml(describe_code(code))
    for code_id in others:
        element = etree.SubElement(
            parent, "Code", guid=code_guid(code_id), name=clean_xml(code_id), isCodable="true"
        )
        etree.SubElement(
            element, "Description"
        ).text = f"No longer in the codebook.\nId: {clean_xml(code_id)}"


def code_guid(code_id: str) -> str:
    """The id of a code in every export of every study."""
    return make_guid("code", code_id)


def clean_xml(text: str) -> str:
    """Text without the few characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def describe_theme(theme: Theme) -> str:
    """What a theme's description says."""
    return "\n".join([*_define(theme.definition), *_lines("Id", theme.id)])


def describe_code(code: Code) -> str:
    """What a code's description says: the definition, then a line a part."""
    lines = [*_define(code.definition)]
    lines += _lines("Include", code.include)
    lines += _lines("Exclude", code.exclude)
    for example in code.examples:
        lines += _lines("Example", example)
    for example in code.non_examples:
        lines += _lines("Not an example", example)
    lines += _lines("Content note", code.content_note or "")
    lines += _lines("Id", code.id)
    return "\n".join(lines)


def _define(definition: str) -> Iterator[str]:
    """The definition stands bare, unless it could be taken for another part."""
    ambiguous = _PART.fullmatch(definition.partition("\n")[0]) or definition.startswith(_GOES_ON)
    return _lines("Definition" if ambiguous else "", definition)


def _lines(part: str, text: str) -> Iterator[str]:
    if text:
        first, *rest = text.split("\n")
        yield f"{part}: {first}" if part else first
        yield from (_GOES_ON + line for line in rest)


def read_qdc(raw: bytes) -> CodebookRows:
    """The rows of a .qdc file, from whichever program.

    Codes inside codes are codes of the outermost one, which is taken for a theme.

    Raises:
        UnreadableFile: it is not a REFI-QDA codebook.
    """
    root = parse_xml(raw)
    if local(root) != "CodeBook":
        raise UnreadableFile(
            "this is not a REFI-QDA codebook. Export it again as a codebook (.qdc), or give the "
            "project (.qdpx) to `themecode import`."
        )
    return CodebookRows(tuple(list_code_rows(root)))


def parse_xml(raw: bytes) -> _Element:
    """An XML file as a tree, with no entity, DTD or network in play.

    Raises:
        UnreadableFile: it is damaged, or declares a DTD.
    """
    from lxml import etree

    letters = raw[:65536].replace(b"\x00", b"")
    if b"<!DOCTYPE" in letters or b"<!ENTITY" in letters:
        raise UnreadableFile(
            "the file declares entities (a DTD), which can be used to read other files. It was not "
            "opened. Export it again from the program that made it."
        )
    parser: Any = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root: _Element = etree.parse(BytesIO(raw), parser).getroot()
    except etree.XMLSyntaxError:
        raise UnreadableFile(
            "the file is cut short or damaged. Export it again from the program that made it."
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFile("the file declares entities (a DTD). Export it again without them.")
    return root


def local(element: _Element) -> str:
    """An element's name without its namespace; programs differ in it."""
    return str(element.tag).rpartition("}")[2]


def children(element: _Element, name: str) -> Iterator[_Element]:
    """The elements of a name straight inside another."""
    return (child for child in element if local(child) == name)


def list_code_rows(codebook: _Element) -> Iterator[CodeRow]:
    """A row for every code of a `CodeBook` element."""
    for codes in children(codebook, "Codes"):
        for top in children(codes, "Code"):
            inside = [*children(top, "Code")]
            said, theme = read_description(top)
            theme_said = [*said, *theme.get("definition", ())]
            theme_id = theme.get("id", [""])[0] if inside else ""
            name = top.get("name", "")
            if inside:
                for code in inside:
                    yield from _walk(code, name, theme_id, "\n".join(theme_said))
            else:
                yield _make_row(top, "" if has_path(name) else WITHOUT_THEME, "", "")


def _walk(code: _Element, theme: str, theme_id: str, theme_definition: str) -> Iterator[CodeRow]:
    inside = [*children(code, "Code")]
    if code.get("isCodable", "true") != "false" or not inside:
        yield _make_row(code, theme, theme_id, theme_definition)
    for inner in inside:
        yield from _walk(inner, theme, theme_id, theme_definition)


def _make_row(code: _Element, theme: str, theme_id: str, theme_definition: str) -> CodeRow:
    said, parts = read_description(code)
    name = code.get("name", "")
    return CodeRow(
        theme=theme,
        theme_id=theme_id,
        theme_definition=theme_definition,
        code=name,
        # A program that keeps no definitions (Taguette) still gives a codebook that can be used.
        definition="\n".join([*said, *parts.get("definition", ())]) or f"{name}.",
        include="\n".join(parts.get("include", ())),
        exclude="\n".join(parts.get("exclude", ())),
        examples=tuple(parts.get("examples", ())),
        non_examples=tuple(parts.get("non_examples", ())),
        content_note="\n".join(parts.get("content_note", ())),
        code_id=parts.get("id", [""])[0],
    )


def read_description(code: _Element) -> tuple[list[str], dict[str, list[str]]]:
    """A code's description taken apart: the lines of its definition, and the other parts by name."""
    text = "".join(description.text or "" for description in children(code, "Description"))
    said: list[str] = []
    parts: dict[str, list[str]] = {}
    open_texts = said
    for line in text.replace("\r\n", "\n").split("\n"):
        found = _PART.fullmatch(line)
        if found:
            open_texts = parts.setdefault(_PARTS[found[1]], [])
            open_texts.append(found[2])
        elif open_texts and line.startswith(_GOES_ON):
            open_texts[-1] += "\n" + line.removeprefix(_GOES_ON)
        elif line.strip():
            open_texts = said
            said.append(line)
    return said, parts
