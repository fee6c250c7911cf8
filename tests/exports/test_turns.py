"""Transcripts as they were read, out again."""

from __future__ import annotations

import csv
from pathlib import Path

from themecode.exports.turns import write_text, write_turns
from themecode.model import Span, Transcript, TranscriptKind, Turn, TurnKind

TEXT = "INT: How was it?\n\nP01: - fine, \u201creally\u201d 😀 [laughs]"
TRANSCRIPT = Transcript(
    "one", "one.txt", "a" * 64, TranscriptKind.INTERVIEW, TEXT,
    (
        Turn(1, "INT", TurnKind.INTERVIEWER, None, Span(5, 16)),
        Turn(2, "P01", TurnKind.PARTICIPANT, "P01", Span(23, len(TEXT)), 751.5),
    ),
)  # fmt: skip


def test_turns_are_one_row_each_in_the_contracts_columns(tmp_path: Path) -> None:
    write_turns([TRANSCRIPT], tmp_path / "turns.csv")
    with (tmp_path / "turns.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["transcript", "turn", "speaker", "kind", "participant", "start", "end",
             "started_at", "text"],
            ["one", "1", "INT", "interviewer", "", "5", "16", "", "How was it?"],
            ["one", "2", "P01", "participant", "P01", "23", str(len(TEXT)), "751.5",
             "'- fine, “really” 😀 [laughs]"],
        ]  # fmt: skip


def test_the_text_is_exact_and_its_spans_slice_to_the_words(tmp_path: Path) -> None:
    write_text(TRANSCRIPT, tmp_path / "one.txt")
    data = (tmp_path / "one.txt").read_bytes()
    assert data == TEXT.encode()
    text = data.decode()
    for turn in TRANSCRIPT.turns:
        assert text[turn.span.start : turn.span.end] == TRANSCRIPT.words_of(turn)


def test_no_transcripts_give_a_header_alone(tmp_path: Path) -> None:
    write_turns([], tmp_path / "turns.csv")
    assert (tmp_path / "turns.csv").read_bytes().count(b"\r\n") == 1
