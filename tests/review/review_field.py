"""Small invented reviews, and reviewers at work in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from field_work import themecode, write_book, write_talk

from themecode.flow.outputs import settle_study
from themecode.flow.reviewing import answer_excerpt, list_excerpts, next_excerpt, plan_review
from themecode.model import Codebook
from themecode.settle import Settled
from themecode.store import (
    Choices,
    PlanOptions,
    Reply,
    ReviewAnswer,
    ReviewItem,
    ReviewPlan,
    Study,
)

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
#: What nobody coded; long enough to be drawn.
QUIET = "\n{who}: We had soup on the Thursday and then somebody put the radio on.\n"


def make_review_study(*people: str) -> Path:
    """A coded study in ./study: three codes, one with a content note, and quiet passages."""
    from field_work import TALK

    write_book()
    for who in people or ("P01", "P02", "P03", "P04"):
        write_talk(
            who, text=TALK.replace("There was no childcare", "The childcare was closed") + QUIET
        )
    ran = themecode("apply", "talks", "--codebook", "book.yaml")
    assert (ran.status, ran.err) == (0, "")
    return Path("study")


def book(study: Study) -> Codebook:
    held = study.codebook_in_force()
    assert held is not None
    return held


def plan(study: Study, *names: str, **options: Any) -> ReviewPlan:
    wanted = PlanOptions(reviewers=names or ("Dee", "Eve"), **options)
    return plan_review(study, book(study), wanted, made_by="Ruth", made_at=AT)


def excerpts(study: Study, reviewer: str) -> tuple[ReviewItem, ...]:
    queue = study.review_queue(reviewer)
    assert queue is not None
    return list_excerpts(queue, study.choices().get(reviewer, Choices()), book(study))


def following(study: Study, reviewer: str) -> ReviewItem | None:
    queue = study.review_queue(reviewer)
    assert queue is not None
    return next_excerpt(queue, excerpts(study, reviewer))


def reply(
    study: Study,
    reviewer: str,
    item: ReviewItem,
    said: Reply | str,
    *codes: str,
    note: str = "",
    revision: int | None = None,
    id: str = "",
    minutes: float = 0,
) -> bool:
    queue = study.review_queue(reviewer)
    assert queue is not None
    before = queue.answers.get(item.id)
    number = revision or (before.revision if before else 0) + 1
    answer = ReviewAnswer(
        id or f"{reviewer}-{item.id}-{number}", item.id, reviewer, number, Reply(said), codes, note,
        AT + timedelta(minutes=minutes + number),
    )  # fmt: skip
    return answer_excerpt(study, book(study), item, answer)


def standing(study: Study) -> list[Settled]:
    return list(settle_study(study, book(study)))


def about(study: Study, item: ReviewItem) -> dict[str, str]:
    """The status of each code on the words of an excerpt."""
    return {
        each.code_id: each.status.value
        for each in standing(study)
        if (each.coding.segment.transcript_id, each.coding.segment.span)
        == (item.transcript_id, item.span)
    }


def first(items: Iterable[ReviewItem], **wanted: Any) -> ReviewItem:
    return next(
        item
        for item in items
        if all(getattr(item, name) == value for name, value in wanted.items())
    )
