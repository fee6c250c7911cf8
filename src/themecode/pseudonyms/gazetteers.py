"""Lists of names, places and ordinary words, read once and kept in memory."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

#: Letters of names that British people bear, accents and all.
_LAST_LETTER = 0x250


@cache
def load_people() -> frozenset[str]:
    """First names and surnames of some ninety countries, in small letters (Faker's lists)."""
    first, last = _load_faker()
    return first | last


@cache
def load_first_names() -> frozenset[str]:
    """First names alone, in small letters."""
    return _load_faker()[0]


#: Countries whose first names people in Britain bear oftenest, as Faker names them.
_ENGLISH = ("en", "en_GB", "en_IE", "en_US", "en_IN", "en_PK", "en_NG", "en_NZ", "en_KE", "ga_IE")


@cache
def load_english_first_names() -> frozenset[str]:
    """First names of English-speaking countries that are no everyday words, in small letters."""
    import faker.providers.person as listed

    names: set[str] = set()
    for country in _ENGLISH:
        provider = importlib.import_module(f"{listed.__name__}.{country}").Provider
        for name, value in vars(provider).items():
            if name.startswith("first_name"):
                names.update(_read_names(value))
    return frozenset(name for name in names if len(name) > 2) - load_everyday_names()


@cache
def load_everyday_names() -> frozenset[str]:
    """First names that are everyday words as well ("dawn", "mark")."""
    return frozenset(word for line in _read_list("names_also_words.txt") for word in line.split())


@cache
def _load_faker() -> tuple[frozenset[str], frozenset[str]]:
    import faker.providers.person as listed

    first: set[str] = set()
    last: set[str] = set()
    for country in pkgutil.iter_modules(listed.__path__):
        provider = importlib.import_module(f"{listed.__name__}.{country.name}").Provider
        for name, value in vars(provider).items():
            if name.startswith("first_name"):
                first.update(_read_names(value))
            elif name.startswith("last_name"):
                last.update(_read_names(value))
    return frozenset(first), frozenset(last)


def _read_names(value: object) -> Iterator[str]:
    if not isinstance(value, (dict, list, tuple, set, frozenset)):
        return
    for name in value:
        if (
            isinstance(name, str)
            and len(name) > 1
            and all(ord(each) < _LAST_LETTER for each in name)
        ):
            yield name.lower()


@cache
def load_nicknames() -> dict[str, frozenset[str]]:
    """What a first name is shortened to, and what it is short for, both ways."""
    kept: dict[str, set[str]] = {}
    for name, short in _read_nickname_pairs():
        kept.setdefault(name, set()).add(short)
        kept.setdefault(short, set()).add(name)
    return {name: frozenset(others) for name, others in kept.items()}


def _read_nickname_pairs() -> Iterator[tuple[str, str]]:
    import csv

    table = files("nicknames").joinpath("names.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(table.splitlines()):
        yield row["name1"].lower(), row["name2"].lower()


@cache
def load_places() -> frozenset[str]:
    """Places of the United Kingdom and large cities elsewhere, in small letters."""
    return frozenset(_read_list("places_gb.txt")) | frozenset(_read_list("places_more.txt"))


@cache
def load_everyday_places() -> frozenset[str]:
    """Places that are everyday words as well ("reading", "bath")."""
    return frozenset(word for line in _read_list("places_also_words.txt") for word in line.split())


@cache
def load_place_beginnings() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Places of several words, by their first."""
    begun: dict[str, list[tuple[str, ...]]] = {}
    for place in load_places():
        words = tuple(place.replace("-", " ").split())
        if len(words) > 1:
            begun.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(ways, key=len, reverse=True)) for first, ways in begun.items()}


@cache
def load_talk_words() -> frozenset[str]:
    """Words of everyday British talk that dictionaries leave out."""
    lines = files(__package__).joinpath("data", "talk_words.txt").read_text(encoding="utf-8")
    return frozenset(
        word for line in lines.splitlines() if not line.startswith("#") for word in line.split()
    )


def _read_list(name: str) -> Iterator[str]:
    lines = files(__package__).joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return (line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))
