"""What is heard in a transcript, and where it stands in it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from themecode.language.heard import (
    TURN_MARK,
    Heard,
    flatten_letters,
    hear,
    plain_marks,
)
from themecode.language.heard_turns import hear_turns

_BITS = [
    "the", "I", "erm", ",", ", you know,", "you know", " ", "'s", "mum's", "I.", "...", "…",
    "[laughs]", "[", "(pause)", "'cause", "judgin'", "10.30", "women-only", "’", "“No,” she said.",
    "No?", "!", "İ", "é", "e\u0301", "😀", "\u00a0", "\u2028", "שלום", "_", ", like,", "erm-", "I'd",
]  # fmt: skip
_speech = st.lists(st.sampled_from(_BITS), max_size=14).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40
)


@given(st.lists(_speech, min_size=1, max_size=4))
def test_a_transcript_is_heard_as_its_turns_are(turns: list[str]) -> None:
    """The quick way over a transcript and the careful way over a turn hear the same words."""
    together = hear(turns).split(TURN_MARK)
    assert [part.split() for part in together] == [
        Heard.from_words(turn).text.split() for turn in turns
    ]


@given(_speech)
def test_every_heard_word_stands_in_the_transcript_where_it_is_said_to(words: str) -> None:
    heard = Heard.from_words(words)
    assert len(heard.tokens) == len(heard.edges)
    last_end = 0
    for token, (start, end) in zip(heard.tokens, heard.edges, strict=True):
        assert last_end <= start < end <= len(words)
        last_end = end
        if token.isalpha() and token.isascii():
            assert words[start:end].lower() == token


def test_hesitations_notes_and_repeats_are_passed_over() -> None:
    said = "I, I was, erm, scared of the [laughs] the, you know, Social Services."
    assert hear([said]) == " i was scared of the social services . "


def test_curly_and_straight_marks_hyphens_and_possessives_are_heard_alike() -> None:
    assert hear(["My mum’s women-only group"]) == hear(["my mum's women only group"])


def test_a_time_of_day_does_not_end_a_sentence() -> None:
    assert hear(["It was 10.30 when she came."]).count(".") == 1


def test_a_place_gives_back_the_words_as_spoken() -> None:
    heard = Heard.from_words("He took, erm, me two kids.")
    first = heard.tokens.index("took")
    assert heard.place(first, first + 3).of(heard.words) == "took, erm, me two kids"


_MARKED = st.text(
    alphabet=st.sampled_from(
        [*"abesxm'.,?![]()_ -35\t\n\u2019\u201c\u2026\u00ad\u00e9\u00c9\u00df\u00a0\x85\x01"]
    ),
    max_size=60,
)
_SAID = st.lists(
    st.one_of(
        _MARKED,
        st.sampled_from(
            ["erm", "er, er", "the the", ", you know,", "(laughs)", "''", "it's", "..."]
        ),
    ),
    max_size=8,
).map(" ".join)


_BETWEEN = f" {TURN_MARK} "
_TURNS = st.lists(_SAID | _speech, min_size=1, max_size=5)
_TOKEN = re.compile(r"\.+|(?:(?!'s(?![\w']))[^\s.])+|'s")


@given(_TURNS)
def test_turns_heard_together_are_heard_as_they_are_one_by_one(turns: list[str]) -> None:
    heard = hear_turns(turns)
    together = heard.said.split(TURN_MARK)
    assert len(together) == len(turns)
    at = 0
    for number, (said, words) in enumerate(zip(together, turns, strict=True)):
        careful = Heard.from_words(words)
        places = [found.span() for found in _TOKEN.finditer(said)]
        marked = [said[start:end] for start, end in places]
        # Marks that stand together are one; so they are where nothing is heard between them.
        tokens = ["." if token[0] == "." else token for token in marked]
        kept = [no for no in range(len(tokens)) if tokens[no : no + 2] != [".", "."]]
        assert tuple(tokens[no] for no in kept) == careful.tokens
        begin = heard.begins[number]
        for no, (start, end) in zip(kept, careful.edges, strict=True):
            if tokens[no] != ".":
                first, last = places[no][0] + at, places[no][1] - 1 + at
                assert (heard.kept[first] - begin, heard.kept[last] + 1 - begin) == (start, end)
                assert heard.turn_of(int(heard.kept[first])) == number
        at += len(said) + 1


@given(_TURNS)
def test_speech_is_heard_alike_letter_by_letter_and_byte_by_byte(turns: list[str]) -> None:
    more = [*turns, "so \u0416 x"]
    with_letter, heard = hear_turns(more), hear_turns([*turns, "so"])
    assert with_letter.said == f"{heard.said}\u0436 x "
    assert with_letter.flat == flatten_letters(plain_marks(f" {_BETWEEN.join(more)} "))
