"""Rich text as Word, WordPad and TextEdit write it. All words are invented."""

from pathlib import Path

import pytest

from themecode.errors import UnreadableFile
from themecode.transcripts.rich_text import read_rtf


def write(folder: Path, body: bytes) -> Path:
    path = folder / "talk.rtf"
    path.write_bytes(rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}" + body + b"}")
    return path


def test_code_pages_and_unicode_escapes_become_letters(tmp_path: Path) -> None:
    body = rb"\b INT:\b0  It\'92s \u8220?here\u8221?\par P01:\tab caf\u233? \u-10179?\u-8704?\par"
    assert [line.text for line in read_rtf(write(tmp_path, body)).lines] == [
        "INT: It’s “here”",
        "P01:\tcafé \U0001f600",
    ]


def test_headers_pictures_and_footnotes_are_no_speech(tmp_path: Path) -> None:
    body = (
        rb"{\header Running head}{\pict\pngblip " + b"89504e47" * 400 + rb"}"
        rb"P01: I went{\footnote not speech} home.\par"
    )
    parsed = read_rtf(write(tmp_path, body))
    assert [line.text for line in parsed.lines] == ["P01: I went home."]
    assert parsed.problems[0].message == (
        "1 footnote or comment, 1 picture, 1 header or footer left out."
    )


def test_a_table_gives_turns(tmp_path: Path) -> None:
    rows = [(b"INT", b"How was it?"), (b"P01", rb"Cold\par and wet."), (b"INT", b"And then?"),
            (b"P01", b"We went home.")]  # fmt: skip
    body = b"".join(
        rb"\trowd\cellx2000\cellx9000\pard\intbl " + who + rb"\cell " + words + rb"\cell\row "
        for who, words in rows
    )
    parsed = read_rtf(write(tmp_path, body + rb"\pard End.\par"))
    assert [(t.speaker, t.text) for t in parsed.utterances] == [
        ("INT", "How was it?"),
        ("P01", "Cold and wet."),
        ("INT", "And then?"),
        ("P01", "We went home."),
    ]


def test_tracked_deletions_are_warned_of(tmp_path: Path) -> None:
    parsed = read_rtf(write(tmp_path, rb"P01: here {\deleted gone}\par"))
    assert "Accept the changes" in parsed.problems[0].message


@pytest.mark.parametrize("body", [b"", b"{" * 200_000, rb"\u99999999999?", rb"\bin99999999999 a"])
def test_hostile_bodies_are_read_or_refused(tmp_path: Path, body: bytes) -> None:
    try:
        read_rtf(write(tmp_path, body))
    except UnreadableFile:
        return


@pytest.mark.parametrize(
    "raw", [b"", b"plain words", b"PK\x03\x04zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_is_not_rich_text_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "talk.rtf"
    path.write_bytes(raw)
    with pytest.raises(UnreadableFile):
        read_rtf(path)
