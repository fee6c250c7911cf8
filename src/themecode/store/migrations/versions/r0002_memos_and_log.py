"""Memos, the log of what was done, and what the outputs were made from."""

import sqlalchemy as sa
from alembic import op

from themecode.store.migrations.fences import fence

revision = "0002"
down_revision = "0001"


def _seq() -> sa.Column[int]:
    return sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True)


def upgrade() -> None:
    """Make the three tables. The log is fenced without a door: it holds nobody's words."""
    op.create_table(
        "memos",
        _seq(),
        sa.Column(
            "id",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
            unique=True,
        ),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "log",
        _seq(),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outputs_made",
        _seq(),
        sa.Column("state_hash", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    fence("memos")
    fence("log", door=False)
