"""A reviewer's pages: welcome, choices, one excerpt at a time, what she answered, done for now."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from werkzeug.wrappers import Response

from themecode.flow.review_reading import show_excerpt
from themecode.flow.reviewing import (
    EnoughForToday,
    FaultyAnswer,
    Progress,
    answer_excerpt,
    count_progress,
    list_excerpts,
    list_topics,
    next_excerpt,
)
from themecode.flow.reviewing import save_choices as keep_choices
from themecode.model import hash_words
from themecode.review.visit import Refused, Visit, read_note
from themecode.store import Choices, Queue, Reply, ReviewAnswer, ReviewItem, Sitting

#: What the buttons say, where she is asked whether a code fits and where she is asked which do.
SAID = {
    Reply.YES: "Yes, this fits",
    Reply.NO: "No",
    Reply.ELSE: "Something else",
    Reply.UNSURE: "Not sure",
    Reply.PASSED: "Left out",
    Reply.UNDONE: "Taken back",
}
SAID_OF_MANY = {**SAID, Reply.YES: "Yes, something fits", Reply.NO: "Nothing here fits"}

_ANSWER_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies before a reviewer: her excerpts, and how far she has come.

    Args:
        sitting: as the study has it.
        hers: her excerpts in order, without what she opted out of.
        now: in UTC.
    """

    sitting: Sitting
    hers: tuple[ReviewItem, ...]
    now: datetime

    @property
    def queue(self) -> Queue:
        """All that was given to her, and her answers."""
        return self.sitting.queue

    @property
    def choices(self) -> Choices:
        """What she chose for herself."""
        return self.sitting.choices

    @property
    def progress(self) -> Progress:
        """How far she has come."""
        return count_progress(self.queue, self.hers, now=self.now)

    @property
    def enough(self) -> bool:
        """Whether she has reached today's limit."""
        limit = self.sitting.care.daily_limit
        return limit is not None and self.progress.today >= limit

    def place(self, item: ReviewItem) -> int:
        """Which of her excerpts it is, from 1."""
        return self.hers.index(item) + 1

    def last(self) -> tuple[ReviewItem, ReviewAnswer] | None:
        """What she answered last. None: nothing, or she took it back."""
        answers = list(self.queue.answers.values())
        if not answers:
            return None
        latest = max(answers, key=lambda each: (each.answered_at, each.revision))
        item = next((item for item in self.hers if item.id == latest.item_id), None)
        return (item, latest) if item is not None and latest.stands else None


def read_desk(visit: Visit) -> Desk:
    """What lies before her now.

    Raises:
        Refused: the lead has planned no review yet.
    """
    sitting = visit.study.review_sitting(visit.name)
    if sitting is None:
        raise Refused(
            409,
            "There is nothing to read yet",
            "The person who leads the study is still getting it ready. Come back a little later.",
        )
    hers = list_excerpts(sitting.queue, sitting.choices, visit.codebook)
    return Desk(sitting, hers, visit.now)


def show_start(visit: Visit) -> Response:
    """Send her to where she left off."""
    desk = read_desk(visit)
    return visit.go(_find_next(desk))


def _find_next(desk: Desk) -> str:
    if not desk.choices.started:
        return "/welcome"
    item = next_excerpt(desk.queue, desk.hers)
    if item is None:
        return "/done"
    return "/enough" if desk.enough else f"/excerpts/{desk.place(item)}"


def show_welcome(visit: Visit) -> Response:
    """What this is, what she can expect, and what she may choose before she begins."""
    desk = read_desk(visit)
    return visit.page(
        "welcome.html",
        desk=desk,
        topics=list_topics(visit.codebook),
        limit=desk.sitting.care.daily_limit,
        title=visit.codebook.title,
    )


def show_choices(visit: Visit) -> Response:
    """What she would rather not read about."""
    desk = read_desk(visit)
    return visit.page("choices.html", desk=desk, topics=list_topics(visit.codebook))


def save_choices(visit: Visit) -> Response:
    """Keep what she chose; what she will not read goes to somebody else."""
    form = visit.request.form
    topics = set(list_topics(visit.codebook))
    keep_choices(
        visit.study,
        visit.name,
        Choices(
            frozenset(topics & set(form.getlist("topics"))),
            hide_all=form.get("hide_all") == "yes",
            started=True,
        ),
    )
    return visit.go("/")


def _find(visit: Visit, number: int) -> tuple[Desk, ReviewItem]:
    desk = read_desk(visit)
    if not 1 <= number <= len(desk.hers):
        raise Refused(
            404,
            "There is no such part in your review",
            "It may have been given to somebody else, or your list has changed.",
            where=("/", "Go on with my review"),
        )
    return desk, desk.hers[number - 1]


def show(visit: Visit, number: int) -> Response:
    """One excerpt."""
    desk, item = _find(visit, number)
    if not desk.choices.started:
        return visit.go("/welcome")
    return _show(visit, desk, item)


def _show(
    visit: Visit,
    desk: Desk,
    item: ReviewItem,
    *,
    status: int = 200,
    fault: str = "",
    note: str | None = None,
    chosen: frozenset[str] | None = None,
    choosing: bool = False,
) -> Response:
    """One excerpt, as it was answered before or as she is about to answer it.

    `fault` is what the answer she has just sent lacks; `note` and `chosen` are what she sent with it
    (None: what is kept); with `choosing` the codes are laid open.
    """
    before = desk.queue.answers.get(item.id)
    stands = before is not None and before.stands and before.reply is not Reply.PASSED
    blind = desk.queue.plan.options.blind
    shown = show_excerpt(visit.study, visit.codebook, item, choices=desk.choices, blind=blind)
    hidden = (bool(item.topics) or desk.choices.hide_all) and not (
        visit.request.args.get("show") == "1" or choosing or fault
    )
    kept_codes = before.codes if before is not None and stands else ()
    return visit.page(
        "excerpt.html",
        status,
        desk=desk,
        item=item,
        number=desk.place(item),
        shown=shown,
        hidden=hidden,
        blind=blind,
        themes=visit.codebook.themes,
        before=before if stands else None,
        revision=(before.revision if before else 0) + 1,
        last=desk.last(),
        said=SAID if item.code_id else SAID_OF_MANY,
        said_of=SAID_OF_MANY,
        said_one=SAID,
        note=note if note is not None else (before.note if before is not None and stands else ""),
        chosen=chosen if chosen is not None else frozenset(kept_codes),
        choosing=choosing or bool(kept_codes) or visit.request.args.get("choose") == "1",
        fault=fault,
    )


def answer(visit: Visit, number: int) -> Response:
    """Keep what she said, and go on to the next."""
    form = visit.request.form
    note = read_note(form)
    desk, item = _find(visit, number)
    if form.get("item") != item.id:  # her list changed while the page lay open
        found = next((each for each in desk.hers if each.id == form.get("item")), None)
        if found is None:
            raise Refused(
                409,
                "This part is not in your list any more",
                "Your list has changed since this page was opened. Nothing was saved for this one; "
                "everything else is safe.",
                where=("/", "Go on with my review"),
            )
        item = found
    made = _read_answer(visit, item, note)
    if made.reply is Reply.ELSE and not made.codes and form.get("choosing") != "1":
        # The first press lays the codes open; a note alone is an answer once she has seen them.
        return _show(visit, desk, item, note=note, chosen=frozenset(), choosing=True)
    try:
        answer_excerpt(visit.study, visit.codebook, item, made, sitting=desk.sitting)
    except FaultyAnswer as fault:
        first_step = made.reply is Reply.YES and not item.code_id and form.get("choosing") != "1"
        return _show(
            visit,
            desk,
            item,
            status=200 if first_step else 422,
            fault="" if first_step else str(fault),
            note=note,
            chosen=frozenset(made.codes),
            choosing=True,
        )
    except EnoughForToday:
        return visit.go("/enough")
    return visit.go(_find_after(desk, made))


def _find_after(desk: Desk, made: ReviewAnswer) -> str:
    """The next unanswered excerpt after the one just answered, or the first before it."""
    queue = replace(desk.queue, answers={**desk.queue.answers, made.item_id: made})
    desk = replace(desk, sitting=replace(desk.sitting, queue=queue))
    at = next(at for at, each in enumerate(desk.hers) if each.id == made.item_id)
    following = next_excerpt(queue, desk.hers[at + 1 :])
    if following is None or desk.enough:
        return _find_next(desk)
    return f"/excerpts/{desk.place(following)}"


def _read_answer(visit: Visit, item: ReviewItem, note: str) -> ReviewAnswer:
    form = visit.request.form
    given = form.get("answer_id", "")
    try:
        reply = Reply(form.get("reply", ""))
        revision = int(form.get("revision", ""))
    except ValueError:
        raise _UNREADABLE from None
    if not _ANSWER_ID.fullmatch(given) or reply is Reply.UNDONE or not 1 <= revision < 100_000:
        raise _UNREADABLE
    codes: tuple[str, ...] = ()
    if reply is Reply.ELSE or (reply is Reply.YES and item.code_id is None):
        codes = tuple(dict.fromkeys(form.getlist("codes")))
    made = _name_answer(visit, given, item)
    return ReviewAnswer(made, item.id, visit.name, revision, reply, codes, note, visit.now)


def _name_answer(visit: Visit, given: str, item: ReviewItem) -> str:
    """The id of an answer: the same for the same button on the same page, however often it is sent."""
    return hash_words(given, item.id, visit.name)[:32]


_UNREADABLE = Refused(
    400,
    "That answer could not be read",
    "Nothing was saved. Go back, open the page again, and press one of its buttons.",
    where=("/", "Go on with my review"),
)


def undo(visit: Visit, number: int) -> Response:
    """Take an answer back, and show that excerpt again."""
    form = visit.request.form
    desk, item = _find(visit, number)
    before = desk.queue.answers.get(item.id)
    if before is None or form.get("item") != item.id:
        raise Refused(
            409,
            "There is nothing to undo here",
            "Your list has changed since this page was opened. Nothing was changed.",
            where=("/", "Go on with my review"),
        )
    given = form.get("answer_id", "")
    try:
        revision = int(form.get("revision", ""))
    except ValueError:
        raise _UNREADABLE from None
    if not _ANSWER_ID.fullmatch(given):
        raise _UNREADABLE
    answer_id = _name_answer(visit, given, item)
    made = ReviewAnswer(answer_id, item.id, visit.name, revision, Reply.UNDONE, (), "", visit.now)
    answer_excerpt(visit.study, visit.codebook, item, made)
    return visit.go(f"/excerpts/{number}")


def show_mine(visit: Visit) -> Response:
    """Everything she has answered, to look at and change."""
    desk = read_desk(visit)
    codes = {code.id: code.name for code in visit.codebook.codes}
    rows = [
        (desk.place(item), item, desk.queue.answers.get(item.id), codes.get(item.code_id or ""))
        for item in desk.hers
    ]
    return visit.page(
        "mine.html", desk=desk, rows=rows, codes=codes, said=SAID, said_of=SAID_OF_MANY
    )


def show_done(visit: Visit) -> Response:
    """Everything is answered."""
    desk = read_desk(visit)
    if next_excerpt(desk.queue, desk.hers) is not None:
        return visit.go("/")
    return visit.page("done.html", desk=desk, last=desk.last(), said_of=SAID_OF_MANY, said_one=SAID)


def show_enough(visit: Visit) -> Response:
    """Enough for today."""
    desk = read_desk(visit)
    if not desk.enough:
        return visit.go("/")
    return visit.page(
        "enough.html",
        desk=desk,
        last=desk.last(),
        said_of=SAID_OF_MANY,
        said_one=SAID,
        contacts=desk.sitting.care.contacts,
    )
