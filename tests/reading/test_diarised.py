"""JSON as speech recognisers write it. All words are invented."""

import json
from pathlib import Path
from typing import Any

import pytest

from themecode.errors import UnreadableFile
from themecode.transcripts.diarised import read_json


def write(folder: Path, data: Any) -> Path:
    path = folder / "talk.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def said(folder: Path, data: Any) -> list[tuple[str, str, float | None]]:
    parsed = read_json(write(folder, data))
    return [(turn.speaker, turn.text, turn.started_at) for turn in parsed.utterances]


def test_whisper_segments_of_one_speaker_are_one_turn(tmp_path: Path) -> None:
    data = {
        "text": " all of it",
        "segments": [
            {"id": 0, "start": 0.0, "end": 2.0, "text": " Did you", "speaker": "SPEAKER_00"},
            {"id": 1, "start": 2.0, "end": 3.0, "text": " sleep?", "speaker": "SPEAKER_00"},
            {"id": 2, "start": 3.5, "end": 4.0, "text": " No.", "speaker": "SPEAKER_01"},
        ],
    }
    assert said(tmp_path, data) == [
        ("SPEAKER_00", "Did you sleep?", 0.0),
        ("SPEAKER_01", "No.", 3.5),
    ]


def test_whisper_without_speakers_is_one_unnamed_voice(tmp_path: Path) -> None:
    data = {"segments": [{"start": 0, "text": " One"}, {"start": 1, "text": " two."}]}
    assert said(tmp_path, data) == [("", "One two.", 0.0)]


def test_words_with_their_own_speakers_part_a_segment_that_has_none(tmp_path: Path) -> None:
    words = [
        {"word": "Well?", "start": 1.0, "speaker": "A"},
        {"word": "Not", "start": 2.0, "speaker": "B"},
        {"word": "so", "start": 2.2},
        {"word": "well.", "start": 2.5, "speaker": "B"},
    ]
    data = {"segments": [{"start": 1.0, "text": "Well? Not so well.", "words": words}]}
    assert said(tmp_path, data) == [("A", "Well?", 1.0), ("B", "Not so well.", 2.0)]


def test_a_bare_list_with_written_times_is_read(tmp_path: Path) -> None:
    data = [
        {"speaker": "INT", "time": "00:01:02", "text": "Hello"},
        {"Speaker": "P01", "Time": "1:05,5", "Text": "Hi"},
    ]
    assert said(tmp_path, data) == [("INT", "Hello", 62.0), ("P01", "Hi", 65.5)]


def test_utterances_in_milliseconds_are_given_in_seconds(tmp_path: Path) -> None:
    data = {
        "utterances": [
            {"speaker": "A", "start": 250, "end": 900, "text": "Hello there"},
            {"speaker": "B", "start": 61_250, "end": 61_900, "text": "Hi"},
        ]
    }
    assert said(tmp_path, data) == [("A", "Hello there", 0.25), ("B", "Hi", 61.25)]


def test_amazon_items_are_put_together_by_speaker(tmp_path: Path) -> None:
    def item(word: str, speaker: str, kind: str = "pronunciation") -> dict[str, Any]:
        return {"type": kind, "alternatives": [{"content": word}], "speaker_label": speaker,
                "start_time": "1.5"}  # fmt: skip

    items = [item("Hi", "spk_0"), item(".", "spk_0", "punctuation"), item("Yes", "spk_1")]
    assert said(tmp_path, {"results": {"items": items}}) == [
        ("spk_0", "Hi.", 1.5),
        ("spk_1", "Yes", 1.5),
    ]


def test_faulty_entries_are_told_by_number_and_the_rest_is_read(tmp_path: Path) -> None:
    text = (
        '[{"speaker":"A","start":NaN,"text":"One"}, 7, {"speaker":"B"},'
        '{"speaker":["x"],"start":1e999,"text":"Two"}, {"speaker":"A","start":true,"text":"Three"}]'
    )
    parsed = read_json(write(tmp_path, text))
    assert [(t.speaker, t.text) for t in parsed.utterances] == [
        ("A", "One"),
        ("", "Two"),
        ("A", "Three"),
    ]
    assert [problem.line for problem in parsed.problems] == [1, 2, 3, 4, 5]
    assert not any(problem.blocks for problem in parsed.problems)


def test_times_that_run_backwards_are_told(tmp_path: Path) -> None:
    data = [{"speaker": "A", "start": 9, "text": "x"}, {"speaker": "B", "start": 2, "text": "y"}]
    (problem,) = read_json(write(tmp_path, data)).problems
    assert (problem.line, problem.blocks) == (2, False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"segments": [{"text": "secretword"', "line 1"),
        ("[" * 100_000, "nested"),
        ('{"a":' * 100_000, "nested"),
        ("[" + "[]," * 3_000_001 + "[]]", "values"),
        ('[{"text": "secretword", "text": "b"}]', "twice"),
        ('{"segments": "secretword"}', "shape"),
        ('"secretword"', "shape"),
        ("[]", "no entry"),
        ('[{"text": 5}]', "no entry"),
        ('[{"start": ' + "9" * 5000 + ', "text": "secretword"}]', "too large"),
        ("", "empty"),
    ],
)
def test_what_is_no_transcript_is_refused_without_its_words(
    tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_json(write(tmp_path, text))
    assert reason in str(refused.value)
    assert "secretword" not in str(refused.value)
