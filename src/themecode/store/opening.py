"""Opening a study: where it is, whether it can be used, and making it or bringing it up to date."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError

from themecode.errors import DamagedStudy, ThemecodeError
from themecode.store.connect import damaged, make_engine, not_writable
from themecode.store.keys import find_passphrase, is_encrypted, wrong_passphrase
from themecode.store.migrate import (
    bring_up_to_date,
    check_revision,
    is_empty,
    make_tables,
    read_revision,
)
from themecode.store.revisions import LATEST
from themecode.store.study import Study


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


def open_study(
    location: Path | str,
    *,
    create: bool = False,
    now: Callable[[], datetime] = utc_now,
    who: str | None = None,
    passphrase: Callable[[Path], str] | str | None = None,
) -> Study:
    """Open a study, or make one.

    Args:
        location: the study's folder, or the SQLAlchemy URL of a database.
        create: make it where there is none.
        now: the clock.
        who: whose name the log takes. None: the name on the computer.
        passphrase: of an encrypted study, or who to ask for it. Not asked for any other study.

    Raises:
        ThemecodeError: there is no study there, it is damaged, it is a newer themecode's, or it
            cannot be written.
    """
    key: str | None = None
    if isinstance(location, str) and "://" in location:
        from themecode.store.server import name_address, read_address

        url, folder = read_address(location), None
        where = name_address(url)
    else:
        folder = Path(location)
        where = str(folder)
        url = URL.create("sqlite", database=str(folder / "study.db"))
        _prepare_folder(folder, create=create)
        if is_encrypted(folder):
            key = find_passphrase(folder, passphrase)
    engine = make_engine(url, where=where, passphrase=key)
    try:
        migrated = _prepare_tables(
            engine, folder, where=where, create=create, now=now, passphrase=key
        )
    except DamagedStudy as error:
        engine.dispose()
        if key is not None:
            raise wrong_passphrase(where) from error
        raise
    except DBAPIError as error:
        engine.dispose()
        raise ThemecodeError(
            f"The study in {where} could not be opened: its database does not answer as a study's "
            "should. Check the address and that you may use it."
        ) from error
    except BaseException:
        engine.dispose()
        raise
    study = Study(engine, folder, where=where, now=now, who=who or _name_user(), passphrase=key)
    if migrated:
        study.record("bring up to date", counts={f"from {migrated[0]} to {migrated[1]}": 1})
    return study


def _prepare_folder(folder: Path, *, create: bool) -> None:
    """See that the folder and its study.db are there and may be written."""
    database = folder / "study.db"
    if not create and not database.exists():
        raise _no_study(str(folder))
    try:
        if create:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / "outputs").mkdir(mode=0o700, exist_ok=True)
            if not database.exists():
                # Before SQLite does: its other files take their permissions from this one.
                os.close(os.open(database, os.O_CREAT | os.O_WRONLY, 0o600))
    except (FileExistsError, NotADirectoryError) as error:
        outputs = folder / "outputs"
        if outputs.exists() and not outputs.is_dir():
            raise ThemecodeError(
                f"{outputs} is a file, not a folder. Give it another name, then run this again."
            ) from error
        raise ThemecodeError(
            f"{folder} is a file, not a folder. Name a folder for the study with `--study`."
        ) from error
    except OSError as error:
        raise not_writable(str(folder)) from error
    if database.is_dir():
        raise damaged(str(folder))
    # SQLite would say so only at the first change, after the work was done.
    if not (os.access(folder, os.W_OK) and os.access(database, os.W_OK)):
        raise not_writable(str(folder))


def _no_study(where: str) -> ThemecodeError:
    return ThemecodeError(
        f"There is no study in {where}. Make one with `themecode init`, "
        "or with `themecode apply` and your transcripts."
    )


def _prepare_tables(
    engine: Engine,
    folder: Path | None,
    *,
    where: str,
    create: bool,
    now: Callable[[], datetime],
    passphrase: str | None,
) -> tuple[str, str] | None:
    """See that the tables are there and of this themecode; what they were brought from, and to."""
    revision = read_revision(engine)
    if revision == LATEST:
        return None
    if revision is None:
        if not create:
            raise _no_study(where) if is_empty(engine) else damaged(where)
        make_tables(engine, where=where)
        return None
    check_revision(revision, where=where)
    backups = None if folder is None else folder / "backups"
    return bring_up_to_date(engine, where=where, backups=backups, now=now(), passphrase=passphrase)


def _name_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without a user of that number
        return "unknown"
