"""What a file reader hands on: lines still to be parted into turns, or utterances already parted.

A format that says who speaks (a table, a caption's voice, a diarised list) gives utterances.
A format that is only text (a page, a Word paragraph) gives lines, and `labels` parts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from themecode.model import ParticipantRow, Problem, Transcript, TranscriptKind, TurnKind


@dataclass(frozen=True, slots=True)
class Line:
    """One line or paragraph of a file, before anyone knows who speaks it.

    Args:
        text: as written, without its line end; tabs kept.
        number: its place in the file, from 1 (line, paragraph, or line of the page's text).
        marked: how many of its first code points are bold, underlined, in small capitals or in
            another way set off by the file's own formatting: a hint that they are a label.
        opens: whether a paragraph begins here (a blank line before it, or a format in which
            every line is a paragraph of its own). False: the line continues the one before.
        heading: whether the file styles it as a heading or title.
    """

    text: str
    number: int
    marked: int = 0
    opens: bool = True
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words with their speaker, before speakers are told apart.

    Args:
        speaker: the label as it stands in the file; "" where there is none.
        text: the words, white space collapsed, paragraphs of one turn joined by a space.
        line: where it begins in the file, from 1.
        started_at: seconds from the start. None: not given.
    """

    speaker: str
    text: str
    line: int
    started_at: float | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one format's reader found in a file: lines or utterances, never both.

    Args:
        lines: text whose speakers are still to be found.
        utterances: words whose speakers the format names.
        problems: what was odd. A fault that stops the reading is raised as UnreadableFile instead.
        kind: what the conversation is, where the format knows. For SURVEY each utterance is one
            response, its speaker the response's id, and becomes a transcript of one turn.
        header: what the file says about itself ("Interviewer": "Ruth Hallam"), as written.
        respondents: for SURVEY, who gave each response, with the sheet's other columns as
            attributes. `speaker` is the response's id.
    """

    lines: tuple[Line, ...] = ()
    utterances: tuple[Utterance, ...] = ()
    problems: tuple[Problem, ...] = ()
    kind: TranscriptKind | None = None
    header: Mapping[str, str] = field(default_factory=dict)
    respondents: tuple[ParticipantRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeakerGuess:
    """Who a label was taken to be, and why: shown by `themecode import` so that it can be mended.

    Args:
        kind: participant, interviewer or support.
        reason: the evidence, in the researcher's words ("named --interviewer", "asks 41 of its 43
            turns as questions", "row 3 of the participants file").
        participant_id: None for anyone who is not a participant.
    """

    transcript_id: str
    label: str
    kind: TurnKind
    reason: str
    participant_id: str | None
    turns: int
    words: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file gave: its transcripts (many for a survey sheet), speakers and problems.

    A file that could not be read has no transcripts and at least one problem that blocks.
    `respondents` are the people of a survey sheet, with its other columns as attributes.
    """

    path: str
    sha256: str
    transcripts: tuple[Transcript, ...] = ()
    speakers: tuple[SpeakerGuess, ...] = ()
    problems: tuple[Problem, ...] = ()
    respondents: tuple[ParticipantRow, ...] = ()
