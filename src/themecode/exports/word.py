"""Word documents, streamed: paragraphs and table rows straight into the package's XML.

The shell (page, styles, footer) is kept as `templates/theme_tables.docx`, made once with
python-docx by `exports.templates`. Nothing here holds more than a row of a table, so that 5,000
quotes take no more memory than five. Every text is escaped: what participants said stays text.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO, BinaryIO

from themecode.exports.files import abandon_package

TEMPLATE = Path(__file__).parent / "templates" / "theme_tables.docx"
#: Stands in the template where the document's paragraphs go.
BODY_GAP = "[[body]]"

# The names of the styles, as Word shows them to someone who wants to change them.
TITLE = "Title"
HEADING = "Heading 1"
BODY = "Normal"
DEFINITION = "Theme definition"
CONTENT_NOTE = "Theme content note"
HEADER = "Theme table heading"
CODE = "Theme code"
CELL = "Theme cell"
QUOTE = "Theme quote"
ATTRIBUTION = "Theme attribution"
NOTE = "Theme note"
TABLE = "Theme table"
TABLE_ID = "Themetable"

#: Rows with fewer characters than this stay on one page; a longer one may run on to the next.
_SHORT_ROW = 900
_CHUNK = 64_000
_DOCUMENT = "word/document.xml"
_PROPERTIES = "docProps/core.xml"
_SPACE = ' xml:space="preserve"'
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile("[&<>\n\t\r\u2028\u2029]")
_BREAK = f"</w:t><w:br/><w:t{_SPACE}>"
_AS_XML = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "\n": _BREAK,
    "\r": _BREAK,
    "\u2028": _BREAK,
    "\u2029": _BREAK,
    "\t": f"</w:t><w:tab/><w:t{_SPACE}>",
}
_NO_STYLE_NEEDED = BODY


def read_shell() -> dict[str, bytes]:
    """The parts of the kept package that documents are made from."""
    with zipfile.ZipFile(TEMPLATE) as shell:
        return {name: shell.read(name) for name in shell.namelist()}


class WordFile:
    """A Word document in the making."""

    def __init__(
        self,
        stream: BinaryIO,
        *,
        title: str,
        made_on: date,
        shell: Mapping[str, bytes] | None = None,
    ) -> None:
        """Begin a document.

        Args:
            stream: where its bytes go.
            title: as its properties give it.
            made_on: as its properties give it.
            shell: another package to fill than the kept one, by the names of its parts.
        """
        self._parts = read_shell() if shell is None else dict(shell)
        head, self._tail = _split_at_body(self._parts.pop(_DOCUMENT))
        self._parts[_PROPERTIES] = _properties(self._parts[_PROPERTIES], title, made_on)
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=4)
        self._document: IO[bytes] = self._zip.open(_DOCUMENT, "w")
        self._waiting = [head]
        self._size = 0

    def write(self, xml: str) -> None:
        """Add what `paragraph`, `table_start`, `table_row` or `table_end` made."""
        self._waiting.append(xml)
        self._size += len(xml)
        if self._size > _CHUNK:
            self._flush()

    def close(self) -> None:
        """Finish the document."""
        self._waiting.append(self._tail)
        self._flush()
        self._document.close()
        for name, content in self._parts.items():
            with self._zip.open(name, "w") as part:
                part.write(content)
        self._zip.close()

    def abandon(self) -> None:
        """Let go of a document that will not be finished."""
        abandon_package(self._zip, self._document)

    def _flush(self) -> None:
        self._document.write("".join(self._waiting).encode())
        self._waiting.clear()
        self._size = 0


def paragraph(text: str, style: str = BODY) -> str:
    """A paragraph of plain text in a named style."""
    backwards = not text.isascii() and runs_right_to_left(text)
    before, after = _around(style, backwards)
    return f"{before}{escape_text(text)}{after}"


@cache
def _around(style: str, backwards: bool) -> tuple[str, str]:
    """What stands before and after the words of a paragraph."""
    looks = "" if style is _NO_STYLE_NEEDED else f'<w:pStyle w:val="{style_id(style)}"/>'
    if backwards:
        looks += "<w:bidi/>"
    run = "<w:rPr><w:rtl/></w:rPr>" if backwards else ""
    return f"<w:p><w:pPr>{looks}</w:pPr><w:r>{run}<w:t{_SPACE}>", "</w:t></w:r></w:p>"


def table_start(headings: Sequence[str], widths: Sequence[int], *, title: str, about: str) -> str:
    """The beginning of a table whose header row repeats on each page.

    Args:
        headings: of the columns.
        widths: of the columns, in twentieths of a point.
        title: the table's title, for screen readers.
        about: what the table says, for screen readers.
    """
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    cells = "".join(
        _cell(paragraph(heading, HEADER), width)
        for heading, width in zip(headings, widths, strict=True)
    )
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{TABLE_ID}"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{escape_attribute(title)}"/>'
        f'<w:tblDescription w:val="{escape_attribute(about)}"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"
    )


def table_row(cells: Iterable[str], widths: Sequence[int], *, characters: int) -> str:
    """A row of a table.

    Args:
        cells: each cell's paragraphs.
        widths: of the columns, as in `table_start`.
        characters: how many there are in the row's longest cell: a short row is kept whole.
    """
    keep = "<w:trPr><w:cantSplit/></w:trPr>" if characters < _SHORT_ROW else ""
    inside = "".join(_cell(cell, width) for cell, width in zip(cells, widths, strict=True))
    return f"<w:tr>{keep}{inside}</w:tr>"


def table_end() -> str:
    """The end of a table."""
    return "</w:tbl>"


def escape_text(text: str) -> str:
    """The text as it stands in Word's XML: markup escaped, what XML cannot hold left out."""
    if text.isprintable() and "&" not in text and "<" not in text and ">" not in text:
        return text  # nearly everything that is said
    text = _NOT_IN_XML.sub("", text.replace("\r\n", "\n"))
    return _MARKUP.sub(lambda found: _AS_XML[found[0]], text)


def style_id(name: str) -> str:
    """A style's id, as python-docx makes it from the name."""
    return name.replace(" ", "")


def _cell(content: str, width: int) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>'


def escape_attribute(text: str) -> str:
    """The text as it stands in an attribute of Word's XML, on one line."""
    plain = " ".join(_NOT_IN_XML.sub("", text).split())
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def runs_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left (Unicode UAX 9, P2)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def _split_at_body(document: bytes) -> tuple[str, str]:
    head, tail = document.decode().split(BODY_GAP)
    return head[: head.rindex("<w:p>")], tail.partition("</w:p>")[2]


def _properties(xml: bytes, title: str, made_on: date) -> bytes:
    stamp = f"{made_on:%Y-%m-%d}T00:00:00Z"
    text = re.sub(r"(<dcterms:\w+ [^>]*>)[^<]*", lambda found: found[1] + stamp, xml.decode())
    filled = f"<dc:title>{escape_attribute(title)}</dc:title>"
    return re.sub(r"<dc:title>[^<]*</dc:title>|<dc:title/>", lambda _: filled, text).encode()
