"""Search, status, export, evaluate, check and init, on studies made by the real command."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from field_work import (
    COLUMNS,
    answer,
    make_study,
    read_outputs,
    read_segments,
    run_process,
    themecode,
    write_talk,
)

from themecode.store import open_study

ROOT = Path(__file__).parents[2]


def test_search_shows_words_in_their_context() -> None:
    make_study()
    ran = themecode("search", "judg*")
    assert ran.status == 0
    assert ran.out.splitlines() == [
        "P01:2                     I felt judged the minute I sat down, …",
        "P02:2                     I felt judged the minute I sat down, …",
        "2 places in 2 transcripts for “judg*”.",
    ]
    everyone = themecode("search", "judged", "--everyone", "--transcript", "P01", "--json").json
    assert [(each["turn"], each["speaker"], each["words"]) for each in everyone] == [
        (2, "P01", "judged"), (5, "INT", "judged"),
    ]  # fmt: skip
    text = themecode("export", "--format", "text", "--transcript", "P01").out
    assert {text[each["start"] : each["end"]] for each in everyone} == {"judged"}
    assert themecode("search", "nowhere to be found").out.startswith("0 places in 0 transcripts")
    assert themecode("search", "they  took", "MY").out.startswith("P01:4")


def test_status_tells_what_waits_for_a_person() -> None:
    make_study()
    answer("They took my kids", code="family.removal")
    told = themecode("status").out
    for line in (
        "study: 2 transcripts, 12 turns, 2 participants, ",
        "Codebook: An invented study (version 1, 3 codes)",
        "        3 suggested by the machine, not yet checked",
        "        1 accepted by a reviewer",
        "Decisions: 1. Memos: 0.",
        "The tables in outputs/ are older than the study: run `themecode apply` again.",
    ):
        assert line in told
    assert themecode("apply", "talks").status == 0
    given = themecode("status", "--json").json
    assert given["outputs_up_to_date"] is True
    assert given["summary"]["statuses"] == {"suggested": 3, "accepted": 1}
    speakers = themecode("status", "--speakers", "--json").json
    assert [(each["label"], each["kind"]) for each in speakers[:2]] == [
        ("INT", "interviewer"), ("P01", "participant"),
    ]  # fmt: skip
    assert "interviewer" in themecode("status", "--speakers").out


def test_every_format_is_exported_with_the_contracts_columns() -> None:
    make_study()
    as_csv = themecode("export", "--format", "csv").out
    assert as_csv.encode() == Path("study/outputs/coded_segments.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(as_csv.removeprefix("\ufeff"), newline="")))
    lines = [json.loads(line) for line in themecode("export", "--format", "jsonl").out.splitlines()]
    assert [*rows[0]] == [*lines[0]] == COLUMNS
    assert lines[0]["evidence"][0]["matched"] == "feel judged"
    assert [str(line["start"]) for line in lines] == [row["start"] for row in rows]
    assert themecode("export", "--format", "xlsx", "-o", "out.xlsx").status == 0
    sheet = openpyxl.load_workbook("out.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[1]] == COLUMNS
    assert sheet.max_row == 5
    parquet = pytest.importorskip("pyarrow.parquet")
    assert themecode("export", "--format", "parquet", "-o", "out.parquet").status == 0
    table = parquet.read_table("out.parquet")
    assert table.column_names == COLUMNS
    assert table.num_rows == 4


def test_turns_and_text_are_exported_as_spans_count_them() -> None:
    make_study("P01", "Zoë")
    turns = themecode("export", "--format", "turns").out.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(turns, newline="")))
    assert ",".join(rows[0]) == "transcript,turn,speaker,kind,participant,start,end,started_at,text"
    for who in ("P01", "Zoë"):
        text = themecode("export", "--format", "text", "--transcript", who).out
        for row in rows:
            if row["transcript"] == who:
                assert text[int(row["start"]) : int(row["end"])] == row["text"]
    several = themecode("export", "--format", "text")
    assert several.status == 1
    assert "Name one with `--transcript ID`" in several.err
    assert themecode("export", "--format", "text", "-o", "texts").status == 0
    assert sorted(path.name for path in Path("texts").iterdir()) == ["P01.txt", "Zoë.txt"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl", "turns", "text"])
def test_nothing_is_written_over_without_force(kind: str) -> None:
    make_study("P01")
    Path("mine").write_text("my own notes", encoding="utf-8")
    ran = themecode("export", "--format", kind, "-o", "mine")
    assert ran.status == 1
    assert (
        ran.err
        == "themecode: mine exists already. Give another name with `-o`, or add `--force`.\n"
    )
    assert Path("mine").read_text(encoding="utf-8") == "my own notes"
    assert themecode("export", "--format", kind, "-o", "mine", "--force").status == 0
    assert Path("mine").read_bytes() != b"my own notes"


def test_a_folder_that_cannot_be_made_for_texts_is_told_of() -> None:
    make_study()
    Path("mine").write_text("notes", encoding="utf-8")
    ran = themecode("export", "--format", "text", "-o", "mine")
    assert ran.status == 1
    assert ran.err.count("\n") == 1
    assert "mine" in ran.err


def test_a_sheet_is_needed_for_what_is_not_text() -> None:
    make_study("P01")
    for kind in ("xlsx", "parquet"):
        ran = themecode("export", "--format", kind)
        assert (ran.status, ran.out) == (2, "")
        assert f"Name a file for {kind} with -o FILE." in ran.err


def test_a_transcript_the_study_does_not_hold_is_named() -> None:
    make_study("P01")
    for command in (
        ("export", "--format", "text", "--transcript", "P77"),
        ("export", "--format", "turns", "--transcript", "P77"),
        ("search", "judged", "--transcript", "P77"),
    ):
        ran = themecode(*command)
        assert ran.status == 1
        assert "P77" in ran.err
        assert ran.err.count("\n") == 1


def test_codings_of_people_are_met_by_the_machines() -> None:
    make_study()
    gold = Path("people.jsonl")
    gold.write_text(
        '{"transcript": "P01", "turn": 2, "codes": ["stigma.judged"]}\n'
        '{"transcript": "P01", "turn": 4, "codes": ["family.removal", "family.care"]}\n'
        '{"transcript": "P02", "turn": 2, "codes": []}\n',
        encoding="utf-8",
    )
    ran = themecode("evaluate", gold, "--json")
    assert ran.status == 0
    pooled = ran.json["by_code"]
    assert [pooled[key] for key in ("both", "missed", "extra", "neither")] == [2, 1, 1, 5]
    told = themecode("evaluate", gold).out
    assert "3 turns coded by people, 2 of them with a code." in told
    assert "0.67" in told
    sheet = Path("people.csv")
    sheet.write_text(
        "transcript,turn,codes\nP01,2,stigma.judged\nP01,4,family.removal; family.care\nP02,2,\n"
    )
    assert themecode("evaluate", sheet, "--json").json == ran.json


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"transcript": "P01", "turn": 2, "codes": ["nope"]}', "people.jsonl:1: the codebook has no code nope"),
        ('{"transcript": "P99", "turn": 2, "codes": []}', "P99, which the study does not hold"),
        ('{"transcript": "P01", "turn": 99, "codes": []}', "people.jsonl:1: P01 has no turn 99"),
        ('{"transcript": "P01", "codes": []}', "people.jsonl:1: needs a transcript, and a turn"),
        ('{"transcript": "P01", "turn": "x", "codes": []}', "people.jsonl:1: turn, start and end"),
        ('{"transcript": "P01", "turn": 2}', "people.jsonl:1: “codes” should be a list"),
        ("not json", "people.jsonl:1: the line is not a JSON object"),
        ("", "people.jsonl: "),
    ],
)  # fmt: skip
def test_faults_in_codings_of_people_are_told_with_their_line(text: str, says: str) -> None:
    make_study("P01")
    Path("people.jsonl").write_text(text + "\n", encoding="utf-8")
    ran = themecode("evaluate", "people.jsonl")
    assert ran.status == 1
    assert says in ran.err
    assert themecode("evaluate", "nowhere.jsonl").status == 1


def test_a_whole_study_is_found_whole() -> None:
    make_study()
    answer("They took my kids", code="family.removal")
    ran = themecode("check")
    assert ran.status == 0
    assert ran.err == ""
    assert "Every coding stands on its own words, and the log is unbroken." in ran.out
    given = themecode("check", "--json").json
    assert given["whole"] is True
    assert given["read"]["codings"] == 4


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("transcripts", "UPDATE transcripts SET text = replace(text, 'judged', 'JUDGED')"),
        ("codings", "UPDATE codings SET span_start = span_start + 1"),
        ("log", "UPDATE log SET who = 'Somebody'"),
        ("log", "DELETE FROM log WHERE seq = 2"),
    ],
)
def test_a_study_that_was_tampered_with_is_found_out(table: str, change: str) -> None:
    study = make_study()
    with closing(sqlite3.connect(study / "study.db")) as database, database:
        columns = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        if "span_start" in change and "span_start" not in columns:
            change = change.replace("span_start", "start" if "start" in columns else "start_at")
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(change)
    ran = themecode("check")
    assert ran.status == 1
    assert ran.err
    assert "Traceback" not in ran.err
    assert "judged" not in ran.err.lower()
    assert themecode("check", "--json").json["whole"] is False


def test_init_makes_an_empty_study_and_refuses_a_second_one() -> None:
    ran = themecode("init", "--study", "new")
    assert ran.status == 0
    assert ran.out.startswith("new is ready.")
    assert "--codebook FILE --study new" in ran.out
    again = themecode("init", "--study", "new")
    assert (again.status, again.out) == (1, "")
    assert again.err.startswith("themecode: There is a study in new already.")
    write_talk("P01")
    assert themecode("import", "talks", "--study", "new").status == 0


def test_init_of_a_database_server_is_refused() -> None:
    ran = themecode("init", "--study", "postgresql://team@server/study")
    assert (ran.status, ran.out) == (2, "")
    assert "makes a study in a folder" in ran.err
    assert not list(Path().iterdir())


def test_init_with_examples_is_ready_to_apply() -> None:
    ran = themecode("init", "--example", "--study", "my study")
    assert ran.status == 0
    place = Path("my study/transcripts_sample")
    assert len(list(place.iterdir())) >= 12
    assert "Women in treatment" in ran.out or "women" in ran.out.lower()
    (line,) = [line for line in ran.out.splitlines() if line.startswith("  themecode apply ")]
    import shlex

    program, *arguments = shlex.split(line)
    assert program == "themecode"
    with open_study("my study") as study:
        machine = study.machine_in_force()
    assert machine is not None and machine.coder.startswith("themecode/meaning")
    applied = themecode(*arguments, "--no-meaning", "--json")
    assert applied.status == 0, applied.err
    assert len(applied.json["added"]) >= 40
    assert applied.json["summary"]["codings"] > 100


def test_a_wheel_carries_the_codebooks_and_the_samples_and_works_from_another_folder(
    tmp_path: Path,
) -> None:
    pytest.importorskip("hatchling")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet",
         "--no-index", "--wheel-dir", str(tmp_path / "wheels"), str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "No module named pip" in done.stderr:
        pytest.skip("pip is not installed here")
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "wheels").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert "themecode/codebooks/women_in_treatment.yaml" in names
        assert "themecode/codebooks/template.yaml" in names
        assert "themecode/py.typed" in names
        assert sum(name.startswith("themecode/transcripts_sample/") for name in names) >= 12
        assert not [name for name in names if "__pycache__" in name or "_cache" in name]
        archive.extractall(tmp_path / "installed")
    installed = {"PYTHONPATH": str(tmp_path / "installed")}
    where = subprocess.run(
        [sys.executable, "-c", "import themecode; print(themecode.__file__)"],
        capture_output=True, text=True, check=True, env={**__import__("os").environ, **installed},
    )  # fmt: skip
    assert str(tmp_path / "installed") in where.stdout
    ran = run_process("init", "--example", "--study", "from-wheel", env=installed)
    assert (ran.status, ran.err) == (0, "")
    assert len(list(Path("from-wheel/transcripts_sample").iterdir())) >= 12
    ran = run_process(
        "apply", "from-wheel/transcripts_sample/P02_interview.txt", "--codebook", "women_in_treatment",
        "--study", "from-wheel", env=installed,
    )  # fmt: skip
    assert ran.status == 0
    assert read_segments("from-wheel")
    assert read_outputs("from-wheel")
