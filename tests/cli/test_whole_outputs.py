"""What each command prints, whole: in a pipe, at 80 columns, without colour or progress."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest
from field_work import answer, make_study, run_process, themecode, write_book, write_talk


def plain(out: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in out.splitlines())


def expect(text: str) -> str:
    return textwrap.dedent(text).removeprefix("\n")


SUMMARY = """
study: 2 transcripts, 12 turns, 2 participants, 102 words

Theme        Codings   People (of 2)              To check
──────────────────────────────────────────────────────────
Stigma             2               2   ████████          0
Family             2               2   ████████          0

All themes         4               2                     0
"""
NEXT = """
In study/outputs:
  coded_segments.xlsx  every coded passage, and why (also .csv)
  theme_matrix.csv     themes and codes by participant
  theme_tables.docx    tables with quotes, for your report

These are a machine's suggestions: nobody has checked them yet. “To check” are
passages it is not sure of; they are in no count.
What next:
  Open theme_tables.docx, and read some passages against their codes.
  See who was taken for an interviewer:
    themecode status --speakers --study study
"""


def test_apply_prints_a_summary_and_what_to_do_next() -> None:
    write_book()
    write_talk("P01")
    write_talk("P02")
    ran = run_process("apply", "talks", "--codebook", "book.yaml", env={"COLUMNS": ""})
    assert (ran.status, ran.err) == (0, "")
    assert plain(ran.out) == "2 new transcripts read; 2 coded for 3 codes.\n" + SUMMARY + NEXT
    ran = run_process("apply", "talks", env={"COLUMNS": ""})
    told = "Nothing new to read or code: the tables are up to date.\n"
    assert (ran.status, plain(ran.out), ran.err) == (0, told + SUMMARY + NEXT, "")


def test_import_shows_who_speaks_and_why() -> None:
    write_talk("P01")
    ran = run_process("import", "talks")
    assert (ran.status, ran.err) == (0, "")
    assert plain(ran.out) == expect(
        """
        P01  6 turns, 51 words
          INT                    interviewer                      3 turns      15 words
                                 because: what the label means
          P01                    participant                      3 turns      36 words
                                 because: what the label means

        1 new transcript.
        study now holds 1 transcript, 6 turns, 1 participant and 51 words.
        Is an interviewer missing? Run this again with --interviewer LABEL. Is one no
        interviewer, though you named the label? Use --not-interviewer LABEL.
        """
    ), ran.out  # fmt: skip


def test_status_before_and_after_coding() -> None:
    write_talk("P01")
    themecode("import", "talks")
    ran = run_process("status")
    assert plain(ran.out) == (
        "study: 1 transcript, 6 turns, 51 words. Not coded yet: run `themecode apply`\n"
        "with a codebook.\n"
    )
    write_book()
    themecode("apply", "talks", "--codebook", "book.yaml")
    answer("They took my kids", code="family.removal")
    lines = plain(run_process("status").out).splitlines()
    assert lines[-6].startswith("Codebook: An invented study (version 1, 3 codes)")
    assert lines[-5:-2] == [
        "        1 suggested by the machine, not yet checked",
        "        1 accepted by a reviewer",
        "Decisions: 1. Memos: 0.",
    ]
    assert lines[-2].startswith("Last changed: ")
    assert (
        lines[-1] == "The tables in outputs/ are older than the study: run `themecode apply` again."
    )


def test_check_and_codebook_commands_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    make_study()
    assert plain(themecode("check").out) == (
        "study: read and found as written: 2 transcripts, 4 codings, 0 decisions, 0\n"
        "memos, 4 log entries.\n"
        "Every coding stands on its own words, and the log is unbroken.\n"
    )
    assert themecode("codebook", "check", "book.yaml").out == (
        "book.yaml: good. 2 themes, 3 codes, 5 cues, 1 examples.\n"
    )
    listed = themecode("codebook", "list").out.splitlines()
    assert [line.split()[0] for line in listed] == [
        "cfir", "com_b", "template", "women_in_treatment",
    ]  # fmt: skip
    ran = themecode("codebook", "new", "mine.yaml")
    assert ran.out == (
        "mine.yaml is ready to fill in. When you have, run `themecode codebook check mine.yaml`.\n"
    )
    assert themecode("codebook", "check", "mine.yaml").status == 0
    again = themecode("codebook", "new", "mine.yaml")
    assert (again.status, again.out) == (1, "")
    shown = themecode("codebook", "show", "family.removal", "--forms").out
    assert "Children taken by services." in shown
    assert "(nothing) · ma · me · mi · my" in shown
    assert "Content note" in shown
    assert "stigma.judged" in themecode("codebook", "show").out
    missing = themecode("codebook", "show", "no.such")
    assert (missing.status, missing.out) == (1, "")
    assert missing.err == (
        "themecode: The codebook has no code no.such. `themecode codebook show` lists them.\n"
    )


COMMANDS = [
    ("apply", "talks"), ("import", "talks"), ("status",), ("status", "--speakers"), ("search", "judged"),
    ("check",), ("codebook", "show"), ("codebook", "show", "stigma.judged", "--forms"),
    ("codebook", "list"), ("codebook", "check", "book.yaml"), ("evaluate", "gold.jsonl"),
]  # fmt: skip
_NO_JSON = {("codebook", "show", "stigma.judged", "--forms")}


@pytest.fixture
def studied() -> None:
    make_study()
    Path("gold.jsonl").write_text(
        '{"transcript": "P01", "turn": 2, "codes": []}\n', encoding="utf-8"
    )


@pytest.mark.usefixtures("studied")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_pipe_gets_no_colour_and_no_line_past_80_columns(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = themecode(*command)
    assert (ran.status, ran.err) == (0, "")
    assert "\x1b" not in ran.out
    assert "\r" not in ran.out
    wide = [line for line in ran.out.splitlines() if len(line) > 80]
    assert not wide
    monkeypatch.setenv("NO_COLOR", "1")
    assert themecode(*command).out == ran.out


@pytest.mark.usefixtures("studied")
@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if each not in _NO_JSON], ids=" ".join
)
def test_json_is_json_and_nothing_else(command: tuple[str, ...]) -> None:
    ran = themecode(*command, "--json")
    assert (ran.status, ran.err) == (0, "")
    json.loads(ran.out)


def test_problems_go_to_stderr_and_json_stays_whole() -> None:
    write_book()
    write_talk("P01")
    Path("talks/empty.txt").write_bytes(b"")
    ran = themecode("apply", "talks", "--codebook", "book.yaml", "--json")
    assert ran.status == 1
    assert [problem["path"] for problem in ran.json["problems"]] == ["talks/empty.txt"]
    assert "talks/empty.txt" in ran.err


def test_the_study_is_named_before_after_or_by_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_book()
    write_talk("P01")
    for before, after, variable in (
        ("b", None, None),
        (None, "a", None),
        (None, None, "v"),
        ("x", "c", "y"),
    ):
        if variable:
            monkeypatch.setenv("THEMECODE_STUDY", variable)
        named = after or before or variable
        first = ("--study", before) if before else ()
        last = ("--study", after) if after else ()
        ran = themecode(*first, "apply", "talks", "--codebook", "book.yaml", *last)
        assert ran.status == 0
        assert named is not None and (Path(named) / "study.db").is_file()
        assert themecode(*first, "status", *last).out.startswith(f"\n{named}: 1 transcript")
    assert not Path("x").exists()
    assert not Path("y").exists()
    assert not Path("study").exists()


def test_square_brackets_and_colons_in_names_are_shown_as_they_are() -> None:
    write_book(ODD_BOOK)
    write_talk("P[1]", folder="talks [bold]")
    ran = themecode("apply", "talks [bold]", "--codebook", "book.yaml", "--study", "s[/red]")
    assert ran.status == 0
    assert "s[/red]: 1 transcript" in ran.out
    assert "In s[/red]/outputs:" in ran.out
    assert "[bold]Stigma[/nope] :smile:" in ran.out
    assert "An [italic]invented[/] study" in themecode("status", "--study", "s[/red]").out
    assert "P[1]" in themecode("status", "--speakers", "--study", "s[/red]").out
    assert "A [x] :smile:" in themecode("codebook", "show", "--codebook", "book.yaml").out
    assert "[b]" in themecode("codebook", "show", "a.b", "--codebook", "book.yaml", "--forms").out
    assert themecode("search", "[judged]", "--study", "s[/red]").status == 0
    assert themecode("check", "--study", "s[/red]").out.startswith("s[/red]: read and found")
    assert "s[/red] now holds" in themecode("import", "talks [bold]", "--study", "s[/red]").out


ODD_BOOK = """\
title: "An [italic]invented[/] study"
version: "[1]"
themes:
- id: a
  name: "[bold]Stigma[/nope] :smile:"
  definition: "A [x] :smile: definition [/b]."
  codes:
  - id: a.b
    name: "A [b] name [/b]"
    definition: "A [b] definition."
    examples: ["They [laughs] judged."]
    cues: {strong: [judged]}
"""
