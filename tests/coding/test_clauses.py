"""The line of the codebook that a cue answers to."""

import pytest

from themecode.suggest.cues import find_clause

DEFINITION = "Fear of losing children. Being watched by services; being reported."
INCLUDE = "hiding a pregnancy; keeping appointments out of fear."


@pytest.mark.parametrize(
    ("cue", "clause"),
    [
        ("lose <child>/children", "Definition: Fear of losing children"),
        ("watched", "Definition: Being watched by services"),
        ("hide + pregnancy", "Include: hiding a pregnancy"),
        ("appointments ... fear", "Include: keeping appointments out of fear"),
        ("fear", "Include: keeping appointments out of fear"),
        ("nothing like it", "Definition: Fear of losing children"),
    ],
)
def test_a_cue_answers_to_the_clause_that_shares_most_words_with_it(cue: str, clause: str) -> None:
    assert find_clause(DEFINITION, INCLUDE, cue) == clause


def test_a_definition_of_one_clause_is_quoted_whole() -> None:
    assert find_clause("Being judged", "", "scum") == "Definition: Being judged"
