"""Lets these tests import the flow's `field_work`, and gives each a folder of its own to work in."""

import sys
from pathlib import Path

import pytest

for folder in ("flow", "exports"):
    sys.path.insert(0, str(Path(__file__).parent.parent / folder))


@pytest.fixture(autouse=True)
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("THEMECODE_STUDY", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path
