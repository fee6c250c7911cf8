"""How a study's database is spoken to, and what its refusals mean to a researcher.

Everything that makes SQLite keep what it said it kept is set here and nowhere else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext

from themecode.errors import DamagedStudy, StudyBusy, StudyNotWritable, ThemecodeError

#: How long a writer waits for another before it gives up, in seconds.
BUSY_SECONDS = 30

SQLITE_SETTINGS = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode=WAL",  # readers never wait for a writer
    "PRAGMA synchronous=FULL",  # WAL with NORMAL loses acknowledged rows in a power cut
    "PRAGMA fullfsync=ON",  # macOS: fsync alone leaves rows in the disk's own memory
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # else INSERT OR REPLACE slips past the append-only triggers
    "PRAGMA secure_delete=ON",  # a withdrawn participant's words are overwritten, not unlinked
    "PRAGMA temp_store=MEMORY",  # nobody's words in the computer's temporary folder
    "PRAGMA trusted_schema=OFF",  # a study sent by someone else runs no functions of its own
)


def make_engine(url: URL, *, where: str) -> Engine:
    """The way to a study's database; connects only when first used.

    Args:
        url: the database.
        where: the study as the researcher named it, for messages.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_on_sqlite)
    else:
        engine = create_engine(url)

    def say_plainly(context: ExceptionContext) -> ThemecodeError | None:
        return explain(context.original_exception, where=where)

    event.listen(engine, "handle_error", say_plainly, retval=True)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Python's driver otherwise begins transactions on its own: late, without IMMEDIATE, and never
    # before a SELECT or a CREATE TABLE. None leaves all of it to `_begin_on_sqlite`.
    connection.isolation_level = None
    for setting in SQLITE_SETTINGS:
        connection.execute(setting).close()


def _begin_on_sqlite(connection: Connection) -> None:
    # A writer takes its lock before it reads: with plain BEGIN two that read and then write are
    # refused at once, whatever the timeout.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the study as it is now, unchanged until it closes; takes no lock."""
    with engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection whose changes are all kept at the end, or none where something went wrong."""
    with engine.execution_options(writes=True).begin() as connection:
        yield connection


def explain(error: BaseException, *, where: str) -> ThemecodeError | None:
    """What a database's refusal means to a researcher; None where it is a fault of the program."""
    if not isinstance(error, sqlite3.Error):
        return None
    name: str = getattr(error, "sqlite_errorname", None) or ""
    if name == "SQLITE_FULL" or name.startswith("SQLITE_IOERR"):
        return StudyNotWritable(
            f"The study in {where} could not be written: the disk is full or not answering. "
            "Nothing was lost and nothing is half-written; make room, then run this again."
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
        return not_writable(where)
    if name == "SQLITE_NOTADB" or name.startswith("SQLITE_CORRUPT"):
        return damaged(where)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StudyBusy(
            f"Another program has held the study in {where} for more than {BUSY_SECONDS} seconds. "
            "Wait until it has finished, then run this again."
        )
    return None


def not_writable(where: str) -> StudyNotWritable:
    """The refusal for a study that may be looked at but not written."""
    return StudyNotWritable(
        f"The study in {where} cannot be written: its folder or its disk is read-only. "
        "Give yourself permission to change it, or copy the study to a folder of your own."
    )


def damaged(where: str) -> DamagedStudy:
    """The refusal for a file that is no database, or no longer a whole one."""
    return DamagedStudy(
        f"study.db in {where} is damaged or is not a study. "
        "Put back a copy of it (the study's backups folder may hold one), then run this again."
    )


def insert_new(connection: Connection, table: Any) -> Any:
    """An INSERT into `table` that leaves out rows which are there already."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table).on_conflict_do_nothing()
