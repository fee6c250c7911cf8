"""How every connection to a study's file is set up.

Everything that makes SQLite keep what it said it kept is set here and nowhere else.
"""

from __future__ import annotations

import sqlite3

#: How long a writer waits for another before it gives up, in seconds.
BUSY_SECONDS = 30

#: A study sent by someone else runs no functions of its own.
TRUST_NOTHING = "PRAGMA trusted_schema=OFF"
SQLITE_SETTINGS = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode=WAL",  # readers never wait for a writer
    "PRAGMA synchronous=FULL",  # WAL with NORMAL loses acknowledged rows in a power cut
    "PRAGMA fullfsync=ON",  # macOS: fsync alone leaves rows in the disk's own memory
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # else INSERT OR REPLACE slips past the append-only triggers
    "PRAGMA secure_delete=ON",  # a withdrawn participant's words are overwritten, not unlinked
    "PRAGMA temp_store=MEMORY",  # nobody's words in the computer's temporary folder
    TRUST_NOTHING,
)


def set_up(connection: sqlite3.Connection) -> None:
    """Set up a connection that has just been made."""
    # Python's driver otherwise begins transactions on its own: late, without IMMEDIATE, and never
    # before a SELECT or a CREATE TABLE. None leaves all of it to whoever uses the connection.
    connection.isolation_level = None
    for setting in SQLITE_SETTINGS:
        connection.execute(setting).close()
