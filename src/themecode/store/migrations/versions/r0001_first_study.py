"""Transcripts, participants, codebooks, codings and decisions."""

import sqlalchemy as sa
from alembic import op

from themecode.store.migrations.fences import fence

revision = "0001"
down_revision = None

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _seq() -> sa.Column[int]:
    return sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True)


def _transcript_seq(*, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "transcript_seq",
        sa.Integer,
        sa.ForeignKey("transcripts.seq"),
        primary_key=primary_key,
        nullable=False,
        autoincrement=False,
    )


def upgrade() -> None:
    """Make the tables of a study, and fence those that are append-only."""
    _make_transcripts()
    _make_codebooks()
    _make_codings()
    op.create_table("door", sa.Column("open_for", sa.Text, primary_key=True))
    fence("transcripts")
    fence(
        "turns",
        columns=("transcript_seq", "number", "speaker", "span_start", "span_end", "started_at"),
    )
    for table in ("codebooks", "codebooks_in_force", "codings", "decisions"):
        fence(table)


def _make_transcripts() -> None:
    op.create_table(
        "transcripts",
        _seq(),
        sa.Column("id", _KEY, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("turn_count", sa.Integer, nullable=False),
        sa.Column("word_count", sa.Integer, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.UniqueConstraint("id", "version", name="one_row_a_version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "turns",
        _transcript_seq(primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("speaker", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("participant_id", _KEY),
        sa.Column("span_start", sa.Integer, nullable=False),
        sa.Column("span_end", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Float),
    )
    op.create_table(
        "current_transcripts",
        sa.Column("transcript_id", _KEY, primary_key=True),
        _transcript_seq(),
        sa.Column("read_with", sa.Text, nullable=False),
        sa.Column("speakers_sha256", sa.Text, nullable=False),
    )
    op.create_table(
        "participants",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("role", sa.Text),
        sa.Column("attributes", sa.Text, nullable=False),
        sa.Column("consent", sa.Text),
    )


def _make_codebooks() -> None:
    op.create_table(
        "codebooks",
        _seq(),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("source", sa.LargeBinary, nullable=False),
        sa.Column("parsed", sa.Text, nullable=False),
        sa.Column("parsed_sha256", sa.Text, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.UniqueConstraint("sha256", "parsed_sha256", name="one_row_a_reading"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "codebooks_in_force",
        _seq(),
        sa.Column("codebook_seq", sa.Integer, sa.ForeignKey("codebooks.seq"), nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )


def _make_codings() -> None:
    op.create_table(
        "codings",
        _seq(),
        sa.Column("id", _KEY, nullable=False),
        _transcript_seq(),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("turn_kind", sa.Text, nullable=False),
        sa.Column("span_start", sa.Integer, nullable=False),
        sa.Column("span_end", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("code_id", _KEY, nullable=False),
        sa.Column("coder", sa.Text, nullable=False),
        sa.Column("by_machine", sa.Boolean, nullable=False),
        sa.Column("confidence", sa.Float),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("codebook_sha256", sa.Text, nullable=False),
        sa.Column("code_sha256", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("carried_from", sa.Integer, sa.ForeignKey("codings.seq")),
        sa.UniqueConstraint("transcript_seq", "id", "turn_kind", name="one_row_a_claim"),
        sqlite_autoincrement=True,
    )
    op.create_index("codings_by_id", "codings", ["id"])
    op.create_index("codings_by_origin", "codings", ["carried_from"])
    op.create_table(
        "coded_passes",
        _transcript_seq(primary_key=True),
        sa.Column("codebook_sha256", sa.Text, primary_key=True),
        sa.Column("coder", sa.Text, primary_key=True),
        sa.Column("made_at", sa.Text, nullable=False),
    )
    op.create_table(
        "decisions",
        _seq(),
        sa.Column("id", _KEY, nullable=False, unique=True),
        sa.Column("coding_id", _KEY, nullable=False),
        sa.Column("reviewer", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("recoded_to", sa.Text),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("decided_at", sa.Text, nullable=False),
        sa.Column("carried_from", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("decisions_by_coding", "decisions", ["coding_id"])
