"""What lies before a reviewer, read in one look; what has not changed since is not read again.

It is read before every page of the review and before every answer. Its statements are put together
once: putting them together takes longer than running them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from themecode.store import review_people, review_queues, review_schema, schema
from themecode.store.review_records import Choices, Queue, ReviewAnswer, Sitting

_answers = review_schema.review_answers
_care = review_schema.review_care
_choices = review_schema.review_choices
_current = schema.current_transcripts
_HER: BindParameter[str] = bindparam("reviewer")

#: Changes whenever anything but her answers does: plan, what is hers, transcripts, choices, care;
#: and whatever else the study's log tells of, a withdrawal and new pseudonyms among it.
_MARK = select(
    select(func.max(review_schema.review_plans.c.seq)).scalar_subquery(),
    select(func.max(review_schema.review_assignments.c.seq)).scalar_subquery(),
    select(func.count()).select_from(_current).scalar_subquery(),
    select(func.sum(_current.c.transcript_seq)).scalar_subquery(),
    select(func.max(_choices.c.seq)).scalar_subquery(),
    select(func.max(_care.c.seq)).scalar_subquery(),
    select(func.max(schema.log.c.seq)).scalar_subquery(),
)
_HOW_MANY = select(func.count()).select_from(_answers).where(_answers.c.reviewer == _HER)
_SINCE = (
    select(_answers)
    .where(_answers.c.reviewer == _HER, _answers.c.seq > bindparam("seen"))
    .order_by(_answers.c.seq)
)


@dataclass(frozen=True, slots=True)
class SittingRead:
    """A sitting as it was read, and what tells whether it still holds.

    Args:
        answered: how many answers she had ever given, to this plan or another.
        seen: the number of the newest of them.
    """

    mark: tuple[Any, ...]
    answered: int
    seen: int
    sitting: Sitting


#: By reviewer, her sitting as it was last read.
SittingsRead = dict[str, SittingRead]


def read_sitting(connection: Connection, reviewer: str, *, known: SittingsRead) -> Sitting | None:
    """A reviewer's excerpts and answers, her choices and how she is looked after.

    Args:
        connection: to the study's database.
        reviewer: whose.
        known: sittings that were read before; this one is put among them.

    Returns:
        None where no review is planned.
    """
    mark = tuple(connection.execute(_MARK).one())
    answered = connection.execute(_HOW_MANY, {"reviewer": reviewer}).scalar() or 0
    before = known.get(reviewer)
    if before is not None and before.mark == mark:
        new = _read_since(connection, reviewer, before)
        if before.answered + len(new) == answered:  # else some are gone: a withdrawal
            known[reviewer] = kept = _add(before, new, answered)
            return kept.sitting
    queue = review_queues.read_queue(connection, reviewer)
    if queue is None:
        return None
    sitting = Sitting(
        queue,
        review_people.read_choices(connection).get(reviewer, Choices()),
        review_people.read_care(connection),
    )
    newest = select(func.max(_answers.c.seq)).where(_answers.c.reviewer == reviewer)
    seen = connection.execute(newest).scalar() or 0
    known[reviewer] = SittingRead(mark, answered, seen, sitting)
    return sitting


def _read_since(
    connection: Connection, reviewer: str, before: SittingRead
) -> list[tuple[int, ReviewAnswer]]:
    rows = connection.execute(_SINCE, {"reviewer": reviewer, "seen": before.seen})
    return [(row.seq, review_queues.build_answer(row)) for row in rows]


def _add(before: SittingRead, new: list[tuple[int, ReviewAnswer]], answered: int) -> SittingRead:
    """A sitting with the answers that came since; those to an earlier plan are not in it."""
    if not new:
        return before
    queue = before.sitting.queue
    asked = {item.id for item in queue.items}
    answers = {each.item_id: each for _, each in new if each.item_id in asked}
    sitting = Sitting(
        Queue(queue.plan, queue.items, {**queue.answers, **answers}),
        before.sitting.choices,
        before.sitting.care,
    )
    return SittingRead(before.mark, answered, new[-1][0], sitting)
