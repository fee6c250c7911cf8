"""Files that are broken, locked, disguised or made to do harm: refused in a sentence, quickly."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from word_files import paragraph, write_docx

from themecode.transcripts import guards, read_file

BODY = paragraph("INT: Well?") + paragraph("P01: Well.")


def refusal(path: Path) -> str:
    reading = read_file(path)
    assert not reading.transcripts
    (problem,) = reading.problems
    assert problem.blocks
    assert problem.path == str(path)
    return problem.message


def add_member(path: Path, name: str, content: bytes = b"x") -> Path:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.vtt", "a.md"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert "empty" in refusal(tmp_path / name)


def test_a_file_of_blank_lines_has_no_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n \n\n", encoding="utf-8")
    assert "no words" in refusal(tmp_path / "a.txt")


def test_a_legacy_doc_is_told_what_to_do(tmp_path: Path) -> None:
    ole = bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 600
    for name, advice in (("a.doc", "Save As"), ("a.docx", "password"), ("a.txt", "old-style")):
        (tmp_path / name).write_bytes(ole)
        assert advice in refusal(tmp_path / name)


def test_a_renamed_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("holiday.txt", "sun")
    assert "zip archive with another ending" in refusal(tmp_path / "a.docx")


def test_text_named_docx_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("INT: hello", encoding="utf-8")
    assert "not a Word document" in refusal(tmp_path / "a.docx")


def test_a_document_cut_short_at_any_place_is_refused(tmp_path: Path) -> None:
    whole = write_docx(tmp_path / "whole.docx", BODY).read_bytes()
    for share in (5, 20, 50, 80, 95, 99):
        (tmp_path / "cut.docx").write_bytes(whole[: len(whole) * share // 100])
        assert refusal(tmp_path / "cut.docx")


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    raw = bytearray(write_docx(tmp_path / "a.docx", BODY).read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(magic)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(magic, at + 4)
    (tmp_path / "a.docx").write_bytes(raw)
    assert "password" in refusal(tmp_path / "a.docx")


@pytest.mark.parametrize(
    "name", ["../out.xml", "/etc/out.xml", "word\\out.xml", "C:/out.xml", "a/../../out.xml"]
)
def test_a_part_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = add_member(write_docx(tmp_path / "a.docx", BODY), name)
    assert "points outside" in refusal(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = add_member(write_docx(tmp_path / "a.docx", BODY), "word/Document.xml")
    assert "same name" in refusal(path)


def test_a_bomb_that_owns_up_to_its_size_is_refused(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", BODY)
    raw = bytearray(add_member(path, "word/media.bin", b"\0" * 1000).read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(raw)
    assert "far more than any transcript" in refusal(path)


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    zeros = b" " * (guards.MAX_PART_BYTES + 1024)
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<w:document xmlns:w='w'>" + zeros)
    raw = bytearray(path.read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 4096)
    path.write_bytes(raw)
    assert refusal(path)


def test_a_stream_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "MAX_PART_BYTES", 200)
    path = write_docx(tmp_path / "a.docx", BODY * 40)
    assert "far more than any transcript" in refusal(path)


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd">',
        "<!--" + "x" * 200_000 + '--><!DOCTYPE x [<!ENTITY e "words">]>',
    ],
)
def test_a_document_with_entities_is_refused(tmp_path: Path, prolog: str) -> None:
    assert "entities" in refusal(write_docx(tmp_path / "a.docx", BODY, prolog=prolog))


def test_entities_in_a_side_part_are_refused(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", BODY)
    add_member(path, "word/comments.xml", b'<!DOCTYPE x [<!ENTITY e "y">]><x/>')
    assert "entities" in refusal(path)


def test_a_document_nested_past_all_reason_is_refused(tmp_path: Path) -> None:
    deep = "<w:sdt><w:sdtContent>" * 3000 + BODY + "</w:sdtContent></w:sdt>" * 3000
    assert refusal(write_docx(tmp_path / "a.docx", deep))


def test_a_picture_named_txt_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 9)
    assert "does not look like text" in refusal(tmp_path / "a.txt")


def test_a_very_long_line_of_marks_is_read_without_delay(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("*a " * 100_000 + "_" * 100_000, encoding="utf-8")
    (tmp_path / "b.txt").write_text("P01: " + "[" * 200_000 + "a:" * 100_000, encoding="utf-8")
    (tmp_path / "c.txt").write_text("12:31 - " * 50_000 + " " * 100_000, encoding="utf-8")
    (tmp_path / "d.txt").write_text("P01: hello" + " " * 200_000 + "x:", encoding="utf-8")
    (tmp_path / "e.md").write_text("<!--" * 100_000 + "\n# a" + " " * 99_999 + "b\nP01: x")
    (tmp_path / "f.txt").write_text(
        f"A{'1' * 60}!: a\n{'AB' * 30}: b\nNotes: {'(' * 200_000}\nP01: c"
    )
    for name in ("a.md", "b.txt", "c.txt", "d.txt", "e.md", "f.txt"):
        assert read_file(tmp_path / name).transcripts
