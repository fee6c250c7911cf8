"""Takes the words off the pages of a .pdf, with their places and whether they are bold.

By pypdfium2 (the reader inside Chrome) and not pdfplumber: on a made transcript of 79 pages it gave
every character and its box in 0.7 s, where pdfplumber needed 1.3 s for ten pages.
"""

from __future__ import annotations

import ctypes
import re
import time
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from themecode.errors import UnreadableFile
from themecode.transcripts.guards import read_bytes

MAX_PAGES = 1_500
_MAX_PAGE_CHARACTERS = 60_000
_MAX_SECONDS = 60.0
#: A compressed stream may come to this much, unless it shrank no more than real pages do.
_MAX_STREAM_BYTES = 32 * 1024 * 1024
_MAX_RATIO = 200
#: So many remarks or pictures of a page are counted.
_MOST_BESIDE = 5_000
_HYPHENS = "\x02\ufffe"
_LIGATURES = re.compile("[\ufb00-\ufb06]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page: its box in points from the top left corner."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1, its size in points, its words as the file orders them, and what is no text."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    beside: tuple[str, ...] = ()


def read_pages(path: Path) -> tuple[Page, ...]:
    """The pages of a .pdf with their words; a scanned page has none.

    Raises:
        UnreadableFile: if it is no .pdf, is locked, damaged, or far too large.
    """
    raw = read_bytes(path)
    if b"%PDF-" not in raw[:1024]:
        raise UnreadableFile(
            "this is not a PDF, whatever its name says. Export it again as PDF, or better as .docx."
        )
    _refuse_bombs(raw)
    import pypdfium2

    try:
        book = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).casefold():
            raise UnreadableFile(
                "the PDF is locked with a password. Save it without one."
            ) from None
        raise _damaged() from None
    try:
        if len(book) > MAX_PAGES:
            raise UnreadableFile(
                f"the PDF has {len(book):,} pages; {MAX_PAGES:,} is the most that is read. Split it."
            )
        return tuple(_iterate_pages(book))
    except pypdfium2.PdfiumError:
        raise _damaged() from None
    finally:
        book.close()


def _refuse_bombs(raw: bytes) -> None:
    """Refuse a .pdf whose compressed text comes to far more than any page does."""
    end = 0
    while (begin := raw.find(b"stream", end)) >= 0:
        end = begin + 6
        if raw[begin - 3 : begin] == b"end" or b"/Image" in raw[max(0, begin - 400) : begin]:
            continue
        body = end + (2 if raw[end : end + 2] == b"\r\n" else 1)
        if raw[body : body + 1] != b"x":
            continue
        stop = raw.find(b"endstream", body)
        stop = len(raw) if stop < 0 else stop
        size = 0
        unzip = zlib.decompressobj()
        try:
            rest: bytes = raw[body:stop]
            while rest and size <= _MAX_STREAM_BYTES:
                size += len(unzip.decompress(rest, 1024 * 1024))
                rest = unzip.unconsumed_tail
        except zlib.error:
            pass
        if size > _MAX_STREAM_BYTES and size > _MAX_RATIO * (stop - body) / 2:
            raise UnreadableFile(
                "the PDF unpacks to far more than any transcript holds, as files made to fill a "
                "computer do. It was not opened."
            )
        end = stop


def _iterate_pages(book: Any) -> Iterator[Page]:
    deadline = time.monotonic() + _MAX_SECONDS
    for number in range(1, len(book) + 1):
        if time.monotonic() > deadline:
            raise UnreadableFile(
                f"reading stopped at page {number}: the PDF takes far too long. Save it as .docx."
            )
        page = book[number - 1]
        width, height = page.get_size()
        text = page.get_textpage()
        try:
            if text.count_chars() > _MAX_PAGE_CHARACTERS:
                raise UnreadableFile(
                    f"page {number} holds more characters than a page can show. Save it as .docx."
                )
            words = tuple(_read_words(text, height))
            yield Page(number, width, height, words, tuple(_list_beside(page)))
        finally:
            text.close()
            page.close()


def _list_beside(page: Any) -> Iterator[str]:
    """What is seen on a page beside its words: forms that were filled in, remarks, pictures."""
    import pypdfium2.raw as pdfium

    names = {
        pdfium.FPDF_ANNOT_WIDGET: "form field", pdfium.FPDF_ANNOT_FREETEXT: "remark",
        pdfium.FPDF_ANNOT_TEXT: "remark", pdfium.FPDF_ANNOT_STAMP: "stamp",
    }  # fmt: skip
    for at in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MOST_BESIDE)):
        note = pdfium.FPDFPage_GetAnnot(page.raw, at)
        if note:
            if called := names.get(pdfium.FPDFAnnot_GetSubtype(note)):
                yield called
            pdfium.FPDFPage_CloseAnnot(note)
    for at in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MOST_BESIDE)):
        shown = pdfium.FPDFPage_GetObject(page.raw, at)
        if shown and pdfium.FPDFPageObj_GetType(shown) == pdfium.FPDF_PAGEOBJ_IMAGE:
            yield "picture"


def _read_words(text: Any, height: float) -> Iterator[Word]:
    import pypdfium2.raw as pdfium

    handle = text.raw
    left, right, low, high = (ctypes.c_double() for _ in range(4))
    letters: list[str] = []
    box = [0.0, 0.0, 0.0, 0.0]
    bold = False
    for at in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(handle, at)
        character = _read_character(code)
        pdfium.FPDFText_GetCharBox(handle, at, left, right, low, high)
        place = (left.value, right.value, height - high.value, height - low.value)
        apart = bool(letters) and (
            place[0] - box[1] > 0.6 * max(box[3] - box[2], 4.0)
            or place[0] < box[0] - 1
            or place[2] > box[3]
            or place[3] < box[2]
        )
        if character.isspace() or not character or apart:
            if letters:
                yield Word("".join(letters), box[0], box[1], box[2], box[3], bold)
            letters = []
            if character.isspace() or not character:
                continue
        if not letters:
            box = list(place)
            bold = _is_bold(pdfium, handle, at)
        else:
            box = [
                box[0], max(box[1], place[1]), min(box[2], place[2]), max(box[3], place[3])
            ]  # fmt: skip
        letters.append(character)
    if letters:
        yield Word("".join(letters), box[0], box[1], box[2], box[3], bold)


def _read_character(code: int) -> str:
    if code in (0, 0xFFFF) or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "" if code in (0, 0xFFFF) else "\ufffd"
    character = chr(code)
    if character in _HYPHENS:
        return "-"
    if _LIGATURES.match(character):
        return unicodedata.normalize("NFKC", character)
    if unicodedata.category(character) == "Cc" and not character.isspace():
        return "\ufffd"
    return character


def _is_bold(pdfium: Any, handle: Any, at: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(handle, at, name, 128, flags)
    if not length:
        return False
    return bool(re.search(rb"bold|black|heavy|semibold|demi", name.value, re.IGNORECASE))


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "the PDF is damaged or cut short. Copy or download it again, or save it as .docx."
    )
