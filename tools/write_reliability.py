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
    ("R12 other readers", "The same for packs that come back, codebooks, name workbooks, participants, chosen quotes, projects and keys", "all", "all", "test_r12_hostile.py"),
    ("R13", "Mutated transcripts, codebooks and participants: read or refused, no traceback", "3,000", "50,000", "test_r11_bad_input.py"),
    ("R13 exchanged", "Mutated projects, PDF, codebooks of every format, packs, name workbooks and keys", "1,100", "22,000", "test_r13_exchanged.py"),
    ("R13 arguments", "Arguments at random: no traceback", "1,000", "1,000", "test_r11_bad_input.py"),
    ("R14", "Every visible part of every format (Word, OpenDocument, rich text, Excel, PDF, text, captions) is read, or counted as left out", "64", "64", "test_r14_visible_parts.py"),
    ("R15", "No cue runs away: a run takes at most twice a normal one; the cue language has no regular expressions", "30", "30", "test_r15_patterns.py"),
    ("R16", "Hostile codebooks are refused, each within 0.2 s", "21", "21", "test_r15_patterns.py"),
    ("R17", "No cell of a table becomes a formula or a link", "10", "10", "test_r15_patterns.py"),
    ("R17 every field", "The same for 14 fields people fill in × 10 payloads, in packs, name workbooks and lists of what was held back; Word without fields or links outside", "10 × 14", "10 × 14", "test_r17_every_field.py"),
    ("R19", "The whole way of a study, on a cold cache, asks the network nothing: heard inside the program, and two runs seen from outside (strace)", "10", "30", "test_r30_same.py"),
    ("R25 umask 022", "Files 0600, folders 0700", "1", "1", "test_r25_access.py"),
    ("R25 umask 000", "The same where the computer would leave everything open", "1", "1", "test_r25_access.py"),
    ("R26", "No word of a participant in an error, a log or a file left behind", "510", "1,020", "test_r11_bad_input.py"),
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

## Deciding together, in milliseconds

{decisions}

A bare writer is quicker and unfair: SQLite lets whoever has just written write again, so that most wait for
nothing and the last for seconds. In a study whoever has waited longer tries more often.

## The full sizes

`make nightly` runs every test of the first table at the size of a night (some hours; it sets
`THEMECODE_NIGHTLY`) and writes this page; `make bench-nightly` does the same for speed and size.

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
| R29 | the key is encrypted where its study is, or with a passphrase of its own | all | `tests/protecting/test_encrypted_key.py` |
| R25, R27 | an encrypted study: no word can be read, everything works | all | `tests/protecting/test_encryption.py` |
| R30 | a cluster comes to what one process does | 1 | `tests/scale/test_cluster.py` |

The tests work in memory where the system has room for it (`/dev/shm`): killing a process cannot lose
what the system holds. Those of R5 to R7 work on the disk, and power cuts have a file system of their own.

## What is not held, or not yet

- R2: shared memory cannot be simulated through the test's file system, so the connection keeps the
  study to itself there; its other settings are the program's own.
- R3 counts a limit on a file's size as a full disk; the tests of `tests/flow` fill a real one.
- R5: eight programs that decide without a pause, which no people do, wait for one another. The table above
  says how long, and how busy the machine was before each round (its load); the aims are 50 ms for 95 in 100
  and 250 ms for 99 in 100.
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
- R19: where `strace` is missing or may not look, only the audit hook inside the program listens.
- R29: the key of a study that is not encrypted is plain text unless `--encrypt-key` was asked for
  (`tests/protecting/test_encrypted_key.py`).
"""


def main() -> None:
    """Write the page."""
    measured = _gather(json.loads((ROOT / "benchmarks/reliability.json").read_text("utf-8")))
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
    page = HEAD + rows + TAIL.format(speed=speed, decisions=_show_decisions())
    (ROOT / "docs/reliability.md").write_text(page, encoding="utf-8")


#: Tests run in parts: what each part measured, and the row it is added up in.
_PARTS = {"R12 other readers": "R12 ", "R17 every field": "R17 payload ", "R26": "R26 damaged "}
#: What is not added up: the largest of the parts counts.
_LARGEST = ("slowest", "largest", "fields")


def _gather(measured: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """The parts of a test as one row."""
    gathered = dict(measured)
    for row, begins in _PARTS.items():
        parts = [figures for name, figures in measured.items() if name.startswith(begins)]
        if parts:
            gathered[row] = {
                name: round(
                    (max if name.startswith(_LARGEST) else sum)(part[name] for part in parts), 2
                )  # type: ignore[arg-type]
                for name in parts[0]
            }
    return gathered


def _show_decisions() -> str:
    place = ROOT / "benchmarks/deciding.json"
    if not place.exists():
        return "Not measured."
    told = json.loads(place.read_text(encoding="utf-8"))
    names = list(told["ours"])
    rows = [
        "| | " + " | ".join(name.replace("_", " ") for name in names) + " |",
        "| --- " * (len(names) + 1) + "|",
    ]
    for name, called in (("ours", "a study"), ("bare", "bare SQLite, the same settings")):
        rows.append(f"| {called} | " + " | ".join(str(told[name][each]) for each in names) + " |")
    head = (
        f"{told['writers']} writers, {told['decisions_each']} decisions each without a pause; medians of "
        f"{told['rounds']} rounds, in turn on one disk (`python benchmarks/deciding.py`).\n\n"
    )
    return head + "\n".join(rows)


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
