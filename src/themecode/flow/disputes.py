"""Where reviewers differ: shown side by side, and settled by somebody who gives a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.flow.coders import find_coder
from themecode.flow.review_plans import check_name
from themecode.model import ADJUDICATOR, Codebook, Decision, Status, Verdict, hash_words
from themecode.settle import Settled, group_decisions, settle_codings
from themecode.store import StaleAnswer

if TYPE_CHECKING:
    from themecode.store import Study


@dataclass(frozen=True, slots=True)
class Dispute:
    """A question reviewers answer differently, settled or not.

    Args:
        settled: the coding it is about, with every reviewer's latest decision.
        answers: the reviewers' decisions, oldest first.
        ruling: the adjudicator's. None: it is open.
        seen: a fingerprint of all of these, so that a ruling says what it had seen.
    """

    settled: Settled
    answers: tuple[Decision, ...]
    ruling: Decision | None
    seen: str

    @property
    def coding_id(self) -> str:
        """The coding it is about."""
        return self.settled.coding.id

    @property
    def open(self) -> bool:
        """Whether it still waits for somebody to settle it."""
        return self.ruling is None


def list_disputes(study: Study, codebook: Codebook) -> Iterator[Dispute]:
    """Every question reviewers have answered differently, by place; each once."""
    transcripts = study.decided_transcripts()
    if not transcripts:
        return
    codings = study.codings(machine=find_coder(study).name, transcript_ids=transcripts)
    decisions = group_decisions(study.decisions())
    seen: set[tuple[str, int, int, str]] = set()
    thresholds = find_coder(study).thresholds
    for item in settle_codings(codings, decisions, codebook=codebook, thresholds=thresholds):
        segment = item.coding.segment
        question = (
            segment.transcript_id,
            segment.span.start,
            segment.span.end,
            item.coding.code_id,
        )
        rulings = [each for each in item.decisions if each.is_ruling]
        if question in seen or not (item.status is Status.DISPUTED or rulings):
            continue
        seen.add(question)
        answers = tuple(each for each in item.decisions if not each.is_ruling)
        mark = hash_words(*(each.id for each in item.decisions))[:24]
        yield Dispute(item, answers, rulings[-1] if rulings else None, mark)


def adjudicate(
    study: Study,
    codebook: Codebook,
    coding_id: str,
    *,
    verdict: Verdict,
    reason: str,
    by: str,
    at: datetime,
    recoded_to: str | None = None,
    seen: str | None = None,
) -> Decision:
    """Settle a dispute, with a reason; what the reviewers answered stays as it was.

    Args:
        study: the study.
        codebook: the one in force.
        coding_id: the coding it is about, or the beginning of its id.
        verdict: accept, reject or recode.
        reason: why; the report may quote it.
        by: the adjudicator's name.
        at: in UTC.
        recoded_to: the code that fits better, with "recode".
        seen: the fingerprint of the dispute as the adjudicator saw it. None: as it is now.

    Raises:
        StaleAnswer: somebody has answered since it was shown.
        ThemecodeError: there is no such dispute, or the reason or the code is missing.
    """
    name = check_name(by)
    found = [
        each for each in list_disputes(study, codebook) if each.coding_id.startswith(coding_id)
    ]
    if len(found) != 1 or not coding_id:
        raise ThemecodeError(
            f"There is no dispute {coding_id}. `themecode review adjudicate` lists those there are."
            if not found
            else f"More than one dispute begins with {coding_id}: give more of its letters."
        )
    dispute = found[0]
    if not reason.strip():
        raise ThemecodeError("Say why: a decision that ends a dispute is kept with its reason.")
    if verdict not in {Verdict.ACCEPT, Verdict.REJECT, Verdict.RECODE}:
        raise ThemecodeError("A dispute ends with yes, no, or another code.")
    known = {code.id for code in codebook.codes}
    if verdict is Verdict.RECODE and recoded_to not in known:
        raise ThemecodeError(
            "Name the code that fits better; `themecode codebook show` lists the codes."
        )
    if seen is not None and seen != dispute.seen:
        raise StaleAnswer(
            "Somebody has answered since this page was opened. Nothing was changed: "
            "look at it once more."
        )
    decision = Decision(
        hash_words(dispute.coding_id, dispute.seen, name, at.isoformat())[:24],
        dispute.coding_id,
        f"{name}{ADJUDICATOR}",
        verdict,
        recoded_to if verdict is Verdict.RECODE else None,
        reason.strip(),
        at,
    )
    study.add_decision(decision)
    return decision
