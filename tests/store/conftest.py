"""Lets the tests of the store import `studies`, and gives them a study to work on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from studies import AT

from themecode.store import Study, open_study


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a new study may be made: a folder, and a database on a server."""
    if request.param == "sqlite":
        return tmp_path / "study"
    return str(request.getfixturevalue("postgresql").make_database())


@pytest.fixture
def study(place: Path | str) -> Iterator[Study]:
    """A new study, without transcripts."""
    with open_study(place, create=True, now=lambda: AT, who="Dee") as opened:
        yield opened
