"""A study's database looked at from outside, for what a command should answer at once.

Loading what opens a study takes longer than to say that nothing has changed, or to find a word in
two hundred transcripts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from themecode.model import Span, Transcript, TranscriptKind, Turn, TurnKind, hash_words
from themecode.store.records import hash_rows
from themecode.store.revisions import LATEST
from themecode.store.sqlite_settings import TRUST_NOTHING, set_up

#: Tells, of a text and where its turns begin and end, the places of those that are wanted.
ChooseTurns = Callable[[str, Sequence[tuple[int, int]]], Sequence[int]]

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
_REVISION = "SELECT version_num FROM alembic_version"
_TRANSCRIPTS = """
    SELECT seq, id, source, sha256, kind, text, content_sha256 FROM transcripts
    WHERE seq IN (SELECT transcript_seq FROM current_transcripts) ORDER BY id
"""
_TURNS = """
    SELECT number, span_start, span_end, started_at, speaker, kind, participant_id FROM turns
    WHERE transcript_seq = ? ORDER BY number
"""


def read_mark(folder: Path) -> str | None:
    """A mark that is another one after any change to the study.

    Returns:
        None where it cannot be told from outside: the study is encrypted, somebody has just written
        to it, or there is none.
    """
    database, unsettled = folder / "study.db", folder / "study.db-wal"
    try:
        if unsettled.exists() and unsettled.stat().st_size:
            return None
        before = database.stat()
        # On some disks two changes within two seconds leave the same time: what was added tells them
        # apart.
        address = f"{database.resolve().as_uri()}?immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute(TRUST_NOTHING)
            newest = [
                str(connection.execute(f'SELECT max(rowid) FROM "{name}"').fetchone()[0])  # noqa: S608
                for (name,) in connection.execute(_TABLES).fetchall()
            ]
    except (OSError, sqlite3.Error, UnicodeError):
        return None
    return hash_words(*map(str, (before.st_size, before.st_mtime_ns, before.st_ino)), *newest)


@contextmanager
def hold_still(folder: Path) -> Iterator[str | None]:
    """Keep everybody from changing a study for a moment; gives its mark for that moment.

    None: that cannot be had now, as somebody else is changing it, or for the reasons of `read_mark`.
    """
    try:
        connection = sqlite3.connect(folder / "study.db")
    except sqlite3.Error:
        yield None
        return
    with closing(connection):
        try:
            set_up(connection)
            connection.execute("PRAGMA busy_timeout=0").close()
            # What was written last goes to its place now, not when the study is closed.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            yield None
            return
        try:
            yield read_mark(folder)
        finally:
            connection.execute("ROLLBACK")


def read_transcripts(folder: Path, choose: ChooseTurns) -> list[Transcript] | None:
    """The transcripts of which turns are chosen, with no turns but those, in order of id.

    Returns:
        None where they must be read by opening the study: it is encrypted, or of another revision, or
        damaged, or not there.
    """
    kinds = {kind.value: kind for kind in TurnKind}  # a look-up a row, not a call
    found = []
    try:
        if not (folder / "study.db").is_file():
            return None
        with closing(sqlite3.connect(folder / "study.db")) as connection:
            set_up(connection)
            connection.execute("BEGIN")
            if connection.execute(_REVISION).fetchone() != (LATEST,):
                return None
            held = connection.execute(_TRANSCRIPTS).fetchall()
            for seq, name, source, sha256, kind, text, content_sha256 in held:
                rows = connection.execute(_TURNS, (seq,)).fetchall()
                if hash_rows(text, [row[:5] for row in rows]) != content_sha256:
                    return None
                turns = tuple(
                    Turn(number, speaker, kinds[who], participant, Span(start, end), at)
                    for number, start, end, at, speaker, who, participant in [
                        rows[place] for place in choose(text, [row[1:3] for row in rows])
                    ]
                )
                if turns:
                    found.append(
                        Transcript(name, source, sha256, TranscriptKind(kind), text, turns)
                    )
    except (OSError, sqlite3.Error, UnicodeError, KeyError, ValueError):
        return None
    return found
