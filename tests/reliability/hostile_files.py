"""Files made to do harm, or that harm by accident: `write_hostile(folder)` makes all of them.

Run by itself it writes them to the folder it is given: `python tests/reliability/hostile_files.py FOLDER`.
"""

from __future__ import annotations

import io
import struct
import sys
import warnings
import zipfile
from pathlib import Path

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_P = "<w:p><w:r><w:t>INT: Well?</w:t></w:r></w:p><w:p><w:r><w:t>P01: I went home.</w:t></w:r></w:p>"
_XXE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_LAUGHS = "<!DOCTYPE d [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip
_QUADRATIC = f"<!DOCTYPE d [<!ENTITY a '{'x' * 50_000}'>]>"
_OLE = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 2000
_REFI = 'xmlns="urn:QDA-XML:project:1.0"'


def _zip(parts: dict[str, bytes | str], *, flags: int = 0, twice: str | None = None) -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # a name that stands twice is the point
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        if twice:
            archive.writestr(twice, "again")
    raw = bytearray(made.getvalue())
    if flags:
        for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            place = raw.find(magic)
            raw[place + at : place + at + 2] = struct.pack("<H", flags)
    return bytes(raw)


def _docx(
    body: str = _P, *, head: str = "", more: dict[str, bytes | str] | None = None, **how: object
) -> bytes:
    document = f'<?xml version="1.0"?>{head}<w:document {_W}><w:body>{body}</w:body></w:document>'
    parts: dict[str, bytes | str] = {"[Content_Types].xml": _TYPES, "word/document.xml": document}
    return _zip(parts | (more or {}), **how)  # type: ignore[arg-type]


def _xlsx(rows: str, *, head: str = "", more: dict[str, bytes | str] | None = None) -> bytes:
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pack = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": _TYPES.replace(
            "</Types>",
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            "</Types>",
        ),
        "_rels/.rels": f'<Relationships xmlns="{pack}"><Relationship Id="r1" Type="{rel}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {ns} xmlns:r="{rel}"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{pack}"><Relationship Id="r1" '
        f'Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"{head}<worksheet {ns}><sheetData>{rows}</sheetData></worksheet>",
    }  # fmt: skip
    return _zip(parts | (more or {}))


def _odt(body: str, *, head: str = "", more: dict[str, bytes | str] | None = None) -> bytes:
    office = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    content = (
        f"{head}<office:document-content {office}><office:body><office:text>{body}</office:text>"
        "</office:body></office:document-content>"
    )
    return _zip(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}
        | (more or {})
    )


def _cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


_SHEET = f'<row r="1">{_cell("A1", "id")}{_cell("B1", "text")}</row><row r="2">{_cell("A2", "1")}{_cell("B2", "I went.")}</row>'


def _word_files() -> dict[str, bytes]:
    body = _P.replace("Well", "&x; Well")
    return {
        "xxe_body.docx": _docx(body, head=_XXE),
        "xxe_styles.docx": _docx(more={"word/styles.xml": f"{_XXE}<w:styles {_W}>&x;</w:styles>"}),
        "xxe_notes.docx": _docx(more={"word/footnotes.xml": f"{_XXE}<w:footnotes {_W}><w:footnote><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:footnote></w:footnotes>"}),
        "xxe_parameter.docx": _docx(head='<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">'),
        "laughs.docx": _docx(_P.replace("Well", "&a9;"), head=_LAUGHS),
        "quadratic.docx": _docx(_P.replace("Well", "&a;" * 10_000), head=_QUADRATIC),
        "bomb_part.docx": _docx("<w:p/>" * 14_000_000),
        "bomb_beside.docx": _docx(more={"word/media/a.bin": b"\0" * 300_000_000}),
        "many_paragraphs.docx": _docx("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 1_500_000),
        "many_runs.docx": _docx("<w:p>" + "<w:r><w:t>a</w:t></w:r>" * 200_000 + "</w:p>"),
        "deep.docx": _docx("<w:sdt><w:sdtContent>" * 50_000 + "</w:sdtContent></w:sdt>" * 50_000),
        "deep_tables.docx": _docx("<w:tbl><w:tr><w:tc>" * 3000 + _P + "</w:tc></w:tr></w:tbl>" * 3000),
        "slip_dots.docx": _docx(more={"../../evil.txt": "x"}),
        "slip_absolute.docx": _docx(more={"/tmp/evil.txt": "x"}),
        "slip_backslash.docx": _docx(more={"..\\evil.txt": "x"}),
        "slip_drive.docx": _docx(more={"C:/evil.txt": "x"}),
        "twice.docx": _docx(twice="word/document.xml"),
        "twice_case.docx": _docx(more={"WORD/DOCUMENT.XML": "x"}),
        "encrypted_flag.docx": _docx(flags=1),
        "encrypted.docx": _OLE,
        "old.doc": _OLE,
        "cut_short.docx": _docx()[:-40],
        "members.docx": _docx(more={f"x{n}": "" for n in range(6000)}),
        "no_document.docx": _zip({"[Content_Types].xml": _TYPES}),
        "not_xml.docx": _docx()[:0] + _zip({"[Content_Types].xml": _TYPES, "word/document.xml": "<<<"}),
        "utf16_dtd.docx": _zip({"[Content_Types].xml": _TYPES, "word/document.xml": f'<?xml version="1.0" encoding="UTF-16"?>{_XXE}<w:document {_W}/>'.encode("utf-16")}),
        "long_attribute.docx": _docx(f'<w:p w:x="{"a" * 12_000_000}"/>{_P}'),
        "macro.docx": _docx(more={"word/vbaProject.bin": b"x"}),
        "field.docx": _docx('<w:p><w:r><w:instrText>DDEAUTO c:\\\\cmd "/k calc"</w:instrText><w:t>P: hi</w:t></w:r></w:p>'),
        "nested_zip.docx": _docx(more={"word/embeddings/a.zip": _zip({"b.zip": _zip({"c": b"\0" * 10_000_000})})}),
    }  # fmt: skip


def _sheet_files() -> dict[str, bytes]:
    return {
        "far_cell.xlsx": _xlsx(_SHEET + f'<row r="1048576">{_cell("XFD1048576", "x")}</row>'),
        "million_rows.xlsx": _xlsx(_SHEET + "<row/>" * 1_000_000),
        "wide_row.xlsx": _xlsx('<row r="1">' + "<c/>" * 600_000 + "</row>"),
        "xxe.xlsx": _xlsx(_SHEET, head=_XXE),
        "laughs.xlsx": _xlsx(_SHEET.replace("I went", "&a9;"), head=_LAUGHS),
        "shared_laughs.xlsx": _xlsx(_SHEET, more={"xl/sharedStrings.xml": _LAUGHS + "<sst><si><t>&a9;</t></si></sst>"}),
        "bomb_strings.xlsx": _xlsx(_SHEET, more={"xl/sharedStrings.xml": b"<sst>" + b" " * 200_000_000}),
        "slip.xlsx": _xlsx(_SHEET, more={"../evil.txt": "x"}),
        "formula.xlsx": _xlsx(_SHEET.replace("I went.", "=cmd|' /C calc'!A0")),
        "old.xlsx": _OLE,
        "million_rows.csv": b"id,text\n" + b"1,a\n" * 1_000_000,
        "one_line.csv": b"id,text\n1," + b"a" * 5_000_000 + b"\n",
        "open_quote.csv": b'id,text\n1,"' + b"a\n" * 500_000,
        "nul.csv": b"id,text\n1,a\0b\n",
        "wide.csv": b"," * 2_000_000,
    }  # fmt: skip


def _text_files() -> dict[str, bytes]:
    talk = "INT: Well?\n\nP01: I went home.\n"
    return {
        "nul.txt": b"INT: a\0b\n\0\0\0\nP01: c",
        "utf16.txt": talk.encode("utf-16"),
        "utf32.txt": talk.encode("utf-32"),
        "half_characters.txt": b"INT: \xed\xa0\x80 \xff\xfe P01:",
        "one_line.txt": b"P01: " + b"a " * 3_000_000,
        "colons.txt": b"a: " * 700_000,
        "labels.txt": b"\n".join(b"L%d: x" % n for n in range(120_000)),
        "brackets.txt": b"P01: " + b"[" * 300_000,
        "blank.txt": b"\n" * 3_000_000,
        "combining.txt": ("P01: a" + "\u0301" * 400_000).encode(),
        "cues.vtt": b"WEBVTT\n\n" + b"00:00:01.000 --> 00:00:02.000\na\n\n" * 150_000,
        "tags.vtt": b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + b"<v " * 300_000,
        "times.srt": b"1\n99999999999:00:00,000 --> 00:00:02,000\na\n",
        "deep.json": b"[" * 1_000_000,
        "deep_object.json": b'{"a":' * 200_000,
        "number.json": b'{"segments":[{"start":1e999999,"text":"a","speaker":"P"}]}',
        "digits.json": b'{"segments":[{"start":' + b"9" * 200_000 + b"}]}",
        "deep.rtf": b"{\\rtf1" + b"{" * 500_000 + b"a",
        "binary.rtf": b"{\\rtf1 \\bin2000000000 x}",
        "xxe.odt": _odt("<text:p>P: &x;</text:p>", head=_XXE),
        "laughs.odt": _odt("<text:p>P: &a9;</text:p>", head=_LAUGHS),
        "spaces.odt": _odt('<text:p>P01: a<text:s text:c="2000000000"/>b</text:p>'),
        "deep.odt": _odt("<text:section>" * 60_000 + "</text:section>" * 60_000),
        "slip.odt": _odt("<text:p>P: a</text:p>", more={"../../evil.txt": "x"}),
        "bomb.odt": _odt("<text:p/>" * 9_000_000),
        "endless.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 99999999>>endobj\ntrailer<</Root 1 0 R>>",
        "cut.pdf": b"%PDF-1.7\n%%EOF",
    }  # fmt: skip


def _projects() -> dict[str, bytes]:
    qde = f'<Project name="x" {_REFI}><Users/><Sources/></Project>'
    return {
        "xxe.qdpx": _zip({"project.qde": _XXE + qde}),
        "laughs.qdpx": _zip({"project.qde": _LAUGHS + qde.replace("x", "&a9;", 1)}),
        "slip.qdpx": _zip({"project.qde": qde, "sources/../../evil.txt": "x"}),
        "slip_absolute.qdpx": _zip({"project.qde": qde, "/tmp/evil.txt": "x"}),
        "bomb.qdpx": _zip({"project.qde": qde.replace("<Users/>", "<Users/>" + " " * 150_000_000)}),
        "deep.qdpx": _zip({"project.qde": "<Project>" * 100_000}),
        "outside.qdpx": _zip({"project.qde": f'<Project name="x" {_REFI}><Sources><TextSource guid="a" name="a" plainTextPath="relative:///../../../../etc/passwd"/></Sources></Project>'}),
    }  # fmt: skip


def write_hostile(folder: Path) -> list[Path]:
    """Write every hostile file; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for make in (_word_files, _sheet_files, _text_files, _projects):
        for name, content in make().items():
            path = folder / name
            path.write_bytes(content)
            paths.append(path)
    link = folder / "link.txt"
    link.symlink_to("/etc/passwd")
    return [*paths, link]


if __name__ == "__main__":
    for each in write_hostile(Path(sys.argv[1])):
        sys.stdout.write(f"{each}\n")
