"""Captions as Zoom, Teams, WhisperX and YouTube write them. All words are invented."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from themecode.errors import UnreadableFile
from themecode.transcripts.captions import read_srt, read_vtt


def write(folder: Path, text: str, *, name: str = "talk.vtt", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def said(folder: Path, text: str, *, encoding: str = "utf-8") -> list[tuple[str, str]]:
    parsed = read_vtt(write(folder, text, encoding=encoding))
    return [(turn.speaker, turn.text) for turn in parsed.utterances]


def cues(*rows: str) -> str:
    """A .vtt of two-second cues, numbered as Zoom does."""
    blocks = [
        f"{n}\n00:00:{2 * n:02}.000 --> 00:00:{2 * n + 2:02}.000\n{row}\n"
        for n, row in enumerate(rows, start=1)
    ]
    return "WEBVTT\n\n" + "\n".join(blocks)


def test_a_sentence_split_between_cues_with_the_name_in_each_is_one_turn(tmp_path: Path) -> None:
    text = cues("Ann Lee: Did you", "Ann Lee: sleep?", "Bo (she/her): Not", "Bo (she/her): much.")
    parsed = read_vtt(write(tmp_path, text))
    assert [(t.speaker, t.text, t.started_at) for t in parsed.utterances] == [
        ("Ann Lee", "Did you sleep?", 2.0),
        ("Bo (she/her)", "Not much.", 6.0),
    ]
    assert parsed.problems == ()


def test_a_name_in_the_first_cue_only_carries_on(tmp_path: Path) -> None:
    text = cues(
        "Ann Lee: Did you", "sleep at all?", "Bo Day: Not", "much.", "Ann Lee: Oh.", "Bo Day: No"
    )
    assert said(tmp_path, text) == [
        ("Ann Lee", "Did you sleep at all?"),
        ("Bo Day", "Not much."),
        ("Ann Lee", "Oh."),
        ("Bo Day", "No"),
    ]


def test_a_time_of_day_or_a_remark_with_a_colon_is_no_speaker(tmp_path: Path) -> None:
    text = cues(
        "Ann Lee: And then?",
        "The thing is: I was late.",
        "It was 10:30",
        "The thing is: it rained.",
    )
    words = "And then? The thing is: I was late. It was 10:30 The thing is: it rained."
    assert said(tmp_path, text) == [("Ann Lee", words)]


def test_captions_without_speakers_are_one_unnamed_voice(tmp_path: Path) -> None:
    assert said(tmp_path, cues("I got the bus", "at 9:15 and", "so: here I am.")) == [
        ("", "I got the bus at 9:15 and so: here I am.")
    ]


def test_teams_voices_are_told_apart_within_one_cue(tmp_path: Path) -> None:
    text = (
        "WEBVTT\n\n2a3b4c5d-0000-1111-2222-333344445555/12-0\n"
        "00:00:01.000 --> 00:00:02.000\n<v Ann Lee>Tea &amp; a bun?\nOr cake?</v>\n"
        "<v Bo &amp; Co>Please.</v>\n"
    )
    assert said(tmp_path, text) == [("Ann Lee", "Tea & a bun? Or cake?"), ("Bo & Co", "Please.")]


@pytest.mark.parametrize("label", ["SPEAKER_00: ", "[SPEAKER_00]: ", "[SPEAKER_00] "])
def test_a_recogniser_s_numbered_speakers_are_labels(tmp_path: Path, label: str) -> None:
    assert said(tmp_path, cues(f"{label}Hello.", "Again.")) == [("SPEAKER_00", "Hello. Again.")]


def test_notes_styles_tags_and_settings_are_no_speech(tmp_path: Path) -> None:
    text = (
        "\ufeffWEBVTT - made up\r\nKind: captions\r\n\r\nNOTE\r\nnot speech\r\n\r\nSTYLE\r\n"
        "::cue { color: red }\r\n\r\n01:02.500 --> 01:04.000 align:start position:0%\r\n"
        "Ann: <i>So</i> <c.loud>it was</c> 5 &lt; 6\r\n"
    )
    parsed = read_vtt(write(tmp_path, text))
    assert [(t.speaker, t.text, t.started_at) for t in parsed.utterances] == [
        ("Ann", "So it was 5 < 6", 62.5)
    ]


def test_srt_without_blank_lines_hours_or_one_kind_of_decimal_is_read(tmp_path: Path) -> None:
    text = (
        "1\n00:01,000 --> 00:02,000\n{\\an8}Ann: Hello\n2\n00:02.000 --> 00:03.000\nBo: Hi\n"
        "3\n00:00:03,000 --> 00:00:04,000\nAnn: <b>42</b>\n\nand more\n"
    )
    parsed = read_srt(write(tmp_path, text, name="talk.srt"))
    assert [(t.speaker, t.text, t.line) for t in parsed.utterances] == [
        ("Ann", "Hello", 3),
        ("Bo", "Hi", 6),
        ("Ann", "42 and more", 9),
    ]


def test_a_caption_of_laughter_is_nobody_s_turn_and_is_told(tmp_path: Path) -> None:
    parsed = read_vtt(write(tmp_path, cues("Ann: So", "[laughter]", "(coughs)", "then we left.")))
    assert [(t.speaker, t.text) for t in parsed.utterances] == [("Ann", "So then we left.")]
    (problem,) = parsed.problems
    assert not problem.blocks
    assert problem.line == 9
    assert "2 such captions" in problem.message


def test_times_that_run_backwards_are_told_and_the_words_keep_their_order(tmp_path: Path) -> None:
    text = (
        "WEBVTT\n\n00:10.000 --> 00:12.000\nAnn: One\n\n00:05.000 --> 00:06.000\nBo Day: Two\n\n"
        "00:13.000 --> 00:14.000\nAnn: Three\n\n00:14.000 --> 00:15.000\nBo Day: Four\n"
    )
    parsed = read_vtt(write(tmp_path, text))
    assert [t.text for t in parsed.utterances] == ["One", "Two", "Three", "Four"]
    (problem,) = parsed.problems
    assert (problem.line, problem.blocks) == (7, False)
    assert "run backwards" in problem.message


def test_overlapping_cues_are_no_fault(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:09.000\n<v Ann>Well</v>\n\n00:02.000 --> 00:03.000\n<v Bo>Mm</v>\n"
    assert read_vtt(write(tmp_path, text)).problems == ()


def test_an_unreadable_time_keeps_its_words_and_is_told(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:0x.000 --> 00:02.000\nAnn: Hello\n"
    parsed = read_vtt(write(tmp_path, text))
    assert [(t.speaker, t.text, t.started_at) for t in parsed.utterances] == [
        ("Ann", "Hello", None)
    ]
    assert [problem.line for problem in parsed.problems] == [3]


def test_rolling_captions_say_each_line_once(tmp_path: Path) -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n&gt;&gt; we<00:00:01.500><c> went</c>\n\n"
        "00:02.000 --> 00:03.000\nwe went\nhome<00:00:02.500><c> then</c>\n\n"
        "00:03.000 --> 00:04.000\nhome then\n&gt;&gt; did you\n"
    )
    assert said(tmp_path, text) == [("", "we went home then"), ("", "did you")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    assert said(tmp_path, cues("Zoë Café: I’m here"), encoding=encoding) == [
        ("Zoë Café", "I’m here")
    ]


@pytest.mark.parametrize(
    "text",
    ["", "WEBVTT\n", "just words\n", "WEBVTT\n\n00:01.000 --> 00:02.000\n", "\x00\x01\x02" * 9],
)
def test_a_file_without_captions_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableFile):
        read_vtt(write(tmp_path, text))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="12:.,->\n <>v/[]AaNOTE&;é", max_size=300))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = write(tmp_path_factory.mktemp("any"), "WEBVTT\n\n00:01.000 --> 00:02.000\n" + text)
    try:
        parsed = read_vtt(path)
    except UnreadableFile:
        return
    assert all(turn.text == " ".join(turn.text.split()) != "" for turn in parsed.utterances)


@pytest.mark.parametrize(
    "row", ["(a) " * 50_000 + "x", "♪" * 50_000 + "x", "<v " * 50_000, "[" * 50_000]
)
def test_a_row_made_to_hang_a_pattern_is_read_at_once(tmp_path: Path, row: str) -> None:
    path = write(tmp_path, "WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: Hello\n" + row + "\n")
    assert read_vtt(path).utterances[0].speaker == "Ann"
