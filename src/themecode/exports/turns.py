"""Transcripts as they were read: a sheet of turns, and the text that spans count."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from themecode.consent import Gate
from themecode.exports.delimited import CsvSheet
from themecode.exports.files import open_target
from themecode.model import Transcript

TURN_COLUMNS = (
    "transcript", "turn", "speaker", "kind", "participant", "start", "end", "started_at", "text",
)  # fmt: skip


def write_turns(
    transcripts: Iterable[Transcript], target: Path | BinaryIO, *, gate: Gate | None = None
) -> None:
    """Write every turn as CSV that Excel opens right, one row a turn.

    `started_at` is in seconds from the start of the recording, empty where it is not known.

    Args:
        transcripts: in the order to be written.
        target: a file, or a stream.
        gate: what the words pass through. None: all of them leave.
    """
    with open_target(target) as stream:
        sheet = CsvSheet(stream, TURN_COLUMNS)
        for transcript in transcripts:
            sheet.add(_turn_rows(transcript, gate))


def write_text(
    transcript: Transcript, target: Path | BinaryIO, *, gate: Gate | None = None
) -> None:
    """Write a transcript's text exactly as its spans count it: UTF-8, no byte order mark, LF.

    What the gate holds back is blanked at its length, so that no span moves.
    """
    text = transcript.text if gate is None else gate.text(transcript)
    with open_target(target) as stream:
        stream.write(text.encode("utf-8", "replace"))


def _turn_rows(transcript: Transcript, gate: Gate | None) -> Iterable[tuple[str, ...]]:
    for turn in transcript.turns:
        yield (
            transcript.id,
            str(turn.number),
            turn.speaker,
            turn.kind.value,
            turn.participant_id or "",
            str(turn.span.start),
            str(turn.span.end),
            _seconds(turn.started_at),
            transcript.words_of(turn) if gate is None else gate.turn_words(transcript, turn),
        )


def _seconds(started_at: float | None) -> str:
    return "" if started_at is None else f"{started_at:.3f}".rstrip("0").rstrip(".")
