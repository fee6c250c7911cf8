"""Turns cut into passages: nothing lost, nothing twice, and the same words cut the same way."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import make_transcript

from themecode.segments import (
    LONGEST_WORDS,
    WHOLE_TURN_WORDS,
    CutTurns,
    cut_segments,
    find_passages,
    find_sentences,
)

SPEECH = st.lists(
    st.sampled_from(
        ["and", "they", "took", "me", "kids", "it's", "é", "🙂", "right.", "no?", "well…",
         "never!", "“Go.”", "10.30", "e.g.", "\u00a0", "\n", "   ", "[...]", "?!"]
    ),
    max_size=400,
).map(" ".join)  # fmt: skip
ANY = st.one_of(SPEECH, st.text(max_size=600))


@given(ANY)
def test_passages_hold_every_word_of_a_turn_in_order_and_no_word_twice(words: str) -> None:
    passages = find_passages(words)
    for passage, following in itertools.pairwise(passages):
        assert passage.end <= following.start
        assert words[passage.end : following.start].isspace()
    cut = [word for passage in passages for word in passage.of(words).split()]
    assert cut == words.split()
    for passage in passages:
        held = passage.of(words)
        assert held
        assert held == held.strip()


@given(ANY)
def test_sentences_cover_a_turn_without_a_gap(words: str) -> None:
    sentences = find_sentences(words)
    assert "".join(sentence.of(words) for sentence in sentences) == words
    assert all(len(sentence) for sentence in sentences)
    assert all(len(sentence.of(words).split()) <= LONGEST_WORDS for sentence in sentences)


@given(SPEECH)
def test_a_short_turn_is_one_passage_and_a_long_one_never_has_an_endless_passage(
    words: str,
) -> None:
    passages = find_passages(words)
    count = len(words.split())
    if 0 < count <= WHOLE_TURN_WORDS:
        assert len(passages) == 1
    for passage in passages:
        assert len(passage.of(words).split()) <= 2 * LONGEST_WORDS


@given(SPEECH, SPEECH)
def test_the_same_words_are_cut_the_same_way_wherever_they_stand(words: str, before: str) -> None:
    words, before = (" ".join(each.split()) or "x" for each in (words, before))
    alone = make_transcript([("P01", words)])
    later = make_transcript([("INT", before), ("P02", words)])

    def cut(transcript, turn):
        return [
            (segment.span.start - turn.span.start, segment.text)
            for segment in cut_segments(transcript, turn)
        ]

    assert cut(alone, alone.turns[0]) == cut(later, later.turns[1])


def test_a_turn_without_words_has_no_passage() -> None:
    assert find_passages("") == ()
    assert find_passages(" \n ") == ()


@pytest.mark.parametrize("words", ["word " * 5000, "word. " * 5000, "a" * 50_000])
def test_a_very_long_turn_is_cut_all_the_same(words: str) -> None:
    passages = find_passages(words)
    assert "".join(passage.of(words) for passage in passages).replace(" ", "") == words.replace(
        " ", ""
    )


_SAID = st.lists(
    st.sampled_from(
        ["She", "left.", "Why?", "no…", "“Go!”", "(yes.)", "well)", "a.b", "'", "..", "\t", "\n", "é",
         "\u00a0", "\x85", "word " * 40, "I said. " * 20, "on and on " * 40]
    ),
    max_size=12,
).map(" ".join)  # fmt: skip


@given(st.lists(_SAID, min_size=1, max_size=5), st.sampled_from(["", " ж", "\x00"]))
def test_turns_cut_together_are_cut_as_each_is_alone(turns: list[str], odd: str) -> None:
    turns = [*turns, f"and{odd} so."]
    cut = CutTurns(turns)
    for number, turn in enumerate(turns):
        alone = [(passage.start, passage.end) for passage in find_passages(turn)]
        assert [*cut.passages_of(number)] == alone
        assert cut.count_words(number) == len(turn.split())
