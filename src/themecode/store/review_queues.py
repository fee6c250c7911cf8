"""Plans, excerpts and answers of a review, in the study's database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, select

from themecode.model import Coding, Decision, Span
from themecode.store import codings, decisions, review_schema, schema
from themecode.store.connect import insert_new
from themecode.store.records import check_storable, read_time, write_json, write_time
from themecode.store.review_records import (
    Claim,
    PlanOptions,
    Queue,
    Reply,
    ReviewAnswer,
    ReviewItem,
    ReviewPlan,
    Sampled,
    StaleAnswer,
    Stratum,
)

_answers = review_schema.review_answers
_assignments = review_schema.review_assignments
_current = schema.current_transcripts
_items = review_schema.review_items
_plans = review_schema.review_plans

#: Put together once: an answer waits for each of them.
_ABOUT_ITEM = (
    select(_answers).where(_answers.c.item_id == bindparam("item_id")).order_by(_answers.c.seq)
)
_KEEP_ANSWER = insert(_answers)
_CLAIMS = (
    select(schema.codings.c.id, schema.codings.c.code_id, schema.codings.c.coder)
    .join(
        _items,
        and_(
            _items.c.transcript_seq == schema.codings.c.transcript_seq,
            _items.c.span_start == schema.codings.c.span_start,
            _items.c.span_end == schema.codings.c.span_end,
        ),
    )
    .where(_items.c.id == bindparam("item_id"))
    .order_by(schema.codings.c.seq)
)

#: What an answer comes to: codings she made and decisions that follow.
Consequences = tuple[Sequence[Coding], Sequence[Decision]]
#: Works them out from her answer until now, everybody else's latest about the same excerpt, and
#: every coding of its words.
Follow = Callable[[ReviewAnswer | None, Sequence[ReviewAnswer], Sequence[Claim]], Consequences]


def add_plan(
    connection: Connection,
    plan: ReviewPlan,
    items: Sequence[ReviewItem],
    given: Mapping[str, Sequence[int]],
) -> None:
    """Keep a plan, its excerpts, and whose they are; the plan before it counts no more."""
    options = asdict(plan.options)
    check_storable("the plan", plan.made_by, write_json(options))
    at = write_time(plan.made_at)
    key = connection.execute(
        insert(_plans).values(
            id=plan.id,
            made_by=plan.made_by,
            options=write_json(options),
            strata=write_json({name.value: asdict(kept) for name, kept in plan.strata.items()}),
            made_at=at,
        )
    ).inserted_primary_key
    assert key is not None
    seq = int(key[0])
    current: dict[str, int] = {
        row.transcript_id: row.transcript_seq
        for row in connection.execute(select(_current.c.transcript_id, _current.c.transcript_seq))
    }
    rows = [
        {
            "plan_seq": seq,
            "number": item.number,
            "id": item.id,
            "transcript_id": item.transcript_id,
            "transcript_seq": current[item.transcript_id],
            "turn": item.turn,
            "span_start": item.span.start,
            "span_end": item.span.end,
            "stratum": item.stratum.value,
            "code_id": item.code_id,
            "coding_ids": write_json(item.coding_ids),
            "topics": write_json(item.topics),
        }
        for item in items
    ]
    if rows:
        connection.execute(insert(_items), rows)
    _give(connection, seq, given, because="planned", at=at)


def give(connection: Connection, given: Mapping[str, Sequence[int]], because: str, at: str) -> None:
    """Give excerpts of the plan that counts to more reviewers, by name and number."""
    seq = connection.execute(select(func.max(_plans.c.seq))).scalar()
    if seq is not None:
        _give(connection, seq, given, because=because, at=at)


def _give(
    connection: Connection, seq: int, given: Mapping[str, Sequence[int]], *, because: str, at: str
) -> None:
    rows = [
        {"plan_seq": seq, "number": number, "reviewer": name, "because": because, "made_at": at}
        for name, numbers in given.items()
        for number in numbers
    ]
    if rows:
        connection.execute(insert_new(connection, _assignments), rows)


def read_plan(connection: Connection) -> tuple[int, ReviewPlan] | None:
    """The plan that counts: the newest."""
    row = connection.execute(select(_plans).order_by(_plans.c.seq.desc()).limit(1)).one_or_none()
    return None if row is None else (row.seq, _build_plan(row))


def read_plans(connection: Connection) -> list[ReviewPlan]:
    """Every plan, oldest first."""
    return [_build_plan(row) for row in connection.execute(select(_plans).order_by(_plans.c.seq))]


def _build_plan(row: Any) -> ReviewPlan:
    options = json.loads(row.options)
    for name in ("reviewers", "codes"):
        options[name] = tuple(options[name])
    strata = json.loads(row.strata)
    return ReviewPlan(
        row.id,
        row.made_by,
        PlanOptions(**options),
        {Stratum(name): Sampled(**kept) for name, kept in strata.items()},
        read_time(row.made_at),
    )


def read_items(connection: Connection, plan_seq: int) -> list[ReviewItem]:
    """The excerpts of a plan on transcripts as they are now, in order."""
    return [_build_item(row) for row in connection.execute(_select_items(plan_seq))]


def read_every_item(connection: Connection) -> tuple[ReviewItem, ...]:
    """The excerpts of every plan on transcripts as they are now, oldest plan first."""
    plans = connection.execute(select(_plans.c.seq).order_by(_plans.c.seq)).scalars()
    return tuple(item for seq in plans.all() for item in read_items(connection, seq))


def _select_items(plan_seq: int) -> Any:
    return (
        select(_items)
        .join(_current, _is_current())
        .where(_items.c.plan_seq == plan_seq)
        .order_by(_items.c.number)
    )


def _is_current() -> ColumnElement[bool]:
    """The condition that an excerpt is from a transcript as it is now."""
    return and_(
        _current.c.transcript_id == _items.c.transcript_id,
        _current.c.transcript_seq == _items.c.transcript_seq,
    )


def _build_item(row: Any) -> ReviewItem:
    return ReviewItem(
        row.id,
        row.number,
        row.transcript_id,
        row.turn,
        Span(row.span_start, row.span_end),
        Stratum(row.stratum),
        row.code_id,
        tuple(json.loads(row.coding_ids)),
        tuple(json.loads(row.topics)),
    )


def read_given(connection: Connection, plan_seq: int) -> dict[str, tuple[int, ...]]:
    """By reviewer, the numbers of the excerpts that are hers."""
    given: dict[str, list[int]] = {}
    query = select(_assignments.c.reviewer, _assignments.c.number).where(
        _assignments.c.plan_seq == plan_seq
    )
    for row in connection.execute(query.order_by(_assignments.c.number)):
        given.setdefault(row.reviewer, []).append(row.number)
    return {name: tuple(numbers) for name, numbers in given.items()}


def read_queue(connection: Connection, reviewer: str) -> Queue | None:
    """A reviewer's excerpts and her answers. None: nothing was planned."""
    found = read_plan(connection)
    if found is None:
        return None
    seq, plan = found
    hers = _select_items(seq).join(
        _assignments,
        and_(
            _assignments.c.plan_seq == _items.c.plan_seq,
            _assignments.c.number == _items.c.number,
            _assignments.c.reviewer == reviewer,
        ),
    )
    answers = (
        select(_answers)
        .join(_items, and_(_items.c.id == _answers.c.item_id, _items.c.plan_seq == seq))
        .where(_answers.c.reviewer == reviewer)
    )
    return Queue(
        plan,
        tuple([_build_item(row) for row in connection.execute(hers)]),
        {each.item_id: each for each in _read(connection, answers)},
    )


def read_answers(connection: Connection, *, reviewer: str | None = None) -> list[ReviewAnswer]:
    """Every answer ever given, oldest first."""
    query = select(_answers)
    if reviewer is not None:
        query = query.where(_answers.c.reviewer == reviewer)
    return _read(connection, query)


def _read(connection: Connection, query: Any) -> list[ReviewAnswer]:
    return [build_answer(row) for row in connection.execute(query.order_by(_answers.c.seq))]


def build_answer(row: Any) -> ReviewAnswer:
    """The answer that a row of their table holds."""
    return ReviewAnswer(
        row.id,
        row.item_id,
        row.reviewer,
        row.revision,
        Reply(row.reply),
        tuple(json.loads(row.codes)) if row.codes != "[]" else (),
        row.note,
        read_time(row.answered_at),
        row.came_by,
    )


def latest_answers(answers: Iterable[ReviewAnswer]) -> dict[tuple[str, str], ReviewAnswer]:
    """The answer of each reviewer about each excerpt that counts, by item id and name."""
    latest: dict[tuple[str, str], ReviewAnswer] = {}
    for answer in answers:
        before = latest.get((answer.item_id, answer.reviewer))
        if before is None or before.revision < answer.revision:
            latest[answer.item_id, answer.reviewer] = answer
    return latest


def record(
    connection: Connection,
    answer: ReviewAnswer,
    follow: Follow,
    *,
    where: str,
) -> bool:
    """Keep an answer and all that follows from it; False where it was kept before.

    Args:
        connection: on which nobody else writes meanwhile.
        answer: with the revision that comes after the one she saw.
        follow: what the answer comes to.
        where: the study, for messages.

    Raises:
        StaleAnswer: she has answered it anew since, on another page or device.
        ValueError: another answer has that id.
    """
    check_storable("the answer", answer.id, answer.note, *answer.codes)
    about = [
        build_answer(row) for row in connection.execute(_ABOUT_ITEM, {"item_id": answer.item_id})
    ]
    same = next((each for each in about if each.id == answer.id), None)
    if same is not None:
        if same.reviewer != answer.reviewer:
            raise ValueError(f"another answer has the id {answer.id}")
        return False
    latest = latest_answers(about)
    mine = latest.pop((answer.item_id, answer.reviewer), None)
    if answer.revision != (mine.revision if mine else 0) + 1:
        raise StaleAnswer(
            "This excerpt was answered on another page since this one was opened. "
            "The other answer is kept; nothing was changed."
        )
    row = {
        "id": answer.id,
        "item_id": answer.item_id,
        "reviewer": answer.reviewer,
        "revision": answer.revision,
        "reply": answer.reply.value,
        "codes": write_json(answer.codes),
        "note": answer.note,
        "came_by": answer.came_by,
        "answered_at": write_time(answer.answered_at),
    }
    connection.execute(_KEEP_ANSWER, row)
    others = tuple(latest.values())
    made, decided = follow(mine, others, _read_claims(connection, answer.item_id))
    codings.add(connection, made)
    for decision in decided:
        decisions.add(connection, decision, where=where)
    return True


def _read_claims(connection: Connection, item_id: str) -> list[Claim]:
    """Every coding of exactly the words of an excerpt."""
    rows = connection.execute(_CLAIMS, {"item_id": item_id})
    return [Claim(row.id, row.code_id, row.coder) for row in rows]
