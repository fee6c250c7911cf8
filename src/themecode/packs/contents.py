"""What a pack holds: the excerpts a reviewer has yet to answer, ready to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from themecode.consent import may_quote
from themecode.errors import ThemecodeError
from themecode.flow.coders import find_coder
from themecode.flow.review_plans import find_topics
from themecode.flow.review_reading import show_excerpt
from themecode.flow.reviewing import check_name, list_excerpts
from themecode.model import Codebook, Span, hash_words
from themecode.store import Choices

if TYPE_CHECKING:
    from themecode.store import Queue, ReviewItem, Study

#: What a pack offers where it asks about one code, and where it asks which codes fit.
YES, NO, ELSE, UNSURE = "Yes, this fits", "No", "Something else", "Not sure"
THESE, NOTHING = "These codes fit", "Nothing here fits"
PASS = "I would rather not read this one"  # noqa: S105 (not a password)
ABOUT_CODE = (YES, NO, ELSE, UNSURE, PASS)
ABOUT_PASSAGE = (THESE, NOTHING, UNSURE, PASS)
#: Letters of an excerpt's id that a pack shows, so that an answer finds its way back.
REF_LETTERS = 12


@dataclass(frozen=True, slots=True)
class PackExcerpt:
    """One excerpt as a pack shows it.

    Args:
        ref: the beginning of its id.
        number: its place in the pack, from 1.
        who: by role.
        pieces: the words, and whether they led to the suggestion.
        before: what the interviewer had just asked; "" where nobody did.
        code: its name. None: the reviewer is asked which codes fit.
        topics: what to warn of.
    """

    ref: str
    number: int
    who: str
    pieces: tuple[tuple[str, bool], ...]
    before: str
    code: str | None
    definition: str
    topics: tuple[str, ...]

    @property
    def words(self) -> str:
        """The words."""
        return "".join(text for text, _ in self.pieces)

    @property
    def choices(self) -> tuple[str, ...]:
        """The answers offered."""
        return ABOUT_PASSAGE if self.code is None else ABOUT_CODE

    @property
    def note(self) -> str:
        """The content note in a sentence. "" where there is none."""
        return f"About {', '.join(self.topics)}." if self.topics else ""


@dataclass(frozen=True, slots=True)
class Pack:
    """A reviewer's excerpts, and what the pack must say of itself to be read back.

    Args:
        id: of the pack: the same excerpts for the same person have the same.
        light: excerpts without a content note.
        hard: those with one; they stand apart.
        codes: names and definitions, by theme.
        contacts: whom she can turn to.
        left_out: excerpts whose speaker's consent does not let her words leave the study.
        opted_out: excerpts about topics she will not read.
    """

    id: str
    title: str
    reviewer: str
    plan_id: str
    light: tuple[PackExcerpt, ...]
    hard: tuple[PackExcerpt, ...]
    codes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    contacts: tuple[str, ...]
    made_at: datetime
    left_out: int
    opted_out: int

    @property
    def excerpts(self) -> tuple[PackExcerpt, ...]:
        """All of them, the light ones first."""
        return (*self.light, *self.hard)


def find_reviewer(study: Study, name: str) -> tuple[str, Queue]:
    """A reviewer of the plan that counts, and her queue.

    Raises:
        ThemecodeError: no review is planned, or she is not in it.
    """
    plan = study.review_plan()
    if plan is None:
        raise ThemecodeError("No review is planned yet. Plan one with `themecode review plan`.")
    wanted = check_name(name).casefold()
    found = [each for each in plan.options.reviewers if each.casefold() == wanted]
    queue = study.review_queue(found[0]) if found else None
    if queue is None:
        raise ThemecodeError(
            f"Nobody called {name} is in the review. Plan one with `themecode review plan`, and "
            "name everybody who reads."
        )
    return found[0], queue


def fill_pack(study: Study, codebook: Codebook, reviewer: str, *, made_at: datetime) -> Pack:
    """Gather what a reviewer has yet to answer.

    What she opted out of is not in it, nor are the words of anyone whose consent does not let them
    leave the study.

    Raises:
        ThemecodeError: she is not in the review, or has nothing left to answer.
    """
    name, queue = find_reviewer(study, reviewer)
    choices = study.choices().get(name, Choices())
    hers = list_excerpts(queue, choices, codebook)
    topics = find_place_topics(study, codebook, hers)
    readable = [item for item in hers if not choices.opted_out & set(topics[item.id])]
    waiting = [
        item
        for item in readable
        if (answer := queue.answers.get(item.id)) is None or not answer.stands
    ]
    open_ones = [item for item in waiting if _may_leave(study, item)]
    if not open_ones:
        raise ThemecodeError(f"{name} has no excerpts left to answer in a pack.")
    blind = queue.plan.options.blind
    ordered = sorted(open_ones, key=lambda item: bool(topics[item.id]))
    shown = [
        _show(study, codebook, item, number, choices, topics=topics[item.id], blind=blind)
        for number, item in enumerate(ordered, start=1)
    ]
    return Pack(
        hash_words(queue.plan.id, name, *(item.id for item in ordered))[:16],
        codebook.title,
        name,
        queue.plan.id,
        tuple(each for each in shown if not each.topics),
        tuple(each for each in shown if each.topics),
        tuple(
            (theme.name, tuple((code.name, code.definition) for code in theme.codes))
            for theme in codebook.themes
        ),
        study.care().contacts,
        made_at,
        left_out=len(waiting) - len(open_ones),
        opted_out=len(queue.items) - len(readable),
    )


def find_place_topics(
    study: Study, codebook: Codebook, items: Sequence[ReviewItem]
) -> dict[str, tuple[str, ...]]:
    """What to warn of before each excerpt, by its id: also what only another code there speaks of."""
    notes = {code.id: find_topics(code.content_note) for code in codebook.codes}
    heard: dict[str, list[tuple[Span, tuple[str, ...]]]] = {}
    wanted = sorted({item.transcript_id for item in items})
    for coding, _ in (
        study.codings(machine=find_coder(study).name, transcript_ids=wanted) if wanted else ()
    ):
        if found := notes.get(coding.code_id):
            heard.setdefault(coding.segment.transcript_id, []).append((coding.segment.span, found))
    return {
        item.id: tuple(
            sorted(
                {
                    *item.topics,
                    *(
                        topic
                        for span, found in heard.get(item.transcript_id, ())
                        if span.overlaps(item.span)
                        for topic in found
                    ),
                }
            )
        )
        for item in items
    }


def _may_leave(study: Study, item: ReviewItem) -> bool:
    transcript = study.transcript(item.transcript_id)
    turn = next(turn for turn in transcript.turns if turn.number == item.turn)
    return may_quote(study.participants().get(turn.participant_id or ""))


def _show(
    study: Study,
    codebook: Codebook,
    item: ReviewItem,
    number: int,
    choices: Choices,
    *,
    topics: tuple[str, ...],
    blind: bool,
) -> PackExcerpt:
    shown = show_excerpt(study, codebook, item, choices=choices, blind=blind)
    before = next((turn for turn in reversed(shown.before) if turn.words and not turn.topics), None)
    # Only the interviewer's question: other people's words may have other conditions.
    asked = before is not None and not before.is_participant
    return PackExcerpt(
        item.id[:REF_LETTERS],
        number,
        shown.who,
        tuple((piece.text, piece.marked) for piece in shown.pieces),
        before.words if before is not None and asked else "",
        shown.code.name if shown.code else None,
        shown.code.definition if shown.code else "",
        topics,
    )
