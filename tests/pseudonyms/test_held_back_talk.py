"""R28: how much of invented talk's identifiers is found: the finders' author's talk, and a second author's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from marked_talk import (
    DIRECT,
    SECOND_AUTHOR,
    SECOND_LOOK,
    STRUCTURED,
    Marked,
    Measured,
    measure,
    read_marked,
)

from themecode.language.lexicon import is_english
from themecode.language.names import find_names
from themecode.pseudonyms.find import Language, find_candidates

_LANGUAGE = Language(is_english, find_names)


def _found(turns: list[Marked]) -> Measured:
    return measure(turns, find_candidates([turn.words for turn in turns], _LANGUAGE))


def test_there_is_enough_talk_to_measure_on() -> None:
    assert sum(len(turn.words.split()) for turn in read_marked()) >= 5_000


@pytest.mark.parametrize(
    ("lower", "direct", "everything"),
    [(False, 0.95, 0.93), (True, 0.85, 0.80), ("bare", 0.85, 0.80)],
    ids=["with capitals", "in small letters", "in small letters without marks"],
)
def test_identifiers_of_held_back_talk_are_found(lower, direct, everything) -> None:
    found = _found(read_marked(lower=lower))
    assert found.recall(STRUCTURED) >= 0.99, found.missed
    assert found.recall(DIRECT) >= direct, found.missed
    assert found.recall(found.all) >= everything, found.missed
    assert found.false_per_1000 <= 25, found.false


@pytest.mark.parametrize("lower", [False, True, "bare"])
def test_r28_identifiers_of_a_second_authors_talk_are_found(lower) -> None:
    turns = read_marked(SECOND_AUTHOR, lower=lower)
    assert sum(len(turn.words.split()) for turn in turns) >= 5_000
    found = _found(turns)
    assert found.recall(STRUCTURED) >= 0.99, found.missed
    assert found.recall(DIRECT) >= (0.85 if lower else 0.95), found.missed
    assert found.false_per_1000 <= 25, found.false


def test_the_page_says_what_was_measured() -> None:
    root = Path(__file__).parents[2]
    figures = json.loads((root / "benchmarks/pseudonyms.json").read_text(encoding="utf-8"))
    page = (root / "docs/pseudonyms.md").read_text(encoding="utf-8")
    for of_set in figures.values():
        for version, each in of_set.items():
            assert f"| {version} | {each['direct']:.3f} | {each['structured']:.3f} |" in page
    now = figures["second_author"]["as typed"]
    found = _found(read_marked(SECOND_AUTHOR))
    assert now["words"] == found.words
    # Another release of the English pipeline may find a little more or less.
    assert abs(now["direct"] - found.recall(DIRECT)) < 0.02


@pytest.mark.parametrize("lower", [False, True, "bare"])
def test_identifiers_of_a_second_set_are_found(lower) -> None:
    found = _found(read_marked(SECOND_LOOK, lower=lower))
    assert found.recall(STRUCTURED) >= 0.99, found.missed
    assert found.recall(DIRECT) >= (0.85 if lower else 0.95), found.missed
    assert found.false_per_1000 <= 25, found.false


def test_the_same_talk_gives_the_same_candidates() -> None:
    words = [turn.words for turn in read_marked()[:60]]
    assert find_candidates(words, _LANGUAGE) == find_candidates(words, _LANGUAGE)


def test_a_name_the_study_knows_is_found_where_nothing_else_tells_it() -> None:
    turns = ["then mo came round and we had chips", "i said to sunny leave it"]
    alone = find_candidates(turns, _LANGUAGE)
    known = find_candidates(turns, _LANGUAGE, roster=["Mo Aziz", "Sunny"])
    assert [each.span.of(turns[1]) for each in known[1]] == ["sunny"]
    assert len(known[1]) > len(alone[1]) or alone[1] == known[1]
