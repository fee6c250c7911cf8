"""Writes docs/dpia-starter.docx from docs/dpia-starter.md, for people who fill it in in Word.

`python tools/write_dpia.py`; the same page gives the same bytes, and a test holds the two together.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
_INK, _SOFT, _FILL = "1F3A4D", "E8EEF1", "FFF0B8"
#: Shares of the page's width, by how many columns a table has.
_SHARES = {2: (3, 5), 3: (3, 4, 2), 5: (4, 2, 6, 2, 3)}
_MARKS = re.compile(r"(\*\*.+?\*\*|`.+?`|\[[^\]]*\])")


def make_document(page: str) -> bytes:
    """The page as a Word document, A4 across, with what is to be filled in marked."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt, RGBColor

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(1.8))
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10)
    for level in (1, 2):
        document.styles[f"Heading {level}"].font.color.rgb = RGBColor.from_string(_INK)
    blocks = [block.strip() for block in page.split("\n\n") if block.strip()]
    for block in blocks:
        if block.startswith("|"):
            _add_table(document, [_part_row(line) for line in block.split("\n")])
        elif block.startswith("#"):
            hashes, words = block.split(" ", 1)
            document.add_heading(words, level=len(hashes))
        else:
            _write(document.add_paragraph(), " ".join(block.split("\n")))
    document.core_properties.title = "Data protection impact assessment: a starter"
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = dt.datetime(2026, 1, 1)  # noqa: DTZ001
    made = io.BytesIO()
    document.save(made)
    return _fix_times(made.getvalue())


def _part_row(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _add_table(document: Any, rows: list[list[str]]) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    header, *below = [
        row for row in rows if not all(set(cell) <= set("- ") and cell for cell in row)
    ]
    kept = [header, *below] if any(header) else below
    table = document.add_table(len(kept), len(header), style="Table Grid")
    shares = _SHARES[len(header)]
    widths = [Cm(26.1 * share / sum(shares)) for share in shares]
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for at, row in enumerate(kept):
        cells = table.rows[at].cells
        for cell, words, width in zip(cells, row, widths, strict=True):
            cell.width = width
            _write(cell.paragraphs[0], words, bold=at == 0 and any(header))
            cell.paragraphs[0].paragraph_format.space_after = 0
            if (at == 0 and any(header)) or cell is cells[0]:
                _shade(cell._element.get_or_add_tcPr(), _SOFT)  # noqa: SLF001 (python-docx has no call for it)
        row_looks = table.rows[at]._element.get_or_add_trPr()  # noqa: SLF001
        row_looks.append(OxmlElement("w:cantSplit"))
        if at == 0 and any(header):
            row_looks.append(OxmlElement("w:tblHeader"))
    document.add_paragraph().paragraph_format.space_after = 0


def _write(paragraph: Any, words: str, *, bold: bool = False) -> None:
    for piece in _MARKS.split(words):
        if not piece:
            continue
        run = paragraph.add_run(piece.strip("*`") if piece[0] in "*`" else piece)
        run.bold = bold or piece.startswith("**")
        if piece[0] == "`":
            run.font.name = "Consolas"
        elif piece[0] == "[":
            _shade(run._element.get_or_add_rPr(), _FILL)  # noqa: SLF001


def _shade(looks: Any, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), colour)
    looks.append(shade)


def _fix_times(raw: bytes) -> bytes:
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(
                zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED
            )
    return made.getvalue()


if __name__ == "__main__":
    starter = (DOCS / "dpia-starter.md").read_text(encoding="utf-8")
    (DOCS / "dpia-starter.docx").write_bytes(make_document(starter))
