"""Pseudonyms put into a real study: everything people did stays on its words, and names are gone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from themecode.errors import ThemecodeError
from themecode.flow.pseudonymising import apply_key, find_in_study
from themecode.flow.signing import require_signature
from themecode.model import (
    Coding,
    Decision,
    Evidence,
    Memo,
    Participant,
    Segment,
    Span,
    Transcript,
    TranscriptKind,
    Turn,
    TurnKind,
    Verdict,
    coding_id,
)
from themecode.pseudonyms.candidates import Kind
from themecode.pseudonyms.key import Action, Entry
from themecode.store import CodedPass, Study, open_study, review_schema, schema

AT = datetime(2026, 3, 4, tzinfo=UTC)
NAMES = ("Morwenna", "Tegwen Pryce", "Jago")
TALK = (
    ("INT", "How are things, Morwenna?"),
    ("Morwenna", "Tegwen Pryce rang 🚗. Jago's mum knew. I was scared of Jago."),
    ("Jago", "I never said that to Morwenna, and Tegwen Pryce heard it."),
    ("Morwenna", "They made tea. I felt I could breathe."),
)
KEY = (
    Entry("Morwenna", Kind.PERSON, Action.REPLACE, "Person 1"),
    Entry("Tegwen Pryce", Kind.PERSON, Action.REPLACE, "X"),
    Entry("Jago", Kind.PERSON, Action.REPLACE, "a much longer man's name"),
)


def make_talk(name: str = "group", talk=TALK) -> Transcript:
    text, turns = "", []
    for number, (speaker, words) in enumerate(talk, start=1):
        text += ("\n\n" if text else "") + f"{speaker}: "
        span = Span(len(text), len(text) + len(words))
        asks = speaker == "INT"
        who = None if asks else f"{name}/{speaker}"
        kind = TurnKind.INTERVIEWER if asks else TurnKind.PARTICIPANT
        turns.append(Turn(number, speaker, kind, who, span, float(number)))
        text += words
    return Transcript(
        name, f"/home/dee/{name}.txt", f"sha-{name}", TranscriptKind.FOCUS_GROUP, text, tuple(turns)
    )


def code_at(transcript: Transcript, turn: Turn, start: int, end: int, coder: str = "Dee") -> Coding:
    span = Span(turn.span.start + start, turn.span.start + end)
    segment = Segment.cut(transcript, turn, span)
    evidence = Evidence("cue", (span,), (segment.text,), "a cue", "strong", "Definition: x")
    machine = coder.startswith("themecode/")
    return Coding(
        coding_id(segment, "c" * 8, "fear", coder), segment, "fear", coder,
        0.7 if machine else None, (evidence,) if machine else (), "b" * 8, "c" * 8, AT,
    )  # fmt: skip


@pytest.fixture
def study(tmp_path: Path):
    with open_study(tmp_path / "study", create=True) as opened:
        yield opened


def fill(study: Study) -> tuple[Transcript, list[Coding]]:
    transcript = make_talk()
    study.add_transcripts([transcript], read_with={"group": "as it is"})
    codings = [
        code_at(transcript, transcript.turns[1], 0, len(TALK[1][1])),
        code_at(transcript, transcript.turns[1], 7, 23),  # begins and ends inside names
        code_at(transcript, transcript.turns[2], 28, 44, "themecode/cues@1"),  # ends inside one
        code_at(transcript, transcript.turns[3], 15, 38),
    ]
    study.add_codings(codings, coded=[CodedPass("group", "b" * 8, "themecode/cues@1")])
    for number, coding in enumerate(codings):
        study.add_decision(
            Decision(f"d{number}", coding.id, "Ros", Verdict.ACCEPT, None, "Jago again", AT)
        )
    study.add_memo(Memo("m1", f"coding:{codings[3].id}", "Dee", "Look at Morwenna's breath.", AT))
    span = codings[3].segment.span
    study.add_memo(Memo("m2", f"segment:group:{span.start}:{span.end}", "Dee", "Breath.", AT))
    study.save_participants(
        [Participant("group/Jago", "Man", {"site": "Jago's house"}), Participant("group/Morwenna")]
    )
    return transcript, codings


def test_every_coding_decision_and_memo_moves_with_its_words(study: Study) -> None:
    _, codings = fill(study)
    with study.lock():
        applied = apply_key(study, KEY)
    assert (applied.moved.codings, applied.moved.decisions, applied.moved.memos) == (4, 4, 2)
    new = study.transcript("group")
    moved = {coding.id: coding for coding, _ in study.codings(machine="themecode/cues@1")}
    assert [coding.segment.text for coding in moved.values()] == [
        "[X] rang 🚗. [a much longer man's name]",
        "[X] rang 🚗. [a much longer man's name]'s mum knew. I was scared of [a much longer man's name].",
        "[Person 1], and [X]",
        "I felt I could breathe.",
    ]
    for coding in moved.values():
        assert coding.segment.span.of(new.text) == coding.segment.text
        for item in coding.evidence:
            assert tuple(span.of(new.text) for span in item.spans) == item.words
    decided = [each for each in study.decisions() if each.coding_id in moved]
    assert len(decided) == 4
    assert {each.note for each in decided} == {"[a much longer man's name] again"}
    memos = {memo.about.partition(":")[0]: memo for memo in study.memos()}
    assert memos["coding"].text == "Look at [Person 1]'s breath."
    assert memos["coding"].about.partition(":")[2] in moved
    start, end = map(int, memos["segment"].about.split(":")[2:])
    assert Span(start, end).of(new.text) == "I felt I could breathe."
    assert study.coded_passes("themecode/cues@1") == {"group": frozenset(["b" * 8])}
    assert len(codings) == 4


def test_the_turns_of_a_focus_group_stay_the_turns(study: Study) -> None:
    before, _ = fill(study)
    with study.lock():
        apply_key(study, KEY)
    after = study.transcript("group")
    assert [(turn.number, turn.kind, turn.started_at) for turn in after.turns] == [
        (turn.number, turn.kind, turn.started_at) for turn in before.turns
    ]
    assert [turn.speaker for turn in after.turns] == [
        "INT", "[Person 1]", "[a much longer man's name]", "[Person 1]",
    ]  # fmt: skip
    assert [after.text[turn.span.start - len(turn.speaker) - 2 : turn.span.start] for turn in after.turns] == [
        f"{turn.speaker}: " for turn in after.turns
    ]  # fmt: skip
    assert after.turns[1].participant_id == "group/[Person 1]"
    held = study.participants()
    assert list(held) == ["group/[a much longer man's name]", "group/[Person 1]"]
    assert held["group/[a much longer man's name]"].attributes == {
        "site": "[a much longer man's name]'s house"
    }


def test_the_words_from_before_are_kept_until_they_are_to_be_forgotten(study: Study) -> None:
    fill(study)
    assert study.folder is not None
    (study.folder / "backups").mkdir()
    (study.folder / "backups" / "old.db").write_bytes(b"Morwenna" * 1000)
    with study.lock():
        apply_key(study, KEY)
        raw = b"".join(path.read_bytes() for path in study.folder.glob("study.db*"))
        assert b"Morwenna" in raw
        applied = apply_key(study, KEY, forget=True)
    assert applied.forgotten["versions"] == 1
    assert [c.segment.text for c, _ in study.codings(machine="x")][-1] == "I felt I could breathe."
    assert sum(1 for _ in study.decisions()) == 4
    assert sum(1 for _ in study.memos()) == 2
    for path in study.folder.rglob("*"):
        if path.is_file():
            for name in ("Morwenna", "Tegwen", "Pryce", "Jago"):
                for spelled in (name, name.upper(), name.lower()):
                    assert spelled.encode() not in path.read_bytes(), (path, name)
                    assert spelled.encode("utf-16-le") not in path.read_bytes(), (path, name)


def test_reading_the_files_again_does_not_bring_the_names_back(
    study: Study, tmp_path: Path
) -> None:
    from themecode.flow.importing import import_files
    from themecode.flow.reading_options import ReadingOptions

    file = tmp_path / "P01.txt"
    file.write_text("INT: Hello.\n\nP01: Morwenna came.\n\nINT: Did she?\n\nP01: Yes.\n", "utf-8")
    with study.lock():
        import_files(study, [file], options=ReadingOptions())
        apply_key(study, KEY)
        for options in (ReadingOptions(), ReadingOptions(interviewers=("P01",), replace=True)):
            import_files(study, [file], options=options)
    assert "Morwenna" not in study.transcript("P01").text


def test_a_review_under_way_and_the_list_of_exports_go_on(study: Study) -> None:
    before, codings = fill(study)
    span = codings[3].segment.span
    study.record_export(Path("out.csv"), "csv", ["group/Jago", "group/Morwenna"])
    with study.open_door("a review of a test") as connection:
        seq = connection.execute(select(schema.current_transcripts.c.transcript_seq)).scalar()
        connection.execute(
            insert(review_schema.review_items).values(
                plan_seq=1, number=1, id="i1", transcript_id="group", transcript_seq=seq, turn=4,
                span_start=span.start, span_end=span.end, stratum="sure", code_id="fear",
                coding_ids=json.dumps([codings[3].id]), topics="[]",
            )
        )  # fmt: skip
        connection.execute(
            insert(review_schema.review_answers).values(
                id="a1", item_id="i1", reviewer="Ros", revision=1, reply="accept", codes="[]",
                note="Jago said it too", came_by="page", answered_at="2026-03-04",
            )
        )  # fmt: skip
    with study.lock():
        apply_key(study, KEY)
    new = study.transcript("group")
    moved = {coding.id for coding, _ in study.codings(machine="x")}
    with study.open_door("look") as connection:
        item = connection.execute(select(review_schema.review_items)).one()
        answer = connection.execute(select(review_schema.review_answers)).one()
        now = connection.execute(select(schema.current_transcripts.c.transcript_seq)).scalar()
    assert item.transcript_seq == now
    assert Span(item.span_start, item.span_end).of(new.text) == span.of(before.text)
    assert set(json.loads(item.coding_ids)) <= moved
    assert answer.note == "[a much longer man's name] said it too"
    taken = study.withdraw("group/[Person 1]", dry_run=True)
    assert [path for path, _, _ in taken.exports] == [str(Path("out.csv").resolve())]


def test_putting_them_in_twice_changes_nothing(study: Study) -> None:
    fill(study)
    with study.lock():
        apply_key(study, KEY)
        again = apply_key(study, KEY)
    assert (again.transcripts, again.places) == (0, 0)


def test_nothing_is_exported_until_somebody_answers_for_it(study: Study) -> None:
    fill(study)
    require_signature(study)
    with study.lock():
        apply_key(study, KEY)
    with pytest.raises(ThemecodeError, match="nobody has answered"):
        require_signature(study)
    study.sign_pseudonyms("Dee Okoro", undecided=0, note="")
    require_signature(study)
    study.add_transcripts([make_talk("later")], read_with={})
    with pytest.raises(ThemecodeError, match="have changed since Dee Okoro"):
        require_signature(study)


def test_what_was_found_once_is_kept_and_what_is_new_is_found(study: Study) -> None:
    fill(study)
    first = find_in_study(study)
    assert find_in_study(study) == first
    assert {"Morwenna", "Tegwen Pryce", "Jago"} <= {row.words for row in first.rows}
    study.add_transcripts(
        [make_talk("more", (("INT", "Who?"), ("P9", "It was Kerensa Bolitho, off the boats.")))],
        read_with={},
    )
    assert "Kerensa Bolitho" in {row.words for row in find_in_study(study).rows}


_WORDS = st.sampled_from(["Jago", "tea", "Tegwen Pryce", "Morwenna's", "é", "🚗", "Jago.", "and"])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    talk=st.lists(st.lists(_WORDS, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=4),
    data=st.data(),
)
def test_whatever_is_replaced_every_span_still_slices_to_its_words(
    tmp_path_factory, talk, data
) -> None:
    speakers = data.draw(
        st.lists(st.sampled_from(["INT", "Jago", "W1"]), min_size=len(talk), max_size=len(talk))
    )
    transcript = make_talk("any", tuple(zip(speakers, talk, strict=True)))
    becomes = data.draw(
        st.lists(st.text("xy ", min_size=1, max_size=9).filter(str.strip), min_size=3, max_size=3)
    )
    key = [
        Entry(name, Kind.PERSON, Action.REPLACE, new.strip())
        for name, new in zip(NAMES, becomes, strict=True)
    ]
    codings = []
    for turn in transcript.turns:
        start = data.draw(st.integers(0, len(turn.span) - 1))
        end = data.draw(st.integers(start + 1, len(turn.span)))
        codings.append(code_at(transcript, turn, start, end))
    with open_study(tmp_path_factory.mktemp("s") / "study", create=True) as study:
        study.add_transcripts([transcript], read_with={})
        study.add_codings(codings, coded=[])
        with study.lock():
            apply_key(study, key)
        new = study.transcript("any")
        for coding, turn in study.codings(machine="x"):
            assert (
                turn.span.start
                <= coding.segment.span.start
                < coding.segment.span.end
                <= turn.span.end
            )
            assert coding.segment.span.of(new.text) == coding.segment.text
        old_free = [c for c in codings if not any(n in transcript.text for n in NAMES)]
        kept = {c.segment.text for c, _ in study.codings(machine="x")}
        assert {c.segment.text for c in old_free} <= kept
