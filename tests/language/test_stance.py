"""Whether words are denied, imagined or only handed back."""

import pytest

from themecode.language.heard import Heard, hear
from themecode.language.stance import is_denied, is_echo, is_imagined


def _find(sentence: str, word: str) -> tuple[Heard, int]:
    heard = Heard.from_words(sentence)
    return heard, heard.tokens.index(word)


@pytest.mark.parametrize(
    "sentence",
    [
        "I never felt judged there.",
        "I didn't feel judged, not by her.",
        "Nobody judged me.",
        "It wasn't like I was being judged.",
        "I wasnae judged.",
        "Judged? No.",
        "They were never, erm, they never judged us.",
        "Without being judged, you know.",
        "There was zero being judged in there.",
    ],
)
def test_a_denied_word_is_denied(sentence: str) -> None:
    heard, at = _find(sentence, "judged")
    assert is_denied(heard, at, at)


@pytest.mark.parametrize(
    "sentence",
    [
        "I felt judged.",
        "No, they judged me.",
        "Not only judged, laughed at.",
        "I didn't go because they judged me.",
        "No wonder I felt judged.",
        "I've never been so judged in my life.",
        "I'd never been before. They judged me.",
        "Judged? Every day.",
        "I can't stand being judged.",
        "I couldn't bear to be judged by them.",
    ],
)
def test_a_word_near_a_no_that_is_not_about_it_is_not_denied(sentence: str) -> None:
    heard, at = _find(sentence, "judged")
    assert not is_denied(heard, at, at)


@pytest.mark.parametrize(
    ("sentence", "imagined"),
    [
        ("Imagine if they judged you for it.", True),
        ("What if they judged me?", True),
        ("It was like on the telly when they judged her.", True),
        ("If you miss two they judged you for it.", False),
        ("They judged me. Imagine that.", False),
    ],
)
def test_an_imagined_case_is_known(sentence: str, imagined: bool) -> None:
    heard, at = _find(sentence, "judged")
    assert is_imagined(heard, at) is imagined


def test_a_short_answer_with_the_interviewers_word_is_an_echo() -> None:
    asked = hear(["And did you feel judged at all?"])
    heard, at = _find("Judged, yeah.", "judged")
    assert is_echo(heard, at, at, asked=asked)
    heard, at = _find("Judged, yeah.", "judged")
    assert not is_echo(heard, at, at, asked="")
