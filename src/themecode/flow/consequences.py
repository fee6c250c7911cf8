"""What a reviewer's answer comes to: decisions about codings, and codings of her own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.model import (
    Codebook,
    Coding,
    Decision,
    Segment,
    Span,
    Transcript,
    Verdict,
    coding_id,
    hash_words,
)
from themecode.settle import is_machine
from themecode.store import Claim, Reply, ReviewAnswer, ReviewItem

if TYPE_CHECKING:
    from themecode.store import Study

_VERDICTS = {
    Reply.YES: Verdict.ACCEPT,
    Reply.NO: Verdict.REJECT,
    Reply.UNSURE: Verdict.UNSURE,
}


class FaultyAnswer(ThemecodeError):
    """An answer that lacks something; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an answer comes to: decisions about codings, and codings of her own."""

    study: Study
    codebook: Codebook
    item: ReviewItem
    answer: ReviewAnswer

    def follow(
        self,
        before: ReviewAnswer | None,
        others: Sequence[ReviewAnswer],
        claims: Sequence[Claim],
    ) -> tuple[list[Coding], list[Decision]]:
        """The codings and decisions that follow.

        Args:
            before: her answer until now.
            others: everybody else's latest answers about the excerpt.
            claims: every coding of its words.
        """
        if self.answer.reply is Reply.PASSED and before is None:
            return [], []
        if self.item.code_id is None:
            added, decided = self._follow_passage(claims)
        else:
            added, decided = self._follow_code()
        made = self._make_codings(added)
        decided += [self._decide(coding.id, Verdict.ACCEPT) for coding in made]
        decided += self._withdraw(before, added, claims)
        if self.item.code_id is None:
            decided += self._hear_others(made, others)
        return made, decided

    def _follow_code(self) -> tuple[list[str], list[Decision]]:
        """Asked whether a code fits: her verdict on it, and the other codes she chose."""
        [asked] = self.item.coding_ids
        answer, code_id = self.answer, self.item.code_id
        codes = [each for each in dict.fromkeys(answer.codes) if each != code_id]
        match answer.reply:
            case Reply.ELSE if code_id in answer.codes:
                return codes, [self._decide(asked, Verdict.ACCEPT)]
            case Reply.ELSE if codes:
                return codes[1:], [self._decide(asked, Verdict.RECODE, codes[0])]
            case Reply.ELSE:
                return [], [self._decide(asked, Verdict.REJECT)]
            case Reply.PASSED | Reply.UNDONE:
                return [], [self._decide(asked, Verdict.UNDONE)]
            case reply:
                return (codes if reply is Reply.YES else []), [
                    self._decide(asked, _VERDICTS[reply])
                ]

    def _follow_passage(self, claims: Sequence[Claim]) -> tuple[list[str], list[Decision]]:
        """Asked which codes fit: a verdict on every code claimed there, and codes of her own."""
        answer = self.answer
        chosen = dict.fromkeys(answer.codes if answer.reply is Reply.YES else ())
        asked = [
            claim
            for claim in claims
            if claim.coding_id in self.item.coding_ids
            or not (is_machine(claim.coder) or claim.coder == answer.reviewer)
        ]
        decided = []
        for claim in asked:
            verdict = Verdict.ACCEPT if claim.code_id in chosen else Verdict.REJECT
            if answer.reply is Reply.UNSURE:
                verdict = Verdict.UNSURE
            elif not answer.stands or answer.reply is Reply.PASSED:
                verdict = Verdict.UNDONE
            decided.append(self._decide(claim.coding_id, verdict))
        heard = {claim.code_id for claim in asked if claim.coding_id in self.item.coding_ids}
        return [code_id for code_id in chosen if code_id not in heard], decided

    def _make_codings(self, code_ids: Iterable[str]) -> list[Coding]:
        wanted = list(code_ids)
        if not wanted:
            return []
        transcript = self.study.transcript(self.item.transcript_id)
        return [
            make_coding(
                transcript,
                self.item.span,
                code_id,
                codebook=self.codebook,
                coder=self.answer.reviewer,
                made_at=self.answer.answered_at,
            )
            for code_id in wanted
        ]

    def _withdraw(
        self, before: ReviewAnswer | None, added: Sequence[str], claims: Sequence[Claim]
    ) -> list[Decision]:
        """Take back codings that her earlier answer made and this one does not."""
        gone = set(before.codes if before else ()) - set(added)
        return [
            self._decide(claim.coding_id, Verdict.UNDONE)
            for claim in claims
            if claim.coder == self.answer.reviewer and claim.code_id in gone
        ]

    def _hear_others(
        self, made: Sequence[Coding], others: Sequence[ReviewAnswer]
    ) -> list[Decision]:
        """What the others have said already about codes she is the first to add.

        Somebody who was asked which codes fit these words, and did not choose one of them, has
        answered it: two people who see it differently are a dispute, whoever came first.
        """
        return [
            Decision(
                hash_words(other.id, coding.id)[:24],
                coding.id,
                other.reviewer,
                Verdict.REJECT,
                None,
                other.note,
                other.answered_at,
            )
            for coding in made
            for other in others
            if other.reply in {Reply.YES, Reply.NO} and coding.code_id not in other.codes
        ]

    def _decide(self, coding: str, verdict: Verdict, to: str | None = None) -> Decision:
        answer = self.answer
        return Decision(
            hash_words(answer.id, coding)[:24],
            coding,
            answer.reviewer,
            verdict,
            to,
            answer.note,
            answer.answered_at,
        )


def make_coding(
    transcript: Transcript,
    span: Span,
    code_id: str,
    *,
    codebook: Codebook,
    coder: str,
    made_at: datetime,
) -> Coding:
    """A person's claim that a code fits words inside one turn.

    Raises:
        FaultyAnswer: the words run over the edge of a turn, or there are none.
    """
    turn = next(
        (
            turn
            for turn in transcript.turns
            if turn.span.start <= span.start and span.end <= turn.span.end
        ),
        None,
    )
    if turn is None or not span.of(transcript.text).strip():
        raise FaultyAnswer("Choose words that one person said, without a break.")
    segment = Segment.cut(transcript, turn, span)
    code = codebook.code(code_id)
    made = coding_id(segment, code.sha256, code.id, coder)
    return Coding(made, segment, code.id, coder, None, (), codebook.sha256, code.sha256, made_at)
