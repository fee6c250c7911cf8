"""Kills, full disks, other processes, other machines: a study comes out as it would have."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from field_work import (
    BOOK,
    OUTPUTS,
    make_study,
    read_outputs,
    read_segments,
    run_process,
    start,
    themecode,
    write_book,
    write_talk,
)


def _write_many(count: int) -> None:
    write_book()
    for number in range(count):
        write_talk(f"P{number:03}")


def test_two_workers_write_the_same_bytes_as_one() -> None:
    _write_many(50)
    for workers in (1, 2):
        ran = run_process(
            "apply", "talks", "--codebook", "book.yaml", "--study", f"s{workers}", "--workers", workers
        )  # fmt: skip
        assert (ran.status, ran.err) == (0, "")
        assert "50 coded for 3 codes." in ran.out
    assert read_outputs("s1") == read_outputs("s2")
    assert _codings("s1") == _codings("s2")


def _codings(study: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(Path(study) / "study.db")) as database:
        columns = "id, code_id, coder, confidence"
        return database.execute(f"SELECT {columns} FROM codings ORDER BY id").fetchall()


def test_ten_runs_give_the_same_bytes_whatever_the_hash_seed() -> None:
    _write_many(3)
    Path("views.csv").write_text("id,text,role\n1,I feel judged.,Worker\n", encoding="utf-8")
    assert themecode("init", "--codebook", "book.yaml", "--study", "begun").status == 0
    seeds = [0, *random.SystemRandom().sample(range(1, 2**32), 9)]
    made = []
    for pair in (seeds[at : at + 2] for at in range(0, 10, 2)):
        for at in range(2):
            shutil.copytree("begun", f"s{at}")
        running = [
            start(
                "apply", "talks", "views.csv", "--study", f"s{at}",
                env={"PYTHONHASHSEED": str(seed)},
            )
            for at, seed in enumerate(pair)
        ]  # fmt: skip
        for at, (seed, process) in enumerate(zip(pair, running, strict=True)):
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err
            made.append((seed, read_outputs(f"s{at}"), out.replace(f"s{at}", "S")))
            shutil.rmtree(f"s{at}")
    for seed, outputs, out in made[1:]:
        assert (outputs, out) == made[0][1:], f"PYTHONHASHSEED={seed}"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("workers", [1, 2])
def test_runs_killed_at_any_moment_end_as_one_run_would(workers: int) -> None:
    _write_many(120)
    whole = themecode("apply", "talks", "--codebook", "book.yaml", "--study", "whole")
    assert whole.status == 0
    chance = random.SystemRandom()
    arguments = ("apply", "talks", "--codebook", "book.yaml", "--study", "killed")
    for _ in range(3):
        process = start(*arguments, "--workers", workers, start_new_session=True)
        time.sleep(chance.uniform(0.3, 1.5))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)  # ends only when its workers have let go of the pipes, too
    ran = run_process(*arguments, "--workers", workers)
    assert (ran.status, ran.err) == (0, "")
    assert read_outputs("killed") == read_outputs("whole")
    assert _codings("killed") == _codings("whole")
    assert sorted(path.name for path in Path("killed/outputs").iterdir()) == sorted(OUTPUTS)
    assert themecode("check", "--study", "killed").status == 0


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the worker in /proc")
def test_a_worker_that_is_killed_is_told_of_and_the_next_run_goes_on() -> None:
    _write_many(2)
    for number in range(60):
        write_talk(f"Q{number:02}")
    process = start("apply", "talks", "--codebook", "book.yaml", "--workers", 2)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (workers := children.read_text().split()):
        assert process.poll() is None
        time.sleep(0.005)
    os.kill(int(workers[0]), signal.SIGKILL)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "run this again with fewer `--workers`" in err
    assert "Traceback" not in err
    assert "judged" not in err
    assert themecode("apply", "talks/P000.txt", "talks/P001.txt").status == 0


_HOLD = """
import sys
from themecode.store import open_study
with open_study(sys.argv[1]) as study, study.lock():
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def _held(study: Path) -> Iterator[None]:
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(study)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    try:
        yield
    finally:
        other.communicate("\n", timeout=60)


def test_a_study_another_process_is_writing_is_busy_to_writers_and_open_to_readers() -> None:
    study = make_study()
    before = read_outputs()
    write_talk("P03")
    with _held(study):
        for command in (("apply", "talks"), ("import", "talks")):
            ran = themecode(*command)
            assert ran.status == 1
            assert ran.out == ""
            assert ran.err.startswith(
                "themecode: Another themecode is working on this study (since "
            )
            assert ran.err.count("\n") == 1
        for command in (
            ("status",),
            ("search", "judged"),
            ("check",),
            ("export", "--format", "csv"),
        ):
            assert themecode(*command).status == 0
    assert read_outputs() == before
    assert themecode("apply", "talks").status == 0


def test_a_newer_themecodes_study_is_refused_and_left_alone() -> None:
    study = make_study()
    with closing(sqlite3.connect(study / "study.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0099'")
    before = read_outputs()
    for command in (("apply", "talks"), ("status",), ("search", "x"), ("check",)):
        ran = themecode(*command)
        assert ran.status == 1
        assert "newer themecode" in ran.err
        assert ran.err.count("\n") == 1
    assert read_outputs() == before


@contextmanager
def _mount(*arguments: str, on: Path) -> Iterator[None]:
    """A mount, or a skipped test where this computer does not allow one."""
    try:
        done = subprocess.run(["mount", *arguments, str(on)], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("this computer has no mount command")
    if done.returncode:
        pytest.skip("mounting is for root, on Linux")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(on)], check=True)


def test_a_read_only_study_is_refused_in_a_sentence() -> None:
    study = make_study().absolute()
    with _mount("--bind", str(study), on=study):
        again = ["mount", "-o", "remount,ro,bind", str(study)]
        if subprocess.run(again, capture_output=True, check=False).returncode:
            pytest.skip("this computer cannot mount read-only")
        ran = themecode("apply", "talks")
        assert ran.status == 1
        assert "read-only" in ran.err
        assert ran.err.count("\n") == 1


@pytest.mark.parametrize("size", ["128k", "256k", "384k", "448k"])
def test_a_full_disk_is_told_of_and_the_next_run_ends_the_work(size: str) -> None:
    _write_many(30)
    assert themecode("apply", "talks", "--codebook", "book.yaml", "--study", "whole").status == 0
    small = Path("small").absolute()
    small.mkdir()
    with _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", on=small):
        arguments = ("apply", "talks", "--codebook", "book.yaml", "--study", "small/study")
        ran = themecode(*arguments)
        assert ran.status == 1
        assert "disk is full" in ran.err
        assert ran.err.count("\n") == 1
        assert "judged" not in ran.err
        subprocess.run(["mount", "-o", "remount,size=32m", str(small)], check=True)
        ran = themecode(*arguments)
        assert (ran.status, ran.err) == (0, "")
        assert read_outputs("small/study") == read_outputs("whole")
        assert themecode("check", "--study", "small/study").status == 0


_LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from themecode.cli import main
main(sys.argv[2:])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
@pytest.mark.parametrize("limit", [1_000, 50_000, 120_000])
def test_a_file_that_may_not_grow_is_told_of(limit: int) -> None:
    _write_many(30)
    arguments = ["apply", "talks", "--codebook", "book.yaml"]
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(limit), *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith("themecode: ")
    assert done.stderr.count("\n") == 1
    assert themecode(*arguments).status == 0
    assert len(read_segments()) == 60


def test_a_place_taken_by_a_file_is_told_of() -> None:
    write_book()
    write_talk("P01")
    Path("study").write_text("mine", encoding="utf-8")
    ran = themecode("apply", "talks", "--codebook", "book.yaml")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("themecode: study is a file, not a folder.")
    Path("study").unlink()
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0
    for name in OUTPUTS:
        Path("study/outputs", name).unlink()
    Path("study/outputs").rmdir()
    Path("study/outputs").write_text("mine", encoding="utf-8")
    ran = themecode("apply", "talks")
    assert ran.status == 1
    assert "study/outputs is a file, not a folder" in ran.err
    assert ran.err.count("\n") == 1
    Path("study/outputs").unlink()
    Path("study/outputs").mkdir()
    Path("study/outputs/theme_matrix.csv").mkdir()
    ran = themecode("apply", "talks")
    assert ran.status == 1
    assert "theme_matrix.csv is a folder" in ran.err


def test_an_output_open_to_a_team_stays_open_to_it() -> None:
    study = make_study()
    if os.name != "nt":
        (study / "outputs" / "theme_matrix.csv").chmod(0o640)
    write_book(BOOK.replace("[childcare]", "[raining]"))
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0
    if os.name != "nt":
        assert (study / "outputs" / "theme_matrix.csv").stat().st_mode & 0o777 == 0o640
