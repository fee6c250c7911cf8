"""Numbers and addresses of a known shape, written and said, by the hundred."""

from __future__ import annotations

import random

import pytest
from marked_talk import STRUCTURED

from themecode.pseudonyms.candidates import Kind, join_hits
from themecode.pseudonyms.structured import find_structured, is_nhs_number

_WORDS = dict(
    zip("0123456789", "oh one two three four five six seven eight nine".split(), strict=True)
)


def _nhs(rng: random.Random) -> str:
    while True:
        digits = "".join(rng.choices("123456789", k=1) + rng.choices("0123456789", k=9))
        if is_nhs_number(digits):
            return digits


def _say(digits: str, rng: random.Random) -> str:
    """Digits as people read them out, repeated ones as "double"."""
    said, at = [], 0
    while at < len(digits):
        if digits[at : at + 2] == digits[at] * 2 and rng.random() < 0.6:
            said.append(f"double {_WORDS[digits[at]]}")
            at += 2
        else:
            said.append(_WORDS[digits[at]])
            at += 1
        if rng.random() < 0.15:
            said[-1] += ","
    return " ".join(said).rstrip(",")


def _make(rng: random.Random) -> list[tuple[Kind, str]]:
    letters = "ABCDEGHJKLMNPRSTWXYZ"
    pick = lambda count: "".join(rng.choices(letters, k=count))  # noqa: E731
    number = lambda count: "".join(rng.choices("0123456789", k=count))  # noqa: E731
    nhs, phone = _nhs(rng), f"07700900{number(3)}"
    land = f"01632960{number(3)}"
    nino = f"{rng.choice('JKLMNPRST')}{rng.choice('ABCEGHJ')}{number(6)}{rng.choice('ABCD')}"
    area = rng.choice("LS BS SW EH CF BT DD NE".split())
    postcode = f"{area}{rng.randint(1, 19)} {rng.randint(1, 9)}{''.join(rng.choices('ABDEFGHJLNPQRSTUWXYZ', k=2))}"
    return [
        (Kind.NHS, nhs),
        (Kind.NHS, f"{nhs[:3]} {nhs[3:6]} {nhs[6:]}"),
        (Kind.NHS, f"{nhs[:3]}-{nhs[3:6]}-{nhs[6:]}"),
        (Kind.NHS, _say(nhs, rng)),
        (Kind.TELEPHONE, phone),
        (Kind.TELEPHONE, f"{phone[:5]} {phone[5:8]} {phone[8:]}"),
        (Kind.TELEPHONE, f"+44 {phone[1:5]} {phone[5:]}"),
        (Kind.TELEPHONE, f"({land[:5]}) {land[5:]}"),
        (Kind.TELEPHONE, _say(phone, rng)),
        (Kind.NINO, nino),
        (Kind.NINO, f"{nino[:2]} {nino[2:4]} {nino[4:6]} {nino[6:8]} {nino[8]}"),
        (Kind.POSTCODE, postcode),
        (Kind.POSTCODE, postcode.replace(" ", "")),
        (Kind.EMAIL, f"{pick(4).lower()}.{pick(5).lower()}{number(2)}@mail.example"),
        (Kind.EMAIL, f"{pick(4).lower()} dot {pick(5).lower()} at mail dot example"),
        (Kind.PLATE, f"{pick(2)}{rng.randint(51, 74)} {pick(3)}"),
        (Kind.PLATE, f"{pick(2)}{rng.randint(51, 74)}{pick(3)}"),
        (Kind.PRISON, f"A{number(4)}{pick(2)}"),
    ]


_FRAMES = (
    "it was {}, I think",
    "She wrote {} on her hand.",
    "{}",
    "so I said {} and he wrote it down",
)


def _measure(lower: bool) -> tuple[int, list[tuple[Kind, str]]]:
    rng = random.Random(20260304)
    total, missed = 0, []
    for _ in range(40):
        for kind, text in _make(rng):
            shown = text.lower() if lower else text
            frame = rng.choice(_FRAMES)
            words = frame.format(shown)
            start = words.index(shown)
            covered = set()
            for candidate in join_hits(find_structured(words)):
                covered.update(range(candidate.span.start, candidate.span.end))
            total += 1
            if not all(start + at in covered for at, each in enumerate(shown) if each.isalnum()):
                missed.append((kind, shown))
    return total, missed


@pytest.mark.parametrize("lower", [False, True])
def test_ninety_nine_in_a_hundred_structured_identifiers_are_found(lower: bool) -> None:
    total, missed = _measure(lower)
    assert total == 720
    assert 1 - len(missed) / total >= 0.99, missed[:20]


def test_the_kinds_that_are_measured_are_those_the_quality_page_names() -> None:
    assert frozenset("TENICVR") == STRUCTURED


@pytest.mark.parametrize(
    ("digits", "right"),
    [
        ("9434765919", True),
        ("4010232137", True),
        ("9434765918", False),
        ("1111111111", False),
        ("", False),
    ],
)
def test_an_nhs_number_is_told_by_its_check_digit(digits: str, right: bool) -> None:
    assert is_nhs_number(digits) is right


@pytest.mark.parametrize(
    "words",
    [
        "I was in there 24/7 for about 10 weeks",
        "so 16 of us in a room at half past 3",
        "it cost £1200 and then 45p on top",
        "two or three of them, four at most",
        "one oh one is the number for the police",
        "down the main road and up the next street",
        "we did steps one, two and three",
        "may I say something, march on",
    ],
)
def test_ordinary_numbers_are_left_alone(words: str) -> None:
    assert [candidate.span.of(words) for candidate in join_hits(find_structured(words))] == []
