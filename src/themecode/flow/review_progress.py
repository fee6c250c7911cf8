"""How a review goes, for the lead: numbers only, never who opted out of what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.model import Codebook
from themecode.store import Choices, Reply, Reviewer, ReviewPlan, Stratum
from themecode.store.review_queues import latest_answers

if TYPE_CHECKING:
    from themecode.store import Study


@dataclass(frozen=True, slots=True)
class ReviewerProgress:
    """How far one reviewer has come."""

    reviewer: Reviewer
    started: bool
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """How far a review has come.

    Args:
        excerpts: in the plan, on transcripts as they are now.
        answered: by at least one reviewer.
        finished: by as many as the plan asks for.
        passed_on: excerpts that went past a reviewer, because of a topic or because she left it out.
        unread: excerpts that nobody may read: everybody opted out of a topic in them.
        replies: answers that stand, by what was drawn and what was said.
    """

    plan: ReviewPlan
    reviewers: tuple[ReviewerProgress, ...]
    excerpts: int
    answered: int
    finished: int
    passed_on: int
    unread: int
    replies: dict[Stratum, dict[Reply, int]]


def count_review(study: Study, codebook: Codebook) -> ReviewProgress | None:
    """How far the review has come. None: none was planned."""
    plan = study.review_plan()
    if plan is None:
        return None
    known = {code.id for code in codebook.codes}
    items = {
        item.number: item
        for item in study.review_items()
        if item.code_id is None or item.code_id in known
    }
    given, choices, people = study.given_items(), study.choices(), study.reviewers()
    by_id = {item.id: item for item in items.values()}
    latest = {
        place: answer
        for place, answer in latest_answers(study.review_answers()).items()
        if answer.stands and answer.item_id in by_id
    }
    readers: dict[int, int] = dict.fromkeys(items, 0)
    able: dict[int, int] = dict.fromkeys(items, 0)
    passed = {
        (by_id[a.item_id].number, a.reviewer) for a in latest.values() if a.reply is Reply.PASSED
    }
    progress = []
    for name in plan.options.reviewers:
        opted_out = choices.get(name, Choices()).opted_out
        hers = [items[number] for number in given.get(name, ()) if number in items]
        shown = [item for item in hers if not opted_out & set(item.topics)]
        passed |= {(item.number, name) for item in hers if opted_out & set(item.topics)}
        done = 0
        for item in shown:
            answer = latest.get((item.id, name))
            done += answer is not None
            able[item.number] += answer is None or answer.reply is not Reply.PASSED
            readers[item.number] += answer is not None and answer.reply is not Reply.PASSED
        started = name in choices and choices[name].started
        progress.append(
            ReviewerProgress(people.get(name, Reviewer(name)), started, done, len(shown))
        )
    wanted = plan.options.readers or len(plan.options.reviewers)
    replies: dict[Stratum, dict[Reply, int]] = {stratum: {} for stratum in Stratum}
    for answer in latest.values():
        counted = replies[by_id[answer.item_id].stratum]
        counted[answer.reply] = counted.get(answer.reply, 0) + 1
    return ReviewProgress(
        plan,
        tuple(progress),
        excerpts=len(items),
        answered=sum(count > 0 for count in readers.values()),
        finished=sum(readers[n] >= min(wanted, able[n]) > 0 for n in items),
        passed_on=len(passed),
        unread=sum(count == 0 for count in able.values()),
        replies=replies,
    )
