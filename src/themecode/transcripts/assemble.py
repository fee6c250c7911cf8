"""Utterances and speakers into a transcript whose text never changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from themecode.model import Span, Transcript, TranscriptKind, Turn, TurnKind
from themecode.transcripts.speakers import Cast
from themecode.transcripts.utterances import Utterance

_BETWEEN = "\n\n"
_WORKSHOP = re.compile(r"world[ _-]?caf|workshop|caf[eé][ _-]table", re.IGNORECASE)
_FOCUS_GROUP = re.compile(r"focus[ _-]?group|discussion[ _-]group", re.IGNORECASE)
#: What may not stand in a transcript: controls, halves of characters, and marks nobody sees.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff\xad]"
)


def clean_words(text: str) -> str:
    """Words as a transcript keeps them: each run of white space one space, nothing unseen."""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")  # of all that is printed the space alone is white
    return " ".join(_UNSEEN.sub("", text).split())


def assemble_transcript(
    transcript_id: str,
    source: str,
    sha256: str,
    utterances: Sequence[Utterance],
    cast: Cast,
    *,
    kind: TranscriptKind,
) -> Transcript:
    """Lay the turns out one after another and note where each one's words are."""
    pieces: list[str] = []
    turns: list[Turn] = []
    labels: dict[str, str] = {}
    at = 0
    for one in utterances:
        words = clean_words(one.text)
        if not words:
            continue
        label = labels.get(one.speaker)
        if label is None:
            label = labels[one.speaker] = clean_words(one.speaker)
        lead = f"{label}: " if label else ""
        if pieces:
            at += len(_BETWEEN)
        start = at + len(lead)
        at = start + len(words)
        pieces.append(lead + words)
        guess = cast.of(one.speaker)
        turns.append(
            Turn(
                len(turns) + 1,
                label,
                guess.kind,
                guess.participant_id,
                Span(start, at),
                one.started_at,
            )
        )
    return Transcript(transcript_id, source, sha256, kind, _BETWEEN.join(pieces), tuple(turns))


def guess_kind(path: Path, title: str, cast: Cast) -> TranscriptKind:
    """What kind of conversation a file holds, from its name, its first line and its speakers."""
    for said in (path.stem, title):
        if _WORKSHOP.search(said):
            return TranscriptKind.WORKSHOP
        if _FOCUS_GROUP.search(said):
            return TranscriptKind.FOCUS_GROUP
    participants = sum(
        guess.kind is TurnKind.PARTICIPANT and guess.label != "" for guess in cast.guesses
    )
    return TranscriptKind.FOCUS_GROUP if participants > 1 else TranscriptKind.INTERVIEW
