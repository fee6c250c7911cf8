"""Withdrawals, the files that left the study, and the times consent was set aside."""

import sqlalchemy as sa
from alembic import op

from themecode.store.migrations.fences import fence

revision = "0005"
down_revision = "0004"

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _seq() -> sa.Column[int]:
    return sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True)


def upgrade() -> None:
    """Make the tables. Why consent was set aside is never edited."""
    op.create_table(
        "secrets",
        sa.Column("name", _KEY, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "withdrawals",
        _seq(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("began_at", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text),
        sa.Column("counts", sa.Text, nullable=False),
    )
    op.create_table(
        "withdrawn_marks",
        _seq(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("transcript_id", _KEY, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "exports_made",
        _seq(),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("people", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("exports_made_by_path", "exports_made", ["path"])
    op.create_table(
        "exceptions_made",
        _seq(),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    fence("exceptions_made")
