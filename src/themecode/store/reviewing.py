"""What a study can be asked about its review; `Study` has all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, select

from themecode.model import Decision, Transcript
from themecode.store import (
    decisions,
    log,
    review_people,
    review_queues,
    review_schema,
    review_sittings,
    schema,
    transcripts,
)
from themecode.store.connect import reading, writing
from themecode.store.records import write_time
from themecode.store.review_people import DEVICE, LINK
from themecode.store.review_queues import Consequences, Follow
from themecode.store.review_records import (
    Care,
    Choices,
    KeyHolder,
    Queue,
    ReviewAnswer,
    Reviewer,
    ReviewItem,
    ReviewPlan,
    Sitting,
)
from themecode.store.review_sittings import SittingsRead

_in_force = schema.codebooks_in_force.c.seq
#: Transcripts held in memory while people read in them, at most.
_TRANSCRIPTS_KEPT = 12
_CODEBOOK_MARK = select(_in_force).order_by(_in_force.desc()).limit(1)


class ReviewingStudy:
    """Reviewers, plans, queues and answers of a study. Nothing in them is edited or removed."""

    where: str
    who: str
    _engine: Engine
    _now: Callable[[], datetime]
    _transcripts_read: dict[str, tuple[tuple[object, ...], Transcript]]
    _sittings_read: SittingsRead

    # ── the lead's side ──────────────────────────────────────────────────────────────────────

    def save_reviewers(self, reviewers: Iterable[Reviewer]) -> None:
        """Keep reviewers, and which group each speaks for."""
        with writing(self._engine) as connection:
            at = write_time(self._now())
            new = sum(review_people.save_reviewer(connection, each, at=at) for each in reviewers)
            if new:
                self._note(connection, "save reviewers", reviewers=new)

    def reviewers(self) -> dict[str, Reviewer]:
        """Every reviewer by name, in the order they were first named."""
        with reading(self._engine) as connection:
            return review_people.read_reviewers(connection)

    def save_care(self, care: Care) -> None:
        """Keep how reviewers are looked after, in place of what was kept before."""
        with writing(self._engine) as connection:
            review_people.save_care(connection, care, at=write_time(self._now()))

    def care(self) -> Care:
        """How reviewers are looked after."""
        with reading(self._engine) as connection:
            return review_people.read_care(connection)

    def add_review_plan(
        self, plan: ReviewPlan, items: Sequence[ReviewItem], given: Mapping[str, Sequence[int]]
    ) -> None:
        """Keep a plan; it counts from now on, and answers to the one before stay.

        Args:
            plan: the options and what was drawn.
            items: in order.
            given: by reviewer, the numbers of the excerpts she reads.
        """
        with writing(self._engine) as connection:
            review_queues.add_plan(connection, plan, items, given)
            self._note(connection, "plan a review", excerpts=len(items), reviewers=len(given))

    def review_plan(self) -> ReviewPlan | None:
        """The plan that counts. None: there is none."""
        with reading(self._engine) as connection:
            found = review_queues.read_plan(connection)
        return found[1] if found else None

    def review_plans(self) -> list[ReviewPlan]:
        """Every plan, oldest first."""
        with reading(self._engine) as connection:
            return review_queues.read_plans(connection)

    def review_items(self) -> tuple[ReviewItem, ...]:
        """The excerpts of the plan that counts, in order."""
        with reading(self._engine) as connection:
            found = review_queues.read_plan(connection)
            return tuple(review_queues.read_items(connection, found[0])) if found else ()

    def every_review_item(self) -> tuple[ReviewItem, ...]:
        """The excerpts of every plan there was, oldest plan first, on transcripts as they are."""
        with reading(self._engine) as connection:
            return review_queues.read_every_item(connection)

    def given_items(self) -> dict[str, tuple[int, ...]]:
        """By reviewer, the numbers of the excerpts of the plan that counts and that are hers."""
        with reading(self._engine) as connection:
            found = review_queues.read_plan(connection)
            return review_queues.read_given(connection, found[0]) if found else {}

    def give_items(self, given: Mapping[str, Sequence[int]], *, because: str) -> None:
        """Give excerpts to more reviewers, by name and number."""
        with writing(self._engine) as connection:
            review_queues.give(connection, given, because, write_time(self._now()))

    def decided_transcripts(self) -> tuple[str, ...]:
        """The transcripts in which a coding was answered by somebody, in id order."""
        codings, decided = schema.codings, schema.decisions
        kept = schema.transcripts
        current = schema.current_transcripts
        query = (
            select(kept.c.id)
            .join(current, current.c.transcript_seq == kept.c.seq)
            .where(
                kept.c.seq.in_(
                    select(codings.c.transcript_seq).where(
                        codings.c.id.in_(select(decided.c.coding_id))
                    )
                )
            )
            .order_by(kept.c.id)
        )
        with reading(self._engine) as connection:
            return tuple(connection.execute(query).scalars())

    # ── the reviewer's side ──────────────────────────────────────────────────────────────────

    def save_choices(self, reviewer: str, choices: Choices) -> None:
        """Keep what a reviewer chose for herself."""
        with writing(self._engine) as connection:
            review_people.save_choices(connection, reviewer, choices, at=write_time(self._now()))

    def choices(self) -> dict[str, Choices]:
        """What each reviewer chose for herself, where she did."""
        with reading(self._engine) as connection:
            return review_people.read_choices(connection)

    def review_queue(self, reviewer: str) -> Queue | None:
        """A reviewer's excerpts and her answers. None: no review is planned."""
        with reading(self._engine) as connection:
            return review_queues.read_queue(connection, reviewer)

    def review_sitting(self, reviewer: str) -> Sitting | None:
        """What lies before a reviewer now, read in one look. None: no review is planned."""
        with reading(self._engine) as connection:
            return review_sittings.read_sitting(connection, reviewer, known=self._sittings_read)

    def review_transcript(self, transcript_id: str) -> Transcript:
        """One transcript, not read again where it was read a moment ago and has not changed since.

        Raises:
            ThemecodeError: the study holds no such transcript.
            DamagedStudy: it is not as it was imported.
        """
        kept = self._transcripts_read
        with reading(self._engine) as connection:
            mark = transcripts.read_mark(connection, transcript_id, where=self.where)
            before = kept.get(transcript_id)
            if before is not None and before[0] == mark:
                return before[1]
            [found] = transcripts.read(connection, [mark[0]], where=self.where)
        while len(kept) >= _TRANSCRIPTS_KEPT:
            kept.pop(next(iter(kept)), None)
        kept[transcript_id] = mark, found
        return found

    def codebook_mark(self) -> int:
        """A number that changes whenever another codebook is put in force."""
        with reading(self._engine) as connection:
            return connection.execute(_CODEBOOK_MARK).scalar() or 0

    def review_answers(self, *, reviewer: str | None = None) -> list[ReviewAnswer]:
        """Every answer ever given to any plan, oldest first."""
        with reading(self._engine) as connection:
            return review_queues.read_answers(connection, reviewer=reviewer)

    def record_answer(self, answer: ReviewAnswer, follow: Follow) -> bool:
        """Keep an answer with the codings and decisions that follow, all or nothing.

        Once this returns, no crash or power cut loses it.

        Args:
            answer: with the revision after the one she saw.
            follow: what her answer comes to, given what was answered and coded until now.

        Returns:
            False where this very answer was kept before: sent twice, it is kept once.

        Raises:
            StaleAnswer: she has answered it anew since, on another page or device.
        """
        with writing(self._engine) as connection:
            return review_queues.record(connection, answer, follow, where=self.where)

    def add_own_codings(self, consequences: Consequences) -> None:
        """Keep codings a person made while reading, with her decisions, all or nothing.

        A decision whose id is there already was sent twice, and is kept once.
        """
        from themecode.store import codings

        made, decided = consequences
        kept = schema.decisions.c.id
        with writing(self._engine) as connection:
            codings.add(connection, made)
            for decision in decided:
                if connection.execute(select(kept).where(kept == decision.id)).scalar() is None:
                    decisions.add(connection, decision, where=self.where)

    def decisions_of(self, coding_ids: Sequence[str]) -> list[Decision]:
        """Every decision about these codings, oldest first."""
        table = schema.decisions
        with reading(self._engine) as connection:
            query: Any = select(table).where(table.c.coding_id.in_(list(coding_ids)))
            return list(decisions.read(connection, query))

    # ── keys ─────────────────────────────────────────────────────────────────────────────────

    def add_link_key(
        self, sha256: str, holder: KeyHolder, *, ends_at: datetime, alone: bool
    ) -> None:
        """Keep the fingerprint of a key that opens once; `alone`, her earlier ones open no more."""
        with writing(self._engine) as connection:
            at = write_time(self._now())
            if alone:
                review_people.end_keys_of(connection, holder.name, kind=LINK)
            review_people.add_key(connection, sha256, LINK, holder, at=at, ends_at=ends_at)

    def add_link_keys(
        self, links: Mapping[str, KeyHolder], *, ends_at: datetime, alone: str
    ) -> None:
        """Keep fingerprints of keys that open once; earlier ones of `alone` open no more."""
        with writing(self._engine) as connection:
            at = write_time(self._now())
            review_people.end_keys_of(connection, alone, kind=LINK)
            for sha256, holder in links.items():
                review_people.add_key(connection, sha256, LINK, holder, at=at, ends_at=ends_at)

    def find_link_key(self, sha256: str) -> KeyHolder | None:
        """Whom a key that opens once would let in; it stays as it is."""
        with reading(self._engine) as connection:
            return review_people.find_key(connection, sha256, LINK, now=self._now())

    def swap_link_key(self, link: str, device: str, *, ends_at: datetime) -> KeyHolder | None:
        """Use a link's key up, and let a device in instead. None: the key opens nothing."""
        now = self._now()
        with writing(self._engine) as connection:
            return review_people.swap_key(
                connection, link, device, at=write_time(now), now=now, ends_at=ends_at
            )

    def find_device_key(self, sha256: str) -> KeyHolder | None:
        """Whom the key of a device lets in. None: nobody."""
        with reading(self._engine) as connection:
            return review_people.find_key(connection, sha256, DEVICE, now=self._now())

    def end_device_key(self, sha256: str) -> None:
        """Sign a device out."""
        with writing(self._engine) as connection:
            review_people.end_key(connection, sha256)

    def end_keys_of(self, name: str) -> None:
        """Let no link or device of somebody's in any more."""
        with writing(self._engine) as connection:
            review_people.end_keys_of(connection, name)

    def _note(self, connection: Connection, what: str, **counts: int) -> None:
        log.add_entry(connection, what, counts=counts, who=self.who, now=self._now())


def forget_answers(connection: Connection, transcript_ids: Sequence[str]) -> int:
    """Remove the answers (and notes) about transcripts, for a withdrawal; returns how many.

    Args:
        connection: one that `Study.open_door` gave.
        transcript_ids: the transcripts that leave the study.
    """
    items, answers = review_schema.review_items, review_schema.review_answers
    about = select(items.c.id).where(items.c.transcript_id.in_(list(transcript_ids)))
    return connection.execute(delete(answers).where(answers.c.item_id.in_(about))).rowcount
