"""A study on a team's PostgreSQL server: how it is reached, kept to one worker, and spoken of.

Everything that makes PostgreSQL keep a study as SQLite keeps it is set here and nowhere else.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from themecode.errors import StudyBusy, StudyNotWritable, ThemecodeError
from themecode.store.lock import say_since

#: The names PostgreSQL's addresses go by, all of them read with the one driver we ask for.
_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}
#: What the server's own locks are marked with: one for every change, one for the study's worker.
_CHANGE, _WORK = 0x7468_656D, 0x776F_726B
#: How long to wait for a server to answer, in seconds.
_ANSWER_SECONDS = 15

_NEEDS_PACKAGE = (
    "A study on a database server needs one more package: "
    "run 'pip install themecode[server]', then try again."
)
_ADDRESS = (
    "The address of the study is not one of a database themecode can use. It looks like "
    "postgresql+psycopg://name@server/study; a study on this computer is named by its folder."
)


def read_address(location: str) -> URL:
    """The address of a study's database.

    Raises:
        ThemecodeError: it is none, or the package that reaches such a database is missing.
    """
    try:
        url = make_url(location)
    except (ArgumentError, ValueError):
        # Without its cause: that may repeat the address, and a password with it.
        raise ThemecodeError(_ADDRESS) from None
    if url.drivername in _POSTGRESQL:
        if importlib.util.find_spec("psycopg") is None:
            raise ThemecodeError(_NEEDS_PACKAGE)
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite":
        return url
    raise ThemecodeError(_ADDRESS)


def name_address(url: URL) -> str:
    """An address as messages may say it: without the password, wherever in it that stood."""
    plain = url.set(query={})
    if plain.password is not None:
        plain = URL.create(
            plain.drivername, plain.username, None, plain.host, plain.port, plain.database
        )
    return plain.render_as_string(hide_password=True)


def make_server_engine(url: URL) -> Engine:
    """The way to a study on a server; connects only when first used."""
    try:
        engine = create_engine(
            url,
            # A connection that broke while nobody used it is made anew, without a word.
            pool_pre_ping=True,
            # A fault must not repeat what was being written: it may be a participant's words.
            hide_parameters=True,
            connect_args={
                "connect_timeout": int(url.query.get("connect_timeout") or _ANSWER_SECONDS),  # type: ignore[arg-type]
                "application_name": "themecode",
                "client_encoding": "utf8",
            },
        )
    except (ImportError, ValueError, TypeError):
        raise ThemecodeError(_NEEDS_PACKAGE) from None
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """One change at a time, as in a file; whoever reads sees one moment and waits for nobody."""
    options = connection.get_execution_options()
    if options.get("looks", False):
        return
    if options.get("writes", False):
        # Numbers are then given in the order changes are kept, which the log's chain relies on.
        connection.exec_driver_sql(
            f"SELECT pg_advisory_xact_lock({_CHANGE}, hashtext(current_schema()))"
        )
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def check_encoding(connection: Connection) -> None:
    """Refuse a database that cannot hold every script.

    Raises:
        ThemecodeError: it is not one of UTF-8.
    """
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise ThemecodeError(
            f"This database holds text as {encoding}, which cannot hold every word people say. "
            "Ask its keeper for one made with: createdb --encoding UTF8 --template template0 NAME"
        )


class ServerLock:
    """The lock of whoever imports, codes or writes outputs: gone with its connection.

    Args:
        engine: the study's.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(looks=True, isolation_level="AUTOCOMMIT")
        self._held: Connection | None = None
        self._times = 0

    @contextmanager
    def hold(self, *, now: datetime) -> Iterator[None]:
        """Hold the lock; the one who holds it may take it again.

        Raises:
            StudyBusy: another process holds it.
        """
        if self._times == 0:
            self._held = self._take(now)
        self._times += 1
        try:
            yield
        finally:
            self._times -= 1
            if self._times == 0 and self._held is not None:
                # The connection ends with the lock: one put back in the pool would keep it.
                held, self._held = self._held, None
                held.invalidate()
                held.close()

    def _take(self, now: datetime) -> Connection:
        connection = self._engine.connect()
        try:
            taken = connection.execute(
                text("SELECT pg_try_advisory_lock(:mark, hashtext(current_schema()))"),
                {"mark": _WORK},
            ).scalar()
            if taken:
                return connection
            since = connection.execute(
                text(
                    "SELECT a.query_start FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                    "WHERE l.locktype = 'advisory' AND l.granted AND l.classid = :mark "
                    "AND l.objid::bigint = (hashtext(current_schema())::bigint & 4294967295) "
                    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ),
                {"mark": _WORK},
            ).scalar()
        except BaseException:
            connection.close()
            raise
        connection.close()
        told = say_since(since, now) if isinstance(since, datetime) else ""
        raise StudyBusy(
            f"Another themecode is working on this study{told}. "
            "Wait until it has finished, then run this again."
        )


def explain_server(error: BaseException, *, where: str) -> ThemecodeError | None:
    """What a server's refusal means to a researcher; None where it is a fault of the program."""
    state: Any = getattr(error, "sqlstate", None) or ""
    kind = type(error).__name__
    if state.startswith("28") or (not state and "authentication failed" in str(error)):
        return ThemecodeError(
            f"The server did not let you in to {where}: the name or the password is not right. "
            "The password may stand in PGPASSWORD or in the file .pgpass, so that nobody reads it."
        )
    if state == "3D000" or (not state and "does not exist" in str(error)):
        return ThemecodeError(
            f"The server has no database or no user of that name: {where}. "
            "Ask its keeper to make one, or look at the address again."
        )
    if state == "42501":
        return StudyNotWritable(
            f"The server does not let you change the study in {where}. "
            "Ask its keeper for the right to use it and to make tables in it."
        )
    if state in ("53100", "53200") or state.startswith("58"):
        return StudyNotWritable(
            f"The study in {where} could not be written: the server's disk or memory is full. "
            "Nothing was lost and nothing is half-written; tell its keeper, then run this again."
        )
    if state == "25006":
        return StudyNotWritable(
            f"The study in {where} cannot be written: that server only reads (a stand-by copy?). "
            "Use the address of the main one."
        )
    if kind in ("OperationalError", "ConnectionTimeout") or state[:2] in ("08", "57", "53"):
        return ThemecodeError(
            f"The database server of {where} does not answer. See that it runs, that you are on "
            "its network, and that the address is right; then run this again. "
            "What was kept before is safe."
        )
    return None
