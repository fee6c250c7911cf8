"""Making a study, and bringing one of an older themecode up to date."""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from themecode.errors import StudyTooNew, ThemecodeError
from themecode.store.backups import copy_database
from themecode.store.connect import damaged, explain, reading, writing
from themecode.store.revisions import LATEST, REVISIONS

_MIGRATIONS = Path(__file__).with_name("migrations")


def read_revision(engine: Engine) -> str | None:
    """Which themecode's study this is; None where nothing has been made in the database yet."""
    with reading(engine) as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def check_revision(revision: str, *, where: str) -> None:
    """Refuse a study of a themecode newer than this one."""
    if revision not in REVISIONS:
        raise StudyTooNew(
            f"The study in {where} was made by a newer themecode than this one. "
            "Bring this one up to date with `pip install --upgrade themecode`."
        )


def make_tables(engine: Engine, *, where: str, to: str = LATEST) -> None:
    """Make the tables of a new study; does nothing where another process has just made them."""
    with writing(engine) as connection:
        if _revision(connection) is None:
            if inspect(connection).get_table_names():  # another program's
                raise damaged(where)
            if connection.dialect.name == "postgresql":
                from themecode.store.server import check_encoding

                check_encoding(connection)
            _upgrade(connection, to)


def is_empty(engine: Engine) -> bool:
    """Whether the database holds nothing at all, as one does whose making was cut short."""
    with reading(engine) as connection:
        return not inspect(connection).get_table_names()


def bring_up_to_date(
    engine: Engine,
    *,
    where: str,
    backups: Path | None,
    now: datetime,
    passphrase: str | None = None,
) -> tuple[str, str] | None:
    """Migrate an older study, all or nothing, a copy of it having been made first.

    Args:
        engine: the study's.
        where: the study as the researcher named it.
        backups: the folder the copy goes to. None: a database server, whose keeper copies it.
        now: names the copy.
        passphrase: of an encrypted study.

    Returns:
        The revision it had and the one it has; None where another process has just done it.

    Raises:
        ThemecodeError: it could not be brought up to date; the study is as it was.
    """
    copy: Path | None = None
    if backups is not None:
        copy = _copy(
            engine,
            backups,
            revision=read_revision(engine) or LATEST,
            now=now,
            passphrase=passphrase,
        )
    kept = f" A copy was put in {copy}." if copy else ""
    try:
        with writing(engine) as connection:
            before = _revision(connection)
            if before is None or before == LATEST:
                return None
            _upgrade(connection, LATEST)
            return before, LATEST
    except DBAPIError as error:
        raise ThemecodeError(
            f"The study in {where} is an older themecode's and could not be brought up to date. "
            f"Nothing in it was changed.{kept} Please report this as a fault of themecode, "
            "without sending the study."
        ) from error


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    # Config reads "%" as the start of a name to fill in; a folder may hold one.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _copy(
    engine: Engine, folder: Path, *, revision: str, now: datetime, passphrase: str | None
) -> Path:
    """A whole copy of the study, even while others write it."""
    source = engine.url.database
    assert source is not None  # only called for a file
    target = folder / f"study-{revision}-{now:%Y%m%dT%H%M%SZ}.db"
    count = 1
    while target.exists():
        count += 1
        target = folder / f"study-{revision}-{now:%Y%m%dT%H%M%SZ}-{count}.db"
    unfinished = target.with_suffix(".unfinished")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        copy_database(Path(source), unfinished, passphrase)
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        said = explain(error, where=str(folder))
        raise said or ThemecodeError(
            f"The study must be copied before it is brought up to date, and {folder} could not be "
            "written. Make room or give yourself permission there, then run this again."
        ) from error
    return target
