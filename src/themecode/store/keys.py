"""Encrypted studies: whether one is, where its passphrase comes from, making one so and undoing it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from themecode.errors import DamagedStudy, ThemecodeError
from themecode.store import backups
from themecode.store.connect import load_cipher

#: How a database that is not encrypted begins.
_PLAIN = b"SQLite format 3\0"
#: The environment's word for the passphrase, for scripts.
VARIABLE = "THEMECODE_PASSPHRASE"
#: The system keyring files passphrases under this name and the study's folder.
_SERVICE = "themecode"
#: Beside the database, so that an encrypted study is not taken for a damaged one.
MARKER = "study.encrypted"
SHORTEST = 12


def is_encrypted(folder: Path) -> bool:
    """Whether a study is encrypted at rest."""
    try:
        with (folder / "study.db").open("rb") as file:
            begins = file.read(len(_PLAIN))
    except OSError:
        return False
    return (folder / MARKER).exists() and begins != _PLAIN


def find_passphrase(folder: Path, ask: Callable[[Path], str] | str | None) -> str:
    """The passphrase: as given, from the environment, from the system keyring, or asked for.

    Raises:
        ThemecodeError: there is none to be had.
    """
    if isinstance(ask, str):
        return ask
    if kept := os.environ.get(VARIABLE):
        return kept
    if kept := read_keyring(folder):
        return kept
    if ask is not None:
        return ask(folder)
    raise ThemecodeError(
        f"The study in {folder} is encrypted. Run this at a terminal to be asked for its "
        f"passphrase, or put it in the environment as {VARIABLE}."
    )


def wrong_passphrase(where: str) -> ThemecodeError:
    """The refusal for a passphrase that does not open the study."""
    return ThemecodeError(
        f"That passphrase does not open the study in {where} (or its file is damaged: "
        "`themecode restore` lists its copies). Nothing was changed."
    )


def read_keyring(folder: Path) -> str | None:
    """The passphrase in the system keyring. None: there is none, or no keyring."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(_SERVICE, str(folder.resolve()))
    except KeyringError:
        return None


def write_keyring(folder: Path, passphrase: str | None) -> None:
    """Keep the passphrase in the system keyring, or let it go (None).

    Raises:
        ThemecodeError: the system has no keyring that can be used.
    """
    try:
        import keyring
        from keyring.errors import KeyringError, PasswordDeleteError
    except ImportError as error:
        raise ThemecodeError(
            "The part that uses the system keyring is not installed. Install it with "
            "`pip install 'themecode[encryption]'`."
        ) from error
    try:
        if passphrase is None:
            with suppress(PasswordDeleteError):
                keyring.delete_password(_SERVICE, str(folder.resolve()))
        else:
            keyring.set_password(_SERVICE, str(folder.resolve()), passphrase)
    except KeyringError as error:
        raise ThemecodeError(
            "This computer has no keyring that can be used. Keep the passphrase yourself: "
            "leave out `--keyring`."
        ) from error


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that could be guessed by trying; raises ThemecodeError."""
    if len(passphrase) < SHORTEST or len(set(passphrase)) < 5:
        raise ThemecodeError(
            f"A passphrase needs at least {SHORTEST} characters; four or more words that do not "
            "belong together are easy to keep in mind and hard to guess."
        )


def change_encryption(
    folder: Path, *, old: str | None, new: str | None, now: datetime
) -> tuple[Path, ...]:
    """Write a study's database and its copies anew under another passphrase, or under none.

    Args:
        folder: the study's; nobody else may have it open.
        old: the passphrase it has. None: none.
        new: the passphrase it is to have. None: none.
        now: names what must be set aside.

    Returns:
        Copies that were not whole, and were left as they were.

    Raises:
        ThemecodeError: the study could not be written anew; it is as it was.
    """
    load_cipher()
    database = folder / "study.db"
    fault = backups.find_fault(database, old)
    if fault:
        raise DamagedStudy(f"The study in {folder} is damaged ({fault}). Put back a copy first.")
    left = []
    for copy in backups.list_backups(folder / "backups"):
        if backups.find_fault(copy.path, old):
            left.append(copy.path)
        else:
            _rewrite(copy.path, old=old, new=new)
    if new is not None:
        # Before the database: a study without it would be taken for a damaged one.
        (folder / MARKER).write_text(f"SQLCipher, {now:%Y-%m-%d}\n", encoding="utf-8")
        (folder / MARKER).chmod(0o600)
    _rewrite(database, old=old, new=new)
    if new is None:
        (folder / MARKER).unlink(missing_ok=True)
    return tuple(left)


def _rewrite(path: Path, *, old: str | None, new: str | None) -> None:
    """One database under another passphrase, whole or not at all."""
    fresh = path.with_name(f".{path.name}.rewriting")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_WRONLY, 0o600))
    quoted = (new or "").replace("'", "''")
    try:
        # SQLCipher's own driver opens plain files too, with an empty key.
        with closing(load_cipher().connect(path, isolation_level=None)) as connection:
            if old is not None:
                key = old.replace("'", "''")
                connection.execute(f"PRAGMA key = '{key}'").close()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            connection.execute(f"ATTACH DATABASE ? AS fresh KEY '{quoted}'", (str(fresh),)).close()
            connection.execute("PRAGMA fresh.journal_mode=DELETE").close()
            connection.execute("SELECT sqlcipher_export('fresh')").close()
            connection.execute("DETACH DATABASE fresh").close()
        fault = backups.find_fault(fresh, new)
        if fault:
            raise DamagedStudy(f"{path.name} could not be written anew ({fault}); it is as it was.")
        with path.open("rb+") as file:  # the words are not left lying where the file was
            size = file.seek(0, os.SEEK_END)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        backups.flush(fresh)
        before = path.with_name(f".{path.name}.before")
        path.replace(before)
        fresh.replace(path)
        _overwrite(before, size)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _overwrite(path: Path, size: int) -> None:
    """Write over a file before it is removed. On an SSD the disk may keep the old blocks all the same."""
    with path.open("rb+") as file:
        block = b"\0" * (1 << 20)
        for at in range(0, size, len(block)):
            file.write(block[: min(len(block), size - at)])
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
