"""The command from end to end: find, decide in a workbook, apply, sign, export."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from field_work import make_study, run_process, themecode

TALK = """\
INT: How was it, Morwenna?

P01: I felt judged by Dr Trelawney in Bodmin, and Jago Pascoe's mum rang me on 07700 900 173.

INT: And the children?

P01: Jago took my kids to Bodmin. There was no childcare there either.
"""


@pytest.fixture
def study() -> Path:
    Path("talks").mkdir()
    Path("talks/P01.txt").write_text(TALK, encoding="utf-8")
    return make_study("P02")


def _fill(path: str, **decisions: tuple[str, str]) -> None:
    """Decide as a researcher would, in the workbook; `Jago_Pascoe` stands for "Jago Pascoe"."""
    book = openpyxl.load_workbook(path)
    sheet = book["Names"]
    for row in sheet.iter_rows(min_row=2):
        said = decisions.get(str(row[0].value).replace(" ", "_"))
        if said:
            row[4].value, row[5].value = said
    book.save(path)


def _decide_all() -> None:
    assert themecode("pseudonymise", "find", "-o", "names.xlsx").status == 0
    _fill(
        "names.xlsx",
        Morwenna=("replace", "Anna"),
        Trelawney=("Replace", "[GP 1]"),
        Bodmin=("generalise", "a town in Cornwall"),
        Jago_Pascoe=("replace", "Person 2"),
        Jago=("replace", "Person 2"),
        **{"07700_900_173": ("replace", "telephone number")},
    )
    ran = themecode("pseudonymise", "decide", "names.xlsx", "--key", "names.key")
    assert ran.status == 0, ran.err


def test_from_finding_to_export_with_nobodys_name_left(study: Path) -> None:
    found = themecode("pseudonymise", "find", "--json").json
    rows = {row["words"]: row for row in found["rows"]}
    assert {
        "Morwenna",
        "Trelawney",
        "Bodmin",
        "Jago Pascoe",
        "Jago",
        "07700 900 173",
    } <= rows.keys()
    assert rows["Jago"]["becomes"] == rows["Jago Pascoe"]["becomes"]
    assert "not a guarantee" in found["not_a_guarantee"]
    assert sum(found["by_finder"].values()) >= sum(row["times"] for row in found["rows"])
    before = {
        (row["turn"], row["code"]): row["text"]
        for row in map(json.loads, themecode("export", "--format", "jsonl").out.splitlines())
    }
    _decide_all()
    ran = themecode("pseudonymise", "apply", "--key", "names.key")
    assert ran.status == 0, ran.err
    assert "not a guarantee" in " ".join(ran.out.split())
    refused = themecode("export", "--format", "jsonl")
    assert refused.status == 1
    assert "nobody has answered" in refused.err
    signed = themecode("pseudonymise", "sign", "--name", "Dee Okoro", "--key", "names.key")
    assert signed.status == 0, signed.err
    after = {
        (row["turn"], row["code"]): row["text"]
        for row in map(json.loads, themecode("export", "--format", "jsonl").out.splitlines())
    }
    assert before.keys() == after.keys()
    said = themecode("export", "--format", "text", "--transcript", "P01").out
    assert said.replace("\r", "").startswith("INT: How was it, [Anna]?")
    assert (
        "I felt judged by Dr [GP 1] in [a town in Cornwall], and [Person 2]'s mum rang me on "
        "[telephone number]."
    ) in said
    assert "[Person 2] took my kids to [a town in Cornwall]." in said


def test_the_key_stays_out_of_the_study_and_of_every_export(study: Path) -> None:
    _decide_all()
    for arguments in (
        ("find", "-o", study / "names.xlsx"),
        ("find", "--key", study / "names.key"),
        ("decide", "names.xlsx", "--key", study / "outputs" / "names.key"),
        ("apply", "--key", study / "sub" / ".." / "names.key"),
    ):
        ran = themecode("pseudonymise", *arguments)
        assert ran.status == 1, arguments
        assert "inside the study" in ran.err
    if os.name == "posix":
        for name in ("names.key", "names.xlsx"):
            assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600
    themecode("pseudonymise", "apply", "--key", "names.key", "--forget-originals", "--yes")
    themecode("pseudonymise", "sign", "--name", "Dee", "--key", "names.key")
    Path("names.key").unlink()  # needed for nothing else
    for name in ("csv", "xlsx", "jsonl", "turns"):
        assert themecode("export", "--format", name, "-o", f"out.{name}").status == 0
    assert themecode("apply", "talks").status == 0
    written = [*Path().glob("out.*"), *study.rglob("*")]
    for path in written:
        if path.is_file():
            for name in (b"Morwenna", b"Trelawney", b"Pascoe", b"Bodmin", b"names.key"):
                assert name not in path.read_bytes(), (path, name)


def test_a_faulty_workbook_changes_nothing_and_says_no_name(study: Path) -> None:
    themecode("pseudonymise", "find", "-o", "names.xlsx")
    _fill("names.xlsx", Morwenna=("change", "x"), Bodmin=("replace", ""), Jago=("replace", "jago"))
    ran = themecode("pseudonymise", "decide", "names.xlsx", "--key", "names.key")
    assert ran.status == 1
    assert ran.err.count("names.xlsx:") == 3
    assert not Path("names.key").exists()
    for name in ("Morwenna", "Bodmin", "Jago"):
        assert name not in ran.err


def test_what_is_not_decided_is_asked_about_again(study: Path) -> None:
    themecode("pseudonymise", "find", "-o", "names.xlsx")
    _fill("names.xlsx", Morwenna=("replace", "Anna"), Bodmin=("keep", ""))
    themecode("pseudonymise", "decide", "names.xlsx", "--key", "names.key")
    found = themecode("pseudonymise", "find", "--key", "names.key", "--json").json
    decided = {row["words"]: row["decision"] for row in found["rows"]}
    assert (decided["Morwenna"], decided["Bodmin"], decided["Jago"]) == ("replace", "keep", None)
    assert themecode("pseudonymise", "apply", "--key", "names.key").status == 0
    ran = themecode("pseudonymise", "sign", "--name", "Dee", "--key", "names.key")
    assert ran.status == 1
    assert "not decided yet" in ran.err
    again = ("pseudonymise", "sign", "--name", "Dee", "--key", "names.key", "--note", "a pilot")
    assert themecode(*again).status == 0


def test_nothing_is_asked_where_nobody_can_answer(study: Path) -> None:
    for arguments in (("decide", "--key", "names.key"), ("apply",), ("decide", "names.xlsx")):
        ran = run_process("pseudonymise", *arguments)
        assert ran.status == 2, ran.err
    _decide_all()
    ran = run_process("pseudonymise", "apply", "--key", "names.key", "--forget-originals")
    assert ran.status == 1
    assert "--yes" in ran.err


def test_a_file_that_is_no_key_is_refused(study: Path) -> None:
    for name, text in (
        ("a.key", "{}"),
        ("b.key", "not json"),
        ("c.key", "[1]"),
        ("d.key", "[" * 99999),
    ):
        Path(name).write_text(text, encoding="utf-8")
        ran = themecode("pseudonymise", "apply", "--key", name)
        assert ran.status == 1
        assert "not a pseudonym key" in ran.err


def test_prompts_are_shown_to_the_lead_and_stand_in_no_export(study: Path) -> None:
    Path("talks/P03.txt").write_text(
        "INT: How are you?\n\nP03: I've got the tablets saved up in the drawer.\n", encoding="utf-8"
    )
    assert themecode("apply", "talks").status == 0
    shown = themecode("safeguarding")
    assert "tablets saved up" in " ".join(shown.out.split())
    assert "protocol" in shown.out
    assert "Safeguarding: 1 passage" in themecode("status").out
    for name in ("csv", "jsonl"):
        assert "danger" not in themecode("export", "--format", name).out
    for path in (study / "outputs").iterdir():
        assert b"danger.suicide" not in path.read_bytes()
    [prompt] = themecode("safeguarding", "--json").json["prompts"]
    assert themecode("safeguarding", "--looked-at", prompt["id"][:8]).status == 2
    ran = themecode(
        "safeguarding", "--looked-at", prompt["id"][:8], "--name", "Dee", "--note", "DSL"
    )
    assert ran.status == 0, ran.err
    assert "Safeguarding" not in themecode("status").out
    assert "Looked at by Dee" in themecode("safeguarding", "--all").out
    assert themecode("safeguarding", "--looked-at", "zzz", "--name", "Dee").status == 1


_LISTEN = """
import sys
asked = []
def listen(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "urllib.Request"):
        asked.append(event)
sys.addaudithook(listen)
from themecode.cli import run
for command in sys.argv[1:]:
    if run(command.split()):
        sys.exit(f"{command} failed")
sys.exit(f"looked up: {asked}" if asked else 0)
"""


def test_nothing_is_ever_looked_up(study: Path) -> None:
    commands = [
        "pseudonymise find -o names.xlsx --workers 2",
        "pseudonymise decide names.xlsx --key names.key",
        "pseudonymise find --json",
        "safeguarding",
        "status",
    ]
    done = subprocess.run(
        [sys.executable, "-c", _LISTEN, *commands],
        capture_output=True, encoding="utf-8", check=False, timeout=120,
        env={**os.environ, "HOME": str(study.resolve()), "XDG_CACHE_HOME": str(study.resolve())},
    )  # fmt: skip
    assert (done.returncode, done.stderr.partition("looked up")[2]) == (0, ""), done.stderr


def test_several_processes_find_what_one_finds(study: Path) -> None:
    turns = "\n\n".join(
        f"INT: And number {n}?\n\nP04: Well, {n} was Kerensa Bolitho of Redruth, {n} years."
        for n in range(500)
    )
    Path("talks/P04.txt").write_text(turns, encoding="utf-8")
    assert themecode("import", "talks").status == 0
    one = themecode("pseudonymise", "find", "--json").out
    shutil.rmtree(study / "cache")
    assert themecode("pseudonymise", "find", "--json", "--workers", 2).out == one


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of its own")
def test_names_are_decided_one_by_one_at_a_terminal(study: Path) -> None:
    import pty

    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "themecode", "pseudonymise", "decide", "--key", "names.key"],
        stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip
    os.close(terminal)
    os.write(screen, b"r\nAnna\nk\n\nq\n")
    out, err = process.communicate(timeout=120)
    os.close(screen)
    assert process.returncode == 0, err
    kept = json.loads(Path("names.key").read_text(encoding="utf-8"))["decisions"]
    assert sorted(each["decision"] for each in kept) == ["keep", "replace"]
    assert "Anna" in {each["becomes"] for each in kept}
    assert "2 decisions kept" in out
