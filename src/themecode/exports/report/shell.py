"""The package a report is written into: ours, or the researcher's own template.

A template keeps its page, headers, footers, fonts and styles. Only the styles it lacks are added,
and its styles are found by the name Word shows, whatever language made them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from themecode.errors import ThemecodeError, UnreadableFile
from themecode.exports import word

CAPTION, CONTENTS_HEADING, FIGURE, LEAD = "Caption", "TOC Heading", "Theme figure", "Theme lead"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_Q = f"{{{_W}}}"
_INK, _GREY = "1F3A4D", "4A4A4A"
_DOCUMENT, _STYLES = "word/document.xml", "word/styles.xml"
_RELATIONS, _TYPES = "word/_rels/document.xml.rels", "[Content_Types].xml"
#: A template has its own ways with these.
_PORTRAIT = (
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1304" w:right="1304" w:bottom="1247" w:left="1304" w:header="624" '
    'w:footer="567" w:gutter="0"/>'
)


@dataclass(frozen=True, slots=True)
class Shell:
    """A package to be filled.

    Args:
        parts: by name; the document with a gap for its body.
        styles: the id of each style, by its name in lower case.
        width: of the text, in twentieths of a point.
        height: of the text, in twentieths of a point.
    """

    parts: Mapping[str, bytes]
    styles: Mapping[str, str]
    width: int
    height: int


def make_shell(template: Path | None = None) -> Shell:
    """Our own package, or a template with the styles it lacks.

    Raises:
        ThemecodeError: the template is not a Word document that can be used.
    """
    own = word.read_shell()
    if template is None:
        document = own[_DOCUMENT].decode()
        document = re.sub(r"<w:pgSz [^>]*/>\s*<w:pgMar [^>]*/>", _PORTRAIT, document)
        own[_DOCUMENT] = document.encode()
        own[_STYLES], styles = _add_styles(own[_STYLES], own[_STYLES], replace=True)
        return Shell(own, styles, *_measure(document))
    parts = _read_template(template)
    parts[_DOCUMENT] = _open_body(parts[_DOCUMENT])
    parts.setdefault(_STYLES, own[_STYLES])
    parts[_STYLES], styles = _add_styles(parts[_STYLES], own[_STYLES], replace=False)
    if "docProps/core.xml" not in parts:
        parts["docProps/core.xml"] = own["docProps/core.xml"]
        parts[_TYPES] = parts[_TYPES].replace(
            b"</Types>",
            b'<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-'
            b'package.core-properties+xml"/></Types>',
        )
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(
            b"</Relationships>",
            b'<Relationship Id="rIdTcCore" Type="http://schemas.openxmlformats.org/package/2006/'
            b'relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
        )
    return Shell(parts, styles, *_measure(parts[_DOCUMENT].decode()))


def add_pictures(shell: Shell, pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """The shell's parts with PNG pictures in them, each under the relation id it is named by."""
    parts = dict(shell.parts)
    relations = parts.get(
        _RELATIONS,
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns='
        b'"http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>',
    )
    added = ""
    for name, content in pictures.items():
        parts[f"word/media/{name}.png"] = content
        added += (
            f'<Relationship Id="{name}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            f'relationships/image" Target="media/{name}.png"/>'
        )
    if added:
        relations = relations.replace(b"</Relationships>", f"{added}</Relationships>".encode())
        if b'Extension="png"' not in parts[_TYPES] and b'Extension="PNG"' not in parts[_TYPES]:
            parts[_TYPES] = re.sub(
                rb"(<Types[^>]*>)", rb'\1<Default Extension="png" ContentType="image/png"/>',
                parts[_TYPES], count=1,
            )  # fmt: skip
    parts[_RELATIONS] = relations
    return parts


def _read_template(template: Path) -> dict[str, bytes]:
    from themecode.transcripts.guards import open_archive, parse_part, read_part

    if template.suffix.lower() not in (".docx", ".dotx"):
        raise ThemecodeError(
            f"{template} is not a Word template that can be used: save it as .docx or .dotx, without macros."
        )
    try:
        with open_archive(template, main_part=_DOCUMENT) as archive:
            for name in (_DOCUMENT, _STYLES):
                if name in archive.namelist():
                    parse_part(archive, name)
            parts = {
                name: read_part(archive, name)
                for name in archive.namelist()
                if not name.endswith("/")
            }
    except (UnreadableFile, zipfile.BadZipFile, KeyError) as error:
        raise ThemecodeError(f"The template {template} cannot be used: {error}") from error
    if any("vbaproject" in name.lower() for name in parts):
        raise ThemecodeError(
            f"The template {template} holds macros: save it without them, as .docx."
        )
    # A .dotx says that it is a template; the report is a document.
    parts[_TYPES] = parts[_TYPES].replace(b"template.main+xml", b"document.main+xml")
    for name, content in parts.items():
        # Nothing is fetched from elsewhere when the report is opened: no linked template or picture.
        if name.endswith(".rels"):
            parts[name] = re.sub(
                rb'<Relationship\b(?=[^>]*TargetMode="External")(?![^>]*/hyperlink")[^>]*/>',
                b"",
                content,
            )
    if "word/settings.xml" in parts:
        parts["word/settings.xml"] = re.sub(
            rb"<w:attachedTemplate\b[^>]*/>", b"", parts["word/settings.xml"]
        )
    return parts


def _open_body(document: bytes) -> bytes:
    """The template's document with its body gone, its last section kept, and a gap to fill."""
    from lxml import etree

    root = etree.fromstring(document, _parser())
    body = root.find(f"{_Q}body")
    if body is None:
        raise ThemecodeError("The template has no body: open it in Word and save it again.")
    section = body.find(f"{_Q}sectPr")
    for child in list(body):
        body.remove(child)
    paragraph = etree.SubElement(body, f"{_Q}p")
    run = etree.SubElement(paragraph, f"{_Q}r")
    etree.SubElement(run, f"{_Q}t").text = word.BODY_GAP
    if section is not None:
        body.append(section)
    text = etree.tostring(root, encoding="unicode")
    # The gap is found by the paragraph that holds it, as our own shell writes it.
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()


def _parser() -> Any:
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _measure(document: str) -> tuple[int, int]:
    """How wide and high the text is, in twentieths of a point; A4 where nothing is said."""
    size = re.findall(r"<w:pgSz\b[^>]*>", document)
    margins = re.findall(r"<w:pgMar\b[^>]*>", document)

    def read(tag: list[str], name: str, default: int) -> int:
        found = re.search(rf'w:{name}="(-?\d+)', tag[-1]) if tag else None
        return abs(int(found[1])) if found else default

    width = read(size, "w", 11906) - read(margins, "left", 1304) - read(margins, "right", 1304)
    height = read(size, "h", 16838) - read(margins, "top", 1304) - read(margins, "bottom", 1247)
    return max(width, 4000), max(height, 4000)


def _add_styles(styles: bytes, own: bytes, *, replace: bool) -> tuple[bytes, dict[str, str]]:
    """The styles with those a report needs; and the id of each by its name."""
    from lxml import etree

    root = etree.fromstring(styles, _parser())
    known = {_name(style): style for style in root.iter(f"{_Q}style")}
    wanted = [etree.fromstring(xml) for xml in _own_styles()]
    if not replace:
        ours = etree.fromstring(own, _parser())
        wanted = [
            style for style in ours.iter(f"{_Q}style")
            if _name(style).startswith("theme ") or _name(style) in ("title", "heading 1")
        ] + wanted  # fmt: skip
    for style in wanted:
        name = _name(style)
        if name in known and not replace:
            continue
        if name in known:
            root.remove(known[name])
        if not replace:
            _drop_fonts(style)
        based = style.find(f"{_Q}basedOn")
        if based is not None and not replace:
            parent = "normal table" if style.get(f"{_Q}type") == "table" else "normal"
            if parent in known:
                based.set(f"{_Q}val", known[parent].get(f"{_Q}styleId") or "")
            else:
                style.remove(based)
        known[name] = style
        root.append(style)
    for language in root.iter(f"{_Q}lang") if replace else ():
        language.set(f"{_Q}val", "en-GB")
    defaults = root.find(f"{_Q}docDefaults/{_Q}rPrDefault/{_Q}rPr")
    if defaults is not None:
        found = defaults.find(f"{_Q}lang")
        if found is None:
            found = etree.SubElement(defaults, f"{_Q}lang")
        found.set(f"{_Q}val", "en-GB")
    ids = {name: style.get(f"{_Q}styleId") or "" for name, style in known.items()}
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True), ids


def _drop_fonts(style: Any) -> None:
    """Leave the type to the template."""
    for fonts in list(style.iter(f"{_Q}rFonts")):
        fonts.getparent().remove(fonts)


def _name(style: object) -> str:
    found = style.find(f"{_Q}name")  # type: ignore[attr-defined]
    return "" if found is None else str(found.get(f"{_Q}val") or "").lower()


def _own_styles() -> list[str]:
    """The styles a report adds to those of the theme tables, as Word's XML."""
    return [
        _style("Heading1", "heading 1", size=34, ink=True, before=0, after=120, level=0, page=True),
        _style("Heading2", "heading 2", size=26, ink=True, before=300, after=80, level=1),
        _style("Heading3", "heading 3", size=22, ink=True, before=220, after=60, level=2),
        _style("Caption", "caption", size=19, ink=True, before=200, after=80, keep=True),
        _style("TOCHeading", "TOC Heading", size=30, ink=True, before=360, after=120, keep=True),
        _style("TOC1", "toc 1", size=21, before=80, after=20),
        _style("TOC2", "toc 2", size=20, before=0, after=0, indent=280),
        _style("Subtitle", "Subtitle", size=24, before=0, after=360, grey=True),
        _style("Themefigure", "Theme figure", size=20, before=120, after=40, keep=True),
        _style("Themelead", "Theme lead", size=23, before=0, after=160),
        _style(
            "Themequotation",
            "Theme quotation",
            size=21,
            before=100,
            after=30,
            indent=400,
            keep=True,
        ),
        _style("Themesource", "Theme source", size=18, before=0, after=140, indent=400, grey=True),
    ]


def _style(
    style_id: str, name: str, *, size: int, before: int, after: int, ink: bool = False,
    grey: bool = False, level: int | None = None, keep: bool = False, page: bool = False,
    indent: int = 0,
) -> str:  # fmt: skip
    heading = level is not None
    color = f'<w:color w:val="{_INK if ink else _GREY}"/>' if ink or grey else ""
    return (
        f'<w:style xmlns:w="{_W}" w:type="paragraph" w:styleId="{style_id}"'
        f"{'' if name[0].islower() or name in ('Subtitle', 'TOC Heading') else ' w:customStyle=' + chr(34) + '1' + chr(34)}>"
        f'<w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>'
        f'<w:uiPriority w:val="9"/><w:qFormat/><w:pPr>{"<w:keepNext/>" if heading or keep else ""}'
        f"{'<w:keepLines/>' if heading else ''}{'<w:pageBreakBefore/>' if page else ''}"
        f'<w:spacing w:before="{before}" w:after="{after}"/>'
        f"{f'<w:ind w:left={chr(34)}{indent}{chr(34)} w:right={chr(34)}{indent}{chr(34)}/>' if indent else ''}"
        f"{f'<w:outlineLvl w:val={chr(34)}{level}{chr(34)}/>' if heading else ''}</w:pPr>"
        f'<w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/>'
        f'{"<w:b/>" if ink else ""}{color}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
    )
