"""R12: files made to do harm are refused, or read right, in seconds and without filling the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_files import write_hostile
from measured import NIGHTLY, record

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")

#: Read, and rightly so: nothing in them does harm once it is only text.
READ = set(
    """xxe_styles.docx many_runs.docx macro.docx field.docx nested_zip.docx far_cell.xlsx million_rows.xlsx
    formula.xlsx utf16.txt utf32.txt half_characters.txt one_line.txt colons.txt brackets.txt combining.txt
    cues.vtt tags.vtt times.srt number.json deep.rtf binary.rtf spaces.odt link.txt""".split()
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every hostile file, written once."""
    return write_hostile(tmp_path_factory.mktemp("made") / "hostile")


def test_hostile_files_are_refused_or_read_right_and_quickly(hostile: list[Path]) -> None:
    paths = hostile
    assert len(paths) >= 60
    before = {path for path in Path().rglob("*") if "hostile" not in path.parts}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("guarded_runs.py"))],
        input="\n".join(map(str, paths)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    ran = {Path(told["path"]).name: told for told in map(json.loads, done.stdout.splitlines())}
    assert len(ran) == len(paths)
    for name, told in ran.items():
        assert told["status"] in (0, 1), (name, told)
        assert "Traceback" not in told["said"], (name, told)
        if told["status"]:
            assert name in told["said"], (name, "the message does not name the file", told)
        # Processor time, so that a busy machine fails nothing.
        assert told["cpu"] <= 5, (name, told["cpu"])
        assert told["megabytes"] <= 300, (name, told["megabytes"])
        assert "root:" not in told["said"]
    assert {name for name, told in ran.items() if told["status"] == 0} == READ
    made = {path for path in Path().rglob("*") if "hostile" not in path.parts} - before
    assert {path.parts[0].split("-")[0] for path in made} <= {"study", "said"}
    assert not Path("/tmp/evil.txt").exists() and not Path("../evil.txt").exists()
    record(
        "R12", files=len(paths), refused=len(ran) - len(READ), read=len(READ), tracebacks=0,
        slowest_cpu_s=max(told["cpu"] for told in ran.values()),
        largest_mb=max(told["megabytes"] for told in ran.values()),
    )  # fmt: skip


#: Which of the hostile files each other reader is given; what reads sheets as transcripts are read
#: (`transcripts/grids.py`) is given them all at night.
OTHER_READERS = {
    "pack": (".docx", ".xlsx"), "quotes": (".xlsx",) if NIGHTLY else (), "project": (".qdpx",), "key": (".docx", ".txt"),
    "codebook": (".docx", ".xlsx", ".csv") if NIGHTLY else (".docx",),
    "participants": (".xlsx", ".csv") if NIGHTLY else (".csv",),
    "names": (".xlsx", ".csv") if NIGHTLY else (".csv",),
}  # fmt: skip


@pytest.mark.parametrize("reader", [each for each, kinds in OTHER_READERS.items() if kinds])
def test_what_comes_back_from_others_is_held_to_the_same(reader: str, hostile: list[Path]) -> None:
    """Packs, codebooks, name workbooks, participants, projects, chosen quotes and keys."""
    given = [path for path in hostile if path.suffix in OTHER_READERS[reader]]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("guarded_readers.py")), reader],
        input="\n".join(map(str, given)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    ran = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(ran) == len(given) > 0
    for told in ran:
        assert not told["fault"], told
        assert told["cpu"] <= 5 and told["megabytes"] <= 300, told
        assert "root:" not in told["said"]
    record(
        f"R12 {reader}", files=len(ran), refused=sum(bool(told["said"]) for told in ran),
        slowest_cpu_s=max(told["cpu"] for told in ran),
        largest_mb=max(told["megabytes"] for told in ran), tracebacks=0,
    )  # fmt: skip
