"""The pseudonym key's file: plain, or encrypted as a study is (SQLCipher), whole or not at all."""

from __future__ import annotations

import codecs
import os
from contextlib import closing, suppress
from pathlib import Path

from themecode.errors import ThemecodeError
from themecode.store import backups
from themecode.store.connect import load_cipher

#: The environment's word for the key's own passphrase, for scripts.
VARIABLE = "THEMECODE_KEY_PASSPHRASE"
#: An encrypted file is made of pages of so many bytes.
_PAGE = 4096


def is_encrypted_key(path: Path) -> bool:
    """Whether a key's file is encrypted; False where there is none."""
    try:
        with path.open("rb") as file:
            page = file.read(_PAGE)
    except OSError:
        return False
    # Its first bytes are random and may look like anything, but no whole page of them reads as text.
    return len(page) == _PAGE and not _is_text(page)


def _is_text(begins: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(begins)  # its last letter may be cut in two
    except UnicodeDecodeError:
        return False
    return True


def opens_key(path: Path, passphrase: str) -> bool:
    """Whether a passphrase opens an encrypted key."""
    return _read(path, passphrase) is not None


def read_key_file(path: Path, passphrase: str | None) -> str:
    """What a key's file holds.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is plain, and no text.
        ThemecodeError: it is encrypted, and the passphrase does not open it.
    """
    if not is_encrypted_key(path):
        return path.read_text(encoding="utf-8")
    text = None if passphrase is None else _read(path, passphrase)
    if text is None:
        raise ThemecodeError(
            f"{path} is encrypted or is not a pseudonym key, and no passphrase at hand opens it. Put the "
            f"key's own passphrase into the environment as {VARIABLE}, or run this at a terminal to be "
            "asked for it."
        )
    return text


def write_key_file(path: Path, text: str, passphrase: str | None) -> None:
    """Put a key's file in place in one step, readable by its owner alone.

    Args:
        path: the file.
        text: what it is to hold.
        passphrase: what it is encrypted with. None: it is not.

    Raises:
        OSError: it cannot be written; it is as it was.
    """
    fresh = path.with_name(f".{path.name}.writing")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    try:
        if passphrase is None:
            fresh.write_text(text, encoding="utf-8", newline="\n")
        else:
            _write(fresh, text, passphrase)
        backups.flush(fresh)
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _read(path: Path, passphrase: str) -> str | None:
    cipher = load_cipher()
    # Read only, and never a file of its own beside the key.
    with closing(cipher.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as opened:
        try:
            opened.execute(_key(passphrase)).close()
            return str(opened.execute("SELECT text FROM pseudonym_key").fetchone()[0])
        except (cipher.Error, TypeError, UnicodeDecodeError):
            return None


def _write(path: Path, text: str, passphrase: str) -> None:
    with closing(load_cipher().connect(path, isolation_level=None)) as opened:
        opened.execute(_key(passphrase)).close()
        # No journal: the file is nobody's until it is in place.
        opened.execute("PRAGMA journal_mode=OFF").close()
        opened.execute("CREATE TABLE pseudonym_key (text TEXT NOT NULL)").close()
        opened.execute("INSERT INTO pseudonym_key VALUES (?)", (text,)).close()


def _key(passphrase: str) -> str:
    quoted = passphrase.replace("'", "''")
    return f"PRAGMA key = '{quoted}'"
