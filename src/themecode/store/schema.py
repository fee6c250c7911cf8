"""The tables of a study, as the newest migration leaves them.

Plain SQL types only, so that SQLite and PostgreSQL hold the same study: times are ISO text in UTC,
nested records are JSON text, and ids sort by code point on both.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

#: PostgreSQL sorts text by the server's language unless told; "C" is code points, as in SQLite.
_Key = Text().with_variant(Text(collation="C"), "postgresql")


def _seq() -> Column[int]:
    """The order rows were written in; never used twice, even after a withdrawal."""
    return Column("seq", Integer, primary_key=True, autoincrement=True)


def _transcript_seq(*, primary_key: bool = False) -> Column[int]:
    """The version of the transcript a row is about."""
    return Column(
        "transcript_seq",
        Integer,
        ForeignKey("transcripts.seq"),
        primary_key=primary_key,
        nullable=False,
        autoincrement=False,
    )


transcripts = Table(
    "transcripts",
    metadata,
    _seq(),
    Column("id", _Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("turn_count", Integer, nullable=False),
    Column("word_count", Integer, nullable=False),
    Column("added_at", Text, nullable=False),
    UniqueConstraint("id", "version", name="one_row_a_version"),
    sqlite_autoincrement=True,
)

turns = Table(
    "turns",
    metadata,
    _transcript_seq(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("speaker", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("participant_id", _Key),
    Column("span_start", Integer, nullable=False),
    Column("span_end", Integer, nullable=False),
    Column("started_at", Float),
)

#: Which version of each transcript counts, and how its speakers were last worked out.
current_transcripts = Table(
    "current_transcripts",
    metadata,
    Column("transcript_id", _Key, primary_key=True),
    _transcript_seq(),
    Column("read_with", Text, nullable=False),
    Column("speakers_sha256", Text, nullable=False),
)

participants = Table(
    "participants",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("role", Text),
    Column("attributes", Text, nullable=False),
    Column("consent", Text),
)

codebooks = Table(
    "codebooks",
    metadata,
    _seq(),
    Column("sha256", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("parsed", Text, nullable=False),
    # The same bytes may be read differently by a later themecode: both readings are kept.
    Column("parsed_sha256", Text, nullable=False),
    Column("added_at", Text, nullable=False),
    UniqueConstraint("sha256", "parsed_sha256", name="one_row_a_reading"),
    sqlite_autoincrement=True,
)

codebooks_in_force = Table(
    "codebooks_in_force",
    metadata,
    _seq(),
    Column("codebook_seq", Integer, ForeignKey("codebooks.seq"), nullable=False),
    Column("since", Text, nullable=False),
    sqlite_autoincrement=True,
)

codings = Table(
    "codings",
    metadata,
    _seq(),
    Column("id", _Key, nullable=False),
    _transcript_seq(),
    Column("turn", Integer, nullable=False),
    Column("turn_kind", Text, nullable=False),
    Column("span_start", Integer, nullable=False),
    Column("span_end", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("code_id", _Key, nullable=False),
    Column("coder", Text, nullable=False),
    Column("by_machine", Boolean, nullable=False),
    Column("confidence", Float),
    Column("evidence", Text, nullable=False),
    Column("codebook_sha256", Text, nullable=False),
    Column("code_sha256", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    # The coding of an earlier version of the transcript that this one was carried over from.
    Column("carried_from", Integer, ForeignKey("codings.seq")),
    # The same claim may stand on two versions of a transcript, and on a turn whose speaker was
    # first taken for someone else.
    UniqueConstraint("transcript_seq", "id", "turn_kind", name="one_row_a_claim"),
    sqlite_autoincrement=True,
)
Index("codings_by_id", codings.c.id)
Index("codings_by_origin", codings.c.carried_from)

coded_passes = Table(
    "coded_passes",
    metadata,
    _transcript_seq(primary_key=True),
    Column("codebook_sha256", Text, primary_key=True),
    Column("coder", Text, primary_key=True),
    Column("made_at", Text, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    _seq(),
    Column("id", _Key, nullable=False, unique=True),
    Column("coding_id", _Key, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("recoded_to", Text),
    Column("note", Text, nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("carried_from", Text),
    sqlite_autoincrement=True,
)
Index("decisions_by_coding", decisions.c.coding_id)

#: A row here, inside one transaction, lets the triggers allow a withdrawal (see door.py).
door = Table("door", metadata, Column("open_for", Text, primary_key=True))

memos = Table(
    "memos",
    metadata,
    _seq(),
    Column("id", _Key, nullable=False, unique=True),
    Column("about", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    sqlite_autoincrement=True,
)

log = Table(
    "log",
    metadata,
    _seq(),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    sqlite_autoincrement=True,
)

outputs_made = Table(
    "outputs_made",
    metadata,
    _seq(),
    Column("state_hash", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    sqlite_autoincrement=True,
)

reading_options = Table(
    "reading_options",
    metadata,
    _seq(),
    Column("options", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    sqlite_autoincrement=True,
)
