"""What people type, understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themecode.codebook.read import read_codebook
from themecode.codebook.shipped import find_codebook
from themecode.packs.replies import NotUnderstood, Understood, read_reply
from themecode.store import Reply

CODEBOOK, _ = read_codebook(find_codebook("women_in_treatment"))
ASKED = "stigma.judgement"


@pytest.fixture(scope="module")
def codebook():
    return CODEBOOK


def read(typed, codebook, **more):
    return read_reply(typed, codebook=codebook, **{"asked": ASKED, **more})


@pytest.mark.parametrize(
    ("typed", "reply"),
    [
        ("yes", Reply.YES), ("Y", Reply.YES), (" Yes, this fits ", Reply.YES), ("YES!!", Reply.YES),
        ("yep", Reply.YES), ("✓", Reply.YES), ("No!", Reply.NO), ("n", Reply.NO), ("NOPE", Reply.NO),
        ("No.", Reply.NO), ("it doesn’t", Reply.NO), ("not sure", Reply.UNSURE),
        ("Not Sure.", Reply.UNSURE), ("don't know", Reply.UNSURE), ("?", Reply.UNSURE),
        ("I'm not sure", Reply.UNSURE), ("skip", Reply.PASSED), ("I’d rather not", Reply.PASSED),
    ],
)  # fmt: skip
def test_an_answer_typed_by_hand_is_understood(typed, reply, codebook):
    assert read(typed, codebook) == Understood(reply, (), "")


@pytest.mark.parametrize(
    "typed",
    [
        "something else: services.trust", "Something else - services.trust", "else: services.trust",
        "services.trust", "SERVICES.TRUST", "other: services.trust",
    ],
)  # fmt: skip
def test_another_code_can_be_named_by_its_id(typed, codebook):
    code = next(code.id for code in codebook.codes if code.id != ASKED)
    typed = typed.replace("services.trust", code).replace("SERVICES.TRUST", code.upper())
    assert read(typed, codebook) == Understood(Reply.ELSE, (code,), "")


def test_another_code_can_be_named_as_people_call_it(codebook):
    one, other = codebook.codes[2], codebook.codes[4]
    assert read(one.name.lower(), codebook).codes == (one.id,)
    assert read("", codebook, codes=f"{one.name}; {other.name}").codes == (one.id, other.id)
    assert read("else", codebook, codes=one.name[:-1] + "z").codes == (one.id,)  # a slip


def test_what_follows_an_answer_is_its_note(codebook):
    assert read("Yes - but only at first", codebook) == Understood(
        Reply.YES, (), "but only at first"
    )
    assert read("no she means the shop", codebook).note == "she means the shop"
    assert read("something else: about the bus", codebook) == Understood(
        Reply.ELSE, (), "about the bus"
    )


def test_nothing_typed_is_no_answer_and_no_mistake(codebook):
    assert read("  ", codebook) is None


@pytest.mark.parametrize(
    ("typed", "more"),
    [("banana", {}), ("", {"note": "hm"}), ("something else", {}), ("yes", {"asked": None}),
     ("else", {"codes": "nothing of the kind"})],
)  # fmt: skip
def test_what_cannot_be_understood_is_said_with_what_mends_it(typed, more, codebook):
    with pytest.raises(NotUnderstood) as said:
        read(typed, codebook, **more)
    assert "banana" not in str(said.value)


def test_where_she_is_asked_which_codes_fit_naming_them_is_the_answer(codebook):
    code = codebook.codes[0]
    expected = Understood(Reply.YES, (code.id,), "")
    assert read(code.name, codebook, asked=None) == expected
    assert read("These codes fit", codebook, codes=code.id, asked=None) == expected
    assert read("Nothing here fits", codebook, asked=None) == Understood(Reply.NO, (), "")


@given(st.text(max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_typed_is_understood_or_kindly_refused(typed, codes, note):
    try:
        found = read_reply(typed, codes=codes, note=note, asked=ASKED, codebook=CODEBOOK)
    except NotUnderstood as reason:
        assert str(reason).endswith(".")  # noqa: PT017 (either is right)
    else:
        assert found is None or isinstance(found.reply, Reply)
