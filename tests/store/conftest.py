"""Lets the tests of the store import `studies`, and gives them a study to work on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from studies import AT

from themecode.store import Study, open_study


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """A new study, without transcripts."""
    with open_study(tmp_path / "study", create=True, now=lambda: AT, who="Dee") as opened:
        yield opened
