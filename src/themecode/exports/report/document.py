"""A report in the making: headings, contents, captions that count themselves, cross-references."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from themecode.exports import word
from themecode.exports.files import open_target
from themecode.exports.report import shell as shells
from themecode.exports.report.figures import FiguresTable, fit_table, word_table

if TYPE_CHECKING:
    from themecode.exports.pictures.drawing import Picture

_STYLE = re.compile(r'<w:(pStyle|tblStyle) w:val="([^"]*)"/>')
#: English Metric Units in a twentieth of a point, and in a centimetre.
_EMU_TWIP, _EMU_CM = 635, 360_000
#: More headings than this make contents of chapters alone.
_MOST_CONTENTS = 60
#: More columns than this are not legible on a page that stands upright.
_MOST_COLUMNS = 8
_LONGEST_BOOKMARK = 40
#: Paragraphs and rows whose styles are named together.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Reference:
    """A table or figure that can be pointed to: "Table 3"."""

    bookmark: str
    label: str


@dataclass(slots=True)
class ReportDocument:
    """Gathers a report's body; `write` puts it into its package.

    Args:
        shell: our own package, or the researcher's template.
    """

    shell: shells.Shell
    _body: list[str] = field(default_factory=list)
    _headings: list[tuple[int, str, str]] = field(default_factory=list)
    _pictures: dict[str, bytes] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _marks: int = 0
    _contents_at: int | None = None

    def heading(self, text: str, level: int = 1) -> None:
        """A heading; the contents list the first two levels."""
        bookmark = self._mark("_Toc_tc")
        self._headings.append((level, text, bookmark[0]))
        self._body.append(
            self._paragraph(self._bookmarked(bookmark, run(text)), f"Heading {level}")
        )

    def text(self, text: str, style: str = word.BODY) -> None:
        """A paragraph of plain text."""
        self._body.append(word.paragraph(text, style))

    def rich(self, parts: Sequence[str | Reference], style: str = word.BODY) -> None:
        """A paragraph in which references are fields that follow their table or figure."""
        runs = [self._point(part) if isinstance(part, Reference) else run(part) for part in parts]
        self._body.append(self._paragraph("".join(runs), style))

    def contents(self) -> None:
        """The place of the contents; filled once every heading is known."""
        self._contents_at = len(self._body)
        self._body.append("")

    def next_reference(self, kind: str) -> Reference:
        """The reference that the next "Table" or "Figure" will have, to point to it beforehand."""
        number = self._counts.get(kind, 0) + 1
        return Reference(f"_Ref_tc_{kind}_{number}", f"{kind} {number}")

    def table(self, table: FiguresTable, *, caption: str = "") -> Reference:
        """A captioned table; one too wide for the page is turned, or cut into parts."""
        reference = self._caption("Table", caption or table.title)
        for part in fit_table(table, _MOST_COLUMNS):
            self._body += word_table(part, self.shell.width, about=caption or table.title)
        for note in table.notes:
            self.text(note, word.NOTE)
        return reference

    def figure(self, picture: Picture, content: bytes) -> Reference:
        """A captioned picture with its alt text, no wider or higher than the page."""
        number = len(self._pictures) + 1
        name = f"rIdTc{number}"
        self._pictures[name] = content
        width, height = picture.size()
        most = min(
            1.0,
            self.shell.width * _EMU_TWIP / (width * _EMU_CM),
            0.82 * self.shell.height * _EMU_TWIP / (height * _EMU_CM),
        )
        drawn = _drawing(
            name, number, picture, int(width * _EMU_CM * most), int(height * _EMU_CM * most)
        )
        self._body.append(self._paragraph(drawn, shells.FIGURE))
        return self._caption("Figure", picture.title)

    def write(self, target: Path | BinaryIO, *, title: str, made_on: date) -> None:
        """Write the report.

        Raises:
            ThemecodeError: the file cannot be written.
        """
        if self._contents_at is not None:
            self._body[self._contents_at] = self._fill_contents()
        parts = shells.add_pictures(self.shell, self._pictures)
        # The ids that the package knows styles by, under our own way of writing them.
        known = {name.replace(" ", ""): style for name, style in self.shell.styles.items()}

        @cache
        def name_style(kind: str, name: str) -> str:
            return f'<w:{kind} w:val="{known.get(name.lower(), name)}"/>'

        with open_target(target) as stream:
            document = word.WordFile(stream, title=title, made_on=made_on, shell=parts)
            try:
                for first in range(0, len(self._body), _AT_ONCE):
                    xml = "".join(self._body[first : first + _AT_ONCE])
                    document.write(_STYLE.sub(lambda found: name_style(*found.groups()), xml))
                document.close()
            except BaseException:
                document.abandon()
                raise

    def _caption(self, kind: str, text: str) -> Reference:
        reference = self.next_reference(kind)
        number = self._counts[kind] = self._counts.get(kind, 0) + 1
        mark = (reference.bookmark, self._next_mark())
        label = run(f"{kind} ") + _field(f"SEQ {kind} \\* ARABIC", str(number))
        inside = self._bookmarked(mark, label) + run(f". {text}")
        style = shells.CAPTION
        if kind == "Figure":  # stands under its figure, so that it need not keep with what follows
            self._body.append(self._paragraph(inside, style, extra='<w:keepNext w:val="0"/>'))
        else:
            self._body.append(self._paragraph(inside, style))
        return reference

    def _point(self, reference: Reference) -> str:
        return _field(f"REF {reference.bookmark} \\h", reference.label)

    def _fill_contents(self) -> str:
        """A contents field whose entries stand there already, each a link to its heading.

        Where a page ends only Word can say, so that the number at the end of each line is a field of
        its own: filled when the contents are updated, and when the report is printed or made a PDF. Neither
        `w:updateFields` nor a dirty field is used: either makes Word ask, on every opening until the
        report is saved, about "fields that may refer to other files", and may leave every number 1.
        """
        deepest = 2 if sum(level <= 2 for level, *_ in self._headings) <= _MOST_CONTENTS else 1
        entries = [each for each in self._headings if each[0] <= deepest]
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
            f' TOC \\o "1-{deepest}" \\h \\z \\u </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        tab = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{self.shell.width}"/></w:tabs>'
        made = [self._paragraph(run("Contents"), shells.CONTENTS_HEADING)]
        for at, (level, text, bookmark) in enumerate(entries):
            page = "<w:r><w:tab/></w:r>" + _field(f"PAGEREF {bookmark} \\h", "")
            link = (
                f'<w:hyperlink w:anchor="{bookmark}" w:history="1">{run(text)}{page}</w:hyperlink>'
            )
            inside = (begin if at == 0 else "") + link
            made.append(self._paragraph(inside, f"toc {level}", extra=tab))
        made.append(f"<w:p>{end}</w:p>" if entries else "")
        return "".join(made)

    def _mark(self, prefix: str) -> tuple[str, int]:
        number = self._next_mark()
        return f"{prefix}{number}"[:_LONGEST_BOOKMARK], number

    def _next_mark(self) -> int:
        self._marks += 1
        return self._marks

    @staticmethod
    def _bookmarked(mark: tuple[str, int], inside: str) -> str:
        name, number = mark
        return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{inside}<w:bookmarkEnd w:id="{number}"/>'

    @staticmethod
    def _paragraph(inside: str, style: str, *, extra: str = "") -> str:
        looks = "" if style == word.BODY else f'<w:pStyle w:val="{word.style_id(style)}"/>'
        return f"<w:p><w:pPr>{looks}{extra}</w:pPr>{inside}</w:p>"


def run(text: str) -> str:
    """A run of plain text."""
    return f'<w:r><w:t xml:space="preserve">{word.escape_text(text)}</w:t></w:r>'


def _field(instruction: str, shown: str) -> str:
    return f'<w:fldSimple w:instr=" {instruction} ">{run(shown)}</w:fldSimple>'


def _drawing(name: str, number: int, picture: Picture, width: int, height: int) -> str:
    alt = word.escape_attribute(picture.alt)
    about = f'id="{number}" name="Figure {number}" descr="{alt}" title="{word.escape_attribute(picture.title)}"'
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    p = "http://schemas.openxmlformats.org/drawingml/2006/picture"
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    wp = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{wp}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr {about}/>'
        f'<a:graphic xmlns:a="{a}"><a:graphicData uri="{p}"><pic:pic xmlns:pic="{p}">'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Figure {number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip xmlns:r="{r}" r:embed="{name}"/><a:stretch><a:fillRect/></a:stretch>'
        f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
