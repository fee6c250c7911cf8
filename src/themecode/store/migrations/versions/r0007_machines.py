"""Which machine codes a study: a trained model, kept with the study, or cues alone."""

import sqlalchemy as sa
from alembic import op

from themecode.store.migrations.fences import fence

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the two tables; the newest row of the second counts."""
    op.create_table(
        "models",
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("file", sa.LargeBinary, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
    )
    op.create_table(
        "machines_in_force",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("coder", sa.Text, nullable=False),
        sa.Column("suggested", sa.Text, nullable=False),
        sa.Column("model_sha256", sa.Text),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    fence("machines_in_force")
