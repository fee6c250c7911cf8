"""Writes docs/reliability.md from what the tests measured: `python tools/write_reliability.py`.

The figures come from benchmarks/reliability.json (`make reliability`, or `make nightly` for the full
sizes) and benchmarks/keeping.json. Nothing on the page is typed but the words.
"""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).parents[1]

#: What is promised, at the size of each push and of each night, and the test that holds it.
PROMISES = (
    ("R1", "Killed at any moment (import, apply, replace, export, decide): nothing acknowledged is lost", "200", "1,000", "test_r01_kill.py"),
    ("R2", "Power cut between any two writes: nothing acknowledged is lost, no file damaged", "200", "2,000", "test_r02_power_cut.py"),
    ("R2 teeth", "The same with synchronous=NORMAL must lose decisions, or the test would prove nothing", "100", "200", "test_r02_power_cut.py"),
    ("R3", "Disk full at any byte: a plain reason, whole outputs, nothing lost", "40", "100", "test_r03_disk_full.py"),
    ("R4", "Killed while outputs are written: the old file or the new file, nothing left over", "100", "100", "test_r01_kill.py"),
    ("R5", "Eight people deciding at once: stored = acknowledged = sent", "8 × 60", "8 × 1,000", "test_r05_together.py"),
    ("R6", "Two reviewers of one coding: both kept, with name and time", "150", "1,000", "test_r05_together.py"),
    ("R7", "Copies made while eight write are whole and a prefix of what was done; damage never reaches a copy", "5", "20", "test_r05_together.py"),
    ("R8", "Studies of every earlier format open; killed on the way they are the old one or the new one", "20", "50", "test_r08_formats.py"),
    ("R9", "A span is its words, in any text", "300", "10,000", "test_r09_offsets.py"),
    ("R10", "A transcript changed after coding: each decision on its words, or listed", "40", "500", "test_r09_offsets.py"),
    ("R11", "Broken input over a coded study changes no decision", "130", "1,000", "test_r11_bad_input.py"),
    ("R12", "Hostile files: refused or read right within 5 s of processor time and 300 MB", "all", "all", "test_r12_hostile.py"),
    ("R13", "Mutated files of every kind: read or refused, no traceback", "1,300", "50,000", "test_r11_bad_input.py"),
    ("R13 arguments", "Arguments at random: no traceback", "150", "1,000", "test_r11_bad_input.py"),
    ("R14", "What is visible in a document is read, or counted as left out", "1", "1", "test_r15_patterns.py"),
    ("R15", "No cue runs away: the cue language has no regular expressions", "30", "30", "test_r15_patterns.py"),
    ("R16", "Hostile codebooks are refused", "21", "21", "test_r15_patterns.py"),
    ("R17", "No cell becomes a formula or a link", "10", "10", "test_r15_patterns.py"),
    ("R25 umask 022", "Files 0600, folders 0700", "1", "1", "test_r25_access.py"),
    ("R25 umask 000", "The same where the computer would leave everything open", "1", "1", "test_r25_access.py"),
    ("R26", "No word of a participant in an error", "130", "1,000", "test_r11_bad_input.py"),
    ("R27", "After a withdrawal nothing of hers in the study's own files", "1", "1", "test_r27_withdrawal.py"),
    ("R31", "Every change to the log is found", "100", "1,000", "test_r31_log.py"),
)  # fmt: skip

HEAD = """\
# What we hold ourselves to, and what was measured

Each line is a test in `tests/reliability`. `make test` runs all of them at the size of a push;
`make nightly` runs them at full size. `make reliability` runs them and writes this page, so no
figure here is typed by hand.

| | what is promised | a push | a night | measured | test |
| --- | --- | --- | --- | --- | --- |
"""

TAIL = """
## Withdrawing and copying, in seconds

{speed}

"Database" is the rows removed, the file rewritten and the log emptied; "everything" adds the copies
before and after, the caches, and the search of every byte afterwards. Without codings, so without
the outputs, which take as long as `apply` takes to write them.

## What is not held, or not yet

- R2: shared memory cannot be simulated through the test's file system, so the connection keeps the
  study to itself there; its other settings are the program's own.
- R3 counts a limit on a file's size as a full disk; the tests of `tests/flow` fill a real one.
- R5 here is the command line and the store. Over HTTP it is tested with the review page.
- R9 covers the text formats; positions through a `.qdpx` file are tested in `tests/exchange`.
- R12: a file of 1,000 speakers or more is refused (their labels are compared with one another).
- R26: rows an operating system writes when a program is killed (core files) are not ours to prevent.
- R27: copies made elsewhere, and what a solid-state disk keeps of overwritten blocks, are out of reach.
- R31 tells changed decisions only where they no longer fit their codings: decisions are not sealed
  one by one, the log is.
- R18, R20 to R23 are tested with the review page, R19 with the commands, R28 and R29 with the pseudonyms.
"""


def main() -> None:
    """Write the page."""
    measured = json.loads((ROOT / "benchmarks/reliability.json").read_text(encoding="utf-8"))
    rows = "".join(
        f"| {number} | {promise} | {push} | {night} | {_show(measured.get(number))} | `{test}` |\n"
        for number, promise, push, night, test in PROMISES
    )
    place = ROOT / "benchmarks/keeping.json"
    speed = (
        _show_speed(json.loads(place.read_text(encoding="utf-8")))
        if place.exists()
        else "Not measured."
    )
    page = HEAD + rows + TAIL.format(speed=speed)
    (ROOT / "docs/reliability.md").write_text(page, encoding="utf-8")


def _show(figures: dict[str, object] | None) -> str:
    if figures is None:
        return "not measured"
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())


def _show_speed(measured: list[dict[str, object]]) -> str:
    names = list(measured[0])
    lines = [
        "| " + " | ".join(name.replace("_", " ") for name in names) + " |",
        "| --- " * len(names) + "|",
    ]
    lines += ["| " + " | ".join(str(each[name]) for name in names) + " |" for each in measured]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
