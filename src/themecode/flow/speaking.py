"""Who speaks in a study's transcripts, as the study holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from themecode.model import Transcript, TranscriptKind, TurnKind


@dataclass(frozen=True, slots=True)
class Speaker:
    """A label of one transcript and what stands under it.

    All the respondents of a survey are one: the label is "" and `turns` is how many they are.
    """

    transcript_id: str
    label: str
    kind: TurnKind
    participant_id: str | None
    turns: int
    words: int


def list_speakers(transcripts: Iterable[Transcript]) -> Iterator[Speaker]:
    """Each speaker of each transcript, in the order they first speak; a survey's respondents as one.

    Args:
        transcripts: a survey's responses one after another, as the store gives them.
    """
    for survey, group in groupby(transcripts, key=_survey_of):
        if survey is None:
            yield from _list_labels(group)
            continue
        responses = words = 0
        for response in group:
            responses += 1
            words += sum(len(response.words_of(turn).split()) for turn in response.turns)
        yield Speaker(survey, "", TurnKind.PARTICIPANT, None, responses, words)


def _survey_of(transcript: Transcript) -> str | None:
    """The survey a response is part of: what its id has before the colon."""
    if transcript.kind is not TranscriptKind.SURVEY:
        return None
    return transcript.id.rpartition(":")[0]


def _list_labels(transcripts: Iterable[Transcript]) -> Iterator[Speaker]:
    for transcript in transcripts:
        said: dict[tuple[str, TurnKind, str | None], list[int]] = {}
        for turn in transcript.turns:
            counts = said.setdefault((turn.speaker, turn.kind, turn.participant_id), [0, 0])
            counts[0] += 1
            counts[1] += len(transcript.words_of(turn).split())
        for (label, kind, participant_id), (turns, words) in said.items():
            yield Speaker(transcript.id, label, kind, participant_id, turns, words)
