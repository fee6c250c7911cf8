"""R11, R13 and R26: broken files and arguments change no decision, raise no traceback, leak no word."""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from field_work import BOOK, Ran, answer, make_study, themecode, write_book
from measured import record, size
from mutating import mutate

from themecode.cli import COMMANDS
from themecode.codebook import parse_codebook
from themecode.errors import UnreadableFile
from themecode.model import Problem
from themecode.store import open_study
from themecode.transcripts import read_file
from themecode.transcripts.participants import read_participants

CANARY = "xylophone-vermilion-kestrel"


def _decisions() -> str:
    with closing(sqlite3.connect("study/study.db")) as database:
        rows = database.execute("SELECT * FROM decisions ORDER BY seq").fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


SAMPLE = Path(__file__).parents[2] / "transcripts_sample"


def _seeds() -> list[tuple[str, bytes]]:
    from docx import Document
    from openpyxl import Workbook

    document = Document()
    for line in (
        "INT: Well?",
        f"P01: I felt judged, {CANARY}.",
        "INT: And?",
        "P01: They took my kids.",
    ):
        document.add_paragraph(line)
    made = io.BytesIO()
    document.save(made)
    book = Workbook()
    book.active.append(["id", "text", "role"])
    book.active.append(["1", f"I felt judged, {CANARY}.", "Worker"])
    sheet = io.BytesIO()
    book.save(sheet)
    talk = f"INT: Well?\n\nP01: I felt judged, {CANARY}.\n\nINT: And?\n\nP01: They took my kids.\n"
    return [
        ("a.docx", made.getvalue()),
        ("b.xlsx", sheet.getvalue()),
        ("c.txt", talk.encode()),
        ("d.csv", f'id,text,role\n1,"I felt judged, {CANARY}.",Worker\n'.encode()),
        ("e.vtt", f"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v P01>I felt judged, {CANARY}.</v>\n".encode()),
        ("f.srt", f"1\n00:00:01,000 --> 00:00:04,000\nP01: I felt judged, {CANARY}.\n".encode()),
        ("g.json", f'{{"segments": [{{"start": 0, "speaker": "P01", "text": "I felt {CANARY}."}}]}}'.encode()),
        ("h.md", talk.encode()),
        ("i.rtf", rb"{\rtf1\ansi P01: I felt judged.\par INT: Well?\par}"),
        ("j.odt", (SAMPLE / "P04_interview.odt").read_bytes()),
        ("k.pdf", (SAMPLE / "S01_specialist.pdf").read_bytes()),
        ("book.yaml", BOOK.encode()),
        ("people.csv", b"participant,transcript,speaker,role,consent\nP01,P01,P01,Woman,quote\n"),
    ]  # fmt: skip


def _clean(ran: Ran) -> None:
    assert ran.status in (0, 1, 2), ran.err
    assert "Traceback" not in ran.err + ran.out
    assert CANARY not in ran.err, "a participant's word stands in an error"


def _give(name: str) -> Ran:
    if name.endswith(".yaml"):
        return themecode("apply", "talks", "--codebook", f"given/{name}")
    if name.startswith("people"):
        return themecode("import", "talks", "--participants", f"given/{name}")
    return themecode("import", "given", "--replace")


def test_broken_files_change_no_decision_and_raise_nothing() -> None:
    make_study()
    answer("They took my kids", code="family.removal")
    before = _decisions()
    chance = random.Random(11)
    seeds = _seeds()
    rounds = size(1000, 1000)
    refused = 0
    Path("given").mkdir()
    for run in range(rounds):
        name, content = seeds[run % len(seeds)]
        if name.endswith(".pdf") and run % 4:  # a PDF takes fifty times as long as the others
            continue
        path = Path("given", name)
        path.write_bytes(mutate(content, chance))
        if run % 60 == 0:
            shutil.rmtree("study")
            shutil.copytree("kept", "study") if Path("kept").exists() else None
            if not Path("study").exists():
                make_study()
                answer("They took my kids", code="family.removal")
                shutil.copytree("study", "kept")
        ran = _give(name)
        _clean(ran)
        refused += ran.status != 0
        path.unlink()
        assert _decisions() == before
        if run % 50 == 0:
            assert themecode("check").status == 0
    assert _decisions() == before
    record("R11", broken=rounds, refused=refused, decisions_changed=0)


def test_mutants_of_every_kind_of_file_are_read_or_refused() -> None:
    """The readers alone, as many times as time allows; a fault shows as anything but Problems."""
    chance, mutants, refused = random.Random(13), size(3000, 50_000), 0
    seeds = [(name, content) for name, content in _seeds() if not name.endswith(".pdf")]
    for run in range(mutants):
        name, content = seeds[run % len(seeds)]
        mutant = mutate(content, chance)
        if name == "book.yaml":
            _, problems = parse_codebook(mutant, name=name)
        else:
            path = Path(name)
            path.write_bytes(mutant)
            try:
                problems = (
                    read_participants(path)[1] if name == "people.csv" else read_file(path).problems
                )
            except UnreadableFile as error:
                problems = (Problem(name, None, str(error)),)
        refused += any(problem.blocks for problem in problems)
        assert not any(CANARY in problem.message for problem in problems), name
    record("R13", mutants=mutants, refused=refused, tracebacks=0)


_ARGUMENTS = (
    "--study", "study", "nowhere", "--json", "-o", "out.bin", "talks", "--codebook", "book.yaml",
    "--force", "--yes", "--dry-run", "--format", "csv", "jsonl", "text", "P01", "P99", "--passage",
    "P01:1-9", "P01:9-1", "", " ", "\0bad".replace("\0", "?"), "🚗", "--workers", "-1", "0", "2",
    "--participants", "people.csv", "--interviewer", "INT", "--transcript", "--reviewer", "--help",
    "-h", "--", "-", "show", "check", "list", "new", "x" * 300, "study.db", "study/study.db", "*", "--list",
    "--finish", "--off", "--repair", "--everyone", "--speakers", "sqlite:///nowhere.db", "http://x",
)  # fmt: skip


def test_arguments_at_random_raise_nothing() -> None:
    make_study("P01")
    chance = random.Random(13)
    sets = size(1000, 1000)
    commands = sorted(COMMANDS.keys() - {"review", "encrypt"})
    for _ in range(sets):
        chosen = [chance.choice(commands), *chance.choices(_ARGUMENTS, k=chance.randint(0, 5))]
        ran = themecode(*chosen)
        assert ran.status in (0, 1, 2), (chosen, ran.err)
        assert "Traceback" not in ran.err, (chosen, ran.err)
    record("R13 arguments", sets=sets, tracebacks=0)


@pytest.mark.parametrize("number", range(3))
def test_faults_of_every_command_hold_no_word_of_a_participant(number: int) -> None:
    """Each command against a study whose database holds a canary and is then damaged."""
    write_book()
    Path("talks").mkdir()
    Path("talks/P01.txt").write_text(
        f"INT: Well?\n\nP01: I felt judged, {CANARY}. They took my kids.\n", encoding="utf-8"
    )
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0
    whole = Path("study/study.db").read_bytes()
    chance = random.Random(number)
    failures, wanted = 0, size(170, 340)
    commands = (
        ("status",), ("check",), ("check", "--repair"), ("export", "--format", "csv"), ("apply", "talks"),
        ("search", "kestrels"), ("withdraw", "P01", "--yes"), ("backup",), ("restore", "--yes"),
        ("export", "--format", "text"), ("import", "talks"), ("evaluate", "talks/P01.txt"),
    )  # fmt: skip
    own = set(Path().iterdir())
    for run in range(20 * wanted):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 8, 60, 300))):
            at = chance.randrange(0, len(content) - 64)
            content[at : at + 64] = chance.randbytes(64)
        for path in Path("study").glob("study.db*"):
            path.unlink()
        shutil.rmtree("study/backups", ignore_errors=True)
        Path("study/study.db").write_bytes(bytes(content))
        command = commands[run % len(commands)]
        ran = themecode(*command)
        assert "Traceback" not in ran.err, (command, ran.err)
        assert CANARY not in ran.err and "judged" not in ran.err, command
        failures += ran.status != 0
        if failures == wanted:
            break
    assert failures == wanted
    # No crash file, nothing beside the study, and no word of hers in its log.
    assert set(Path().iterdir()) == own
    Path("study/study.db").write_bytes(whole)
    for path in Path("study").glob("study.db-*"):
        path.unlink()
    with open_study("study") as study:
        assert not any(CANARY in repr(entry) or "judged" in repr(entry) for entry in study.log())
    record(f"R26 damaged {number}", forced_failures=failures, words_leaked=0)
