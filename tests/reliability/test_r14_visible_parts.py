"""R14: every visible part of every kind of file is read, or is counted as left out.

Each case is a real file with one part more. The word SEEN stands in that part: it must be in the transcript,
or what was said of the reading must name the part.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from measured import record

sys.path.append(str(Path(__file__).parents[1] / "reading"))
from word_files import paragraph, run, table, write_docx

from themecode.transcripts import read_file

WORD = "SEEN"
READ = ""  # the words themselves are in the transcript


def _in_word(body: str, **parts: str) -> Path:
    talk = "".join(paragraph(each) for each in ("INT: Well?", "P01: I went home.", "INT: And?"))
    return write_docx(Path("a.docx"), talk + body + paragraph("INT: Is that all?"), **parts)


def _box(inner: str) -> str:
    return f"<w:r><w:drawing><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></w:drawing></w:r>"


_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_DRAWN = "http://schemas.openxmlformats.org/drawingml/2006"
IN_WORD: dict[str, tuple[Callable[[], Path], str]] = {
    "paragraph": (lambda: _in_word(paragraph(f"P01: {WORD} &amp; &lt;b&gt;")), READ),
    "table": (lambda: _in_word(table(("P01", WORD))), READ),
    "table in a table": (
        lambda: _in_word(f"<w:tbl><w:tr><w:tc>{table(('P01', WORD))}<w:p/></w:tc></w:tr></w:tbl>"), READ),
    "text box": (lambda: _in_word(paragraph("P01: ", _box(paragraph(WORD)))), READ),
    "link": (lambda: _in_word(paragraph("P01: ", f"<w:hyperlink>{run(WORD)}</w:hyperlink>")), READ),
    "content control": (
        lambda: _in_word(f"<w:sdt><w:sdtContent>{paragraph('P01: ' + WORD)}</w:sdtContent></w:sdt>"), READ),
    "field": (lambda: _in_word(paragraph("P01: ", f"<w:fldSimple>{run(WORD)}</w:fldSimple>")), READ),
    "ruby": (lambda: _in_word(paragraph(
        "P01: ", f"<w:r><w:ruby><w:rubyBase>{run(WORD)}</w:rubyBase></w:ruby></w:r>")), READ),
    "added, tracked": (lambda: _in_word(paragraph("P01: ", f"<w:ins>{run(WORD)}</w:ins>")), READ),
    "deleted, tracked": (lambda: _in_word(paragraph(
        "P01: So.", f"<w:del><w:r><w:delText>{WORD}</w:delText></w:r></w:del>")), "tracked deletion"),
    "hidden": (lambda: _in_word(paragraph(
        "P01: So.", f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{WORD}</w:t></w:r>")), "hidden passage"),
    "footnote": (lambda: _in_word("", footnotes=f"<w:footnote>{paragraph(WORD)}</w:footnote>"), "1 footnote"),
    "endnote": (lambda: _in_word("", endnotes=f"<w:endnote>{paragraph(WORD)}</w:endnote>"), "1 endnote"),
    "comment": (lambda: _in_word("", comments=f"<w:comment>{paragraph(WORD)}</w:comment>"), "1 comment"),
    "header": (lambda: _in_word("", header1=paragraph(WORD)), "1 header or footer"),
    "footer": (lambda: _in_word("", footer2=paragraph(WORD)), "1 header or footer"),
    "formula": (lambda: _in_word(paragraph(
        "P01: ", f'<m:oMath xmlns:m="{_MATH}"><m:r><m:t>{WORD}</m:t></m:r></m:oMath>')), "1 formula"),
    "WordArt": (lambda: _in_word(paragraph(
        "P01: ", f'<w:r><w:pict><v:shape><v:textpath string="{WORD}"/></v:shape></w:pict></w:r>')),
        "1 passage of WordArt"),
    "chart": (lambda: _in_word(paragraph(
        "P01: ", f'<w:r><w:drawing><c:chart xmlns:c="{_DRAWN}/chart"/></w:drawing></w:r>')), "1 chart"),
    "diagram": (lambda: _in_word(paragraph(
        "P01: ", f'<w:r><w:drawing><d:relIds xmlns:d="{_DRAWN}/diagram"/></w:drawing></w:r>')), "1 diagram"),
    "picture": (lambda: _in_word(paragraph(
        "P01: ", f'<w:r><w:drawing><p:pic xmlns:p="{_DRAWN}/picture"/></w:drawing></w:r>')), "1 picture"),
    "object": (lambda: _in_word(paragraph("P01: ", "<w:r><w:object/></w:r>")), "1 embedded object"),
    "another file": (lambda: _in_word("<w:altChunk/>"), "1 part from another file"),
}  # fmt: skip

_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = "".join(
    f' xmlns:{short}="{_OPEN}:{name}:1.0"'
    for short, name in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("style", "style"),
                        ("table", "table"))
)  # fmt: skip


def _in_open(body: str, margin: str = "") -> Path:
    path = Path("a.odt")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f"<office:document-content{_SPACES}><office:body><office:text><text:p>INT: Well?</text:p>"
            f"<text:p>P01: I went home.</text:p><text:p>INT: And?</text:p>{body}"
            "<text:p>INT: Is that all?</text:p></office:text></office:body></office:document-content>",
        )
        archive.writestr(
            "styles.xml",
            f"<office:document-styles{_SPACES}><office:master-styles><style:master-page>{margin}"
            "</style:master-page></office:master-styles></office:document-styles>",
        )
    return path


def _said(inner: str) -> str:
    return f"<text:p>P01: {inner}</text:p>"


def _frame(inner: str) -> str:
    return _said(f"<draw:frame>{inner}</draw:frame>")


_NOTE = f"<text:note text:note-class='footnote'><text:note-body>{_said(WORD)}</text:note-body></text:note>"
IN_OPEN: dict[str, tuple[Callable[[], Path], str]] = {
    "paragraph": (lambda: _in_open(_said(f"{WORD} &amp; &lt;b&gt;")), READ),
    "link": (lambda: _in_open(_said(f"<text:a>{WORD}</text:a>")), READ),
    "list": (lambda: _in_open(f"<text:list><text:list-item>{_said(WORD)}</text:list-item></text:list>"), READ),
    "section": (lambda: _in_open(f"<text:section>{_said(WORD)}</text:section>"), READ),
    "text box": (lambda: _in_open(_frame(f"<draw:text-box>{_said(WORD)}</draw:text-box>")), READ),
    "shape": (lambda: _in_open(_said(f"<draw:custom-shape>{_said(WORD)}</draw:custom-shape>")), READ),
    "placeholder": (lambda: _in_open(_said(f"<text:placeholder>{WORD}</text:placeholder>")), READ),
    "footnote": (lambda: _in_open(_said(f"So.{_NOTE}")), "1 footnote"),
    "comment": (lambda: _in_open(_said(
        f"So.<office:annotation>{_said(WORD)}</office:annotation>")), "1 comment"),
    "header": (lambda: _in_open("", f"<style:header>{_said(WORD)}</style:header>"), "1 header or footer"),
    "object": (lambda: _in_open(_frame("<draw:object/><draw:image/>")), "1 embedded object or formula"),
    "picture": (lambda: _in_open(_frame("<draw:image/>")), "1 picture"),
    "deleted, tracked": (lambda: _in_open(
        "<text:tracked-changes><text:changed-region><text:deletion>"
        f"{_said(WORD)}</text:deletion></text:changed-region></text:tracked-changes>"), "1 deleted"),
}  # fmt: skip


def _in_rich(body: str) -> Path:
    path = Path("a.rtf")
    path.write_bytes(
        rb"{\rtf1\ansi INT: Well?\par P01: I went home.\par INT: And?\par "
        + body.encode("ascii")
        + rb"\par INT: Is that all?\par}"
    )
    return path


IN_RICH: dict[str, tuple[Callable[[], Path], str]] = {
    "paragraph": (lambda: _in_rich(f"P01: {WORD}"), READ),
    "field": (lambda: _in_rich(rf"P01: {{\field{{\*\fldinst LINK}}{{\fldrslt {WORD}}}}}"), READ),
    "added, tracked": (lambda: _in_rich(rf"P01: {{\revised {WORD}}}"), READ),
    "text box": (
        lambda: _in_rich(rf"P01: {{\shp{{\*\shpinst{{\shptxt P01: {WORD}\par}}}}}} so."), "1 text box"),
    "footnote": (lambda: _in_rich(rf"P01: so{{\footnote {WORD}}}"), "1 footnote or comment"),
    "comment": (lambda: _in_rich(rf"P01: so{{\*\annotation {WORD}}}"), "1 footnote or comment"),
    "header": (lambda: _in_rich(rf"{{\header {{\b {WORD}}}}}P01: so"), "1 header or footer"),
    "footer": (lambda: _in_rich(rf"{{\footerf {WORD}}}P01: so"), "1 header or footer"),
    "picture": (lambda: _in_rich(r"P01: so{\pict\pngblip 8950}"), "1 picture"),
    "object": (lambda: _in_rich(rf"P01: so{{\object\objemb{{\result {WORD}}}}}"), "1 embedded object"),
    "formula": (lambda: _in_rich(rf"P01: so{{\mmath{{\*\moMath{{\mr {WORD}}}}}}}"), "1 formula"),
}  # fmt: skip


def _in_sheet(change: Callable[[object, object], None]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in (
        ("speaker", "text"),
        ("INT", "Well?"),
        ("P01", "I went."),
        ("INT", "And?"),
        ("P01", "So."),
    ):
        sheet.append(row)
    change(book, sheet)
    book.save("a.xlsx")
    return Path("a.xlsx")


def _add_comment(_book: object, sheet: object) -> None:
    from openpyxl.comments import Comment

    sheet["B2"].comment = Comment(WORD, "Dee")  # type: ignore[index]


def _add_chart(_book: object, sheet: object) -> None:
    from openpyxl.chart import BarChart

    sheet.add_chart(BarChart(), "D2")  # type: ignore[attr-defined]


def _add_sheet(book: object, _sheet: object) -> None:
    more = book.create_sheet("More")  # type: ignore[attr-defined]
    more.append(["speaker", "text"])
    more.append(["P02", WORD])


def _add_hidden(_book: object, sheet: object) -> None:
    sheet.append(["P01", WORD])  # type: ignore[attr-defined]
    sheet.row_dimensions[6].hidden = True  # type: ignore[attr-defined]


def _add_column(_book: object, sheet: object) -> None:
    sheet["C1"], sheet["C3"] = "remark", WORD  # type: ignore[index]


IN_SHEETS: dict[str, tuple[Callable[[], Path], str]] = {
    "row": (lambda: _in_sheet(lambda _, sheet: sheet.append(["P01", WORD])), READ),  # type: ignore[attr-defined]
    "hidden row": (lambda: _in_sheet(_add_hidden), READ),
    "comment": (lambda: _in_sheet(_add_comment), "1 comment"),
    "chart": (lambda: _in_sheet(_add_chart), "1 chart"),
    "another sheet": (lambda: _in_sheet(_add_sheet), "“More” could be read too"),
    "another column": (lambda: _in_sheet(_add_column), "“remark”"),
}  # fmt: skip


def _in_pdf(draw: Callable[[object], None]) -> Path:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas("a.pdf")
    for at, line in enumerate(
        (
            "INT: Well?",
            "P01: I went home and it was a long way.",
            "INT: And?",
            "P01: So it went on.",
        )
    ):
        canvas.drawString(60, 780 - 20 * at, line)
    draw(canvas)
    canvas.save()
    return Path("a.pdf")


def _draw_picture(canvas: object) -> None:
    from PIL import Image

    Image.new("RGB", (90, 40)).save("a.png")
    canvas.drawImage("a.png", 60, 500)  # type: ignore[attr-defined]


IN_PAGES: dict[str, tuple[Callable[[], Path], str]] = {
    "line": (lambda: _in_pdf(lambda canvas: canvas.drawString(60, 700, f"P01: {WORD}")), READ),  # type: ignore[attr-defined]
    "form field": (lambda: _in_pdf(lambda canvas: canvas.acroForm.textfield(  # type: ignore[attr-defined]
        name="a", value=WORD, x=60, y=600, width=200, height=20)), "1 form field"),
    "remark": (lambda: _in_pdf(lambda canvas: canvas.textAnnotation(WORD, Rect=[60, 500, 80, 520])), "1 remark"),  # type: ignore[attr-defined]
    "picture": (lambda: _in_pdf(_draw_picture), "1 picture"),
}  # fmt: skip


def _in_text(name: str, text: str) -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


_CUE = "00:00:01.000 --> 00:00:04.000\n"
_TURN = '{"speaker": "P01", "text": "SEEN"}'
IN_TEXT: dict[str, tuple[Callable[[], Path], str]] = {
    "txt": (lambda: _in_text("a.txt", "INT: Well?\n\nP01: SEEN & <b> &amp;\n"), READ),
    "md": (lambda: _in_text("a.md", "**INT:** Well?\n\n**P01:** I *SEEN*.\n"), READ),
    "csv": (lambda: _in_text("a.csv", "id,text\n1,SEEN & so\n"), READ),
    "csv column": (
        lambda: _in_text("a.csv", "speaker,text,remark\nINT,Well?,\nP01,So.,SEEN\nINT,And?,\nP01,So.,\n"),
        "“remark”"),
    "vtt": (lambda: _in_text("a.vtt", f"WEBVTT\n\n{_CUE}<v P01>I <b>SEEN</b> &amp; so.</v>\n"), READ),
    "srt": (lambda: _in_text("a.srt", f"1\n{_CUE.replace('.', ',')}P01: I <i>SEEN</i>.\n"), READ),
    "json": (lambda: _in_text("a.json", f'{{"segments": [{_TURN}]}}'), READ),
}  # fmt: skip

EVERY = {
    f"{kind}: {part}": case
    for kind, cases in (
        ("Word", IN_WORD), ("OpenDocument", IN_OPEN), ("rich text", IN_RICH), ("Excel", IN_SHEETS),
        ("PDF", IN_PAGES), ("text", IN_TEXT),
    )
    for part, case in cases.items()
}  # fmt: skip


@pytest.mark.parametrize("part", EVERY)
def test_a_visible_part_is_read_or_counted(part: str) -> None:
    make, counted = EVERY[part]
    reading = read_file(make())
    text = "\n".join(each.text for each in reading.transcripts)
    said = " ".join(problem.message for problem in reading.problems)
    if counted:
        assert counted in said, said
        assert WORD not in said, "what was left out is counted, not repeated"
        assert WORD not in text
    else:
        assert re.search(rf"\b{WORD}\b", text), said
    assert "&amp;" not in text or part == "text: txt"


def test_what_is_held_is_written_down() -> None:
    read = sum(not counted for _, counted in EVERY.values())
    record(
        "R14", parts=len(EVERY), read=read, counted_as_left_out=len(EVERY) - read, lost_in_silence=0
    )
