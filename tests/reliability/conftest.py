"""Lets the reliability tests import their helpers, and gives each a folder of its own to work in.

Sizes are those of continuous integration; `make nightly` sets THEMECODE_NIGHTLY for the full ones.
What is measured is written to the file THEMECODE_MEASURED names, for docs/reliability.md.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "flow"))


@pytest.fixture(autouse=True)
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("THEMECODE_STUDY", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path
