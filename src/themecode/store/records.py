"""What the store tells about a study, and how records become rows and come back unchanged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from themecode.model import (
    Code,
    Codebook,
    Coding,
    Cues,
    Decision,
    Evidence,
    Span,
    Theme,
    Transcript,
    Turn,
    hash_words,
)


@dataclass(frozen=True, slots=True)
class KnownTranscript:
    """A transcript the study holds, without its words.

    Args:
        read_with: what it was read with, as the caller put it when it was added.
    """

    sha256: str
    source: str
    read_with: str


@dataclass(frozen=True, slots=True)
class CodedPass:
    """A coder has coded the whole of a transcript with a codebook."""

    transcript_id: str
    codebook_sha256: str
    coder: str


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """What people did on an earlier version of a transcript, and could not be carried over.

    Args:
        coding: the coding, at its place in the earlier version.
        decisions: what reviewers answered about it, oldest first.
        reason: why it needs a look, in words that fit after "because".
    """

    coding: Coding
    decisions: tuple[Decision, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class StudyCounts:
    """How much a study holds.

    Args:
        transcripts: in their current versions; so turns and words.
        responses: transcripts that are one response to a survey.
        participants: people who speak in the transcripts.
        codings: every coding ever made, by machine and by people.
        changed_at: when something last changed. None: never.
    """

    transcripts: int
    responses: int
    turns: int
    words: int
    participants: int
    codings: int
    decisions: int
    memos: int
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that was done to a study. Holds nobody's words."""

    at: datetime
    who: str
    what: str
    counts: Mapping[str, int]
    sha256: str


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine whose codings count.

    Args:
        coder: `themecode/<method>@<version>`.
        suggested: by code id, how sure it must be, where that is not as usual.
        model_sha256: of its trained model. None: it has none.
        why: what put it in force: "codebook", "no meaning" or "study".
    """

    coder: str
    suggested: Mapping[str, float] = field(default_factory=dict)
    model_sha256: str | None = None
    why: str = "codebook"


def write_time(at: datetime) -> str:
    """A time as the store keeps it: UTC, so that text order is time order."""
    if at.tzinfo is None:
        raise ValueError("a time must say its time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


read_time = datetime.fromisoformat


def write_json(value: object) -> str:
    """`value` as JSON in one line, numbers exact, the same text on every machine."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def check_storable(what: str, *texts: str | None) -> None:
    """Refuse text that databases cannot keep.

    Raises:
        ValueError: a null character or half a surrogate pair.
    """
    for text in texts:
        if text is None:
            continue
        if "\0" in text:
            raise ValueError(f"{what} holds a null character, which a study cannot keep")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError(f"{what} holds half a character, which a study cannot keep") from None


def hash_content(transcript: Transcript) -> str:
    """A fingerprint of the text and of where its turns are: what never changes."""
    return hash_rows(
        transcript.text,
        (
            (turn.number, turn.span.start, turn.span.end, turn.started_at, turn.speaker)
            for turn in transcript.turns
        ),
    )


def hash_rows(text: str, turns: Iterable[tuple[int, int, int, float | None, str]]) -> str:
    """The same of a text and its turns' numbers, starts, ends, times and labels."""
    places = [f"{number}:{start}:{end}:{at!r}:{label}" for number, start, end, at, label in turns]
    return hash_words(text, *places)


def hash_speakers(turns: Iterable[Turn]) -> str:
    """A fingerprint of who is speaking: what may be worked out anew."""
    return hash_words(*(f"{turn.number}:{turn.kind}:{turn.participant_id!r}" for turn in turns))


def write_evidence(evidence: Iterable[Evidence]) -> str:
    """Evidence as the store keeps it."""
    return write_json(
        [
            [
                item.kind,
                [[span.start, span.end] for span in item.spans],
                item.words,
                item.matched,
                item.strength,
                item.clause,
                item.minded,
                item.weight,
            ]
            for item in evidence
        ]
    )


def read_evidence(stored: Sequence[str]) -> list[tuple[Evidence, ...]]:
    """Evidence of several codings as it was before it was kept; parsed at one go."""
    return [
        tuple(
            [
                Evidence(
                    kind,
                    tuple([Span(start, end) for start, end in spans]),
                    tuple(words),
                    matched,
                    strength,
                    clause,
                    tuple(minded),
                    weight,
                )
                for kind, spans, words, matched, strength, clause, minded, weight in items
            ]
        )
        for items in json.loads(f"[{','.join(stored)}]")
    ]


def write_codebook(codebook: Codebook) -> str:
    """A parsed codebook as the store keeps it."""
    return write_json(
        {
            "title": codebook.title,
            "version": codebook.version,
            "sha256": codebook.sha256,
            "themes": [asdict(theme) for theme in codebook.themes],
            "word_lists": {name: list(words) for name, words in codebook.word_lists.items()},
        }
    )


def read_codebook(stored: str) -> Codebook:
    """A codebook as it was before it was kept."""
    raw = json.loads(stored)
    return Codebook(
        title=raw["title"],
        version=raw["version"],
        sha256=raw["sha256"],
        themes=tuple(
            Theme(**{**theme, "codes": tuple(_read_code(code) for code in theme["codes"])})
            for theme in raw["themes"]
        ),
        word_lists={name: tuple(words) for name, words in raw["word_lists"].items()},
    )


def _read_code(raw: dict[str, Any]) -> Code:
    return Code(**{**_tuples(raw), "cues": Cues(**_tuples(raw["cues"]))})


def _tuples(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}


def hash_text(text: str) -> str:
    """The sha256 of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
