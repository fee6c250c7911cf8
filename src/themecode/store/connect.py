"""How a study's database is spoken to, and what its refusals mean to a researcher."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext

from themecode.errors import DamagedStudy, StudyBusy, StudyNotWritable, ThemecodeError
from themecode.store.sqlite_settings import BUSY_SECONDS, SQLITE_SETTINGS, set_up

#: The longest a writer sleeps between two tries to begin, at first; the least that ever comes to; and
#: after how long a wait it is half of the first.
_LONGEST_SLEEP, _LEAST_SLEEP, _HALVED_AFTER = 0.003, 0.0004, 0.01
#: Who wrote so short a time ago waits so long before she writes again.
_JUST_NOW, _COURTESY = 0.004, 0.0015
#: When this process last wrote.
_WRITTEN: dict[str, float] = {}

#: What SQLCipher's driver says, and SQLite's name for it.
_CIPHER_SAYS = {
    "database or disk is full": "SQLITE_FULL",
    "disk I/O error": "SQLITE_IOERR",
    "attempt to write a readonly database": "SQLITE_READONLY",
    "unable to open database file": "SQLITE_CANTOPEN",
    "file is not a database": "SQLITE_NOTADB",
    "database disk image is malformed": "SQLITE_CORRUPT",
    "database is locked": "SQLITE_BUSY",
}


def make_engine(url: URL, *, where: str, passphrase: str | None = None) -> Engine:
    """The way to a study's database; connects only when first used.

    Args:
        url: the database.
        where: the study as the researcher named it, for messages.
        passphrase: of an encrypted study. None: it is not encrypted.
    """
    if url.get_backend_name() == "sqlite":
        module = sqlite3 if passphrase is None else load_cipher()
        # A fault must not repeat what was being written: it may be a participant's words.
        engine = create_engine(
            url, connect_args={"timeout": BUSY_SECONDS}, module=module, hide_parameters=True
        )

        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            if passphrase is not None:
                give_passphrase(connection, passphrase)
            set_up(connection)

        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", _begin_on_sqlite)
    else:
        from themecode.store.server import make_server_engine

        engine = make_server_engine(url)

    def say_plainly(context: ExceptionContext) -> ThemecodeError | None:
        return explain(context.original_exception, where=where)

    event.listen(engine, "handle_error", say_plainly, retval=True)
    return engine


def load_cipher() -> Any:
    """SQLCipher's driver, which speaks as Python's own does.

    Raises:
        ThemecodeError: it is not installed.
    """
    try:
        from sqlcipher3 import dbapi2
    except ImportError as error:
        raise ThemecodeError(
            "This study is encrypted, and the part that opens such studies is not installed. "
            "Install it with `pip install 'themecode[encryption]'`."
        ) from error
    return dbapi2


def give_passphrase(connection: Any, passphrase: str) -> None:
    """Unlock an encrypted database; whether the passphrase is right shows at the first reading."""
    quoted = passphrase.replace("'", "''")
    connection.execute(f"PRAGMA key = '{quoted}'").close()
    connection.execute("PRAGMA cipher_memory_security = ON").close()


def connect_file(path: Path, passphrase: str | None) -> Any:
    """A plain connection to a database's file, for copying and for checking it."""
    module = sqlite3 if passphrase is None else load_cipher()
    connection = module.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    if passphrase is not None:
        give_passphrase(connection, passphrase)
    return connection


def _begin_on_sqlite(connection: Connection) -> None:
    # A writer takes its lock before it reads: with plain BEGIN two that read and then write are
    # refused at once, whatever the timeout.
    writes = connection.get_execution_options().get("writes", False)
    if not writes:
        connection.exec_driver_sql("BEGIN")
    elif not _took_turn(connection.connection.dbapi_connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # says who has the study, in our own words


def _took_turn(connection: Any) -> bool:
    """Begin to write as soon as nobody else does; False where somebody has not let go for too long.

    SQLite's own waiting sleeps longer each time, up to a tenth of a second, so that among many writers
    one that has waited is passed over again and again: the slowest decision in a hundred then takes a
    second where eight write without a pause. Here it is the other way about: who has waited longer
    tries more often, and who has just written lets others go first.
    """
    if time.monotonic() - _WRITTEN.get("at", 0.0) < _JUST_NOW:
        time.sleep(_COURTESY)
    began = time.monotonic()
    connection.execute("PRAGMA busy_timeout=0").close()
    try:
        while (waited := time.monotonic() - began) < BUSY_SECONDS:
            try:
                connection.execute("BEGIN IMMEDIATE").close()
            except Exception as error:
                if "locked" not in str(error):
                    raise
                longest = max(_LEAST_SLEEP, _LONGEST_SLEEP / (1 + waited / _HALVED_AFTER))
                time.sleep(random.uniform(longest / 4, longest))  # noqa: S311 (no secret)
            else:
                return True
        return False
    finally:
        connection.execute(SQLITE_SETTINGS[0]).close()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the study as it is now, unchanged until it closes; takes no lock."""
    with _telling_of_damage(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection whose changes are all kept at the end, or none where something went wrong."""
    try:
        with (
            _telling_of_damage(engine),
            engine.execution_options(writes=True).begin() as connection,
        ):
            yield connection
    finally:
        _WRITTEN["at"] = time.monotonic()


@contextmanager
def _telling_of_damage(engine: Engine) -> Iterator[None]:
    """Say that a study is damaged where what it holds cannot be read as what was written.

    A damaged page may still be a page: SQLite then hands over text that is no text, or half a record.
    """
    try:
        yield
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        database = engine.url.database
        in_file = engine.dialect.name == "sqlite" and database
        where = str(Path(str(database)).parent) if in_file else "the server's database"
        raise damaged(where) from error


def explain(error: BaseException, *, where: str) -> ThemecodeError | None:
    """What a database's refusal means to a researcher; None where it is a fault of the program."""
    if isinstance(error, sqlite3.Error):
        name: str = getattr(error, "sqlite_errorname", None) or ""
    elif type(error).__module__.startswith("sqlcipher3"):
        name = _CIPHER_SAYS.get(str(error).partition(":")[0], "")  # it gives no names
    elif type(error).__module__.startswith("psycopg"):
        from themecode.store.server import explain_server

        return explain_server(error, where=where)
    else:
        return None
    # Its message holds the text that is no text: a participant's words, perhaps.
    if str(error).startswith("Could not decode to UTF-8"):
        return damaged(where)
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
