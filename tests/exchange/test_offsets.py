"""Places in a text, as themecode and other programs count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themecode.exchange.offsets import COUNTINGS, Counting, OffsetMap, find_counting

TEXTS = st.text(
    st.sampled_from("abc é\u0301\n\U0001f600\U0001f469\u200d\u05d0\u2028'’."), max_size=80
)


@given(TEXTS, st.sampled_from(sorted(COUNTINGS)))
def test_a_place_that_goes_out_comes_back(text: str, program: str) -> None:
    places = OffsetMap(text, COUNTINGS[program])
    for place in range(len(text) + 1):
        assert places.back(places.out(place)) == place


@given(TEXTS, st.sampled_from(sorted(COUNTINGS)))
def test_a_place_goes_out_as_the_program_counts_its_own_file(text: str, program: str) -> None:
    counting = COUNTINGS[program]
    places = OffsetMap(text, counting)
    line_end = "\r\n" if counting.line_end_counts == 2 else "\n"
    for place in range(len(text) + 1):
        written = text[:place].replace("\n", line_end)
        counted = len(written.encode("utf-16-le")) // 2 if counting.utf16 else len(written)
        assert places.out(place) == counted


def test_a_position_inside_a_character_is_no_place() -> None:
    places = OffsetMap("a\U0001f600b\nc", COUNTINGS["nvivo"])
    assert [places.back(position) for position in range(9)] == [0, 1, None, 2, 3, None, 4, 5, None]


@pytest.mark.parametrize("line_end_counts", [1, 2])
@pytest.mark.parametrize("utf16", [False, True])
def test_how_a_program_counted_is_told_from_the_edges_of_words(
    line_end_counts: int, utf16: bool
) -> None:
    text = "\n\n".join(
        f"P{at}: some words \U0001f600 and then some more of them" for at in range(9)
    )
    counted = OffsetMap(text, Counting("theirs", "\n", line_end_counts, utf16))
    starts = [at for at in range(len(text)) if text.startswith("some more", at)]
    marked = [(counted.out(at), counted.out(at + len("some more"))) for at in starts]
    for expected in COUNTINGS.values():
        found = find_counting([(text, marked)], expected=expected)
        assert (found.line_end_counts, found.utf16) == (line_end_counts, utf16)


def test_where_every_way_fits_the_expected_one_is_taken() -> None:
    assert find_counting([("one two", [(0, 3)])], expected=COUNTINGS["maxqda"]).name == "maxqda"
