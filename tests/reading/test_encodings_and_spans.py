"""Letters however they are stored, and spans that always slice back to the words."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from themecode.errors import UnreadableFile
from themecode.model import TurnKind
from themecode.transcripts import read_file
from themecode.transcripts.assemble import _UNSEEN, clean_words
from themecode.transcripts.encodings import decode_text
from themecode.transcripts.times import drop_inner_stamps

WORDS = "INT: What’s “new”?\r\nP01: A café – naïve, £3…\r\n"
READ = WORDS.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (WORDS.encode("utf-8"), "utf-8"),
        (codecs.BOM_UTF8 + WORDS.encode("utf-8"), "utf-8"),
        (codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), "utf-16-be"),
        (WORDS.encode("utf-16-le"), "utf-16-le"),
        (WORDS.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + WORDS.encode("utf-32-le"), "utf-32-le"),
        (WORDS.encode("cp1252"), "windows-1252"),
    ],
)
def test_text_is_read_the_same_whatever_its_encoding(raw: bytes, encoding: str) -> None:
    assert decode_text(raw) == (READ, encoding)


def test_every_line_end_is_one_line_end() -> None:
    assert (
        decode_text("a\r\nb\rc\nd\u2028e\u2029f\x85g\x0bh".encode())[0] == "a\nb\nc\nd\ne\nf\ng\nh"
    )


def test_combining_marks_are_kept_as_typed() -> None:
    assert decode_text("cafe\u0301".encode())[0] == "cafe\u0301"


def test_bytes_with_nulls_are_refused() -> None:
    with pytest.raises(UnreadableFile):
        decode_text(b"P01: he\x00llo there")


word = st.text(
    st.sampled_from("abcdefghij klmnoprstuwyz,.'’éßñ\u00a0e\u0301😀👩\u200d👧שלום\u200f漢字—…!?"),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip() and text.strip()[0] not in "—-…,.!?'\u0301\u200d\u200f’")
dialogue = st.lists(word, min_size=4, max_size=12)


def render_colons(turns: list[tuple[str, str]], end: str) -> str:
    return end.join(f"{label}: {words}" for label, words in turns)


def render_paragraphs(turns: list[tuple[str, str]], end: str) -> str:
    return (end * 2).join(f"{label}: {words}" for label, words in turns)


def render_tabs(turns: list[tuple[str, str]], end: str) -> str:
    return end.join(f"{label}\t{words}" for label, words in turns)


def render_above(turns: list[tuple[str, str]], end: str) -> str:
    return (end * 2).join(f"{label}:{end}{words}" for label, words in turns)


def render_stamps(turns: list[tuple[str, str]], end: str) -> str:
    return end.join(f"[00:{at:02}:00] {label}: {words}" for at, (label, words) in enumerate(turns))


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    dialogue,
    st.sampled_from([render_colons, render_paragraphs, render_tabs, render_above, render_stamps]),
    st.sampled_from(["\n", "\r\n", "\r", "\u2028"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([("INT", "P01"), ("Interviewer", "Participant"), ("F1", "W3")]),
)
def test_a_dialogue_comes_back_in_any_layout_and_its_spans_are_its_words(
    tmp_path: Path,
    said: list[str],
    render: Callable[[list[tuple[str, str]], str], str],
    end: str,
    encoding: str,
    labels: tuple[str, str],
) -> None:
    turns = [(labels[at % 2], words) for at, words in enumerate(said)]
    path = tmp_path / "talk.txt"
    path.write_bytes(render(turns, end).encode(encoding))
    (transcript,) = read_file(path).transcripts
    expected = [(label, " ".join(words.split())) for label, words in turns]
    assert [
        (turn.speaker, transcript.text[turn.span.start : turn.span.end])
        for turn in transcript.turns
    ] == expected
    assert transcript.text == "\n\n".join(f"{label}: {words}" for label, words in expected)
    assert {turn.kind for turn in transcript.turns} == {TurnKind.INTERVIEWER, TurnKind.PARTICIPANT}


@given(st.text(max_size=40) | st.lists(st.sampled_from(["a", " ", "  ", "\t", "\xa0", "\xad", "\u2003", "b:1"])).map("".join))  # fmt: skip
def test_words_are_cleaned_the_quick_way_as_the_slow_way_would(text: str) -> None:
    slow = " ".join(_UNSEEN.sub("", text).split())
    assert clean_words(text) == slow
    assert drop_inner_stamps(text.replace(":", ""), round_too=False) == " ".join(
        text.replace(":", "").split()
    )
