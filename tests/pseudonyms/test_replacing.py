"""Decisions carried out: whole words, the longest first, possessives and initials right."""

from __future__ import annotations

import pytest

from themecode.pseudonyms.candidates import Kind
from themecode.pseudonyms.key import Action, Entry, join_keys, read_key, write_key
from themecode.pseudonyms.replacing import Replacer


def _entry(
    words: str,
    becomes: str = "",
    *,
    kind: Kind = Kind.PERSON,
    only: str | None = None,
    any_case: bool = True,
) -> Entry:
    action = Action.REPLACE if becomes else Action.KEEP
    return Entry(words, kind, action, becomes, only, any_case)


_KEY = (
    _entry("Christina", "Person 1"),
    _entry("Christina Marsh", "Person 1"),
    _entry("Ann", "Person 2"),
    _entry("Derby", "a city", kind=Kind.PLACE),
    _entry("Derby County"),
    _entry("Dawn", "Person 3", any_case=False),
    _entry("O'Brien", "Person 4"),
)


@pytest.mark.parametrize(
    ("said", "reads"),
    [
        ("I told Christina.", "I told [Person 1]."),
        ("Christina Marsh's kids", "[Person 1]'s kids"),
        ("Christina M said so", "[Person 1] said so"),
        ("Christina M. said so", "[Person 1] said so"),
        ("Christina I knew", "[Person 1] I knew"),
        ("christina’s mum, CHRISTINA", "[Person 1]’s mum, [Person 1]"),
        ("Anna and Annie and Ann", "Anna and Annie and [Person 2]"),
        ("Mary-Ann and banner", "Mary-Ann and banner"),
        ("Ann'll know, Ann'd know", "[Person 2]'ll know, [Person 2]'d know"),
        ("to Derby for Derby County", "to [a city] for Derby County"),
        ("Dawn came at dawn", "[Person 3] came at dawn"),
        ("O’Brien's and O'Briens", "[Person 4]'s and O'Briens"),
        ("[Ann] is bracketed", "[Ann] is bracketed"),
        ("snake_Ann and Ann2", "snake_Ann and Ann2"),
        ("", ""),
    ],
)
def test_names_are_replaced_as_a_careful_person_would(said: str, reads: str) -> None:
    assert Replacer(_KEY).replace(said) == reads.replace("O'Brien's", "O'Brien's")


def test_replacing_again_changes_nothing() -> None:
    once = Replacer(_KEY).replace("Christina Marsh and Ann of Derby")
    assert Replacer(_KEY).replace(once) == once


def test_a_decision_for_one_transcript_holds_there_alone() -> None:
    key = (_entry("Dean", "Person 1"), _entry("Dean", "Person 9", only="P02"))
    assert Replacer(key, transcript_id="P01").replace("Dean") == "[Person 1]"
    assert Replacer(key, transcript_id="P02").replace("Dean") == "[Person 9]"


def test_a_key_comes_back_as_it_was_written() -> None:
    again = read_key(write_key(_KEY), path="names.key")
    assert sorted(again, key=lambda each: each.words) == sorted(_KEY, key=lambda each: each.words)


def test_a_later_decision_takes_the_place_of_an_earlier_one() -> None:
    assert join_keys([_entry("Ann", "Person 2")], [_entry("Ann", "Person 5")]) == (
        _entry("Ann", "Person 5"),
    )
