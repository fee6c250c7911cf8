"""Who speaks in a study's transcripts, as the study holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from themecode.model import Transcript, TurnKind


@dataclass(frozen=True, slots=True)
class Speaker:
    """A label of one transcript and what stands under it."""

    transcript_id: str
    label: str
    kind: TurnKind
    participant_id: str | None
    turns: int
    words: int


def list_speakers(transcripts: Iterable[Transcript]) -> Iterator[Speaker]:
    """Each speaker of each transcript, in the order they first speak."""
    for transcript in transcripts:
        said: dict[tuple[str, TurnKind, str | None], list[int]] = {}
        for turn in transcript.turns:
            counts = said.setdefault((turn.speaker, turn.kind, turn.participant_id), [0, 0])
            counts[0] += 1
            counts[1] += len(transcript.words_of(turn).split())
        for (label, kind, participant_id), (turns, words) in said.items():
            yield Speaker(transcript.id, label, kind, participant_id, turns, words)
