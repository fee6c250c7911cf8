"""Studies to and from REFI-QDA projects."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from field_work import BOOK, answer, make_study, read_segments, themecode, write_book, write_talk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from themecode.codebook import parse_codebook
from themecode.exchange.offsets import COUNTINGS
from themecode.exchange.project_in import read_project
from themecode.exchange.project_out import write_project
from themecode.exchange.qdc import code_guid
from themecode.flow.agreeing import gather_readings
from themecode.flow.outputs import settle_study
from themecode.model import (
    Coding,
    Memo,
    Segment,
    Span,
    Status,
    Transcript,
    TranscriptKind,
    Turn,
    TurnKind,
)
from themecode.settle import Settled
from themecode.store import open_study

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "Project.xsd"))
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
Claims = set[tuple[str, str, str, str]]


def list_claims(path: str | Path) -> Claims:
    """What a project says, read without themecode: text, words, code and coder of every coding.

    Positions are taken as code points of the text as its file has it.
    """
    claims: Claims = set()
    with zipfile.ZipFile(path) as package:
        root = etree.fromstring(package.read("project.qde"))
        SCHEMA.assertValid(root)
        space = "{urn:QDA-XML:project:1.0}"
        users = {user.get("guid"): user.get("name") for user in root.iter(f"{space}User")}
        codes = {code.get("guid"): code.get("name") for code in root.iter(f"{space}Code")}
        for source in root.iter(f"{space}TextSource"):
            inside = str(source.get("plainTextPath")).removeprefix("internal://")
            text = package.read(f"sources/{inside}").decode()
            for passage in source.iter(f"{space}PlainTextSelection"):
                words = text[
                    int(passage.get("startPosition", "")) : int(passage.get("endPosition", ""))
                ]
                for coding in passage.iter(f"{space}Coding"):
                    claims.add(
                        (
                            str(source.get("name")),
                            words,
                            str(codes[coding[0].get("targetGUID")]),
                            str(users[coding.get("creatingUser")]).removeprefix("imported "),
                        )
                    )
    return claims


def test_a_study_is_a_valid_project_with_every_coding_on_its_words() -> None:
    make_study("P01", "P02")
    assert themecode("export", "--format", "qdpx", "-o", "out.qdpx").status == 0
    counted = {
        (row["transcript"], row["text"], row["code"], row["coder"])
        for row in read_segments()
        if row["status"] == "suggested"
    }
    assert list_claims("out.qdpx") == counted
    assert counted


def test_what_reviewers_answered_is_theirs() -> None:
    make_study("P01", "P02")
    answer("P01 or no", "accept", reviewer="Dee")
    answer("took my kids", "recode", reviewer="Ann", to="family.care")
    answer("P02 or no", "reject", reviewer="Ann")
    ran = themecode("export", "--format", "qdpx", "-o", "out.qdpx")
    assert "Left out as rejected: 1 coding" in ran.err
    said = {(code, coder) for _, _, code, coder in list_claims("out.qdpx")}
    assert said == {
        ("Judged", "themecode/cues@1"),
        ("Judged", "Dee"),
        ("Losing children", "themecode/cues@1"),
        ("Childcare", "Ann"),
    }


def test_export_import_export_gives_the_same_codings_on_the_same_words() -> None:
    make_study("P01", "P02")
    answer("felt judged", "accept", reviewer="Dee")
    with open_study("study") as study:
        study.add_memo(Memo("m1", "code:stigma.judged", "Dee", "Think about this one.", AT))
        study.add_memo(Memo("m2", "study", "Dee", "Look again in May.", AT))
    themecode("export", "--format", "qdpx", "-o", "first.qdpx")
    themecode("init", "--study", "other", "--codebook", "book.yaml")
    ran = themecode("import", "first.qdpx", "--study", "other")
    assert (ran.status, ran.err) == (0, "")
    assert "Dee: 2 codings" in ran.out or "Dee: 1 coding" in ran.out
    assert "2 notes kept as memos" in ran.out
    themecode("export", "--format", "qdpx", "-o", "second.qdpx", "--study", "other")
    assert list_claims("second.qdpx") == list_claims("first.qdpx")
    again = themecode("import", "first.qdpx", "--study", "other")
    assert "the study had already" in again.out
    assert "kept as memos" not in again.out
    with open_study("other") as study:
        assert [(memo.about, memo.text) for memo in study.memos()] == [
            ("code:stigma.judged", "Think about this one."), ("study", "Look again in May."),
        ]  # fmt: skip


@pytest.mark.parametrize("program", sorted(COUNTINGS))
def test_a_project_written_for_any_program_comes_back_whole(program: str) -> None:
    write_book()
    talk = "INT: How was it?\n\nP01: Well 😀 I felt judged by them, and 👩‍👧 they took my kids.\n"
    write_talk("P01", text=talk)
    themecode("apply", "talks", "--codebook", "book.yaml")
    themecode("export", "--format", "qdpx", "--program", program, "-o", "out.qdpx")
    themecode("import", "out.qdpx", "--program", program)
    with open_study("study") as study:
        found = {
            (coding.coder, coding.code_id, coding.segment.text)
            for coding, _ in study.codings(machine="themecode/cues@1")
        }
    mine = {(code, text) for coder, code, text in found if coder == "themecode/cues@1"}
    assert {(code, text) for coder, code, text in found if coder.startswith("imported")} == mine
    assert len(mine) == 2


TEXTS = st.text(
    st.sampled_from("ab é\u0301\n\U0001f600\u05d0\u00a0\u2028'’.&<>"), min_size=3, max_size=60
).filter(lambda text: text.strip() != "")


@given(TEXTS, st.data())
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_passage_of_any_text_comes_back_on_its_words(
    tmp_path: Path, text: str, data: st.DataObject
) -> None:
    book, _ = parse_codebook(BOOK.encode(), name="b")
    assert book is not None
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    turn = Turn(1, "P01", TurnKind.PARTICIPANT, "P01", Span(0, len(text)))
    transcript = Transcript("T", "T.txt", "0", TranscriptKind.INTERVIEW, text, (turn,))
    segment = Segment.cut(transcript, turn, span)
    coding = Coding("c", segment, "stigma.judged", "Dee", None, (), "b", "c", AT)
    program = data.draw(st.sampled_from(sorted(COUNTINGS)))
    write_project(
        tmp_path / "p.qdpx", transcripts=[transcript],
        settled=[Settled(coding, turn, "stigma.judged", Status.CODED)],
        codebook=book, participants={}, counting=COUNTINGS[program],
    )  # fmt: skip
    [source] = read_project(tmp_path / "p.qdpx", counting=COUNTINGS[program]).sources
    [passage] = source.passages
    assert passage.span is not None
    assert source.text == text
    assert passage.span.of(source.text) == segment.text
    assert (passage.code_id, passage.coder, passage.made_at) == ("stigma.judged", "Dee", AT)


def make_project(path: str, *, origin: str, text: str, marked: list[tuple[int, int, str]]) -> None:
    """A project as another program would write it: lines of two characters, a capital in Sources."""
    codes = "".join(
        f'<Code guid="{code_guid(name)}" name={quoteattr(name)} isCodable="true"/>'
        for name in sorted({name for *_, name in marked})
    )
    user = "11111111-1111-1111-1111-111111111111"
    guid = "22222222-2222-2222-2222-222222222222"
    passages = "".join(
        f'<PlainTextSelection guid="{guid}" startPosition="{start}" endPosition="{end}">'
        f'<Coding guid="{guid}" creatingUser="{user.upper()}" creationDateTime="2025-02-03T04:05:06Z">'
        f'<CodeRef targetGUID="{{{code_guid(name).upper()}}}"/></Coding></PlainTextSelection>'
        for start, end, name in marked
    )
    xml = (
        f'<?xml version="1.0"?><Project xmlns="urn:QDA-XML:project:1.0" name="x" origin={quoteattr(origin)}>'
        f'<Users><User guid="{user}" name="Maya"/></Users><CodeBook><Codes>{codes}</Codes></CodeBook>'
        f'<Sources><TextSource guid="{guid}" name="P01" plainTextPath="internal://{guid}.txt">'
        f"{passages}</TextSource></Sources></Project>"
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("project.qde", xml)
        package.writestr(f"Sources/{guid}.txt", b"\xef\xbb\xbf" + text.encode())


def test_a_colleagues_project_brings_her_codings_as_hers() -> None:
    make_study("P01")
    text = themecode("export", "--format", "text", "--transcript", "P01").out
    theirs = text.rstrip("\n").replace("\n", "\r\n")
    start = theirs.index("They took my kids")
    end = theirs.index("too", start)
    across = theirs.index("And the children"), theirs.index("my kids")
    make_project(
        "maya.qdpx", origin="NVivo 14", text=theirs,
        marked=[(start, end, "Losing children"), (*across, "judged"), (start, end, "Unheard of")],
    )  # fmt: skip
    ran = themecode("import", "maya.qdpx")
    assert ran.status == 1
    assert "Maya: 3 codings" in ran.out
    assert "the codebook has no code “Unheard of”: 1 coding left out" in ran.err
    with open_study("study") as study:
        hers = [
            (coding.segment.turn, coding.code_id, coding.segment.text)
            for coding, _ in study.codings(machine="themecode/cues@1")
            if coding.coder == "Maya"
        ]
    assert sorted(hers) == [
        (3, "stigma.judged", "And the children?"),
        (4, "family.removal", "They took my kids. There was no childcare for the appointment either."[
            : end - start
        ].strip()),
        (4, "stigma.judged", "They took"),
    ]  # fmt: skip


def test_a_passage_whose_words_are_not_there_is_told_and_left() -> None:
    make_study("P01")
    make_project(
        "x.qdpx", origin="", text="P01: Some other talk altogether, felt judged by it.",
        marked=[(5, 20, "Judged"), (33, 44, "Judged")],
    )  # fmt: skip
    ran = themecode("import", "x.qdpx")
    assert "1 coding of “P01” could not be placed" in ran.err
    assert "Maya: 1 coding" in ran.out


def test_a_study_without_a_codebook_says_what_to_do() -> None:
    make_project("x.qdpx", origin="", text="P01: Hello there.", marked=[])
    ran = themecode("import", "x.qdpx", "--study", "new")
    assert ran.status == 1
    assert "themecode codebook convert x.qdpx" in ran.err


@pytest.mark.parametrize("main", ["../project.qde", "/project.qde", "project.qde"])
def test_a_harmful_project_is_refused(main: str) -> None:
    make_study("P01")
    with zipfile.ZipFile("bad.qdpx", "w") as package:
        package.writestr(main, '<!DOCTYPE a [<!ENTITY e "x">]><Project name="&e;"/>')
    ran = themecode("import", "bad.qdpx")
    assert ran.status == 1
    assert "bad.qdpx" in ran.err
    assert "Traceback" not in ran.err


def test_the_same_study_gives_the_same_bytes() -> None:
    make_study("P01", "P02")
    for name in ("one.qdpx", "two.qdpx"):
        themecode("export", "--format", "qdpx", "-o", name)
    assert Path("one.qdpx").read_bytes() == Path("two.qdpx").read_bytes()


def test_participants_are_cases_and_come_back() -> None:
    write_book()
    write_talk("P01")
    Path("people.csv").write_text(
        "participant,role,site,consent\nP01,Woman,North,paraphrase\n", encoding="utf-8"
    )
    themecode("apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv")
    themecode("export", "--format", "qdpx", "-o", "out.qdpx")
    themecode("init", "--study", "other", "--codebook", "book.yaml")
    themecode("import", "out.qdpx", "--study", "other")
    with open_study("other") as study:
        held = study.participants()["P01"]
    assert (held.role, dict(held.attributes), held.consent) == (
        "Woman",
        {"site": "North"},
        "paraphrase",
    )


def test_whoever_spoke_in_a_group_keeps_her_name_and_her_consent_when_a_project_comes_back() -> (
    None
):
    write_book()
    write_talk(
        "FG1",
        text="INT: How was it?\n\nW1: I felt judged the minute I sat down.\n\n"
        "W2: I felt judged by all of them, and said canary.\n\nW1: It was a long way home.\n",
    )
    Path("people.csv").write_text(
        "participant,transcript,speaker,role,consent\n"
        "Ada,FG1,W1,Woman,quote\nBea,FG1,W2,Woman,none\n",
        encoding="utf-8",
    )
    assert (
        themecode(
            "apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv"
        ).status
        == 0
    )
    themecode("memo", "Bea told me of parrots", "--about", "participant:Bea", "--author", "Ruth")
    themecode("memo", "Two parrots here", "--about", "transcript:FG1", "--author", "Ruth")
    themecode("memo", "Ada laughed", "--about", "participant:Ada", "--author", "Ruth")
    themecode("export", "--format", "qdpx", "-o", "held.qdpx")
    with zipfile.ZipFile("held.qdpx") as package:
        inside = "".join(
            package.read(name).decode("utf-8", "replace") for name in package.namelist()
        )
    assert "canary" not in inside and "parrots" not in inside and "Ada laughed" in inside
    themecode(
        "export", "--format", "qdpx", "-o", "all.qdpx", "--despite-consent", "the team's own copy"
    )
    themecode("init", "--study", "other", "--codebook", "book.yaml")
    assert themecode("import", "all.qdpx", "--study", "other").status == 0
    with open_study("other") as study:
        turns = study.transcript("FG1").turns
        assert [turn.participant_id for turn in turns] == [None, "Ada", "Bea", "Ada"]
        assert study.participants()["Bea"].consent == "none"
    ran = themecode("export", "--format", "text", "--transcript", "FG1", "--study", "other")
    assert "canary" not in ran.out and "judged the minute" in ran.out


def test_the_machines_claims_that_come_back_are_not_peoples() -> None:
    make_study("P01", "P02")
    themecode("export", "--format", "qdpx", "-o", "out.qdpx")
    before = sorted((row["text"], row["code"], row["status"]) for row in read_segments())
    assert themecode("import", "out.qdpx").status == 0
    themecode("apply", "talks", "--codebook", "book.yaml")
    assert sorted((row["text"], row["code"], row["status"]) for row in read_segments()) == before
    themecode("init", "--study", "other", "--codebook", "book.yaml")
    themecode("import", "out.qdpx", "--study", "other")
    with open_study("other") as study:
        held = list(settle_study(study, study.codebook_in_force()))
        assert held and {each.status for each in held} == {Status.SUGGESTED}


def test_answers_that_come_back_are_not_taken_for_the_coding_of_whole_transcripts() -> None:
    make_study("P01", "P02")
    answer("felt judged", "accept", reviewer="Dee")
    themecode("export", "--format", "qdpx", "-o", "out.qdpx")
    themecode("init", "--study", "other", "--codebook", "book.yaml")
    themecode("import", "out.qdpx", "--study", "other")
    with open_study("other") as study:
        codebook = study.codebook_in_force()
        assert codebook is not None
        said = gather_readings(study, codebook).readings
        assert not said.marked
        assert all(said.said.get("Dee", {}).values())
        held = list(settle_study(study, codebook))
        assert {each.status for each in held if each.coding.coder == "Dee"} == {Status.CODED}
