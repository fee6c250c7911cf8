"""What is put into a study comes back as it was."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from studies import AT, MACHINE, TALK, decide, make_codebook, make_coding, make_transcript

from themecode.errors import DamagedStudy, ThemecodeError
from themecode.model import Consent, Evidence, Memo, Participant, Span, TurnKind, Verdict
from themecode.store import CodedPass, KnownTranscript, Study, open_study
from themecode.store.records import read_evidence, write_evidence

_WORDS = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=30
)
_SPANS = st.tuples(st.integers(0, 999), st.integers(0, 999)).map(lambda ends: Span(*sorted(ends)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    talks=st.lists(
        st.lists(st.tuples(st.sampled_from(["INT", "P01", "Zoë"]), _WORDS), max_size=4), max_size=4
    ),
    started=st.none() | st.floats(0, 1e6),
)
def test_any_transcripts_come_back_as_they_were(
    talks: list[list[tuple[str, str]]], started: float | None
) -> None:
    put = []
    for number, talk in enumerate(talks):
        made = make_transcript(f"t{number}", talk)
        put.append(
            replace(made, turns=tuple(replace(turn, started_at=started) for turn in made.turns))
        )
    with tempfile.TemporaryDirectory() as folder:
        with open_study(folder, create=True) as study:
            assert study.add_transcripts(iter(put), read_with={}) == len(put)
        with open_study(folder) as study:
            assert list(study.transcripts()) == put


@given(
    st.lists(
        st.builds(
            Evidence,
            kind=_WORDS,
            spans=st.lists(_SPANS, max_size=3).map(tuple),
            words=st.lists(_WORDS, max_size=3).map(tuple),
            matched=_WORDS,
            strength=_WORDS,
            clause=_WORDS,
            minded=st.lists(_WORDS, max_size=2).map(tuple),
            weight=st.floats(0, 1),
        ),
        max_size=3,
    ).map(tuple)
)
def test_any_evidence_comes_back_as_it_was(evidence: tuple[Evidence, ...]) -> None:
    stored = write_evidence(evidence)
    assert read_evidence([stored, "[]", stored]) == [evidence, (), evidence]


def test_transcripts_come_in_the_order_of_their_ids_and_only_those_asked_for(study: Study) -> None:
    put = [make_transcript(name) for name in ("b", "Z", "a", "é", "survey:10", "survey:9")]
    study.add_transcripts(put, read_with={"a": "by v1"})
    names = [transcript.id for transcript in study.transcripts()]
    assert names == sorted(names) and len(names) == 6
    assert [found.id for found in study.transcripts(["b", "a"])] == ["a", "b"]
    assert study.transcript("é") == put[3]
    assert study.known_transcripts()["a"] == KnownTranscript(put[2].sha256, "a.txt", "by v1")
    with pytest.raises(ThemecodeError, match="holds no transcript nobody"):
        study.transcript("nobody")


def test_the_same_transcript_again_changes_nothing(study: Study) -> None:
    assert study.add_transcripts([make_transcript()], read_with={}) == 1
    assert study.add_transcripts([make_transcript()], read_with={}) == 0
    assert study.counts().transcripts == 1


def test_another_transcript_of_the_same_name_is_refused_with_the_whole_batch(study: Study) -> None:
    study.add_transcripts([make_transcript()], read_with={})
    changed = make_transcript(talk=[*TALK, ("P01", "And more.")])
    with pytest.raises(ThemecodeError, match=r"themecode import anna\.txt --replace"):
        study.add_transcripts([make_transcript("beth"), changed], read_with={})
    assert list(study.known_transcripts()) == ["anna"]


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b"])
def test_characters_no_database_keeps_are_refused_before_anything_is_written(
    study: Study, bad: str
) -> None:
    made = make_transcript()
    broken = replace(made, text=made.text + bad, sha256="x")
    with pytest.raises(ValueError, match="cannot keep"):
        study.add_transcripts([make_transcript("ok"), broken], read_with={})
    assert study.counts().transcripts == 0


def test_who_is_speaking_may_be_worked_out_anew_and_asks_for_coding_again(study: Study) -> None:
    transcript, (codebook, source) = make_transcript(), make_codebook()
    study.add_transcripts([transcript], read_with={"anna": "old"})
    study.save_codebook(codebook, source)
    coding = make_coding(transcript, "I was scared.")
    study.add_codings([coding], coded=[CodedPass("anna", codebook.sha256, MACHINE)])
    assert study.coded_passes(MACHINE) == {"anna": frozenset({codebook.sha256})}
    before = study.state_hash(MACHINE)

    other = replace(transcript.turns[1], kind=TurnKind.SUPPORT, participant_id=None)
    told = replace(transcript, turns=(transcript.turns[0], other, *transcript.turns[2:]))
    study.update_speakers(told, read_with="new")

    assert study.transcript("anna") == told
    assert study.known_transcripts()["anna"].read_with == "new"
    assert study.coded_passes(MACHINE) == {}
    assert list(study.codings(machine=MACHINE)) == []  # it was made on a participant's words
    assert study.state_hash(MACHINE) != before
    study.update_speakers(transcript, read_with="old")
    assert [found for found, _ in study.codings(machine=MACHINE)] == [coding]
    with pytest.raises(ValueError, match="other words"):
        study.update_speakers(replace(told, text=told.text + "x"), read_with="new")


def test_participants_are_written_over_and_keep_the_order_of_their_file(study: Study) -> None:
    ann = Participant("P02", "Nurse", {"site": "Leeds", "age": "30-39"}, Consent.QUOTE)
    bea = Participant("P01")
    study.save_participants([ann, bea])
    assert study.participants() == {"P02": ann, "P01": bea}
    assert list(study.participants()) == ["P02", "P01"]
    assert list(study.participants()["P02"].attributes) == ["site", "age"]
    study.save_participants([bea, replace(ann, consent=Consent.NONE)])
    assert list(study.participants()) == ["P01", "P02"]
    assert study.participants()["P02"].consent is Consent.NONE


def test_codebooks_come_back_as_they_were_and_the_last_one_is_in_force(study: Study) -> None:
    assert study.codebook_in_force() is None
    first, source = make_codebook()
    second, other = make_codebook(fear="Fear of anything.", version="2")
    study.save_codebook(first, source)
    study.save_codebook(second, other)
    assert study.codebook_in_force() == second
    assert study.codebook_with(first.sha256) == first
    assert study.codebook_with("0") is None
    study.save_codebook(first, source)
    study.save_codebook(first, source)
    assert study.codebook_in_force() == first
    assert [entry.what for entry in study.log()] == ["put a codebook in force"] * 3


def test_codings_come_back_with_their_turn_in_order_and_once(study: Study) -> None:
    one, two = make_transcript("anna"), make_transcript("beth")
    study.add_transcripts([two, one], read_with={})
    codebook, source = make_codebook()
    study.save_codebook(codebook, source)
    put = [
        make_coding(two, "My sister"),
        make_coding(one, "I was scared."),
        make_coding(one, "My sister drove me there 🚗.", coder="Dee"),
        make_coding(one, "My sister drove me there 🚗.", "ease"),
    ]
    study.add_codings(put, coded=[])
    study.add_codings(reversed(put), coded=[])
    assert [coding for coding, _ in study.codings(machine=MACHINE)] == [
        put[3],
        put[2],
        put[1],
        put[0],
    ]
    assert {turn for _, turn in study.codings(machine=MACHINE, transcript_ids=["anna"])} == {
        one.turns[1]
    }
    assert study.counts().codings == 4


def test_a_coding_that_is_not_about_its_words_is_refused(study: Study) -> None:
    transcript = make_transcript()
    study.add_transcripts([transcript], read_with={})
    coding = make_coding(transcript, "I was scared.")
    moved = replace(coding, segment=replace(coding.segment, span=coding.segment.span.shift(-1)))
    with pytest.raises(ValueError, match="not about words in turn 2") as refused:
        study.add_codings([coding, moved], coded=[])
    assert "scared" not in str(refused.value)
    assert study.counts().codings == 0


def test_a_changed_definition_sets_only_that_codes_claims_aside(study: Study) -> None:
    transcript, (codebook, source) = make_transcript(), make_codebook()
    study.add_transcripts([transcript], read_with={})
    study.save_codebook(codebook, source)
    fear = make_coding(transcript, "I was scared.")
    kept = make_coding(transcript, "My sister", "ease")
    answered = make_coding(transcript, "They made tea.")
    persons = make_coding(transcript, "They made tea.", coder="Dee")
    study.add_codings([fear, kept, answered, persons], coded=[])
    study.add_decision(decide(answered))
    changed, other = make_codebook(fear="Fear, of people only.")
    study.save_codebook(changed, other)
    found = {coding.id for coding, _ in study.codings(machine=MACHINE)}
    assert found == {kept.id, answered.id, persons.id}
    study.save_codebook(codebook, source)
    assert fear.id in {coding.id for coding, _ in study.codings(machine=MACHINE)}
    by_another = {coding.id for coding, _ in study.codings(machine="themecode/cues@2")}
    assert by_another == {answered.id, persons.id}


def test_decisions_and_memos_are_kept_in_order_and_once(study: Study) -> None:
    transcript = make_transcript()
    study.add_transcripts([transcript], read_with={})
    coding = make_coding(transcript, "I was scared.")
    study.add_codings([coding], coded=[])
    first, second = decide(coding), decide(coding, Verdict.RECODE, "Eve", to="ease")
    for decision in (first, second, first):
        study.add_decision(decision)
    assert list(study.decisions()) == [first, second]
    with pytest.raises(ValueError, match="another decision"):
        study.add_decision(replace(first, verdict=Verdict.REJECT))
    with pytest.raises(ThemecodeError, match="holds no coding elsewhere"):
        study.add_decision(replace(first, id="new", coding_id="elsewhere"))
    memo = Memo("m1", "study", "Dee", "An invented note.", AT)
    study.add_memo(memo)
    study.add_memo(memo)
    assert list(study.memos()) == [memo]
    counts = study.counts()
    assert (counts.decisions, counts.memos, counts.changed_at) == (2, 1, AT)
    assert (counts.turns, counts.words, counts.participants) == (4, 26, 1)


def test_the_state_changes_with_whatever_the_outputs_depend_on(study: Study) -> None:
    transcript, (codebook, source) = make_transcript(), make_codebook()
    coding = make_coding(transcript, "I was scared.")
    seen = {study.state_hash(MACHINE)}
    for change in (
        lambda: study.add_transcripts([transcript], read_with={}),
        lambda: study.save_codebook(codebook, source),
        lambda: study.add_codings([coding], coded=[]),
        lambda: study.save_participants([Participant("P01", "Mother")]),
        lambda: study.save_participants([Participant("P01", "Woman")]),
        lambda: study.add_decision(decide(coding)),
    ):
        change()
        seen.add(study.state_hash(MACHINE))
    assert len(seen) == 7
    now = study.state_hash(MACHINE)
    study.add_codings([coding], coded=[])
    study.add_memo(Memo("m", "study", "Dee", "Note.", AT))
    assert study.outputs_made_from() is None
    study.record_outputs(now)
    assert study.outputs_made_from() == study.state_hash(MACHINE) == now


def test_words_that_are_not_at_their_place_are_never_handed_out(study: Study) -> None:
    transcript, (codebook, source) = make_transcript(), make_codebook()
    study.add_transcripts([transcript], read_with={})
    study.save_codebook(codebook, source)
    study.add_codings([make_coding(transcript, "I was scared.")], coded=[])
    with study.open_door("a test") as connection:
        connection.execute(text("UPDATE transcripts SET text = replace(text, 'scared', 'glad')"))
    with pytest.raises(DamagedStudy, match="anna"):
        list(study.transcripts())
    with pytest.raises(DamagedStudy, match="anna"):
        list(study.codings(machine=MACHINE))


def test_the_log_says_what_was_done_and_notices_a_change(study: Study, tmp_path: Path) -> None:
    study.add_transcripts([make_transcript()], read_with={})
    study.record("apply", counts={"codings": 3})
    entries = list(study.log())
    assert [(entry.who, entry.what, dict(entry.counts)) for entry in entries] == [
        ("Dee", "add transcripts", {"transcripts": 1, "turns": 4}),
        ("Dee", "apply", {"codings": 3}),
    ]
    with study.open_door("a test") as connection:
        on = "" if study.folder else " ON log"
        connection.execute(text(f"DROP TRIGGER log_no_update{on}"))
        connection.execute(text("UPDATE log SET who = 'Eve' WHERE seq = 1"))
    with pytest.raises(DamagedStudy, match="entry 1"):
        list(study.log())
