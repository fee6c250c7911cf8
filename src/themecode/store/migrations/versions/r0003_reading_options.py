"""How transcripts were asked to be read, so that it need not be said again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; its newest row counts."""
    op.create_table(
        "reading_options",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
