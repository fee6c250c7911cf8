"""R27: nothing of somebody who withdrew is left in the study's own files, byte by byte."""

from __future__ import annotations

import json
import sqlite3
import time
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from field_work import BOOK, answer, read_segments, themecode, write_book, write_talk
from measured import record

from themecode.model import Memo
from themecode.pseudonyms.candidates import Kind
from themecode.pseudonyms.key import Action, Entry, read_key, write_key
from themecode.store import open_study
from themecode.store.removal import find_uncovered, tables_in_order

#: In nobody else's mouth.
CANARY = "zanzibar marmalade quixotic lighthouse"
GROUP = f"""\
INT: Who would like to begin?

Maria: I felt judged, and {CANARY} is what I told them about it.

Anna: Maria is right. They took my kids, and there was no childcare at all.

Maria: {CANARY.upper()}, I said again.

Anna: I felt judged myself when Maria's sister came.

Beth: There was no childcare for me, only the bus.
"""
ALONE = f"INT: Well?\n\nMaria: I felt judged. {CANARY.title()} I say. They took my kids.\n"


def _fill() -> Path:
    """A study in which Maria is everywhere she could be."""
    book = BOOK.replace('["They look at you like dirt."]',
                        f'["They look at you like dirt.", "I felt judged, and {CANARY} is what I told them"]')  # fmt: skip
    write_book(book)
    write_talk("group", text=GROUP)
    write_talk("alone", text=ALONE)
    write_talk("P02")
    Path("people.csv").write_text(
        "participant,transcript,speaker,role,town,consent\n"
        "M1,group,Maria,Woman,Zanzibartown,quote\nM1,alone,Maria,Woman,Zanzibartown,quote\n"
        "A1,group,Anna,Woman,Leeds,quote\nB1,group,Beth,Woman,Leeds,quote\n",
        encoding="utf-8",
    )
    ran = themecode("apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv")
    assert ran.status == 0, ran.err
    hers = answer("zanzibar", note=f"She says {CANARY} about it")
    answer(
        "there was no childcare at all",
        code="family.removal",
        note="Compare Maria: I felt judged, and zanzibar marmalade",
    )
    with open_study("study") as study:
        for number, (about, text) in enumerate(
            (
                ("study", f"Maria moved me when she said {CANARY} is what I told them."),
                ("participant:M1", "zanzibar marmalade"),
                ("transcript:alone", "lighthouse"),
                (f"coding:{hers}", "quixotic"),
                ("transcript:group", "A lively group."),
            )
        ):
            memo = Memo(f"m{number}", about, "Dee", text, datetime(2026, 1, 3, tzinfo=UTC))
            study.add_memo(memo)
    # An earlier version of each transcript, other exports, a copy, a cache, a leftover.
    write_talk("alone", text=ALONE + "\nMaria: And zanzibar marmalade once more, lighthouse.\n")
    write_talk("group", text=GROUP + "\nBeth: That was the group.\n")
    ran = themecode("import", "talks", "--replace", "--participants", "people.csv")
    assert ran.status == 0, ran.err
    assert themecode("apply", "talks").status == 0
    assert themecode("export", "--format", "csv", "-o", "sent_to_funder.csv").status == 0
    assert (
        themecode("export", "--format", "text", "--transcript", "P02", "-o", "p02.txt").status == 0
    )
    assert themecode("backup").status == 0
    study_folder = Path("study")
    (study_folder / "cache" / "vectors").mkdir()
    (study_folder / "cache" / "vectors" / "turns.bin").write_bytes(CANARY.encode("utf-16-le"))
    (study_folder / "outputs" / ".coded_segments.csv.00000000-1.xyz.themecode-tmp").write_text(
        CANARY
    )
    return study_folder


def _hits(folder: Path, words: str) -> list[str]:
    """Files that hold words in any capitals, as UTF-8 or UTF-16, zipped or not."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            contents = [path.read_bytes()]
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    contents += [archive.read(name) for name in archive.namelist()]
            for content in contents:
                lowered = content.lower()
                found += [
                    str(path.relative_to(folder))
                    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
                    if words.lower().encode(encoding) in lowered
                ]
    return sorted(set(found))


@pytest.fixture
def study_folder() -> Path:
    return _fill()


def test_no_byte_of_hers_is_left_and_what_is_elsewhere_is_listed(study_folder: Path) -> None:
    assert len(_hits(study_folder, "zanzibar")) >= 5
    others = {row["text"] for row in read_segments() if row["participant"] in ("A1", "B1", "P02")}
    before = {row["text"] for row in read_segments() if "Maria" not in row["text"]} & others
    began = time.perf_counter()
    ran = themecode("withdraw", "M1", "--yes", "--json")
    took = time.perf_counter() - began
    assert ran.status == 0, ran.err
    told = ran.json
    left = {word: [each for each in _hits(study_folder, word) if each != "codebook.yaml"]
            for word in ("zanzibar", "marmalade", "quixotic", "lighthouse", "maria", "M1,")}  # fmt: skip
    assert not any(left.values()), left
    # The codebook is the researcher's own file: she is told to mend it.
    assert told["by_hand"] == [str(study_folder / "codebook.yaml")]
    recalled = [Path(each["path"]).name for each in told["recall"]]
    assert "sent_to_funder.csv" in recalled and "p02.txt" not in recalled
    assert told["files_with_traces"] == []
    receipt = Path(told["receipt"]).read_text(encoding="utf-8")
    for personal in ("Maria", "M1", "zanzibar", "alone", "group"):
        assert personal not in receipt
    assert {row["text"] for row in read_segments()} >= before
    assert themecode("check").status == 0
    record("R27", raw_hits=sum(map(len, left.values())), seconds=round(took, 2))


def test_no_other_word_moves_in_a_group(study_folder: Path) -> None:
    before = themecode("export", "--format", "text", "--transcript", "group").out
    codings = [row for row in read_segments() if row["participant"] in ("A1", "B1")]
    assert themecode("withdraw", "M1", "--yes").status == 0
    after = themecode("export", "--format", "text", "--transcript", "group").out
    assert len(after) == len(before)
    for row in codings:
        start, end = int(row["start"]), int(row["end"])
        kept = after[start:end]
        assert len(kept) == len(row["text"])
        if "Maria" not in row["text"]:
            assert kept == row["text"]
    assert "[withdrawn]" in after
    assert "Anna: ————— is right." in after
    now = [row for row in read_segments() if row["participant"] in ("A1", "B1")]
    assert [(row["start"], row["code_id"]) for row in now] == [
        (row["start"], row["code_id"]) for row in codings
    ]
    assert all(after[int(row["start"]) : int(row["end"])] == row["text"] for row in now)


def test_a_dry_run_changes_no_byte_of_what_the_study_holds(study_folder: Path) -> None:
    def held() -> list[str]:
        with closing(sqlite3.connect(study_folder / "study.db")) as database:
            return list(database.iterdump())

    before = held()
    dry = themecode("withdraw", "M1", "--dry-run", "--json")
    assert dry.status == 0
    assert held() == before
    assert dry.json["removed"] == themecode("withdraw", "M1", "--yes", "--json").json["removed"]


def test_her_files_are_not_read_again(study_folder: Path) -> None:
    assert themecode("withdraw", "M1", "--yes").status == 0
    for again in (("apply", "talks"), ("apply", "talks", "--participants", "people.csv"),
                  ("import", "talks", "--replace", "--interviewer", "INT")):  # fmt: skip
        ran = themecode(*again)
        assert "withdrawn" in ran.err, ran.err
        assert "zanzibar" not in json.dumps(themecode("search", "zanzibar", "--json").json)
        assert themecode("check").status == 0
    text = themecode("export", "--format", "text", "--transcript", "group").out
    assert "aria" not in text


def test_a_name_others_call_her_by_goes_where_it_is_said(study_folder: Path) -> None:
    assert themecode("withdraw", "A1", "--yes", "--also-called", "the bus").status == 0
    assert "the bus" not in themecode("export", "--format", "text", "--transcript", "P02").out
    assert themecode("check").status == 0
    themecode("import", "talks", "--replace", "--participants", "people.csv")
    assert "the bus" not in themecode("export", "--format", "text", "--transcript", "P02").out


def test_a_passage_goes_alone(study_folder: Path) -> None:
    text = themecode("export", "--format", "text", "--transcript", "P02").out
    start = text.index("They took my kids.")
    ran = themecode("withdraw", "--passage", f"P02:{start}-{start + 18}", "--yes", "--json")
    assert ran.status == 0, ran.err
    after = themecode("export", "--format", "text", "--transcript", "P02").out
    assert after == text[:start] + "[withdrawn]       " + text[start + 18 :]
    hit = [row for row in read_segments() if "They took my kids" in row["text"]]
    assert all(row["transcript"] != "P02" for row in hit)
    themecode("import", "talks", "--interviewer", "INT")
    assert themecode("export", "--format", "text", "--transcript", "P02").out == after
    for bad in ("P02", "P02:9-3", "P02:5-999999", "nobody:1-9", f"P02:{start}-{len(text) - 2}"):
        ran = themecode("withdraw", "--passage", bad, "--yes")
        assert ran.status == 1 and "Traceback" not in ran.err


def test_who_is_not_known_or_not_confirmed_is_left_alone(study_folder: Path) -> None:
    ran = themecode("withdraw", "M7", "--yes")
    assert ran.status == 1 and "knows no participant" in ran.err
    unsure = themecode("withdraw", "M1")
    assert unsure.status == 1 and "Nothing was withdrawn" in unsure.err
    assert themecode("withdraw").status == 2
    assert "zanzibar" in str(themecode("search", "zanzibar", "--json").json)


def test_a_withdrawal_cut_short_is_ended_later(study_folder: Path) -> None:
    with open_study("study") as study:
        study.withdraw("M1")  # and the computer goes off
    assert "cut short" in themecode("check").err
    assert themecode("withdraw", "--finish").out == "Withdrawals ended: 1.\n"
    assert [each for each in _hits(study_folder, "zanzibar") if each != "codebook.yaml"] == []
    assert "cut short" not in themecode("check").err


def test_she_goes_from_the_pseudonym_key_as_well(study_folder: Path) -> None:
    key = Path("elsewhere.json")
    entries = [
        Entry("Maria", Kind("person"), Action.REPLACE, "Ana"),
        Entry("zanzibar", Kind("place"), Action.GENERALISE, "a town"),
        Entry("the bus", Kind("place"), Action.KEEP),
        Entry("Leeds", Kind("place"), Action.REPLACE, "a city", transcript_id="alone"),
    ]
    key.write_text(write_key(entries), encoding="utf-8")
    before = key.read_bytes()
    assert themecode("withdraw", "M1", "--dry-run", "--key", key).status == 0
    assert key.read_bytes() == before
    assert themecode("withdraw", "M1", "--yes", "--key", "no.json").status == 1
    ran = themecode("withdraw", "M1", "--yes", "--key", key, "--json")
    assert ran.status == 0, ran.err
    assert [each.words for each in read_key(key.read_text(encoding="utf-8"), path="k")] == [
        "the bus"
    ]
    assert ran.json["removed"]["decisions in the pseudonym key"] == 3


def test_every_table_says_what_becomes_of_it_when_somebody_withdraws() -> None:
    """A new table, or a new column of text, fails here until `store/removal.py` speaks of it."""
    assert find_uncovered() == []
    assert tables_in_order()


def test_the_rules_speak_of_the_tables_a_study_really_has(study_folder: Path) -> None:
    with closing(sqlite3.connect(study_folder / "study.db")) as database:
        made = {
            row[0]
            for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        } - {"sqlite_sequence", "alembic_version"}
    assert made == {table.name for table, _ in tables_in_order()}
