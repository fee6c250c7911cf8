"""What is checked before a file is parsed, so that no file can hang or fill the machine.

Every limit is far above any real transcript: a hundred pages of Word are about one megabyte of XML.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from themecode.errors import UnreadableFile

if TYPE_CHECKING:
    from lxml import etree

_MEGABYTE = 1024 * 1024

#: The largest file that is opened at all.
MAX_FILE_BYTES = 200 * _MEGABYTE
#: The largest file of plain text (captions, json, csv and rtf too): about 10 million words.
MAX_TEXT_BYTES = 64 * _MEGABYTE
#: What all the members of a zip archive may come to when unzipped.
MAX_UNZIPPED_BYTES = 512 * _MEGABYTE
#: What one part that is read may come to when unzipped: about 5,000 pages of Word.
MAX_PART_BYTES = 64 * _MEGABYTE
#: How far one member may shrink when zipped. Zeros shrink a thousand times; real XML 10 to 60.
MAX_RATIO = 200
#: Members smaller than this may shrink as far as they like: they can do no harm.
RATIO_COUNTS_FROM_BYTES = 8 * _MEGABYTE
#: How many members an archive may hold. A Word file has 10 to 50, and one for each picture.
MAX_MEMBERS = 5_000
#: How much is unzipped at a time.
CHUNK_BYTES = 64 * 1024

#: How legacy Office files and encrypted new ones begin (an OLE compound file).
_OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)

_WHAT_TO_SAVE = {
    ".docx": "a Word document (.docx)",
    ".odt": "an OpenDocument text (.odt)",
    ".xlsx": "an Excel workbook (.xlsx)",
}


def check_file(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Refuse a file that is missing, empty or far too large; give its first bytes.

    Raises:
        UnreadableFile: with what mends it.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise UnreadableFile("this is not a file that can be read.")
        with path.open("rb") as file:
            first = file.read(512)
    except PermissionError:
        raise UnreadableFile(
            "this file may not be opened. Close it in other programs and check its permissions."
        ) from None
    except OSError:
        raise UnreadableFile(
            "this file could not be opened. Check that it is still there."
        ) from None
    if size == 0 or not first:
        raise UnreadableFile("the file is empty. Check that it was saved or copied in full.")
    if size > max_bytes:
        raise UnreadableFile(
            f"the file is {size // _MEGABYTE:,} MB; a transcript of at most "
            f"{max_bytes // _MEGABYTE} MB can be read. Take out pictures and sound, or split it."
        )
    return first


def read_bytes(path: Path, *, max_bytes: int = MAX_TEXT_BYTES) -> bytes:
    """The bytes of a small enough file.

    Raises:
        UnreadableFile: if the file is missing, empty, too large, or an Office file in disguise.
    """
    refuse_office_file(check_file(path, max_bytes=max_bytes), path)
    with path.open("rb") as file:
        raw = file.read(max_bytes + 1)
    if len(raw) > max_bytes:
        raise UnreadableFile("the file grew while it was being read. Try again.")
    return raw


def refuse_office_file(first: bytes, path: Path) -> None:
    """Refuse legacy Word files and encrypted ones, and zip archives under a text suffix."""
    if first.startswith(_OLE_MAGIC):
        raise UnreadableFile(_explain_ole(path))
    if first.startswith(_ZIP_MAGICS):
        raise UnreadableFile(
            "this is a zip archive (perhaps a Word, Excel or OpenDocument file), not text. "
            "Give it back its own ending, such as .docx, or unzip it."
        )


def _explain_ole(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix in _WHAT_TO_SAVE:
        return (
            f"this is not {_WHAT_TO_SAVE[suffix]} as it stands: it is locked with a password, or "
            f"is an old-style file with a new ending. Open it and use Save As to make "
            f"{_WHAT_TO_SAVE[suffix]} without a password."
        )
    if suffix == ".doc":
        return (
            "this is an old-style Word file (.doc). Open it in Word or LibreOffice and use "
            "Save As to make a Word document (.docx)."
        )
    return (
        "this is an old-style Office file. Open it in Word, Excel or LibreOffice and use Save As "
        "to make a .docx or .xlsx file."
    )


def open_archive(path: Path, *, main_part: str) -> zipfile.ZipFile:
    """Open a .docx, .odt or .xlsx once it is known to be whole and safe; the caller closes it.

    Args:
        path: the file.
        main_part: the member without which it is not such a file ("word/document.xml").

    Raises:
        UnreadableFile: with what is wrong and what mends it.
    """
    kind = _WHAT_TO_SAVE.get(path.suffix.lower(), "a document of this kind")
    first = check_file(path)
    if first.startswith(_OLE_MAGIC):
        raise UnreadableFile(_explain_ole(path))
    if not first.startswith(_ZIP_MAGICS):
        raise UnreadableFile(
            f"this is not {kind}, whatever its name says. Open it in the program that made it "
            f"and use Save As to make {kind}."
        )
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGE:
        raise UnreadableFile(
            "the file is cut short or damaged. Copy or download it again, or open it in its own "
            "program and save it afresh."
        ) from None
    try:
        _check_members(archive.infolist(), main_part, kind)
    except UnreadableFile:
        archive.close()
        raise
    return archive


def _check_members(members: list[zipfile.ZipInfo], main_part: str, kind: str) -> None:
    if len(members) > MAX_MEMBERS:
        raise UnreadableFile(
            f"the file holds {len(members):,} parts inside it; {MAX_MEMBERS:,} is the most that "
            f"is opened. Save it afresh as {kind}."
        )
    names: set[str] = set()
    for member in members:
        if member.flag_bits & _ENCRYPTED_FLAGS:
            raise UnreadableFile("the file is locked with a password. Save it without one.")
        name = member.orig_filename
        if _is_unsafe(name):
            raise UnreadableFile(
                "the file holds a part whose name points outside it, which no real document "
                f"does. It was not opened. Save it afresh as {kind}."
            )
        if name.casefold() in names:
            raise UnreadableFile(
                "the file holds two parts of the same name, so that it could be read in two "
                f"ways. Save it afresh as {kind}."
            )
        names.add(name.casefold())
        _check_member_size(member)
    if sum(member.file_size for member in members) > MAX_UNZIPPED_BYTES:
        _refuse_size()
    if main_part not in {member.filename for member in members}:
        raise UnreadableFile(
            f"this is a zip archive with another ending, not {kind}. Unzip it and give the "
            "transcripts inside."
        )


def _is_unsafe(name: str) -> bool:
    return (
        "\\" in name
        or "\x00" in name
        or name.startswith("/")
        or (len(name) > 1 and name[1] == ":")
        or ".." in PurePosixPath(name).parts
    )


def _check_member_size(member: zipfile.ZipInfo) -> None:
    if member.file_size < RATIO_COUNTS_FROM_BYTES:
        return
    if member.file_size > MAX_UNZIPPED_BYTES:
        _refuse_size()
    if member.file_size > MAX_RATIO * max(member.compress_size, 1):
        _refuse_size()


def _refuse_size() -> None:
    raise UnreadableFile(
        "the file unzips to far more than any transcript holds, as files made to fill a computer "
        "do. It was not opened. If it is real, take out its pictures and save it afresh."
    )


def stream_part(archive: zipfile.ZipFile, name: str) -> BinaryIO:
    """One part of the archive as a stream that stops at the limit, whatever size it claims.

    Raises:
        UnreadableFile: if the part is missing or damaged; on reading, if it is too large.
    """
    try:
        return _BoundedStream(archive.open(name))  # type: ignore[return-value]
    except KeyError:
        raise UnreadableFile("a part of the file is missing. Save it afresh.") from None
    except RuntimeError:
        raise UnreadableFile("the file is locked with a password. Save it without one.") from None
    except _DAMAGE:
        raise _damaged() from None


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "the file is damaged inside. Open it in its own program, save it afresh, or copy it again."
    )


class _BoundedStream:
    """Reads one member and refuses to give more than a part may hold."""

    def __init__(self, member: Any) -> None:
        self._member = member
        self._given = 0

    def read(self, size: int = -1) -> bytes:
        wanted = CHUNK_BYTES if size < 0 else min(size, CHUNK_BYTES)
        try:
            chunk: bytes = self._member.read(wanted)
        except _DAMAGE:
            raise _damaged() from None
        self._given += len(chunk)
        if self._given > MAX_PART_BYTES:
            _refuse_size()
        return chunk

    def close(self) -> None:
        self._member.close()


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one part, refused past the limit however small it says it is.

    Raises:
        UnreadableFile: if the part is missing, damaged or too large.
    """
    stream = stream_part(archive, name)
    return b"".join(iter(lambda: stream.read(CHUNK_BYTES), b""))


def parse_part(archive: zipfile.ZipFile, name: str) -> etree._Element:
    """One XML part as a tree, with no entity, DTD or network in play.

    Raises:
        UnreadableFile: if the part is missing, damaged, too large, not XML, or declares a DTD.
    """
    *_, (_, root) = stream_elements(archive, name, tags=None)
    return root


def stream_elements(
    archive: zipfile.ZipFile,
    name: str,
    *,
    tags: Iterable[str] | None,
    events: tuple[str, ...] = ("end",),
) -> Iterator[tuple[str, etree._Element]]:
    """The elements of one XML part as they are read; the caller clears what it is done with.

    Args:
        archive: as `open_archive` gave it.
        name: the part.
        events: "start", "end" or both.
        tags: which elements are reported. None: only the part's outermost.

    Raises:
        UnreadableFile: as `parse_part`.
    """
    from lxml import etree

    stream = stream_part(archive, name)
    parser: Any = etree.XMLPullParser(
        events=cast("Any", events if tags is not None else ()),
        tag=list(tags) if tags is not None else None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    checked = False
    try:
        while chunk := stream.read(CHUNK_BYTES):
            if not checked:
                # Entities need a DTD, and a DTD has to stand before the first element.
                _refuse_dtd_in(chunk)
                checked = True
            parser.feed(chunk)
            yield from parser.read_events()
        root = parser.close()
    except etree.XMLSyntaxError:
        raise _damaged() from None
    finally:
        stream.close()
    if root.getroottree().docinfo.internalDTD is not None:
        _refuse_dtd()
    yield from parser.read_events()
    if tags is None:
        yield "end", root


def _refuse_dtd_in(first_chunk: bytes) -> None:
    # UTF-16 and UTF-32 hold a zero beside each ASCII letter: dropped, the words can be looked for.
    letters = first_chunk.replace(b"\x00", b"")
    if b"<!DOCTYPE" in letters or b"<!ENTITY" in letters:
        _refuse_dtd()


def _refuse_dtd() -> None:
    raise UnreadableFile(
        "the file declares entities (a DTD), which no word processor writes and which can be used "
        "to read other files. It was not opened. Save it afresh from the program that made it."
    )
