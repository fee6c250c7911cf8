"""The benchmarks run from end to end; what they measure is not asserted here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "benchmarks" / "run.py"

pytestmark = pytest.mark.skipif(not RUN.is_file(), reason="the benchmarks are not installed")


def _run(*arguments):
    done = subprocess.run(
        [sys.executable, str(RUN), *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=900,
        check=False,
    )
    assert not done.returncode, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    out = tmp_path_factory.mktemp("benchmarks") / "page.md"
    _run("--quick", "--out", str(out))
    return out.read_text(encoding="utf-8")


def _rows(page):
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_figure_that_is_promised_has_a_row(page):
    promised = _run("--list").split("\n")
    measured = [row[0] for row in _rows(page) if row[0] not in ("what", "---")]
    assert measured == [name for name in promised if name]
    assert len(set(measured)) == len(measured) > 30


def test_every_row_has_a_figure_and_every_limit_stands_beside_it(page):
    for row in _rows(page):
        assert len(row) == 8, row
        assert row[2], row
    limits = [row[5] for row in _rows(page)]
    assert sum(limit.startswith(("≤", "≥")) for limit in limits) > 20


def test_a_smoke_run_judges_nothing_and_says_so(page):
    assert "smoke run" in page
    assert "FAIL" not in page
    assert "limits are kept" not in page


def test_the_page_names_no_computer_and_no_place_on_it(page):
    import platform

    assert str(ROOT) not in page
    assert str(Path.home()) + os.sep not in page
    node = platform.node()
    assert len(node) < 4 or node not in page
