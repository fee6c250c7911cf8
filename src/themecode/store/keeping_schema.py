"""The tables that protect the people who spoke: withdrawals, what was exported, exceptions made.

None of them holds a participant's name, id or words. People and words are known by their marks:
fingerprints keyed with a number that is the study's own.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from themecode.store.schema import _Key, _seq, metadata

#: Numbers of the study's own. `marks` keys the fingerprints below.
secrets = Table(
    "secrets",
    metadata,
    Column("name", _Key, primary_key=True),
    Column("value", Text, nullable=False),
)

#: That somebody, or a passage, was withdrawn. `ended_at` is empty until every copy in the study's
#: folder is gone: a withdrawal that was cut short is ended by the next one, or by `check`.
withdrawals = Table(
    "withdrawals",
    metadata,
    _seq(),
    Column("kind", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("counts", Text, nullable=False),
)

#: What is not to come back with the next import: people, labels, names, passages and whole files.
withdrawn_marks = Table(
    "withdrawn_marks",
    metadata,
    _seq(),
    Column("kind", Text, nullable=False),
    # Where the mark holds. Empty: everywhere.
    Column("transcript_id", _Key, nullable=False),
    # Of a passage in code points, of a name in words.
    Column("length", Integer, nullable=False),
    Column("mark", Text, nullable=False),
    sqlite_autoincrement=True,
)

#: Files that left the study, so that they can be called back. `people` is a list of marks.
exports_made = Table(
    "exports_made",
    metadata,
    _seq(),
    Column("path", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("people", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("exports_made_by_path", exports_made.c.path)

#: Each time consent was set aside, and why.
exceptions_made = Table(
    "exceptions_made",
    metadata,
    _seq(),
    Column("about", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    sqlite_autoincrement=True,
)
