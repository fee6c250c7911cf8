"""Pseudonyms put in, signed for, and safeguarding prompts looked at."""

import sqlalchemy as sa
from alembic import op

from themecode.store.migrations.fences import fence

revision = "0006"
down_revision = "0005"

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _seq() -> sa.Column[int]:
    return sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    """Make the four tables, append-only."""
    op.create_table(
        "pseudonymised",
        sa.Column(
            "transcript_seq",
            sa.Integer,
            sa.ForeignKey("transcripts.seq"),
            primary_key=True,
            nullable=False,
            autoincrement=False,
        ),
        sa.Column("transcript_id", _KEY, nullable=False),
        sa.Column("replaced", sa.Integer, nullable=False),
        *_text("made_at"),
    )
    op.create_table(
        "pseudonym_signatures",
        _seq(),
        *_text("state_hash", "signed_by"),
        sa.Column("undecided", sa.Integer, nullable=False),
        *_text("note", "signed_at"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "memos_carried",
        sa.Column("memo_id", _KEY, primary_key=True),
        sa.Column("carried_from", _KEY, nullable=False),
    )
    op.create_index("memos_by_origin", "memos_carried", ["carried_from"])
    op.create_table(
        "safeguarding_looks",
        _seq(),
        sa.Column("prompt_id", _KEY, nullable=False),
        *_text("looked_by", "note", "looked_at"),
        sqlite_autoincrement=True,
    )
    op.create_index("looks_by_prompt", "safeguarding_looks", ["prompt_id"])
    for table in ("pseudonymised", "pseudonym_signatures", "memos_carried", "safeguarding_looks"):
        fence(table)
