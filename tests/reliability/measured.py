"""Sizes of the reliability tests, and what they measured, kept for the page."""

from __future__ import annotations

import json
import os
from pathlib import Path

NIGHTLY = bool(os.environ.get("THEMECODE_NIGHTLY"))


def size(ci: int, nightly: int) -> int:
    """How many times a test does a thing: fewer on each push, all of them at night."""
    return nightly if NIGHTLY else ci


def record(test: str, **figures: object) -> None:
    """Keep what a test measured. Does nothing unless somebody asked for it."""
    place = os.environ.get("THEMECODE_MEASURED")
    if not place:
        return
    path = Path(place)
    held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    held[test] = figures
    path.write_text(json.dumps(held, indent=1, sort_keys=True) + "\n", encoding="utf-8")
