"""What reviewers do: the next excerpt, an answer, a change of mind; and what an answer comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.flow.consequences import Consequences, FaultyAnswer, make_coding
from themecode.flow.review_plans import check_name, find_topics, list_topics, plan_review
from themecode.model import (
    Codebook,
    Coding,
    Decision,
    Span,
    Transcript,
    Verdict,
    hash_words,
)
from themecode.store import (
    Choices,
    Queue,
    Reply,
    ReviewAnswer,
    ReviewItem,
    Sitting,
)

if TYPE_CHECKING:
    from themecode.store import Study

__all__ = [
    "EnoughForToday",
    "FaultyAnswer",
    "Progress",
    "add_own_code",
    "answer_excerpt",
    "check_name",
    "count_progress",
    "find_topics",
    "list_excerpts",
    "list_topics",
    "next_excerpt",
    "plan_review",
    "save_choices",
    "take_back_own_code",
]

#: An answer's time is taken to lie between these, in seconds: nobody's tea break counts.
_QUICKEST, _SLOWEST = 5.0, 180.0
#: What an excerpt takes until she has answered a few.
_USUAL = 25.0


class EnoughForToday(ThemecodeError):
    """The daily limit is reached; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reviewer has come.

    Args:
        done: excerpts she has answered or passed on.
        total: excerpts that are hers to read; those about topics she opted out of are not.
        left_out: those.
        today: answers given today.
        seconds_left: about how long the rest will take her.
    """

    done: int
    total: int
    left_out: int
    today: int
    seconds_left: float


def list_excerpts(queue: Queue, choices: Choices, codebook: Codebook) -> tuple[ReviewItem, ...]:
    """A reviewer's excerpts in order, without what she opted out of or the codebook has dropped."""
    known = {code.id for code in codebook.codes}
    return tuple(
        item
        for item in queue.items
        if not choices.opted_out & set(item.topics)
        and (item.code_id is None or item.code_id in known)
    )


def next_excerpt(queue: Queue, excerpts: Sequence[ReviewItem]) -> ReviewItem | None:
    """The first excerpt she has not answered. None: she is done."""
    for item in excerpts:
        answer = queue.answers.get(item.id)
        if answer is None or not answer.stands:
            return item
    return None


def count_progress(queue: Queue, excerpts: Sequence[ReviewItem], *, now: datetime) -> Progress:
    """How far she has come, and about how long is left at her own pace."""
    shown = {item.id for item in excerpts}
    answered = [
        answer for answer in queue.answers.values() if answer.stands and answer.item_id in shown
    ]
    times = sorted(answer.answered_at for answer in answered)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    paces = [max(gap, _QUICKEST) for gap in gaps if gap <= _SLOWEST]
    pace = median(paces) if len(paces) >= 5 else _USUAL
    return Progress(
        done=len(answered),
        total=len(excerpts),
        left_out=len(queue.items) - len(excerpts),
        today=sum(_day(time) == _day(now) for time in times),
        seconds_left=pace * (len(excerpts) - len(answered)),
    )


def _day(at: datetime) -> object:
    """The day on the lead's clock."""
    return at.astimezone().date()


def answer_excerpt(
    study: Study,
    codebook: Codebook,
    item: ReviewItem,
    answer: ReviewAnswer,
    *,
    sitting: Sitting | None = None,
) -> bool:
    """Keep what a reviewer says about an excerpt, and let it count.

    Args:
        study: the study.
        codebook: the one in force.
        item: the excerpt.
        answer: hers, with the revision after the one she saw and an id made with the question.
        sitting: what lies before her, where it was read a moment ago.

    Returns:
        False where this very answer was kept before.

    Raises:
        FaultyAnswer: codes are missing, or not the codebook's.
        EnoughForToday: she has reached the daily limit; a change of an earlier answer is allowed.
        StaleAnswer: she has answered it anew since, on another page or device.
    """
    check_answer(item, answer, codebook)
    if answer.reply not in {Reply.UNDONE, Reply.PASSED}:
        _check_limit(sitting or study.review_sitting(answer.reviewer), answer)
    kept = study.record_answer(answer, Consequences(study, codebook, item, answer).follow)
    if kept and answer.reply is Reply.PASSED:
        pass_on(study, answer.reviewer, [item])
    return kept


def check_answer(item: ReviewItem, answer: ReviewAnswer, codebook: Codebook) -> None:
    """See that an answer says what it must.

    Raises:
        FaultyAnswer: it does not.
    """
    known = {code.id for code in codebook.codes}
    if any(code_id not in known for code_id in answer.codes):
        raise FaultyAnswer("One of those codes is not in the codebook any more. Choose again.")
    if answer.reply is Reply.ELSE and not answer.codes and not answer.note.strip():
        raise FaultyAnswer("Choose what fits better, or say it in the note.")
    if item.code_id is None and answer.reply is Reply.YES and not answer.codes:
        raise FaultyAnswer("Choose what fits. If nothing does, choose “Nothing here fits”.")


def _check_limit(sitting: Sitting | None, answer: ReviewAnswer) -> None:
    if sitting is None or sitting.care.daily_limit is None:
        return
    before = sitting.queue.answers.get(answer.item_id)
    if before is not None and before.stands:
        return
    today = sum(
        each.stands and _day(each.answered_at) == _day(answer.answered_at)
        for each in sitting.queue.answers.values()
    )
    if today >= sitting.care.daily_limit:
        raise EnoughForToday("That is enough for today. The rest will be here tomorrow.")


def add_own_code(
    study: Study,
    codebook: Codebook,
    reviewer: str,
    *,
    transcript: Transcript,
    span: Span,
    code_id: str,
    note: str,
    made_at: datetime,
    answer_id: str,
) -> Coding:
    """Keep a code that a reviewer puts on words the machine missed.

    Args:
        study: the study.
        codebook: the one in force.
        reviewer: who.
        transcript: as it is now.
        span: of the words; it is drawn to whole words.
        code_id: which code.
        note: what she said about it.
        made_at: in UTC.
        answer_id: made when the page was shown, so that what is sent twice is kept once.

    Raises:
        FaultyAnswer: the words are nobody's or more than one person's, or there is no such code.
    """
    if code_id not in {code.id for code in codebook.codes}:
        raise FaultyAnswer("That code is not in the codebook any more. Choose again.")
    whole = draw_to_words(transcript.text, span)
    coding = make_coding(
        transcript, whole, code_id, codebook=codebook, coder=reviewer, made_at=made_at
    )
    decided = _decide_own(coding, Verdict.ACCEPT, note=note, at=made_at, answer_id=answer_id)
    study.add_own_codings(([coding], [decided]))
    return coding


def take_back_own_code(study: Study, coding: Coding, *, at: datetime, answer_id: str) -> None:
    """Let a code that a reviewer put on words herself count no more; it stays in the history."""
    decided = _decide_own(coding, Verdict.UNDONE, note="", at=at, answer_id=answer_id)
    study.add_own_codings(([], [decided]))


def _decide_own(
    coding: Coding, verdict: Verdict, *, note: str, at: datetime, answer_id: str
) -> Decision:
    made = hash_words(answer_id, coding.id, verdict.value)[:24]
    return Decision(made, coding.id, coding.coder, verdict, None, note, at)


def draw_to_words(text: str, span: Span) -> Span:
    """The span of the whole words that `span` touches, without the white space around them."""
    start, end = span.start, min(span.end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return Span(start, end)


def save_choices(study: Study, reviewer: str, choices: Choices) -> None:
    """Keep what a reviewer chose, and give what she will not read to somebody else."""
    study.save_choices(reviewer, choices)
    queue = study.review_queue(reviewer)
    if queue is None:
        return
    left = [
        item
        for item in queue.items
        if choices.opted_out & set(item.topics) and not _has_answer(queue, item)
    ]
    pass_on(study, reviewer, left)


def _has_answer(queue: Queue, item: ReviewItem) -> bool:
    answer = queue.answers.get(item.id)
    return answer is not None and answer.stands


def pass_on(study: Study, reviewer: str, items: Sequence[ReviewItem]) -> int:
    """Give excerpts one reviewer will not read to whoever has least to do and may read them.

    Returns:
        How many found somebody. An excerpt that enough others read already needs nobody.
    """
    plan = study.review_plan()
    if plan is None or not items:
        return 0
    given = {name: set(numbers) for name, numbers in study.given_items().items()}
    choices = study.choices()
    handed: dict[str, list[int]] = {}
    for item in items:
        if plan.options.readers is None:
            continue  # everybody has it already
        able = [
            name
            for name in plan.options.reviewers
            if name != reviewer
            and not choices.get(name, Choices()).opted_out & set(item.topics)
            and item.number not in given.get(name, set())
        ]
        if not able:
            continue
        name = min(able, key=lambda each: (len(given.get(each, ())), each))
        given.setdefault(name, set()).add(item.number)
        handed.setdefault(name, []).append(item.number)
    if handed:
        study.give_items(handed, because="passed on")
    return sum(map(len, handed.values()))


def list_own_codings(codings: Iterable[Coding], reviewer: str) -> Iterator[Coding]:
    """The codings somebody made herself."""
    return (coding for coding in codings if coding.coder == reviewer)


def say_minutes(seconds: float) -> str:
    """A stretch of time as someone would say it."""
    minutes = round(timedelta(seconds=seconds) / timedelta(minutes=1))
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        rounded = minutes if minutes < 10 else 5 * round(minutes / 5)
        return f"about {rounded} minute{'s' if rounded != 1 else ''}"
    hours = round(minutes / 30) / 2
    return f"about {hours:g} hour{'s' if hours != 1 else ''}"
