"""Whom a memo is about, so that what they allowed is obeyed in what is written of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.model import Memo
from themecode.settle import Settled

if TYPE_CHECKING:
    from themecode.store import Study


def find_subjects(memo: Memo, study: Study, settled: Sequence[Settled]) -> frozenset[str]:
    """The participants a memo is about: by name, by their passage, or by a transcript they speak in.

    Args:
        memo: about anything in the study.
        study: the study.
        settled: its codings, as it stands.
    """
    kind, _, what = memo.about.partition(":")
    about: set[str | None] = set()
    if kind == "participant":
        about = {what}
    elif kind == "segment":
        transcript, _, span = what.rpartition(":")
        about = {
            item.turn.participant_id
            for item in settled
            if item.coding.segment.transcript_id == transcript
            and f"{item.coding.segment.span.start}-{item.coding.segment.span.end}" == span
        } or _list_speakers(study, transcript)
    elif kind == "coding":
        about = {item.turn.participant_id for item in settled if item.coding.id == what}
    elif kind == "transcript":
        about = _list_speakers(study, what)
    return frozenset(who for who in about if who is not None)


def _list_speakers(study: Study, transcript_id: str) -> set[str | None]:
    try:
        transcript = study.transcript(transcript_id)
    except ThemecodeError:  # it was taken out
        return set()
    return {turn.participant_id for turn in transcript.turns}
