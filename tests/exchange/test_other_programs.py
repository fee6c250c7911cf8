"""What other people's programs make of our files, and we of theirs (tools/other_programs.sh)."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from field_work import make_study, read_segments, themecode
from pyrefiqda import RefiProject

from themecode.codebook import find_codebook, read_codebook
from themecode.exchange.rows import list_rows
from themecode.flow.converting import convert_codebook, read_any_codebook
from themecode.model import Codebook, Cues

PROGRAMS = Path(sys.prefix) / "programs"


def program(name: str, command: str) -> Path:
    for place in (
        PROGRAMS / name / "bin" / command,
        PROGRAMS / name / "Scripts" / f"{command}.exe",
    ):
        if place.is_file():
            return place
    pytest.skip(f"{name} is not installed: run tools/other_programs.sh {PROGRAMS}")


def run(*command: object, **environment: str) -> str:
    own = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(each) for each in command], env={**own, **environment}, capture_output=True,
        encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def founding() -> Codebook:
    book, _ = read_codebook(find_codebook("women_in_treatment"))
    assert book is not None
    return book


def test_pyrefiqda_reads_the_project() -> None:
    make_study("P01", "P02")
    themecode("export", "--format", "qdpx", "-o", "out.qdpx")
    project = RefiProject.load("out.qdpx", extract_dir="inside")
    assert project.code_book is not None
    assert [theme.name for theme in project.code_book.codes.code] == ["Stigma", "Family"]
    assert project.sources is not None
    found = 0
    for source in project.sources.text_source:
        assert source.plain_text_path is not None
        text = RefiProject.resolve_source_path(source.plain_text_path, "inside").read_text("utf-8")
        words = {row["text"] for row in read_segments() if row["transcript"] == source.name}
        for passage in source.plain_text_selection:
            if passage.coding:
                assert text[passage.start_position : passage.end_position] in words
                found += len(passage.coding)
    assert found == sum(row["status"] == "suggested" for row in read_segments())


def test_qualitative_coding_imports_the_project(tmp_path: Path) -> None:
    qc = program("qualitative-coding", "qc")
    make_study("P01", "P02")
    themecode("export", "--format", "qdpx", "-o", "out.qdpx")
    inside = tmp_path / "qc"
    inside.mkdir()
    os.chdir(inside)
    # Its reader stops at a breakpoint left in it (1.7.8); this makes Python pass over it.
    run(qc, "init", "-i", "../out.qdpx", PYTHONBREAKPOINT="0")
    coders = run(qc, "coders")
    assert "themecode/cues@1" in coders
    stats = run(qc, "codes", "stats")
    for row in read_segments(tmp_path / "study"):
        if row["status"] == "suggested":
            assert row["code"] in stats


TAGUETTE = """
import sys
from types import SimpleNamespace
from taguette.import_codebook import list_tags
from taguette.export import codebook_csv, codebook_xml
with open(sys.argv[1], 'rb') as stream:
    tags = [
        SimpleNamespace(highlights_count=0, documents_count=0, **tag) for tag in list_tags(stream)
    ]
codebook_csv(tags, sys.argv[2])
codebook_xml(tags, sys.argv[3])
"""


def test_taguette_imports_the_codebook_and_exports_one_that_is_read() -> None:
    python = program("taguette", "python")
    convert_codebook("women_in_treatment", Path("ours.csv"))
    run(python, "-c", TAGUETTE, "ours.csv", "theirs.csv", "theirs.qdc")
    ours = list_rows(founding()).rows
    from_csv = list_rows(read_any_codebook("theirs.csv")[0]).rows
    assert [(row.code_id, row.definition) for row in from_csv] == [
        (row.code_id, row.definition) for row in ours
    ]
    # Its own REFI-QDA file drops the definitions; the paths are all that is left.
    from_qdc = list_rows(read_any_codebook("theirs.qdc")[0]).rows
    assert [(row.theme_id, row.code_id) for row in from_qdc] == [
        (row.theme_id, row.code_id) for row in ours
    ]


def test_libreoffice_opens_and_saves_the_tables_without_loss() -> None:
    for ending in ("docx", "xlsx"):
        convert_codebook("women_in_treatment", Path(f"ours.{ending}"))
        run(
            "soffice", f"-env:UserInstallation={Path.cwd().joinpath('office').as_uri()}", "--headless",
            "--convert-to", ending, "--outdir", "saved", f"ours.{ending}",
        )  # fmt: skip
        back = list_rows(read_any_codebook(f"saved/ours.{ending}")[0]).rows
        ours = list_rows(founding()).rows
        assert [replace(row, cues=Cues()) for row in back] == [
            replace(row, cues=Cues()) for row in ours
        ]
