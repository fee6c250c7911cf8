"""The shells of the Excel and Word outputs: styles, page, header row, the sheet that explains.

They are made here, with xlsxwriter and python-docx, and kept beside this module, so that `apply`
need not load either library (0.2 s each) to write what it streams. After a change here run
`python -m themecode.exports.templates`; a test checks that what is kept is what this makes.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from themecode.exports import word, workbook
from themecode.exports.coded_segments import COLUMN_MEANINGS, COLUMNS, STATUS_MEANINGS
from themecode.model import COUNTED

if TYPE_CHECKING:
    from docx.document import Document

_INK = "1F3A4D"
_SOFT = "E8EEF1"
_LINE = "B8C4CB"
_GREY = "4A4A4A"
_LINE_HEIGHT = 15.5

_WIDTHS = {
    "transcript": 20, "turn": 7, "speaker": 14, "participant": 13, "role": 29, "start": 9,
    "end": 9, "text": workbook.WRAPPED["text"], "theme_id": 14, "theme": 28, "code_id": 28,
    "code": 34, "coder": 24, "confidence": 13, "status": 12,
    "evidence": workbook.WRAPPED["evidence"], "reviewer": 16, "decision": 16,
    "note": workbook.WRAPPED["note"], "codebook_version": 19, "content_note": 28,
}  # fmt: skip


def main() -> None:
    """Make both templates again, in place."""
    workbook.TEMPLATE.parent.mkdir(exist_ok=True)
    workbook.TEMPLATE.write_bytes(make_workbook())
    word.TEMPLATE.write_bytes(make_document())


def make_workbook() -> bytes:
    """The workbook of coded segments, without its rows."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": "Coded segments"})
    look = {"text_wrap": True, "valign": "top"}
    right = {**look, "align": "right", "indent": 1}
    cell, number = book.add_format(look), book.add_format(right)
    share = book.add_format({**right, "num_format": "0.00"})
    header = book.add_format(
        {"bold": True, "font_color": _INK, "bg_color": _SOFT, "bottom": 1,
         "bottom_color": _LINE, "valign": "vcenter", "text_wrap": True}
    )  # fmt: skip
    sheet = book.add_worksheet("Coded segments")
    for at, column in enumerate(COLUMNS):
        style = share if column == "confidence" else number if column in workbook.NUMBERS else cell
        sheet.set_column(at, at, _WIDTHS[column], style)
        sheet.write_string(0, at, column, header)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 1, len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3: 21 columns are not readable on less
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&P of &N")
    _write_guide(book, header)
    book.close()
    return _settle(buffer.getvalue(), drop=())


def _write_guide(book: Any, header: Any) -> None:
    sheet = book.add_worksheet("How to read this")
    wrap = {"text_wrap": True, "valign": "top"}
    title = book.add_format({"bold": True, "font_size": 16, "font_color": _INK})
    heading = book.add_format({"bold": True, "font_size": 12, "font_color": _INK})
    words, name = book.add_format(wrap), book.add_format({**wrap, "bold": True})
    figure = book.add_format({**wrap, "align": "right"})
    sheet.hide_gridlines(2)
    for at, width in enumerate((22, 86, 12, 10)):
        sheet.set_column(at, at, width)
    sheet.write_string("A1", "How to read the coded segments", title)
    sheet.set_row(0, 28)
    notes = (
        (
            f"The first sheet has {workbook.ROWS_GAP} codings, one in each row: a passage, and a "
            f"code put on it.{workbook.MADE_GAP}"
        ),
        (
            f"{workbook.COUNTED_GAP} of them are counted in the study's matrices and tables: those "
            "that are suggested, accepted, recoded or coded. Candidates, disputed codings and "
            "rejected ones stand here to be looked at, and are in no count. Where several coders put "
            "the same code on the same passage, the matrices and tables count it once."
        ),
        "A suggested coding is the machine's alone: nobody has checked it yet.",
    )
    row = 1
    for note in notes:
        sheet.merge_range(row, 0, row, 3, note, words)
        sheet.set_row(row, _LINE_HEIGHT * -(-len(note) // 125))
        row += 1
    row = _write_list(
        sheet, row + 1, "Statuses", heading, header, ("status", "what it means", "counted", "rows")
    )
    for status, meaning in STATUS_MEANINGS.items():
        sheet.write_string(row, 0, status.value, name)
        sheet.write_string(row, 1, meaning, words)
        sheet.write_string(row, 2, "yes" if status in COUNTED else "no", words)
        sheet.write_string(row, 3, workbook.gap_for(status), figure)
        row += 1
    row = _write_list(sheet, row + 1, "Columns", heading, header, ("column", "what it says"))
    for column in COLUMNS:
        sheet.write_string(row, 0, column, name)
        sheet.write_string(row, 1, COLUMN_MEANINGS[column], words)
        sheet.set_row(row, _LINE_HEIGHT * -(-len(COLUMN_MEANINGS[column]) // 88))
        row += 1
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_list(
    sheet: Any, row: int, title: str, heading: Any, header: Any, names: tuple[str, ...]
) -> int:
    sheet.write_string(row, 0, title, heading)
    sheet.set_row(row, 20)
    for at, name in enumerate(names):
        sheet.write_string(row + 1, at, name, header)
    return row + 2


def make_document() -> bytes:
    """The Word document of theme tables, without its words."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(1.9), Cm(1.8)
    section.footer_distance = Cm(0.9)
    _set_language(document)
    _set_styles(document)
    _add_table_style(document)
    _add_page_number(document)
    document.add_paragraph(word.BODY_GAP)
    properties = document.core_properties
    properties.author, properties.comments, properties.title = "", "", ""
    properties.language = "en-GB"
    buffer = io.BytesIO()
    document.save(buffer)
    return _settle(buffer.getvalue(), drop=("docProps/thumbnail.jpeg",))


def _set_language(document: Document) -> None:
    from docx.oxml.ns import qn

    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _set_styles(document: Document) -> None:
    from docx.shared import Pt, RGBColor

    ink, grey = RGBColor.from_string(_INK), RGBColor.from_string(_GREY)
    _set_font(document, "Normal", size=10.5)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    document.styles["Normal"].paragraph_format.line_spacing = 1.1
    _set_font(document, "Title", size=24, bold=True, color=ink)
    _drop_borders(document, "Title")
    document.styles["Title"].paragraph_format.space_after = Pt(8)
    _set_font(document, "Heading 1", size=15, bold=True, color=ink)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(22)
    document.styles["Heading 1"].paragraph_format.space_after = Pt(3)
    _set_font(document, "Footer", size=9, color=grey)
    _add_style(document, word.DEFINITION, after=8, next_together=True)
    _add_style(document, word.CONTENT_NOTE, size=9.5, after=8, color=grey, next_together=True)
    _add_style(document, word.HEADER, size=10, bold=True, color=ink, next_together=True)
    _add_style(document, word.CODE, size=10, bold=True)
    _add_style(document, word.CELL, size=10, after=3)
    _add_style(document, word.QUOTE, size=10)
    _add_style(document, word.ATTRIBUTION, size=9, after=7, color=grey)
    _add_style(document, word.NOTE, size=9, after=2, color=grey, italic=True)


def _set_font(
    document: Document,
    style: str,
    *,
    size: float,
    bold: bool | None = None,
    italic: bool | None = None,
    color: Any = None,
) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    font = document.styles[style].font
    font.size, font.bold, font.italic = Pt(size), bold, italic
    if color is not None:
        font.color.rgb = color
    fonts = document.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)
    for kind in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{kind}"), "Calibri")


def _drop_borders(document: Document, style: str) -> None:
    from docx.oxml.ns import qn

    properties = document.styles[style].element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _add_style(
    document: Document,
    name: str,
    *,
    size: float = 10.5,
    after: float = 0,
    next_together: bool = False,
    **font: Any,
) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    style.paragraph_format.space_after = Pt(after)
    style.paragraph_format.line_spacing = 1.05
    style.paragraph_format.keep_with_next = next_together or None
    style.paragraph_format.widow_control = True
    _set_font(document, name, size=size, **font)


def _add_table_style(document: Document) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    line = f'w:val="single" w:sz="4" w:space="0" w:color="{_LINE}"'
    style = f"""
    <w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{word.TABLE_ID}">
      <w:name w:val="{word.TABLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>
      <w:qFormat/>
      <w:tblPr><w:tblBorders><w:top {line}/><w:bottom {line}/><w:insideH {line}/></w:tblBorders>
        <w:tblCellMar><w:top w:w="70" w:type="dxa"/><w:left w:w="100" w:type="dxa"/>
        <w:bottom w:w="70" w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar>
      </w:tblPr>
      <w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>
        <w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{_SOFT}"/></w:tcPr>
      </w:tblStylePr>
    </w:style>"""
    document.styles.element.append(parse_xml(style))


def _add_page_number(document: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("Page ")
    for field, between in (("PAGE", " of "), ("NUMPAGES", "")):
        paragraph._p.append(  # noqa: SLF001 (python-docx has no fields)
            parse_xml(
                f'<w:fldSimple {nsdecls("w")} w:instr=" {field} "><w:r><w:t>1</w:t></w:r>'
                "</w:fldSimple>"
            )
        )
        paragraph.add_run(between)


def _settle(package: bytes, *, drop: tuple[str, ...]) -> bytes:
    """The package without clock times, unneeded parts and a size of the sheet that will change."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if name in drop:
                continue
            content = old.read(name)
            if name == "_rels/.rels":
                for part in drop:
                    content = re.sub(rf'<Relationship [^>]*"{part}"[^>]*/>'.encode(), b"", content)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:\w+ [^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", content
                )
            if name == "xl/worksheets/sheet1.xml":
                content = re.sub(rb"<dimension [^>]*/>", b"", content)
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            new.writestr(entry, content)
    return made.getvalue()


if __name__ == "__main__":
    main()
