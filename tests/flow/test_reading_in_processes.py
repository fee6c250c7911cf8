"""Files read in several processes come into the study as if one had read them, in the files' order."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from field_work import TALK, themecode, write_book

from themecode.flow.importing import Imported, import_files
from themecode.flow.reading_options import ReadingOptions
from themecode.store import open_study
from themecode.transcripts import read_file

FILES = 30


def _write_talks() -> Path:
    folder = Path("talks")
    folder.mkdir()
    for number in range(FILES):
        who = f"P{number:02}"
        (folder / f"{who}.txt").write_text(TALK.format(who=who), encoding="utf-8")
    (folder / "P07.txt").write_bytes(b"")
    (folder / "P11.docx").write_bytes(b"PK\x03\x04 and no more")
    (folder / "P12b.txt").write_text(TALK.format(who="P12"), encoding="utf-8")
    return folder


def _import(study: str, folder: Path, workers: int) -> tuple[Imported, list[object]]:
    with open_study(Path(study), create=True) as opened, opened.lock():
        options = ReadingOptions()
        done = import_files(opened, [folder], options=options, workers=workers)
        return done, list(opened.transcripts())


@pytest.mark.parametrize("workers", [2, 3])
def test_several_processes_read_what_one_reads(workers: int) -> None:
    folder = _write_talks()
    alone, held_alone = _import("one", folder, 1)
    together, held_together = _import("several", folder, workers)
    assert len(alone.added) == FILES - 1
    assert sum(problem.blocks for problem in alone.problems) == 3
    assert together == alone
    assert held_together == held_alone


def test_only_files_the_study_has_not_are_read_again() -> None:
    folder = _write_talks()
    _import("study", folder, 2)
    (folder / "P30.txt").write_text(TALK.format(who="P30"), encoding="utf-8")
    again, _ = _import("study", folder, 2)
    assert again.added == ["P30"]
    # Of the three that could not be kept each is tried and named again.
    assert again.unchanged == FILES - 1
    assert sum(problem.blocks for problem in again.problems) == 3


def test_prompts_heard_while_coding_are_those_heard_afterwards() -> None:
    write_book()
    folder = Path("talks")
    folder.mkdir()
    for number in range(20):
        said = "I'm scared to go home tonight." if number % 3 == 0 else "It was fine."
        (folder / f"P{number:02}.txt").write_text(
            f"INT: How was that?\n\nP{number:02}: {said}\n", encoding="utf-8"
        )
    assert themecode("apply", "talks", "--codebook", "book.yaml", "--workers", "2").status == 0
    kept = Path("study/cache/safeguarding.json")
    heard = json.loads(kept.read_text(encoding="utf-8"))["value"]
    assert sum(bool(places) for _, places in heard.values()) == 7
    kept.unlink()
    themecode("safeguarding", "--json")
    assert json.loads(kept.read_text(encoding="utf-8"))["value"] == heard


def test_a_transcript_arrives_in_another_process_as_it_left() -> None:
    Path("P01.txt").write_text(TALK.format(who="P01"), encoding="utf-8")
    [transcript] = read_file(Path("P01.txt")).transcripts
    assert pickle.loads(pickle.dumps(transcript)) == transcript
