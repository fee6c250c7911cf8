"""Whole copies of a study's database: made while others write it, verified, and put back."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from themecode.errors import DamagedStudy, ThemecodeError
from themecode.store.connect import connect_file, explain, load_cipher

#: Copies that themecode made by itself are kept up to this many; those a person asked for, all.
KEEP = 10
#: Why a copy was made, as its name says.
BY_HAND = "kept"
_NAME = re.compile(r"study-(?P<at>\d{8}T\d{6}Z)-(?P<why>[a-z-]+?)(?:-\d+)?\.db")


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a study.

    Args:
        why: "kept" where a person asked for it, else what it was made before.
        made_at: None where the name does not say.
    """

    path: Path
    why: str
    made_at: datetime | None
    size: int

    @property
    def by_hand(self) -> bool:
        """Whether a person asked for it."""
        return self.why == BY_HAND


def list_backups(folder: Path) -> list[Backup]:
    """The copies in a folder, oldest first."""
    found = []
    for path in sorted(folder.glob("study-*.db")) if folder.is_dir() else ():
        named = _NAME.fullmatch(path.name)
        at = datetime.strptime(named["at"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if named else None
        why = named["why"] if named else "before-bringing-up-to-date"
        found.append(Backup(path, why, at, path.stat().st_size))
    return sorted(found, key=lambda each: (each.path.stat().st_mtime_ns, each.path.name))


def back_up(
    database: Path, folder: Path, *, why: str, now: datetime, passphrase: str | None
) -> Path:
    """Copy a database, verify the copy, and let go of the oldest automatic ones.

    A damaged database is not copied, and no copy is let go of then: what there is may be the last
    that is whole.

    Raises:
        DamagedStudy: the database, or the copy, is not whole.
        ThemecodeError: the copy could not be written.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    target = name_backup(folder, why=why, now=now)
    unfinished = target.with_suffix(".unfinished")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        copy_database(database, unfinished, passphrase)
        fault = find_fault(unfinished, passphrase)
        if fault:
            raise DamagedStudy(
                f"The study's database is damaged ({fault}), so it was not copied; earlier copies "
                "are as they were. `themecode restore` lists them and puts one back."
            )
        flush(unfinished)
        unfinished.replace(target)
        _flush_folder(folder)
    except (OSError, sqlite3.Error) as error:
        raise explain(error, where=str(folder)) or ThemecodeError(
            f"A copy of the study could not be written to {folder}. Make room or give yourself "
            "permission there, then run this again."
        ) from error
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)
    automatic = [each for each in list_backups(folder) if not each.by_hand]
    for old in automatic[:-KEEP]:
        with suppress(OSError):
            old.path.unlink()
    return target


def name_backup(folder: Path, *, why: str, now: datetime) -> Path:
    """A name for a copy that no other has."""
    stem = f"study-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{why}"
    target, count = folder / f"{stem}.db", 1
    while target.exists():
        count += 1
        target = folder / f"{stem}-{count}.db"
    return target


def copy_database(source: Path, target: Path, passphrase: str | None) -> None:
    """Copy a database as it is at one moment, even while others write it."""
    with (
        closing(connect_file(source, passphrase)) as old,
        closing(connect_file(target, passphrase)) as new,
    ):
        # In one step: a copy made page by page begins again whenever somebody writes.
        _backup(old, new)
        # By itself, without a log beside it; still in the way that outlives a power cut.
        new.execute("PRAGMA journal_mode=DELETE").close()


def _backup(old: Any, new: Any) -> None:
    old.backup(new)


def find_fault(database: Path, passphrase: str | None) -> str | None:
    """What is wrong with a database's file, in SQLite's own words. None: it is whole."""
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)
    if passphrase is not None:
        errors = (sqlite3.Error, load_cipher().Error)
    try:
        with closing(connect_file(database, passphrase)) as connection:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if said != "ok":
                return str(said).splitlines()[0]
            if connection.execute("PRAGMA foreign_key_check").fetchone():
                return "rows point at rows that are not there"
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    except errors as error:
        return str(error)
    return None if "transcripts" in tables else "it is not a study"


def put_back(backup: Path, database: Path, passphrase: str | None) -> None:
    """Make a copy the study's database, all or nothing.

    Raises:
        DamagedStudy: the copy is not whole; the study is as it was.
    """
    fault = find_fault(backup, passphrase)
    if fault:
        raise DamagedStudy(
            f"{backup.name} is damaged itself ({fault}), so nothing was put back. Try another copy."
        )
    if find_fault(database, passphrase) is None:
        # Into the open database, as one transaction: whoever reads meanwhile sees the old or the new.
        with (
            closing(connect_file(backup, passphrase)) as source,
            closing(connect_file(database, passphrase)) as live,
        ):
            _backup(source, live)
        return
    fresh = database.with_name(f"{database.name}.restoring")
    try:
        os.close(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        copy_database(backup, fresh, passphrase)
        flush(fresh)
        for suffix in ("-wal", "-shm"):  # a log of the damaged file must not be read into this one
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        fresh.replace(database)
        _flush_folder(database.parent)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def set_aside(database: Path, *, now: datetime) -> Path:
    """Keep a damaged database under another name, for whoever may still read some of it."""
    folder = database.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    aside = folder / f"damaged-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    aside.write_bytes(database.read_bytes())
    aside.chmod(0o600)
    return aside


def flush(path: Path) -> None:
    """See that a file's bytes outlive a power cut."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """See that a new name outlives a power cut; Windows does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
