"""The records of a study.

Every record is frozen and built from the standard library alone, so that any layer may hold one.
Spans are half-open and count Unicode code points in `Transcript.text`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Self


class TurnKind(StrEnum):
    """Who is speaking: only a participant's turns are coded unless the researcher asks for more."""

    PARTICIPANT = "participant"
    INTERVIEWER = "interviewer"
    SUPPORT = "support"


class TranscriptKind(StrEnum):
    """What kind of conversation a transcript holds."""

    INTERVIEW = "interview"
    FOCUS_GROUP = "focus_group"
    WORKSHOP = "workshop"
    SURVEY = "survey"


class Consent(StrEnum):
    """What a participant allowed to be done with her words in anything published."""

    QUOTE = "quote"
    PARAPHRASE = "paraphrase"
    NONE = "none"


class Verdict(StrEnum):
    """What a reviewer answered about a coding. With "undone" she takes her answer back."""

    ACCEPT = "accept"
    REJECT = "reject"
    RECODE = "recode"
    UNSURE = "unsure"
    UNDONE = "undone"


class Status(StrEnum):
    """Where a coding stands once people's decisions are taken into account."""

    SUGGESTED = "suggested"
    CANDIDATE = "candidate"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RECODED = "recoded"
    DISPUTED = "disputed"
    CODED = "coded"


#: How the name of a reviewer ends where she decides as an adjudicator: the name goes wherever the
#: decision goes, and what she answered as a reviewer stays beside it.
ADJUDICATOR = " (adjudicator)"

#: Statuses that count as the study's codings; the others are questions or answers of "no".
COUNTED = frozenset({Status.SUGGESTED, Status.ACCEPTED, Status.RECODED, Status.CODED})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of a transcript's text, in Unicode code points."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span must have 0 <= start <= end, not {self.start}, {self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The words the span covers in `text`; raises ValueError where it runs past the end."""
        if self.end > len(text):
            raise ValueError(f"span {self.start}-{self.end} runs past a text of {len(text)}")
        return text[self.start : self.end]

    def shift(self, by: int) -> Span:
        """The same stretch counted from another beginning."""
        return Span(self.start + by, self.end + by)

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault in an input file for its owner to mend; collected and shown all at once.

    Args:
        path: the file, as the researcher named it.
        line: line (or row, paragraph, cue, page: the message says which), from 1. None where the
            fault is the whole file's.
        message: what is wrong and how to mend it. Never holds a participant's words.
        blocks: whether the file could not be used. False for a thing to know about.
    """

    path: str
    line: int | None
    message: str
    blocks: bool = True

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line is not None else self.path
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Participant:
    """Someone who took part in the study.

    Args:
        id: the study's name for her: a pseudonym or a code.
        role: as the report attributes her words ("Woman with lived experience"). None: not given.
        attributes: every other column of the participants file, in the file's order.
        consent: what may be quoted. None: the file does not say.
    """

    id: str
    role: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    consent: Consent | None = None


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """One row of a participants file: who a speaker of a transcript is.

    Args:
        participant: the participant.
        transcript_id: the transcript the row speaks of. None: any transcript.
        speaker: the label she speaks under there. None: the participant's id, or the
            transcript's only participant.
        line: the row in the file, the header being row 1.
    """

    participant: Participant
    transcript_id: str | None = None
    speaker: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's go at speaking.

    Args:
        number: from 1, in the order spoken.
        speaker: the label as it stands in the file; "" where the file has none.
        kind: participant, interviewer or support.
        participant_id: who spoke. None for interviewers, and for anyone who is not a participant.
        span: the words, without label or time, in `Transcript.text`.
        started_at: seconds from the start of the recording. None: not given.
    """

    number: int
    speaker: str
    kind: TurnKind
    participant_id: str | None
    span: Span
    started_at: float | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said, as it was read from one file (or one row of a survey sheet).

    Args:
        id: the file's stem; `<stem>:<response id>` for a survey response.
        source: the file's path, as given.
        sha256: of the file's bytes (of the row's cells, for a survey response).
        kind: interview, focus_group, workshop or survey.
        text: every turn as `Label: words`, turns parted by a blank line. It never changes: other
            words are another transcript.
        turns: in the order spoken.
    """

    id: str
    source: str
    sha256: str
    kind: TranscriptKind
    text: str
    turns: tuple[Turn, ...]

    def __reduce__(self) -> tuple[Callable[..., Transcript], tuple[object, ...]]:
        """Flat rows: on its way to another process a transcript's turns are most of its weight."""
        turns = [
            (
                turn.number,
                turn.speaker,
                turn.kind,
                turn.participant_id,
                turn.span.start,
                turn.span.end,
                turn.started_at,
            )
            for turn in self.turns
        ]
        return _unpack, (self.id, self.source, self.sha256, self.kind, self.text, turns)

    def words_of(self, turn: Turn) -> str:
        """The words of one turn."""
        return turn.span.of(self.text)


def _unpack(
    id_: str,
    source: str,
    sha256: str,
    kind: TranscriptKind,
    text: str,
    turns: Iterable[tuple[int, str, TurnKind, str | None, int, int, float | None]],
) -> Transcript:
    unpacked = [
        Turn(number, speaker, turn_kind, participant_id, Span(start, end), started_at)
        for number, speaker, turn_kind, participant_id, start, end, started_at in turns
    ]
    return Transcript(id_, source, sha256, kind, text, tuple(unpacked))


@dataclass(frozen=True, slots=True)
class Segment:
    """A passage inside one turn: what a code is put on."""

    transcript_id: str
    turn: int
    span: Span
    text: str

    @classmethod
    def cut(cls, transcript: Transcript, turn: Turn, span: Span) -> Self:
        """The segment of `transcript` at `span`, which must lie inside `turn`."""
        if not (turn.span.start <= span.start and span.end <= turn.span.end):
            raise ValueError(f"span {span} is not inside turn {turn.number}")
        return cls(transcript.id, turn.number, span, span.of(transcript.text))


@dataclass(frozen=True, slots=True)
class Cues:
    """What the machine listens for, as the researcher wrote it (docs/writing-cues.md)."""

    strong: tuple[str, ...] = ()
    fair: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    counts_when: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.strong or self.fair or self.weak)


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a codebook (MacQueen, McLellan, Kay and Milstein 1998, p. 32: the components).

    Args:
        content_note: what a reader should be warned of first. None: nothing.
        sha256: of everything the code says, so that a changed definition is known.
    """

    id: str
    theme_id: str
    name: str
    definition: str
    include: str = ""
    exclude: str = ""
    examples: tuple[str, ...] = ()
    non_examples: tuple[str, ...] = ()
    cues: Cues = Cues()
    content_note: str | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme and its codes, in the codebook's order."""

    id: str
    name: str
    definition: str
    codes: tuple[Code, ...]

    @property
    def content_notes(self) -> tuple[str, ...]:
        """What a reader of the theme should be warned of, each thing once; notes part them by semicolons."""
        found: dict[str, str] = {}
        for code in self.codes:
            for part in (code.content_note or "").split(";"):
                if note := part.strip().rstrip(".").strip():
                    found.setdefault(note.casefold(), note)
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Codebook:
    """A codebook: themes, and within them the codes.

    Args:
        version: as the researcher wrote it.
        sha256: of the file's bytes.
        word_lists: lists that cues may name as `<name>`.
    """

    title: str
    version: str
    sha256: str
    themes: tuple[Theme, ...]
    word_lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[Code, ...]:
        """Every code, in the codebook's order."""
        return tuple(code for theme in self.themes for code in theme.codes)

    def code(self, code_id: str) -> Code:
        """The code of that id; raises KeyError where there is none."""
        for code in self.codes:
            if code.id == code_id:
                return code
        raise KeyError(code_id)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a coding: the words, what they matched, and the clause they answer to.

    Args:
        kind: "cue" (a cue of the codebook), "meaning" or "learned".
        spans: the words that carried it, in `Transcript.text`, in order.
        words: those words, as spoken.
        matched: the cue or the example they matched.
        strength: "strong", "fair" or "weak" for a cue; a likeness for the others.
        clause: the line of the codebook it answers to.
        minded: what was taken into account: "imagined", "echo". Empty: nothing.
        weight: what it adds, from 0 to 1.
    """

    kind: str
    spans: tuple[Span, ...]
    words: tuple[str, ...]
    matched: str
    strength: str
    clause: str
    minded: tuple[str, ...] = ()
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Coding:
    """One coder's claim that a code fits a segment. Never edited.

    Args:
        id: from what is claimed and by whom, so that the same claim has the same id on any machine.
        coder: a person's name, or `themecode/<method>@<version>`.
        confidence: from 0 to 1. None for a person's coding.
        code_sha256: of the code as it stood when the claim was made.
        made_at: in UTC.
    """

    id: str
    segment: Segment
    code_id: str
    coder: str
    confidence: float | None
    evidence: tuple[Evidence, ...]
    codebook_sha256: str
    code_sha256: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """A reviewer's answer about a coding. Append-only: the latest of each reviewer counts.

    Args:
        reviewer: her name; an adjudicator's ends in `ADJUDICATOR`.
        recoded_to: the code that fits better, with verdict "recode". None otherwise.
        decided_at: in UTC.
    """

    id: str
    coding_id: str
    reviewer: str
    verdict: Verdict
    recoded_to: str | None
    note: str
    decided_at: datetime

    @property
    def is_ruling(self) -> bool:
        """Whether it was made to end a dispute, having seen what the others answered."""
        return self.reviewer.endswith(ADJUDICATOR)


@dataclass(frozen=True, slots=True)
class Memo:
    """A researcher's note about a study, transcript, participant, segment, code or coding."""

    id: str
    about: str
    author: str
    text: str
    made_at: datetime


#: From so many parts on; what stands before a part shorter than 128, by its length.
_MANY, _SHORT = 8, tuple(length.to_bytes(8, "big").decode("ascii") for length in range(128))


def hash_words(*parts: str) -> str:
    """A sha256 over parts that cannot run into one another."""
    hashed = hashlib.sha256(_mark_out(*parts[:1]))  # often a whole text
    hashed.update(_mark_out(*parts[1:]))
    return hashed.hexdigest()


def hash_file(path: Path) -> str:
    """The sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _mark_out(*parts: str) -> bytes:
    if len(parts) > _MANY:
        # Many short parts, as the turns of a transcript are, are marked out as one string.
        with suppress(IndexError):
            marked = "".join([_SHORT[len(part)] + part for part in parts])
            if marked.isascii():
                return marked.encode("ascii")
    raw = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join([piece for each in raw for piece in (len(each).to_bytes(8, "big"), each)])


#: A transcript's codings are made by few codes and one coder.
_mark_out_claim = lru_cache(maxsize=1024)(_mark_out)


def coding_id(segment: Segment, code_sha256: str, code_id: str, coder: str) -> str:
    """The id of a claim: the same claim by the same coder has the same id on every machine."""
    span = segment.span
    place = f"{segment.transcript_id}:{span.start}:{span.end}"
    claim = _mark_out_claim(code_id, code_sha256, coder)
    return hashlib.sha256(_mark_out(place, segment.text) + claim).hexdigest()[:24]
