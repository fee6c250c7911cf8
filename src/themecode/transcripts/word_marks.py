"""The marks of WordprocessingML that matter to a transcript, and what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

NAMESPACES = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
#: What is entered to look for words.
_INTO = ("ins", "moveTo", "hyperlink", "sdt", "sdtContent", "smartTag", "customXml", "fldSimple",
         "dir", "bdo", "ruby", "rubyBase")  # fmt: skip
KINDS = {
    f"{space}{name}": name
    for space in NAMESPACES
    for name in (
        *_INTO, "p", "r", "t", "tab", "br", "cr", "noBreakHyphen", "sym", "fldChar", "del",
        "moveFrom", "pPr", "rPr", "drawing", "pict", "object", "tbl", "tr", "tc", "ptab",
    )
} | {f"{COMPATIBILITY}AlternateContent": "either"} | {
    f"{space}{name}": "math"
    for space in (
        "{http://schemas.openxmlformats.org/officeDocument/2006/math}",
        "{http://purl.oclc.org/ooxml/officeDocument/math}",
    )
    for name in ("oMath", "oMathPara")
}  # fmt: skip
INTO_KINDS = frozenset(_INTO)
HOLDERS = frozenset({"drawing", "pict", "object", "either"})
#: What is seen in a drawing and is no text, and what it is called where it is counted.
SHOWN = {
    "chart": "chart", "relIds": "diagram", "pic": "picture", "imagedata": "picture",
    "textpath": "passage of WordArt",
}  # fmt: skip
#: Signs of the Symbol and Wingdings fonts that turn up in transcripts.
_SIGNS = {
    ("symbol", 0xB7): "•", ("symbol", 0xAE): "→", ("symbol", 0xB0): "°", ("symbol", 0xA3): "≤",
    ("symbol", 0xB3): "≥", ("symbol", 0xB4): "×", ("wingdings", 0x4A): "☺", ("wingdings", 0x4C): "☹",
    ("wingdings", 0xE0): "→", ("wingdings", 0xFC): "✓", ("wingdings", 0xFB): "✗",
}  # fmt: skip
HEADING = re.compile(r"(?:heading|title|subtitle|berschrift|titre|titel)\s*\d*", re.IGNORECASE)
_OFF = frozenset({"0", "false", "off", "none"})
_SET_OFF = frozenset({"b", "bCs", "i", "iCs", "u", "smallCaps", "caps"})


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child_of(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that name, or None."""
    return next((child for child in element if local_name(child) == name), None)


def value_of(element: etree._Element, name: str = "val") -> str:
    """An attribute of an element, in either namespace of Word; "" where it has none."""
    for space in NAMESPACES:
        if (value := element.get(f"{space}{name}")) is not None:
            return str(value)
    return ""


def read_looks(properties: etree._Element) -> tuple[bool, bool]:
    """Whether a run is set off (bold, italic, underlined, in capitals), and whether it is hidden."""
    set_off = hidden = False
    for child in properties:
        name = local_name(child)
        if name in _SET_OFF:
            set_off = set_off or value_of(child) not in _OFF
        elif name == "vanish":
            hidden = value_of(child) not in _OFF
        elif name == "rStyle":
            set_off = set_off or "strong" in value_of(child).lower()
    return set_off, hidden


def read_sign(sign: etree._Element) -> str:
    """The character a w:sym stands for; "" for a sign that says nothing."""
    try:
        code = int(value_of(sign, "char"), 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF:
        return _SIGNS.get((value_of(sign, "font").lower(), code - 0xF000), "")
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE else ""
