"""OpenDocument text as LibreOffice writes it, made with odfpy. All words are invented."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from odf.draw import Frame, TextBox
from odf.office import Annotation
from odf.opendocument import OpenDocumentText
from odf.style import Style, TextProperties
from odf.table import Table, TableCell, TableRow
from odf.text import H, LineBreak, Note, NoteBody, NoteCitation, P, S, Span, Tab

from themecode.errors import UnreadableFile
from themecode.transcripts.opendocument import read_odt


def new_document() -> tuple[Any, Any]:
    """A document and a bold style that inherits its weight."""
    document = OpenDocumentText()
    parent = Style(name="Strong", family="text")
    parent.addElement(TextProperties(fontweight="bold"))
    document.styles.addElement(parent)
    child = Style(name="T1", family="text", parentstylename=parent)
    document.automaticstyles.addElement(child)
    return document, child


def save(document: Any, folder: Path) -> Path:
    path = folder / "talk.odt"
    document.save(str(path))
    return path


def rewrite(path: Path, **parts: bytes | None) -> Path:
    """The archive with parts changed; the name's dots and slashes stand as __ and ___."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for key, body in parts.items():
        members[key.replace("___", "/").replace("__", ".")] = body or b""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def table(*rows: list[str]) -> Any:
    made = Table()
    for row in rows:
        tr = TableRow()
        for cell in row:
            td = TableCell()
            td.addElement(P(text=cell))
            tr.addElement(td)
        made.addElement(tr)
    return made


def test_bold_labels_tabs_spaces_and_line_breaks_are_kept(tmp_path: Path) -> None:
    document, bold = new_document()
    document.text.addElement(H(outlinelevel=1, text="Interview 3 (invented)"))
    paragraph = P()
    paragraph.addElement(Span(stylename=bold, text="INT:"))
    paragraph.addElement(Tab())
    paragraph.addText("So")
    paragraph.addElement(S(c=2))
    paragraph.addText("well?")
    paragraph.addElement(LineBreak())
    paragraph.addText("Go on.")
    document.text.addElement(paragraph)
    parsed = read_odt(save(document, tmp_path))
    title, first, second = parsed.lines
    assert title.heading
    assert title.text == "Interview 3 (invented)"
    assert (first.text, first.marked, first.opens, first.number) == ("INT:\tSo  well?", 4, True, 2)
    assert (second.text, second.marked, second.opens) == ("Go on.", 0, False)


def test_notes_and_comments_are_left_out_and_counted(tmp_path: Path) -> None:
    document, _ = new_document()
    paragraph = P(text="P01: I went")
    note = Note(noteclass="footnote", id="n1")
    note.addElement(NoteCitation(text="1"))
    body = NoteBody()
    body.addElement(P(text="not speech"))
    note.addElement(body)
    paragraph.addElement(note)
    comment = Annotation()
    comment.addElement(P(text="nor this"))
    paragraph.addElement(comment)
    paragraph.addText(" home.")
    document.text.addElement(paragraph)
    parsed = read_odt(save(document, tmp_path))
    assert [line.text for line in parsed.lines] == ["P01: I went home."]
    assert sorted(problem.message for problem in parsed.problems) == [
        "1 comment left out.",
        "1 footnote or endnote left out.",
    ]


def test_text_boxes_are_read(tmp_path: Path) -> None:
    document, _ = new_document()
    paragraph = P(text="INT: Hello")
    frame = Frame(width="5cm", height="2cm")
    box = TextBox()
    box.addElement(P(text="P01: In a box"))
    frame.addElement(box)
    paragraph.addElement(frame)
    document.text.addElement(paragraph)
    assert [line.text for line in read_odt(save(document, tmp_path)).lines] == [
        "INT: Hello",
        "P01: In a box",
    ]


def test_tracked_deletions_are_not_read(tmp_path: Path) -> None:
    document, _ = new_document()
    document.text.addElement(P(text="P01: kept"))
    path = save(document, tmp_path)
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    content = content.replace(
        "<office:text>",
        "<office:text><text:tracked-changes><text:changed-region><text:deletion>"
        "<text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>",
    )
    parsed = read_odt(rewrite(path, content__xml=content.encode()))
    assert [line.text for line in parsed.lines] == ["P01: kept"]
    assert "1 deleted" in parsed.problems[0].message


def test_a_table_of_times_speakers_and_words_gives_turns(tmp_path: Path) -> None:
    document, _ = new_document()
    document.text.addElement(P(text="Date: 3 May"))
    document.text.addElement(
        table(
            ["0:01", "INT", "How was it?"],
            ["0:04", "P01", "Cold and wet."],
            ["0:07", "INT", "And then?"],
            ["0:09", "P01", "We went home."],
        )
    )
    parsed = read_odt(save(document, tmp_path))
    assert [(t.speaker, t.text, t.started_at) for t in parsed.utterances] == [
        ("INT", "How was it?", 1.0),
        ("P01", "Cold and wet.", 4.0),
        ("INT", "And then?", 7.0),
        ("P01", "We went home.", 9.0),
    ]
    assert parsed.lines == ()
    assert parsed.header == {"Date": "3 May"}


def test_a_table_of_facts_is_a_header_and_not_turns(tmp_path: Path) -> None:
    document, _ = new_document()
    document.text.addElement(table(["Interviewer", "Ann Lee"], ["Date", "3 May"]))
    document.text.addElement(P(text="INT: Hello there, and thank you for coming all this way."))
    parsed = read_odt(save(document, tmp_path))
    assert parsed.header == {"Interviewer": "Ann Lee", "Date": "3 May"}
    assert parsed.utterances == ()
    assert parsed.lines[-1].text.startswith("INT:")


def test_hostile_and_broken_files_are_refused(tmp_path: Path) -> None:
    document, _ = new_document()
    document.text.addElement(P(text="P01: secretword"))
    raw = save(document, tmp_path).read_bytes()
    path = tmp_path / "bad.odt"
    for damaged in (b"", raw[: len(raw) // 2], b"plain text", b"PK\x03\x04" + b"0" * 99):
        path.write_bytes(damaged)
        with pytest.raises(UnreadableFile) as refused:
            read_odt(path)
        assert "secretword" not in str(refused.value)
    evil = {
        "content__xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        "META-INF___manifest__xml": b"<m><encryption-data/></m>",
        "styles__xml": b"<broken",
    }
    for part, body in evil.items():
        path.write_bytes(raw)
        with pytest.raises(UnreadableFile):
            read_odt(rewrite(path, **{part: body}))


def test_a_cell_repeated_millions_of_times_costs_nothing(tmp_path: Path) -> None:
    document, _ = new_document()
    made = table(["INT", "Hello"])
    for row in made.childNodes:
        row.addElement(TableCell(numbercolumnsrepeated=999_999_999))
    document.text.addElement(made)
    assert read_odt(save(document, tmp_path)).lines[0].text == "INT\tHello"
