"""A tiny codebook and a few turns, coded; everything in it is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from themecode.model import (
    Code,
    Codebook,
    Coding,
    Cues,
    Span,
    Theme,
    Transcript,
    TranscriptKind,
    Turn,
    TurnKind,
)
from themecode.suggest.cues import suggest_codings
from themecode.suggest.listen import Listener

AT = datetime(2026, 5, 6, 7, 8, tzinfo=UTC)
_KINDS = {"INT": TurnKind.INTERVIEWER, "SUP": TurnKind.SUPPORT}


def make_code(
    id: str = "a",
    *,
    definition: str = "Anything of it.",
    include: str = "",
    **cues: Sequence[str],
) -> Code:
    listed = Cues(**{strength: tuple(sources) for strength, sources in cues.items()})
    return Code(id, "theme", id, definition, include, cues=listed, sha256=f"{id}{definition}")


def make_codebook(*codes: Code, lists: Mapping[str, tuple[str, ...]] | None = None) -> Codebook:
    return Codebook(
        "Invented", "1", "book", (Theme("theme", "Theme", "A theme.", codes),), lists or {}
    )


def make_transcript(talk: Sequence[tuple[str, str]]) -> Transcript:
    """A transcript of (label, words); INT interviews, SUP supports, anyone else takes part."""
    text, turns = "", []
    for number, (label, words) in enumerate(talk, start=1):
        text += ("\n\n" if text else "") + (f"{label}: " if label else "")
        kind = _KINDS.get(label, TurnKind.PARTICIPANT)
        who = label if kind is TurnKind.PARTICIPANT else None
        turns.append(Turn(number, label, kind, who, Span(len(text), len(text) + len(words))))
        text += words
    return Transcript("T1", "T1.txt", "0", TranscriptKind.INTERVIEW, text, tuple(turns))


def code_talk(talk: Sequence[tuple[str, str]], codebook: Codebook) -> tuple[Coding, ...]:
    listener = Listener(codebook.codes, codebook)
    return suggest_codings(make_transcript(talk), listener, codebook=codebook, made_at=AT)


def check_codings(transcript: Transcript, codings: Sequence[Coding]) -> None:
    """What holds of every coding, whatever was said and whatever was listened for."""
    turns = {turn.number: turn for turn in transcript.turns}
    for coding in codings:
        segment = coding.segment
        turn = turns[segment.turn]
        assert turn.kind is TurnKind.PARTICIPANT
        assert turn.span.start <= segment.span.start <= segment.span.end <= turn.span.end
        assert segment.text == segment.span.of(transcript.text)
        assert segment.text == segment.text.strip()
        assert coding.confidence is not None
        assert 0.35 <= coding.confidence < 1
        assert coding.evidence
        used: set[int] = set()
        for reason in coding.evidence:
            assert reason.spans
            assert reason.words == tuple(span.of(transcript.text) for span in reason.spans)
            for span in reason.spans:
                assert segment.span.start <= span.start < span.end <= segment.span.end
                places = set(range(span.start, span.end))
                assert not used & places
                used |= places
            assert reason.clause.startswith(("Definition: ", "Include: "))
    assert len({coding.id for coding in codings}) == len(codings)
    assert list(codings) == sorted(codings, key=lambda each: each.segment.span.start)
