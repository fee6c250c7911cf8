"""Words put in the place of others: every other stretch still holds its own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themecode.model import Span
from themecode.pseudonyms.span_map import Replacement, replace_words

_TEXTS = st.text(st.sampled_from("ab é🚗\n'"), min_size=1, max_size=40)


@st.composite
def _replaced(draw: st.DrawFn) -> tuple[str, list[Replacement]]:
    text = draw(_TEXTS)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    made = []
    for start, end in zip(edges[::2], edges[1::2], strict=False):
        made.append(Replacement(Span(start, end), draw(st.text("XY[]", max_size=6))))
    return text, made


@given(_replaced(), st.data())
def test_a_stretch_that_touches_no_name_holds_the_words_it_held(
    made: tuple[str, list[Replacement]], data: st.DataObject
) -> None:
    text, replaced = made
    new, moves = replace_words(text, replaced)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    moved = moves.move(Span(start, end))
    assert moved.end <= len(new)
    if not any(each.span.overlaps(Span(start, end)) for each in replaced):
        assert moved.of(new) == text[start:end] or start == end


@given(_replaced(), st.data())
def test_a_stretch_that_holds_names_holds_what_stands_there_now(
    made: tuple[str, list[Replacement]], data: st.DataObject
) -> None:
    text, replaced = made
    new, moves = replace_words(text, replaced)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    # Stretched to whole names, replaced alone, it must read as the moved stretch does.
    for each in replaced:
        if each.span.overlaps(Span(start, end)):
            start, end = min(start, each.span.start), max(end, each.span.end)
    inside = [
        Replacement(each.span.shift(-start), each.words)
        for each in replaced
        if start <= each.span.start and each.span.end <= end
    ]
    assert moves.move(Span(start, end)).of(new) == replace_words(text[start:end], inside)[0]


@given(_replaced())
def test_order_is_kept_and_the_whole_stays_the_whole(
    made: tuple[str, list[Replacement]],
) -> None:
    text, replaced = made
    new, moves = replace_words(text, replaced)
    assert moves.move(Span(0, len(text))).of(new) == new
    starts = [moves.move(Span(at, len(text))).start for at in range(len(text))]
    assert starts == sorted(starts)


def test_two_names_on_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        replace_words("Anna", [Replacement(Span(0, 3), "x"), Replacement(Span(2, 4), "y")])
