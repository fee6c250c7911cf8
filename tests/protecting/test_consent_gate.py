"""The gate that words pass on their way out of a study."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themecode.consent import HELD_BACK, Gate, blank, may_keep, may_quote
from themecode.errors import ThemecodeError
from themecode.model import Consent, Participant, Span

YES = Participant("P1", consent=Consent.QUOTE)
NO = Participant("P2", consent=Consent.PARAPHRASE, attributes={"Archive": "No", "audio": "yes"})
EVERYONE = {"P1": YES, "P2": NO}


def test_only_what_was_allowed_passes_and_the_rest_is_counted() -> None:
    gate = Gate(EVERYONE)
    assert gate.words("P1", "I went.") == "I went."
    assert gate.words(None, "And then?") == "And then?"
    assert gate.words("P2", "I stayed.") == HELD_BACK
    assert [(each.participant_id, each.reason, each.passages) for each in gate.held_back] == [
        ("P2", "consent is paraphrase", 1)
    ]


def test_consent_is_set_aside_only_with_a_reason() -> None:
    gate = Gate(EVERYONE, override="she agreed again in March")
    assert gate.words("P2", "I stayed.") == "I stayed."
    assert gate.passages_held_back == 1
    with pytest.raises(ThemecodeError, match="why"):
        Gate(EVERYONE, override=" ")


def test_an_archive_needs_a_consent_of_its_own() -> None:
    assert not may_keep(NO, "archive") and may_keep(NO, "audio") and may_keep(YES, "archive")
    allowed = Participant("P3", consent=Consent.QUOTE, attributes={"archive": "no"})
    assert may_quote(allowed)
    assert Gate({"P3": allowed}, archive=True).words("P3", "x") == HELD_BACK


@given(st.text(min_size=1), st.data())
def test_blanking_moves_nothing(text: str, data: st.DataObject) -> None:
    spans = []
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(text)))
        spans.append(Span(start, data.draw(st.integers(start, len(text)))))
    blanked = blank(text, spans, with_="[gone for good]", short="[gone]")
    assert len(blanked) == len(text)
    for at, letter in enumerate(text):
        if not any(span.start <= at < span.end for span in spans):
            assert blanked[at] == letter


def test_a_project_says_whom_its_cases_pick_out() -> None:
    from themecode.cli.options import describe_findable

    alike = {f"P{n}": Participant(f"P{n}", "Woman", attributes={"site": "A"}) for n in range(4)}
    assert describe_findable(Gate(alike)) == []
    one = {**alike, "P9": Participant("P9", "Woman", attributes={"site": "B"})}
    [said] = describe_findable(Gate(one))
    assert "1 of 5 participants" in said and said.endswith("P9.") and "site" in said
