"""Small invented studies for the store's tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from themecode.model import (
    Code,
    Codebook,
    Coding,
    Cues,
    Decision,
    Evidence,
    Segment,
    Span,
    Theme,
    Transcript,
    TranscriptKind,
    Turn,
    TurnKind,
    Verdict,
    coding_id,
)

MACHINE = "themecode/cues@1"
AT = datetime(2026, 3, 4, 10, 32, tzinfo=UTC)
SOURCE = b"title: invented\n"

#: (speaker, words); "INT" interviews.
Talk = Sequence[tuple[str, str]]
TALK: Talk = (
    ("INT", "How did you come to the group?"),
    ("P01", "My sister drove me there 🚗. I was scared."),
    ("INT", "And then?"),
    ("P01", "They made tea. I felt I could breathe."),
)


def make_transcript(name: str = "anna", talk: Talk = TALK, *, header: str = "") -> Transcript:
    """A transcript of `talk`; anyone but INT is a participant under her label."""
    text, turns = header, []
    for number, (speaker, words) in enumerate(talk, start=1):
        text += ("\n\n" if text else "") + f"{speaker}: "
        span = Span(len(text), len(text) + len(words))
        asks = speaker == "INT"
        kind = TurnKind.INTERVIEWER if asks else TurnKind.PARTICIPANT
        turns.append(Turn(number, speaker, kind, None if asks else speaker, span, None))
        text += words
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Transcript(name, f"{name}.txt", sha256, TranscriptKind.INTERVIEW, text, tuple(turns))


def make_codebook(*, fear: str = "Being afraid.", version: str = "1") -> tuple[Codebook, bytes]:
    """A codebook of two codes, and the file it would have been read from."""
    source = SOURCE + fear.encode() + version.encode()

    def code(code_id: str, definition: str) -> Code:
        return Code(
            code_id,
            "feelings",
            code_id.title(),
            definition,
            include="Any — of it",
            examples=("An invented example.",),
            cues=Cues(strong=("i was scared",), unless=("not",)),
            sha256=hashlib.sha256(f"{code_id}{definition}".encode()).hexdigest(),
        )

    theme = Theme(
        "feelings", "Feelings", "What is felt.", (code("fear", fear), code("ease", "Ease"))
    )
    lists = {"kin": ("sister", "mum")}
    return (
        Codebook("Invented", version, hashlib.sha256(source).hexdigest(), (theme,), lists),
        source,
    )


def make_coding(
    transcript: Transcript,
    words: str,
    code_id: str = "fear",
    *,
    codebook: Codebook | None = None,
    coder: str = MACHINE,
    confidence: float | None = 0.8,
) -> Coding:
    """A claim that the first place with those words is about a code."""
    codebook = codebook or make_codebook()[0]
    start = transcript.text.index(words)
    span = Span(start, start + len(words))
    turn = next(turn for turn in transcript.turns if turn.span.overlaps(span))
    segment = Segment.cut(transcript, turn, span)
    sha256 = codebook.code(code_id).sha256
    machine = coder == MACHINE
    first = Span(start, start + len(words.split(maxsplit=1)[0]))
    evidence = (
        (Evidence("cue", (first,), (first.of(transcript.text),), "x", "fair", "line", (), 0.1),)
        if machine
        else ()
    )
    return Coding(
        coding_id(segment, sha256, code_id, coder),
        segment,
        code_id,
        coder,
        confidence if machine else None,
        evidence,
        codebook.sha256,
        sha256,
        AT,
    )


def decide(
    coding: Coding,
    verdict: Verdict = Verdict.ACCEPT,
    reviewer: str = "Dee",
    *,
    id: str = "",
    to: str | None = None,
    at: datetime = AT,
) -> Decision:
    """A reviewer's answer about a coding."""
    return Decision(id or f"{reviewer}-{coding.id}", coding.id, reviewer, verdict, to, "", at)
