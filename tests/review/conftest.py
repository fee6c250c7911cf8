"""Each test of a review has a folder of its own, with a small coded study in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

for _folder in ("flow", "review", "reliability"):
    sys.path.append(str(Path(__file__).parents[1] / _folder))

from review_field import make_review_study  # noqa: E402

from themecode.store import Study, open_study  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(autouse=True)
def closed_browsers() -> Iterator[None]:
    from served import Browser

    yield
    Browser.close_all()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from chromium import open_chromium

    with open_chromium() as browser:
        yield browser


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    monkeypatch.chdir(tmp_path)
    with open_study(make_review_study()) as opened:
        yield opened
