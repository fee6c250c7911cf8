"""A changed transcript takes the place of the old one, and people's work goes with its words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import AT, MACHINE, TALK, decide, make_codebook, make_coding, make_transcript

from themecode.errors import ThemecodeError
from themecode.model import Segment, Span, Verdict, coding_id
from themecode.store import CodedPass, Study, open_study


def _fill(study: Study) -> None:
    codebook, source = make_codebook()
    transcript = make_transcript()
    study.add_transcripts([transcript], read_with={})
    study.save_codebook(codebook, source)


def test_what_people_did_moves_with_its_words(study: Study) -> None:
    _fill(study)
    old = make_transcript()
    by_machine = make_coding(old, "I was scared.")
    unanswered = make_coding(old, "They made tea.")
    by_dee = make_coding(old, "I felt I could breathe.", "ease", coder="Dee")
    codebook = make_codebook()[0]
    study.add_codings(
        [by_machine, unanswered, by_dee], coded=[CodedPass("anna", codebook.sha256, MACHINE)]
    )
    study.add_decision(decide(by_machine))
    study.add_decision(decide(by_machine, Verdict.RECODE, "Eve", to="ease"))

    new = make_transcript(header="Interview with Anna (invented)")
    assert study.replace_transcript(new, read_with="v2") == ()

    assert study.transcript("anna") == new
    assert study.known_transcripts()["anna"].read_with == "v2"
    assert study.coded_passes(MACHINE) == {}
    found = {coding.coder: coding for coding, _ in study.codings(machine=MACHINE)}
    assert found == {
        MACHINE: make_coding(new, "I was scared."),
        "Dee": make_coding(new, "I felt I could breathe.", "ease", coder="Dee"),
    }
    answers = [item for item in study.decisions() if item.coding_id == found[MACHINE].id]
    assert [(item.reviewer, item.verdict, item.recoded_to) for item in answers] == [
        ("Dee", Verdict.ACCEPT, None),
        ("Eve", Verdict.RECODE, "ease"),
    ]
    counts = study.counts()
    assert (counts.codings, counts.decisions, counts.transcripts) == (5, 4, 1)
    assert study.needs_a_look() == ()
    # The machine says the same again: it is the claim that was carried over, answers and all.
    study.add_codings([make_coding(new, "I was scared.")], coded=[])
    assert study.counts().codings == 5


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        ([*TALK[:1], ("P01", "I was frightened."), *TALK[2:]], "not in the new version"),
        ([*TALK, ("P01", "I was scared.")], "more than once in the new version"),
        ([TALK[0], ("P02", TALK[1][1]), *TALK[2:]], "another speaker"),
    ],
)
def test_what_cannot_be_placed_is_kept_and_listed(
    study: Study, talk: list[tuple[str, str]], reason: str
) -> None:
    _fill(study)
    coding = make_coding(make_transcript(), "I was scared.")
    study.add_codings([coding], coded=[])
    study.add_decision(decide(coding))
    left = study.replace_transcript(make_transcript(talk=talk))
    [(kept, decisions, why)] = [(item.coding, item.decisions, item.reason) for item in left]
    assert (kept, decisions) == (coding, (decide(coding),))
    assert reason in why
    assert study.needs_a_look() == left
    assert list(study.codings(machine=MACHINE)) == []
    assert list(study.decisions()) == [decide(coding)]
    # Put right again: what was decided stands where it stood.
    assert study.replace_transcript(make_transcript(header="Mended")) == ()
    assert [found.segment.text for found, _ in study.codings(machine=MACHINE)] == ["I was scared."]


def test_words_said_twice_are_not_taken_for_one_another(study: Study) -> None:
    twice = [("P01", "I was scared. Yes."), ("INT", "Were you?"), ("P01", "I was scared. Truly.")]
    transcript = make_transcript(talk=twice)
    study.add_transcripts([transcript], read_with={})
    study.add_codings([make_coding(transcript, "I was scared.", coder="Dee")], coded=[])
    [left] = study.replace_transcript(make_transcript(talk=twice[1:]))
    assert "more than once in the earlier version" in left.reason


def test_replacing_with_the_same_changes_nothing_and_a_stranger_is_refused(study: Study) -> None:
    _fill(study)
    coding = make_coding(make_transcript(), "I was scared.", coder="Dee")
    study.add_codings([coding], coded=[])
    assert study.replace_transcript(make_transcript()) == ()
    assert study.counts().codings == 1
    with pytest.raises(ThemecodeError, match="holds no transcript nobody"):
        study.replace_transcript(make_transcript("nobody"))


def test_a_claim_at_the_same_place_keeps_its_decisions(study: Study) -> None:
    _fill(study)
    coding = make_coding(make_transcript(), "I was scared.")
    study.add_codings([coding], coded=[])
    study.add_decision(decide(coding))
    later = make_transcript(talk=[*TALK, ("INT", "Thank you.")])
    assert study.replace_transcript(later) == ()
    assert [found for found, _ in study.codings(machine=MACHINE)] == [coding]
    assert list(study.decisions()) == [decide(coding)]


_TALKS = st.lists(
    st.tuples(st.sampled_from(["P01", "P02"]), st.text("ab 🚗", min_size=1, max_size=12)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(old=_TALKS, new=_TALKS, data=st.data())
def test_no_edit_shifts_a_coding_in_silence(
    tmp_path_factory: pytest.TempPathFactory,
    old: list[tuple[str, str]],
    new: list[tuple[str, str]],
    data: st.DataObject,
) -> None:
    before, after = make_transcript(talk=old), make_transcript(talk=new)
    template = make_coding(make_transcript(), "My sister", coder="Dee")
    put = []
    for turn in before.turns:
        start = data.draw(st.integers(turn.span.start, turn.span.end - 1))
        end = data.draw(st.integers(start + 1, turn.span.end))
        segment = Segment.cut(before, turn, Span(start, end))
        made = coding_id(segment, template.code_sha256, "fear", "Dee")
        put.append(replace(template, id=made, segment=segment))
    folder = tmp_path_factory.mktemp("study")
    with open_study(folder, create=True, now=lambda: AT) as study:
        study.add_transcripts([before], read_with={})
        study.add_codings(put, coded=[])
        left = study.replace_transcript(after)
        found = [coding for coding, _ in study.codings(machine=MACHINE)]
    words = sorted(
        [item.segment.text for item in found] + [item.coding.segment.text for item in left]
    )
    assert words == sorted(coding.segment.text for coding in put)
    assert all(item.segment.span.of(after.text) == item.segment.text for item in found)
