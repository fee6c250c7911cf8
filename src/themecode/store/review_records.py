"""What a review is made of: reviewers, the plan, its excerpts, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from themecode.errors import ThemecodeError
from themecode.model import Span


class StaleAnswer(ThemecodeError):
    """The answer was given on a page that has since been answered anew: nothing was overwritten."""


class Stratum(StrEnum):
    """What the machine had made of an excerpt when it was drawn."""

    SUGGESTED = "suggested"
    CANDIDATE = "candidate"
    UNCODED = "uncoded"


class Reply(StrEnum):
    """What a reviewer said about an excerpt.

    Asked whether a code fits: yes; no; else (other codes do, or none says it); unsure. Asked which
    codes fit: yes (these); no (none of them); unsure. Either way: passed (she would rather not
    read it) and undone (she took her answer back).
    """

    YES = "yes"
    NO = "no"
    ELSE = "else"
    UNSURE = "unsure"
    PASSED = "passed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who reads excerpts.

    Args:
        group: "lived experience", "researcher", or any other; "" where it was not said.
    """

    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a reviewer chose for herself.

    Args:
        opted_out: topics she will not read about, as the codebook's content notes name them.
        hide_all: whether the words of every excerpt stay hidden until she asks for them.
        started: whether she has been through the welcome page.
    """

    opted_out: frozenset[str] = frozenset()
    hide_all: bool = False
    started: bool = False


@dataclass(frozen=True, slots=True)
class Care:
    """How a study looks after its reviewers.

    Args:
        contacts: whom she can turn to, one a line, as the lead wrote them.
        daily_limit: excerpts a day. None: as many as she likes.
    """

    contacts: tuple[str, ...] = ()
    daily_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Sampled:
    """How many there were of a stratum, and how many of those were drawn at random."""

    population: int
    drawn: int

    @property
    def fraction(self) -> float | None:
        """The share that was drawn. None: there were none."""
        return self.drawn / self.population if self.population else None


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How a review is set up.

    Args:
        reviewers: names, each once.
        suggested, candidates, uncoded: how many excerpts of each to draw. None: all of them.
        readers: how many reviewers read each excerpt. None: all of them do.
        blind: whether the machine's answer is hidden: a reviewer is shown the words alone and asked
            which codes fit.
        again: whether excerpts somebody has answered already are asked about once more.
        codes: only these codes (and themes). Empty: all.
        shortest: passages of fewer words are not drawn where nothing was coded.
        seed: the same study, options and seed draw the same excerpts in the same order.
        first: which of the drawn come first: "random", "teaching" (those whose answers would teach
            the machine most) or "doubtful" (those it is least sure of). It changes no draw.
    """

    reviewers: tuple[str, ...]
    suggested: int | None = 100
    candidates: int | None = 40
    uncoded: int | None = 40
    readers: int | None = None
    blind: bool = False
    again: bool = False
    codes: tuple[str, ...] = ()
    shortest: int = 5
    seed: str = "1"
    first: str = "random"


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One excerpt to be asked about.

    Args:
        id: from the plan, the place and the code.
        number: its place in the order of the plan, from 1.
        code_id: the code asked about. None: she is asked which codes fit.
        coding_ids: the machine's claims that her answer answers. Empty where it made none.
        topics: what to warn of before the words are shown.
    """

    id: str
    number: int
    transcript_id: str
    turn: int
    span: Span
    stratum: Stratum
    code_id: str | None
    coding_ids: tuple[str, ...]
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """A review as it was set up: the options, and what was drawn out of how many.

    Args:
        strata: population and sample of each, so that rates can be carried over to the study.
    """

    id: str
    made_by: str
    options: PlanOptions
    strata: Mapping[Stratum, Sampled]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """What one reviewer said about one excerpt. Append-only: her highest revision counts.

    Args:
        id: made when the question was put, so that an answer sent twice is kept once.
        revision: 1 for her first answer about the excerpt, one more each time she changes it.
        codes: the codes she chose, with "yes" where she was asked which fit, and with "else".
        came_by: "page", "workbook" or "word".
    """

    id: str
    item_id: str
    reviewer: str
    revision: int
    reply: Reply
    codes: tuple[str, ...]
    note: str
    answered_at: datetime
    came_by: str = "page"

    @property
    def stands(self) -> bool:
        """Whether it says anything still."""
        return self.reply is not Reply.UNDONE


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody's coding of just the words of an excerpt, without the words."""

    coding_id: str
    code_id: str
    coder: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A reviewer's excerpts in order, with her latest answer to each.

    Args:
        items: those on transcripts as they are now; what she opted out of is among them.
        answers: hers, by item id; those she took back too.
    """

    plan: ReviewPlan
    items: tuple[ReviewItem, ...]
    answers: Mapping[str, ReviewAnswer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sitting:
    """What lies before a reviewer: her excerpts and answers, her choices, how she is looked after."""

    queue: Queue
    choices: Choices
    care: Care


class KeyRole(StrEnum):
    """What a key opens."""

    REVIEWER = "reviewer"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whom a key lets in, and as what."""

    name: str
    role: KeyRole
