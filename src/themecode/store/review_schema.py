"""The tables of a review: who reads, what they were asked, what they answered.

No participant's words are kept here, only places in transcripts; a reviewer's note about a coding
is kept with her decision. What she writes about a passage without one is in `review_answers.note`.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from themecode.store.schema import _Key, _seq, metadata

#: A name's newest row counts.
reviewers = Table(
    "reviewers",
    metadata,
    _seq(),
    Column("name", _Key, nullable=False),
    Column("in_group", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    sqlite_autoincrement=True,
)

#: What a reviewer chose for herself: topics she will not read, words hidden first. Newest counts.
review_choices = Table(
    "review_choices",
    metadata,
    _seq(),
    Column("reviewer", _Key, nullable=False),
    Column("choices", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    sqlite_autoincrement=True,
)

#: How reviewers are looked after: contacts, a daily limit. Newest counts.
review_care = Table(
    "review_care",
    metadata,
    _seq(),
    Column("care", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    sqlite_autoincrement=True,
)

review_plans = Table(
    "review_plans",
    metadata,
    _seq(),
    Column("id", _Key, nullable=False, unique=True),
    Column("made_by", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("strata", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    sqlite_autoincrement=True,
)

review_items = Table(
    "review_items",
    metadata,
    Column("plan_seq", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", _Key, nullable=False, unique=True),
    Column("transcript_id", _Key, nullable=False),
    # Not a foreign key: a transcript that is withdrawn or replaced takes its excerpts out of the
    # queue, and needs nothing from this table.
    Column("transcript_seq", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("span_start", Integer, nullable=False),
    Column("span_end", Integer, nullable=False),
    Column("stratum", Text, nullable=False),
    Column("code_id", _Key),
    Column("coding_ids", Text, nullable=False),
    Column("topics", Text, nullable=False),
)

#: Whose excerpt is whose. A second row gives an excerpt to somebody else as well.
review_assignments = Table(
    "review_assignments",
    metadata,
    _seq(),
    Column("plan_seq", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("reviewer", _Key, nullable=False),
    Column("because", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    UniqueConstraint("plan_seq", "number", "reviewer", name="given_once"),
    sqlite_autoincrement=True,
)

review_answers = Table(
    "review_answers",
    metadata,
    _seq(),
    Column("id", _Key, nullable=False, unique=True),
    Column("item_id", _Key, nullable=False),
    Column("reviewer", _Key, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("reply", Text, nullable=False),
    Column("codes", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("came_by", Text, nullable=False),
    Column("answered_at", Text, nullable=False),
    UniqueConstraint("item_id", "reviewer", "revision", name="one_row_a_revision"),
    sqlite_autoincrement=True,
)
Index("review_answers_by_reviewer", review_answers.c.reviewer, review_answers.c.seq)

#: Links and signed-in devices: only fingerprints of their keys.
review_keys = Table(
    "review_keys",
    metadata,
    _seq(),
    Column("sha256", _Key, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("name", _Key, nullable=False),
    Column("role", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("ends_at", Text, nullable=False),
)
