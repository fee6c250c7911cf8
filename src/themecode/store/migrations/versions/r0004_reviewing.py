"""Reviewers, what they are asked, and what they answer."""

import sqlalchemy as sa
from alembic import op

from themecode.store.migrations.fences import fence

revision = "0004"
down_revision = "0003"

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _seq() -> sa.Column[int]:
    return sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _key(name: str, *, unique: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, _KEY, nullable=nullable, unique=unique)


def _number(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, primary_key=primary_key, autoincrement=False)


def upgrade() -> None:
    """Make the tables. All but the keys to the door are append-only."""
    _make_people()
    _make_plans()
    op.create_table(
        "review_answers",
        _seq(),
        _key("id", unique=True),
        _key("item_id"),
        _key("reviewer"),
        _number("revision"),
        *_text("reply", "codes", "note", "came_by", "answered_at"),
        sa.UniqueConstraint("item_id", "reviewer", "revision", name="one_row_a_revision"),
        sqlite_autoincrement=True,
    )
    op.create_index("review_answers_by_reviewer", "review_answers", ["reviewer", "seq"])
    for table in ("review_plans", "review_items", "review_assignments", "review_answers"):
        fence(table)
    for table in ("reviewers", "review_choices", "review_care"):
        fence(table)


def _make_people() -> None:
    op.create_table(
        "reviewers", _seq(), _key("name"), *_text("in_group", "made_at"), sqlite_autoincrement=True
    )
    op.create_table(
        "review_choices",
        _seq(),
        _key("reviewer"),
        *_text("choices", "made_at"),
        sqlite_autoincrement=True,
    )
    op.create_table("review_care", _seq(), *_text("care", "made_at"), sqlite_autoincrement=True)
    op.create_table(
        "review_keys",
        _seq(),
        _key("sha256", unique=True),
        *_text("kind"),
        _key("name"),
        *_text("role", "made_at", "ends_at"),
    )


def _make_plans() -> None:
    op.create_table(
        "review_plans",
        _seq(),
        _key("id", unique=True),
        *_text("made_by", "options", "strata", "made_at"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "review_items",
        _number("plan_seq", primary_key=True),
        _number("number", primary_key=True),
        _key("id", unique=True),
        _key("transcript_id"),
        *(_number(name) for name in ("transcript_seq", "turn", "span_start", "span_end")),
        *_text("stratum"),
        _key("code_id", nullable=True),
        *_text("coding_ids", "topics"),
    )
    op.create_table(
        "review_assignments",
        _seq(),
        _number("plan_seq"),
        _number("number"),
        _key("reviewer"),
        *_text("because", "made_at"),
        sa.UniqueConstraint("plan_seq", "number", "reviewer", name="given_once"),
        sqlite_autoincrement=True,
    )
