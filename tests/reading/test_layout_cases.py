"""Every layout a transcript comes in: one readable case file each, input and the expected turns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from themecode.transcripts import read_file

CASES = sorted((Path(__file__).parent / "cases").glob("*.case"))


@dataclass(frozen=True)
class Case:
    file: str
    interviewers: tuple[str, ...]
    text: str
    turns: tuple[str, ...]


def read_case(path: Path) -> Case:
    head, _, rest = path.read_text(encoding="utf-8").partition("=== input\n")
    text, _, turns = rest.partition("=== turns\n")
    options = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    names = options.get("interviewers", "")
    return Case(
        options["file"],
        tuple(name.strip() for name in names.split(",") if name.strip()),
        text,
        tuple(turns.splitlines()),
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_layout_is_read_into_its_turns(path: Path, tmp_path: Path) -> None:
    case = read_case(path)
    source = tmp_path / case.file
    source.write_text(case.text, encoding="utf-8", newline="\n")
    reading = read_file(source, interviewers=case.interviewers)
    (transcript,) = reading.transcripts
    found = [
        f"{turn.kind} | {turn.speaker} | "
        f"{'-' if turn.started_at is None else format(turn.started_at, 'g')} | "
        f"{transcript.words_of(turn)}"
        for turn in transcript.turns
    ]
    assert found == list(case.turns)
    assert not any(problem.blocks for problem in reading.problems)
