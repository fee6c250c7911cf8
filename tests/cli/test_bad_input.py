"""Bad input: one line that names the thing and its mend, status 1, and never anybody's words."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from field_work import BOOK, TALK, make_study, themecode, write_book, write_talk

OLE = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#: A word nobody says: it stands in every file of these tests where a person's words would.
CANARY = "Quillfeather"


def _zip(path: str, document: str | None, prolog: str = "") -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if document is None:
            archive.writestr("holiday.txt", CANARY)
            return
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            f"{prolog}<w:document xmlns:w='{W}'><w:body><w:p><w:r><w:t>{document}</w:t></w:r></w:p>"
            "</w:body></w:document>",
        )


def _truncate(path: str) -> None:
    _zip(path, f"INT: {CANARY}? " * 500)
    raw = Path(path).read_bytes()
    Path(path).write_bytes(raw[: len(raw) // 2])


def _zeros(path: str) -> None:
    """Ten thousand million zeros, unzipped: the sizes of the archive say so."""
    _zip(path, "x")
    raw = bytearray(Path(path).read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = b"\xf0\xff\xff\xff"
    Path(path).write_bytes(raw)


FILES: dict[str, tuple[Callable[[str], object], str]] = {
    "empty.txt": (lambda path: Path(path).write_bytes(b""), "empty"),
    "renamed.docx": (lambda path: _zip(path, None), "zip archive"),
    "cut.docx": (_truncate, "cut short"),
    "locked.docx": (lambda path: Path(path).write_bytes(OLE), "password"),
    "zeros.docx": (_zeros, "far more than any transcript"),
    "entity.docx": (
        lambda path: _zip(path, f"{CANARY} &e;", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'),
        "entities",
    ),
    "old.doc": (lambda path: Path(path).write_bytes(OLE), "Save As"),
    "half.json": (lambda path: Path(path).write_text(f'[{{"speaker": "A", "text": "{CANARY}'), "JSON"),
    "not.pdf": (lambda path: Path(path).write_bytes(b"%PDF-1.4\n" + CANARY.encode()), "PDF"),
    "not.xlsx": (lambda path: Path(path).write_text(CANARY), "Excel"),
    "not.odt": (lambda path: Path(path).write_text(CANARY), "OpenDocument"),
    "noise.txt": (lambda path: Path(path).write_bytes(bytes(range(256)) * 20), "text"),
    "blank.vtt": (lambda path: Path(path).write_text("WEBVTT\n\n"), "no captions"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_one_line_with_its_name_and_its_mend(name: str) -> None:
    write_book()
    make, says = FILES[name]
    make(name)
    ran = themecode("apply", name, "--codebook", "book.yaml")
    assert ran.status == 1
    (line,) = [
        line for line in ran.err.splitlines() if line.strip() and "Could not be used" not in line
    ]
    assert line.startswith(f"  {name}: ")
    assert says.casefold() in line.casefold()
    assert CANARY not in ran.err


BOOKS = {
    "duplicate id": (("  - id: family.care\n", "  - id: family.removal\n"), 28, "already used on line 22"),
    "bad pattern": (("[childcare]", '["childcare ..."]'), 32, "needs a word on each side"),
    "tab": (("  name: Stigma", "\tname: Stigma"), 7, "begins with a tab: use spaces"),
    "missing definition": (("    definition: Who minds the children.\n", ""), 28, "has no definition"),
    "unknown list": (("<child>", "<chlid>"), 27, "has no word list <chlid>"),
    "unknown key": (("    include: being", "    inklude: being"), 13, "unknown key “inklude”"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BOOKS)
def test_a_faulty_codebook_is_told_with_line_and_mend_and_nothing_is_made(fault: str) -> None:
    change, line, says = BOOKS[fault]
    assert change[0] in BOOK
    write_book(BOOK.replace(*change, 1))
    write_talk("P01")
    for command in (
        ("apply", "talks", "--codebook", "book.yaml"),
        ("codebook", "check", "book.yaml"),
    ):
        ran = themecode(*command)
        assert ran.status == 1
        told = [each for each in ran.err.splitlines() if says in each]
        assert told, ran.err
        assert told[0].startswith(f"book.yaml:{line}: ")
    assert "No such" not in themecode("apply", "talks", "--codebook", "book.yaml").err
    assert themecode("status").out.startswith("study: 0 transcripts")
    write_book()
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("apply", "talks", "--codebook", "nowhere.yaml"), "There is no codebook nowhere.yaml."),
        (("apply", "talks", "--codebook", "book.yaml", "--participants", "nobody.csv"), "nobody.csv"),
        (("apply", "talks", "--codebook", "book.yaml", "--participants", "people.txt"), "people.txt"),
        (("apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv"), "people.csv"),
        (("apply", "nowhere", "--codebook", "book.yaml"), "nowhere: there is no such file"),
        (("apply", "hollow", "--codebook", "book.yaml"), "hollow: there is no transcript in this folder"),
        (("status", "--study", "nowhere"), "There is no study in nowhere."),
        (("check", "--study", "nowhere"), "There is no study in nowhere."),
        (("search", "x", "--study", "nowhere"), "There is no study in nowhere."),
        (("export", "--format", "csv", "--study", "nowhere"), "There is no study in nowhere."),
        (("codebook", "show", "--study", "nowhere"), "There is no study in nowhere."),
        (("codebook", "check", "nowhere.yaml"), "There is no codebook nowhere.yaml."),
        (("status", "--study", "talks/P01.txt"), "talks/P01.txt"),
        (("init", "--study", "talks/P01.txt"), "talks/P01.txt is a file, not a folder."),
        (("evaluate", "gold.jsonl", "--study", "uncoded"), "has not been coded yet"),
        (("export", "--format", "csv", "--study", "uncoded"), "has not been coded yet"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)  # fmt: skip
def test_what_is_not_there_is_named_with_what_mends_it(
    arguments: tuple[str, ...], says: str
) -> None:
    write_book()
    write_talk("P01")
    Path("hollow").mkdir()
    Path("people.txt").write_text("participant\nP01\n", encoding="utf-8")
    Path("people.csv").write_text("who,role\nP01,Worker\n", encoding="utf-8")
    themecode("import", "talks", "--study", "uncoded")
    ran = themecode(*arguments)
    assert ran.status == 1
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_a_study_without_transcripts_is_told_to_put_some_in_not_to_read_its_tables() -> None:
    write_book()
    Path("hollow").mkdir()
    told = themecode("apply", "hollow", "--codebook", "book.yaml").out.partition("What next:")[2]
    assert "holds no transcripts yet" in told
    assert "theme_tables.docx" not in told


def test_reading_codings_of_a_study_that_was_never_coded_says_what_to_do() -> None:
    write_talk("P01")
    themecode("import", "talks")
    assert themecode("status").status == 0
    ran = themecode("codebook", "show")
    assert ran.status == 1
    assert "Run `themecode apply`" in ran.err


def _make_failures() -> list[tuple[str, ...]]:
    """Files and commands that fail in thirty ways, each with words of a person in reach."""
    said = f"I felt judged, {CANARY} did it"
    shutil.rmtree("study", ignore_errors=True)
    write_book()
    Path("talks").mkdir(exist_ok=True)
    write_talk("P01", text=TALK.replace("raining", CANARY))
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0
    Path("bad").mkdir()
    written = {
        "a.vtt": f"WEBVTT\n\n00:09.000 --> 00:01.000\n{said}\n\nxx --> yy\n{said}\n\n00:02.000\n{said}\n",
        "b.srt": f"1\n00:00:09,000 --> 00:00:01,000\n{said}\n\n{said}\n00:00\n",
        "c.json": json.dumps([{"speaker": said, "text": 5}, {"text": said}, said, [said]]),
        "d.json": json.dumps({said: said}),
        "e.json": f'{{"segments": [{{"start": "{said}", "text": "{said}"}}]',
        "f.csv": f'id,text\n1,"{said}\n2,{said}\n1,{said}\n',
        "g.csv": f"{said};x\n{said};y\n",
        "h.csv": f"speaker,{said}\nP01,{said}\n",
        "i.txt": f"{said}\n\n{said}: {said}\n\n{said}\n",
        "j.md": f"# {said}\n\n| {said} |\n|---|\n| {said} |\n",
        "k.rtf": "{\\rtf1 " + said + "{\\field{\\*\\fldinst " + said,
        "l.txt": f"{CANARY}: {said}\n\n{CANARY}: {said}\n",
        "m.csv": f"speaker,speaker,text\nP01,P02,{said}\n",
        "P01.md": f"INT: {said}?\n\nP01: {said}.\n",
    }
    for name, text in written.items():
        Path("bad", name).write_text(text, encoding="utf-8")
    for name, make in (("n.docx", _truncate), ("o.docx", lambda path: _zip(path, said + "<w:t>"))):
        make(f"bad/{name}")
    Path("bad/p.txt").write_bytes(said.encode("utf-16")[:-1])
    Path("bad/q.txt").write_bytes(said.encode() + b"\x81\x8d\x8f\x00\x01\x02" * 50)
    Path("gold.jsonl").write_text(
        f'{{"transcript": "P01", "turn": "{said}", "codes": []}}\n{{"text": "{said}"}}\n{said}\n',
        encoding="utf-8",
    )
    Path("gold.csv").write_text(f"transcript,turn,codes\nP01,2,{said}\n", encoding="utf-8")
    Path("people.csv").write_text(f"participant,consent\nP01,{said}\nP01,quote\n", encoding="utf-8")
    Path("damaged").mkdir()
    shutil.copy("study/study.db", "damaged/study.db")
    with closing(sqlite3.connect("damaged/study.db")) as database, database:
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE transcripts SET text = replace(text, 'judged', 'Quillfeather')")
    write_talk("P01", text=TALK.replace("raining", f"{CANARY} again"))
    return [
        *(("apply", str(path), "--study", "study") for path in sorted(Path("bad").iterdir())),
        ("apply", "talks"), ("apply", "bad"), ("import", "bad", "--interviewer", CANARY.lower()),
        ("evaluate", "gold.jsonl"), ("apply", "talks", "--participants", "people.csv"),
        ("check", "--study", "damaged"), ("search", "x", "--study", "damaged"),
        ("export", "--format", "text", "--transcript", "P01", "--study", "damaged"),
        ("export", "--format", "csv", "--study", "damaged"), ("status", "--study", "damaged"),
        ("apply", "talks", "--study", "damaged"), ("evaluate", "gold.csv", "--study", "damaged"),
    ]  # fmt: skip


def test_no_failure_shows_a_participants_words() -> None:
    commands = _make_failures()
    assert len(commands) >= 30
    shown = []
    for command in commands:
        ran = themecode(*command)
        assert "Traceback" not in ran.err
        named = ran.err.replace(CANARY.lower(), "")  # the label the researcher typed herself
        if CANARY in named:
            shown.append((command, ran.err))
    assert not shown


@pytest.mark.skipif(os.name == "nt", reason="no SIGPIPE")
def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    make_study()
    Path("talks/P03.txt").write_text(
        "INT: Go on?\n\n" + "P03: I felt judged. " * 1500, encoding="utf-8"
    )
    themecode("apply", "talks")
    done = subprocess.run(
        f"{sys.executable} -m themecode search judged | head -1",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("P01:2")
    assert done.stderr == ""
