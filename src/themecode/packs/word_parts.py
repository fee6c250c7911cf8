"""What the two kinds of Word pack share: styles, and a file that is the same each time."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode.exports.files import write_atomically

if TYPE_CHECKING:
    from docx.document import Document

WORDS, QUIET, WARNING, SMALL = "Pack words", "Pack quiet", "Pack content note", "Pack reference"
_INK, _GREY, _BROWN, _LINE = "1F3A4D", "4A4A4A", "7A3E00", "B8C4CB"


def start_document(title: str, *, made_at: datetime) -> Document:
    """An empty document in large, quiet print."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Cm

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    _set_styles(document)
    properties = document.core_properties
    properties.title, properties.language = title, "en-GB"
    properties.author, properties.comments = "", ""
    day = made_at.astimezone(UTC)
    properties.created = properties.modified = datetime(day.year, day.month, day.day, tzinfo=UTC)
    document.add_heading(title, level=0)
    return document


def save_document(document: Document, path: Path) -> None:
    """Write a document whole or not at all; the same document gives the same bytes.

    Raises:
        StudyNotWritable: the file cannot be written.
    """
    buffer = io.BytesIO()
    document.save(buffer)
    with (
        write_atomically(path, mode="wb") as stream,
        zipfile.ZipFile(buffer) as old,
        zipfile.ZipFile(stream, "w") as new,
    ):
        for name in old.namelist():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            new.writestr(entry, old.read(name))


def make_safe(text: str) -> str:
    """The text without what XML cannot hold."""
    return "".join(
        each
        for each in text
        if each in "\t\n" or (each >= " " and not "\ud800" <= each <= "\udfff")
    )


def _set_styles(document: Document) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Cm, Pt, RGBColor

    _set_font(document.styles["Normal"], 12)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    document.styles["Normal"].paragraph_format.line_spacing = 1.2
    for name, size in (("Title", 24), ("Heading 1", 18), ("Heading 2", 14)):
        style = document.styles[name]
        _set_font(style, size)
        style.font.bold, style.font.color.rgb = True, RGBColor.from_string(_INK)
        style.paragraph_format.space_before = Pt(0 if name == "Title" else 20)
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.keep_with_next = True
        for border in style.element.get_or_add_pPr().findall(
            "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}pBdr"
        ):
            style.element.pPr.remove(border)
    for name, size, colour in (
        (WORDS, 13, None), (QUIET, 11, _GREY), (WARNING, 12, _BROWN), (SMALL, 8, _GREY),
    ):  # fmt: skip
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        _set_font(style, size)
        if colour:
            style.font.color.rgb = RGBColor.from_string(colour)
        style.paragraph_format.keep_with_next = name != SMALL
    document.styles[WARNING].font.bold = True
    document.styles[WORDS].paragraph_format.left_indent = Cm(0.5)
    document.styles[WORDS].element.get_or_add_pPr().append(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="18" w:space="10" '
            f'w:color="{_LINE}"/></w:pBdr>'
        )
    )


def _set_font(style: Any, size: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)
    for kind in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{kind}"), "Calibri")
