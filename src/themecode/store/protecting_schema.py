"""The tables of pseudonyms and of safeguarding. No table holds a name: names stand in the key alone."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from themecode.store.schema import metadata

_Key = Text().with_variant(Text(collation="C"), "postgresql")

#: The versions of transcripts that pseudonyms were put into.
pseudonymised = Table(
    "pseudonymised",
    metadata,
    Column(
        "transcript_seq",
        Integer,
        ForeignKey("transcripts.seq"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("transcript_id", _Key, nullable=False),
    Column("replaced", Integer, nullable=False),
    Column("made_at", Text, nullable=False),
)

#: Who answered for a study's pseudonyms, and for what state of it.
signatures = Table(
    "pseudonym_signatures",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("state_hash", Text, nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("undecided", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("signed_at", Text, nullable=False),
    sqlite_autoincrement=True,
)

#: Memos that stand in the place of an earlier wording of theirs.
memos_carried = Table(
    "memos_carried",
    metadata,
    Column("memo_id", _Key, primary_key=True),
    Column("carried_from", _Key, nullable=False),
)
Index("memos_by_origin", memos_carried.c.carried_from)

#: Who has looked at a safeguarding prompt.
safeguarding_looks = Table(
    "safeguarding_looks",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("prompt_id", _Key, nullable=False),
    Column("looked_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("looked_at", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("looks_by_prompt", safeguarding_looks.c.prompt_id)
