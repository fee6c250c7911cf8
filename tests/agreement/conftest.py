"""The tests that read a study have a small coded one, with a review planned, in a folder each."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

for _folder in ("flow", "review"):
    sys.path.append(str(Path(__file__).parents[1] / _folder))

from review_field import make_review_study  # noqa: E402

from themecode.store import Study, open_study  # noqa: E402


@pytest.fixture(scope="session")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A coded study, made once."""
    folder = tmp_path_factory.mktemp("coded")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        make_review_study()
    return folder / "study"


@pytest.fixture
def study(coded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(coded, tmp_path / "study")
    with open_study("study") as opened:
        yield opened
