"""Reviewers' decisions and researchers' memos, in the study's database."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Select, bindparam, insert, select

from themecode.errors import ThemecodeError
from themecode.model import Decision, Memo, Verdict
from themecode.store import protecting_schema, schema
from themecode.store.records import check_storable, read_time, write_time

_codings = schema.codings
_decisions = schema.decisions
_memos = schema.memos
# Made once: a decision is kept while others wait, and putting a query together takes as long as asking it.
_SAME_ID = select(_decisions).where(_decisions.c.id == bindparam("id"))
_ITS_CODING = select(_codings.c.seq).where(_codings.c.id == bindparam("id")).limit(1)
_NEW = insert(_decisions)


def add(connection: Connection, decision: Decision, *, where: str) -> None:
    """Keep a decision; the same one again changes nothing.

    Raises:
        ThemecodeError: the study holds no such coding.
        ValueError: another decision has that id.
    """
    check_storable(
        "the decision", decision.id, decision.reviewer, decision.recoded_to, decision.note
    )
    row = {
        "id": decision.id,
        "coding_id": decision.coding_id,
        "reviewer": decision.reviewer,
        "verdict": decision.verdict.value,
        "recoded_to": decision.recoded_to,
        "note": decision.note,
        "decided_at": write_time(decision.decided_at),
    }
    before = connection.execute(_SAME_ID, {"id": decision.id}).one_or_none()
    if before is not None:
        if any(getattr(before, column) != value for column, value in row.items()):
            raise ValueError(f"another decision has the id {decision.id}")
        return
    if connection.execute(_ITS_CODING, {"id": decision.coding_id}).scalar() is None:
        raise ThemecodeError(
            f"The study in {where} holds no coding {decision.coding_id}, so the decision about it "
            "was not kept. It may belong to another study: name that one with `--study`."
        )
    connection.execute(_NEW, row)


def read(connection: Connection, query: Select[tuple[object]] | None = None) -> Iterator[Decision]:
    """Every decision (or those of `query`), oldest first."""
    rows = connection.execute(
        (select(_decisions) if query is None else query).order_by(_decisions.c.seq),
        execution_options={"yield_per": 1000},
    )
    for row in rows:
        yield Decision(
            row.id,
            row.coding_id,
            row.reviewer,
            Verdict(row.verdict),
            row.recoded_to,
            row.note,
            read_time(row.decided_at),
        )


def add_memo(connection: Connection, memo: Memo) -> None:
    """Keep a memo; the same one again changes nothing.

    Raises:
        ValueError: another memo has that id.
    """
    check_storable("the memo", memo.id, memo.about, memo.author, memo.text)
    row = {
        "id": memo.id,
        "about": memo.about,
        "author": memo.author,
        "text": memo.text,
        "made_at": write_time(memo.made_at),
    }
    before = connection.execute(select(_memos).where(_memos.c.id == memo.id)).one_or_none()
    if before is None:
        connection.execute(insert(_memos).values(**row))
    elif any(getattr(before, column) != value for column, value in row.items()):
        raise ValueError(f"another memo has the id {memo.id}")


def read_memos(connection: Connection) -> Iterator[Memo]:
    """Every memo as it is worded now, oldest first."""
    later = select(protecting_schema.memos_carried.c.carried_from)
    current = select(_memos).where(_memos.c.id.not_in(later))
    for row in connection.execute(current.order_by(_memos.c.seq)):
        yield Memo(row.id, row.about, row.author, row.text, read_time(row.made_at))
