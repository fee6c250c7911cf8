"""The cue language: what is read, and what is refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themecode.codebook.cue_syntax import CueError, Join, parse_cue

LISTS = {"child": ("kid", "little one")}


def test_a_cue_is_read_into_parts_slots_and_choices() -> None:
    cue = parse_cue("take/lose (my/the)? <child> ... court + scared", LISTS)
    assert cue.joins == (Join.THEN, Join.BOTH)
    assert [len(part) for part in cue.parts] == [3, 1, 1]
    take, my, child = cue.parts[0]
    assert [[word.text for word in choice] for choice in take.choices] == [["take"], ["lose"]]
    assert my.optional
    assert [" ".join(word.text for word in choice) for choice in child.choices] == [
        "kid",
        "little one",
    ]


def test_marks_on_a_word_are_read() -> None:
    ((exact,),) = parse_cue("=use").parts[0][0].choices
    assert exact.exact
    ((star,),) = parse_cue("judg*").parts[0][0].choices
    assert star.open_ended
    ((noun,),) = parse_cue("script:noun").parts[0][0].choices
    assert noun.part_of_speech == "noun"


def test_a_hyphen_parts_words_and_an_upright_line_is_a_choice() -> None:
    assert [word.text for word in parse_cue("women-only").parts[0][0].choices[0]] == [
        "women",
        "only",
    ]
    assert parse_cue("a|b").parts == parse_cue("a/b").parts


@pytest.mark.parametrize(
    ("cue", "reason"),
    [
        ("", "empty"),
        ("take ...", "each side"),
        ("+ take", "each side"),
        ("(a/", "never closed"),
        ("(a//b)", "empty choice"),
        ("ju*", "too short for a star"),
        ("<nope>", "no word list"),
        ("maybe?", "missing altogether"),
        ("script:thing", "not known"),
        ("***", "not a word"),
        ("a ) b", "where a word was expected"),
    ],
)
def test_a_cue_that_cannot_be_read_is_refused_with_a_reason(cue: str, reason: str) -> None:
    with pytest.raises(CueError, match=reason):
        parse_cue(cue, LISTS)


@given(st.text(alphabet="abc ()/|?+*=<>.:…'’-", max_size=24))
def test_any_text_is_read_or_refused_and_nothing_else(cue: str) -> None:
    try:
        parsed = parse_cue(cue, LISTS)
    except CueError:
        return
    assert len(parsed.joins) == len(parsed.parts) - 1
    assert all(part for part in parsed.parts)
