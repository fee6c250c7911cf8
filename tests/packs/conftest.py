"""Each test of packs has a folder of its own, with a small coded study and a planned review."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

for _folder in ("flow", "review", "packs"):
    sys.path.append(str(Path(__file__).parents[1] / _folder))

from review_field import make_review_study, plan  # noqa: E402

from themecode.store import Study, open_study  # noqa: E402


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with a review planned, made once."""
    folder = tmp_path_factory.mktemp("planned")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with open_study(make_review_study()) as opened:
            plan(opened, "Dee", "Ruth")
    return folder / "study"


@pytest.fixture
def study(planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(planned, tmp_path / "study")
    with open_study("study") as opened:
        yield opened
