"""Bytes into text, once, so that every span counts the same code points on every machine.

The rule: the byte-order mark is dropped; every line end (CRLF, CR, LF, vertical tab, form feed,
NEL, U+2028, U+2029) becomes one "\\n"; nothing else is changed. Letters with combining marks stay as
they were typed (no NFC or NFD), so that the words are the file's own.
"""

from __future__ import annotations

import codecs
import re

from themecode.errors import UnreadableFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1f]")
#: How much of a text may be control characters before it is taken for something else.
_BINARY_SHARE = 0.002
#: Bytes of a Windows-1252 text that are letters, quotes and dashes of English and its neighbours.
_WESTERN = frozenset(
    "‘’“”–—…•€£©®°½¼¾´`«»·×éèêëàâäáãåçíìîïñóòôöõøúùûüýßæœÉÈÊÀÂÄÁÅÇÍÎÑÓÔÖØÚÜÆŒŠšŽž™¡¿ \xad"
)
_NOT_TEXT = (
    "this does not look like text: it may be sound, a picture, or a file with the wrong ending. "
    "Open it in the program that made it and save it as .docx or as plain text (UTF-8)."
)


def decode_text(raw: bytes) -> tuple[str, str]:
    """The text of a file and the name of the encoding it was in; line ends become "\\n".

    Raises:
        UnreadableFile: if the bytes are not text.
    """
    text, encoding = _decode(raw)
    text = unify_line_ends(text)
    odd = len(_BINARY.findall(text))
    if "\x00" in text or odd > max(2, _BINARY_SHARE * len(text)):
        raise UnreadableFile(_NOT_TEXT)
    return _BINARY.sub("", text), encoding


def unify_line_ends(text: str) -> str:
    """The text with every kind of line end as one "\\n"."""
    return _LINE_ENDS.sub("\n", text)


def _decode(raw: bytes) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            try:
                return raw[len(bom) :].decode(encoding), encoding
            except UnicodeDecodeError:
                if encoding != "utf-8":
                    raise UnreadableFile(_NOT_TEXT) from None
                raw = raw[len(bom) :]
    if wide := _guess_utf16(raw):
        try:
            return raw.decode(wide), wide
        except UnicodeDecodeError:
            raise UnreadableFile(_NOT_TEXT) from None
    if b"\x00" in raw:
        raise UnreadableFile(_NOT_TEXT)
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode_single_bytes(raw)


def _guess_utf16(raw: bytes) -> str | None:
    # In UTF-16 every letter, space and line end of English has a zero beside it.
    sample = raw[: 64 * 1024]
    half = len(sample) // 2
    if half == 0 or len(raw) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _decode_single_bytes(raw: bytes) -> tuple[str, str]:
    try:
        western = raw.decode("cp1252")
    except UnicodeDecodeError:
        western = ""
    else:
        high = [character for character in western if ord(character) > 0x7F]
        if sum(character in _WESTERN for character in high) >= 0.95 * len(high):
            return western, "windows-1252"
    if guessed := _ask_charset_normalizer(raw):
        return guessed
    if _mostly_ascii(raw):
        # A stray damaged byte must not cost the researcher the whole transcript.
        return (western or raw.decode("cp1252", "replace")), "windows-1252"
    raise UnreadableFile(_NOT_TEXT)


def _ask_charset_normalizer(raw: bytes) -> tuple[str, str] | None:
    from charset_normalizer import from_bytes

    best = from_bytes(raw[: 256 * 1024]).best()
    if best is None or best.encoding.startswith(("utf_16", "utf_32", "utf_7")):
        return None
    try:
        return raw.decode(best.encoding), best.encoding.replace("_", "-")
    except (UnicodeDecodeError, LookupError):
        return None


def _mostly_ascii(raw: bytes) -> bool:
    sample = raw[: 64 * 1024]
    plain = sum(0x20 <= byte < 0x7F or byte in b"\t\r\n" for byte in sample)
    return plain >= 0.85 * len(sample)
