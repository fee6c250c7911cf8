"""Coding on the machines of a Dask cluster gives what one process gives, whatever dies meanwhile."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from dask_cluster import make_certificate, run_cluster

from themecode.cli import run
from themecode.store import open_study
from themecode.suggest.coder import CODER

_APPLY = """
import os, signal, sys
from pathlib import Path
from themecode.flow.applying import apply_codebook
from themecode.flow.cluster import Cluster
from themecode.flow.reading_options import ReadingOptions
from themecode.store import open_study, utc_now

folder, address, victims = Path(sys.argv[1]), sys.argv[2], [int(pid) for pid in sys.argv[3:]]

def progress(stage, done, total):
    if stage == "coding" and 0 < done < total and victims:
        os.kill(victims.pop(), signal.SIGKILL)
        print("killed after", done, "of", total)

with open_study(folder / "clustered", create=True) as study:
    apply_codebook(study, [folder / "transcripts"], codebook_name=str(folder / "book.yaml"),
        options=ReadingOptions(), participants_path=None, outputs=folder / "clustered" / "outputs",
        made_at=utc_now(), cluster=Cluster(address), progress=progress)
"""


def _apply(folder: Path, name: str, *options: str) -> int:
    return run(
        ["apply", str(folder / "transcripts"), "--codebook", str(folder / "book.yaml")]
        + ["--study", str(folder / name), *options]
    )


def _read(study: Path) -> tuple[list[object], bytes]:
    """Everything coded (but for when), and the table of it."""
    with open_study(study) as opened:
        coded = [
            replace(coding, made_at=coding.made_at.min)
            for coding, _ in opened.codings(machine=CODER)
        ]
    return coded, (study / "outputs" / "coded_segments.csv").read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_worker_killed_mid_run_costs_nothing_and_nothing_is_coded_twice(
    field_work: Path,
) -> None:
    with run_cluster(field_work) as cluster:
        victim = cluster.workers[0]
        done = subprocess.run(
            [sys.executable, "-c", _APPLY, str(field_work), cluster.address, str(victim.pid)],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        logs = cluster.read_logs()
    assert done.returncode == 0, done.stderr
    assert "killed after 16 of 150" in done.stdout
    assert victim.returncode == -9
    assert _apply(field_work, "alone", "--workers", "1") == 0
    assert _read(field_work / "clustered") == _read(field_work / "alone")
    for told in ("judged", "childcare"):  # nobody's words in a log of the cluster
        assert told not in logs
    with closing(sqlite3.connect(field_work / "clustered" / "study.db")) as other:
        passes = other.execute("SELECT transcript_seq FROM coded_passes").fetchall()
        codings = other.execute("SELECT id FROM codings").fetchall()
    assert len(passes) == len(set(passes)) == 150
    assert len(codings) == len(set(codings)) > 500


def test_several_processes_code_what_one_does(field_work: Path) -> None:
    assert _apply(field_work, "alone", "--workers", "1") == 0
    assert _apply(field_work, "many", "--workers", "2") == 0
    assert _apply(field_work, "default") == 0
    assert _read(field_work / "many") == _read(field_work / "alone")
    assert _read(field_work / "default") == _read(field_work / "alone")


def test_a_cluster_is_reached_over_tls_and_only_with_a_certificate(field_work: Path) -> None:
    cert, key = make_certificate(field_work)
    tls = ["--tls-ca-file", str(cert), "--tls-cert", str(cert), "--tls-key", str(key)]
    command = [sys.executable, "-m", "themecode", "apply", str(field_work / "transcripts")]
    command += ["--codebook", str(field_work / "book.yaml"), "--study", str(field_work / "safe")]
    ours = ["--tls-ca", str(cert), "--tls-cert", str(cert), "--tls-key", str(key)]
    with run_cluster(field_work, workers=1, tls=tls) as cluster:
        assert cluster.address.startswith("tls://")
        told = [*command, "--scheduler", cluster.address]
        without = subprocess.run(told, capture_output=True, text=True, timeout=240, check=False)
        done = subprocess.run(
            [*told, *ours], capture_output=True, text=True, timeout=240, check=False
        )
    assert without.returncode == 1
    assert "certificates" in without.stderr and "Traceback" not in without.stderr
    assert done.returncode == 0, done.stderr
    assert len(_read(field_work / "safe")[0]) > 500


def test_a_scheduler_that_is_not_there_is_told_of_plainly(field_work: Path) -> None:
    command = [sys.executable, "-m", "themecode", "apply", str(field_work / "transcripts")]
    command += ["--codebook", str(field_work / "book.yaml"), "--study", str(field_work / "none")]
    done = subprocess.run(
        [*command, "--scheduler", "tcp://127.0.0.1:1"],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "No Dask scheduler answers at tcp://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--scheduler", "tcp://x:1", "--workers", "2"], "--workers or --scheduler"),
        (["--scheduler", "machine:8786"], "tcp://machine:8786"),
        (["--tls-ca", "x.pem"], "go with --scheduler"),
        (["--scheduler", "tls://x:1", "--tls-cert", "x.pem"], "TLS needs all"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(
    field_work: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert _apply(field_work, "none", *options) == 2
    assert told in " ".join(capsys.readouterr().err.split())
    assert not (field_work / "none").exists()


def test_a_trained_model_codes_the_same_on_a_cluster_and_in_several_processes(
    tmp_path: Path,
) -> None:
    transcripts = tmp_path / "transcripts"
    transcripts.mkdir()
    for number in range(20):
        who = f"P{number:02}"
        talk = (
            f"INT: And what made it hard?\n\n{who}: I never knew how to book it, nobody showed me, "
            f"and there were {number} buses to catch to get there.\n\n"
            f"INT: And what helped?\n\n{who}: My sister came along and I felt I could do it.\n\n"
        )
        (transcripts / f"{who}.txt").write_text(talk, encoding="utf-8")
    given = ["apply", str(transcripts), "--codebook", "com_b"]
    with run_cluster(tmp_path) as cluster:
        there = ["--scheduler", cluster.address, "--study", str(tmp_path / "clustered")]
        assert run([*given, *there]) == 0
        logs = cluster.read_logs()
    assert run([*given, "--study", str(tmp_path / "alone")]) == 0
    assert run([*given, "--workers", "2", "--study", str(tmp_path / "many")]) == 0
    coded = {name: _read_by_model(tmp_path / name) for name in ("alone", "clustered", "many")}
    assert coded["alone"] == coded["clustered"] == coded["many"]
    assert len(coded["alone"][0]) > 20
    assert "sister" not in logs


def _read_by_model(study: Path) -> tuple[list[object], bytes]:
    from themecode.flow.coders import find_coder

    with open_study(study) as opened:
        machine = find_coder(opened).name
        assert machine != CODER
        coded = [
            replace(coding, made_at=coding.made_at.min)
            for coding, _ in opened.codings(machine=machine)
        ]
    return coded, (study / "outputs" / "coded_segments.csv").read_bytes()
