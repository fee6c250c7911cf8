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
    ("R1", "Killed at any moment (import, apply, replace, merge, export, report, decide): nothing acknowledged is lost", "200", "1,000", "test_r01_kill.py"),
    ("R2", "Power cut between any two writes: nothing acknowledged is lost, no file damaged", "200", "2,000", "test_r02_power_cut.py"),
    ("R2 teeth", "The same with synchronous=NORMAL must lose decisions, or the test would prove nothing", "200", "200", "test_r02_power_cut.py"),
    ("R3", "Disk full at any byte: a plain reason, whole outputs, nothing lost", "100", "100", "test_r03_disk_full.py"),
    ("R4", "Killed while tables, documents and projects are written: the old file or the new file, nothing left over", "150", "200", "test_r01_kill.py"),
    ("R5", "Eight people deciding at once: stored = acknowledged = sent", "8 × 250", "32 × 1,000", "test_r05_together.py"),
    ("R6", "Two reviewers of one coding: both kept, with name and time", "1,000", "1,000", "test_r05_together.py"),
    ("R5 over HTTP", "Eight people on the review's pages, a workbook taken in at the command line beside them: stored = acknowledged = sent", "8 × 20", "8 × 250", "test_r05_pages.py"),
    ("R6 over HTTP, two tabs", "Two tabs answer one excerpt at once: one is kept, the other is told (409)", "15", "1,000", "test_r05_pages.py"),
    ("R6 over HTTP, two people", "Two reviewers answer one excerpt at once: both kept, with name and time", "15", "1,000", "test_r05_pages.py"),
    ("R7", "Copies made while eight write are whole and a prefix of what was done; damage never reaches a copy", "20", "20", "test_r05_together.py"),
    ("R8", "Studies of every earlier format open; killed on the way they are the old one or the new one", "50", "50", "test_r08_formats.py"),
    ("R9", "A span is its words, in any text, kept in a study and through a project out and in", "10,000", "10,000", "test_r09_offsets.py"),
    ("R10", "A transcript changed after coding: each decision on its words, or listed", "500", "500", "test_r09_offsets.py"),
    ("R11", "Broken input over a coded study changes no decision", "1,000", "1,000", "test_r11_bad_input.py"),
    ("R12", "Hostile files: refused or read right within 5 s of processor time and 300 MB", "all", "all", "test_r12_hostile.py"),
    ("R13", "Mutated files of every kind: read or refused, no traceback", "3,000", "50,000", "test_r11_bad_input.py"),
    ("R13 arguments", "Arguments at random: no traceback", "1,000", "1,000", "test_r11_bad_input.py"),
    ("R14", "What is visible in a document is read, or counted as left out", "1", "1", "test_r15_patterns.py"),
    ("R15", "No cue runs away: a run takes at most twice a normal one; the cue language has no regular expressions", "30", "30", "test_r15_patterns.py"),
    ("R16", "Hostile codebooks are refused, each within 0.2 s", "21", "21", "test_r15_patterns.py"),
    ("R17", "No cell becomes a formula or a link", "10", "10", "test_r15_patterns.py"),
    ("R19", "The whole way of a study, on a cold cache, asks the network nothing", "10", "30", "test_r30_same.py"),
    ("R25 umask 022", "Files 0600, folders 0700", "1", "1", "test_r25_access.py"),
    ("R25 umask 000", "The same where the computer would leave everything open", "1", "1", "test_r25_access.py"),
    ("R26 damaged 0", "No word of a participant in an error, a log or a file left behind (a third)", "170", "340", "test_r11_bad_input.py"),
    ("R26 damaged 1", "The second third", "170", "340", "test_r11_bad_input.py"),
    ("R26 damaged 2", "The last third", "170", "340", "test_r11_bad_input.py"),
    ("R27", "After a withdrawal nothing of hers in the study's own files", "1", "1", "test_r27_withdrawal.py"),
    ("R30", "Any hash seed, one process or two: the same bytes of every table, report and project", "10", "30", "test_r30_same.py"),
    ("R31", "Every change to the log is found", "1,000", "1,000", "test_r31_log.py"),
)  # fmt: skip

HEAD = """\
# What we hold ourselves to, and what was measured

Each line of the first table is a test in `tests/reliability`. `make test` runs all of them at the size
of a push; `make nightly` runs them at full size. `make reliability` runs them and writes this page, so no
figure here is typed by hand. What was measured says at which size it was: where that is less than
"a push", the test has grown since.

| | what is promised | a push | a night | measured | test |
| --- | --- | --- | --- | --- | --- |
"""

TAIL = """
## Withdrawing and copying, in seconds

{speed}

"Database" is the rows removed, the file rewritten and the log emptied; "everything" adds the copies
before and after, the caches, and the search of every byte afterwards. Without codings, so without
the outputs, which take as long as `apply` takes to write them.

## Held by tests elsewhere

| | what is promised | a push | test |
| --- | --- | --- | --- |
| R10 | a transcript imported again after coding | cases | `tests/store/test_store_replace.py` |
| R18 | markup in words, names, notes and files runs nowhere (Chromium) | 50 and more | `tests/review/test_review_hostile.py` |
| R20 | no page without a key: every address, every method | all | `tests/review/test_review_door.py`, `tests/pseudonyms/test_names_page.py` |
| R21 | hosts and origins that are not ours | 13 hosts | `tests/review/test_review_door.py` |
| R22 | a form needs the token of the device it was shown to; looking changes nothing | all | `tests/review/test_review_door.py`, `tests/pseudonyms/test_names_page.py` |
| R23 | headers of every answer, refusals too | all | `tests/review/test_review_door.py` |
| R24 | one listener, on this computer | 1 | `tests/review/test_review_door.py` |
| R26 | nobody's words in what the review's server says | each fault | `tests/review/test_review_door.py` |
| R28 | names and numbers found in a second author's talk of 6,383 words | all | `tests/pseudonyms/test_held_back_talk.py` |
| R29 | the pseudonym key is in no study and no export; one pseudonym a person | all | `tests/pseudonyms/test_pseudonymise_command.py` |
| R30 | a cluster comes to what one process does | 1 | `tests/scale/test_cluster.py` |

The tests work in memory where the system has room for it (`/dev/shm`): killing a process cannot lose
what the system holds. Those of R5 to R7 work on the disk, and power cuts have a file system of their own.

## What is not held, or not yet

- R2: shared memory cannot be simulated through the test's file system, so the connection keeps the
  study to itself there; its other settings are the program's own.
- R3 counts a limit on a file's size as a full disk; the tests of `tests/flow` fill a real one.
- R5: eight programs that decide without a pause, which no people do, wait for one another: on a
  busy machine 95 in 100 decisions are kept within about 100 ms, not the 50 that were aimed at. Writers
  take turns (`store/connect.py`); before they did, one in 100 waited for about a second.
- R5 over HTTP: eight who answer without a pause, on two processors that also play the eight, wait up to
  about 160 ms (95 in 100), not the 50 aimed at; with a quarter of a second to read it is well within
  (benchmarks/RESULTS.md). At night it is 8 people, not 32: each has a connection and a browser's cookies.
- R9 covers plain text; the other formats are tested in `tests/reading`, other programs' ways of counting
  in `tests/exchange`.
- R12: a file of 1,000 speakers or more is refused (their labels are compared with one another).
- R26: rows an operating system writes when a program is killed (core files) are not ours to prevent.
- R27: copies made elsewhere, and what a solid-state disk keeps of overwritten blocks, are out of reach.
- R31 tells changed decisions only where they no longer fit their codings: decisions are not sealed
  one by one, the log is.
- R28: the second author's set is held back no longer: `docs/pseudonyms.md` says what it showed at first
  sight (structured identifiers 60 of 62) and now.
- R19 listens inside the program (an audit hook); `strace` saw the same once, by hand.
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
