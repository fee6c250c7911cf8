"""Things worked out from a study, kept in it so that they need not be worked out again.

Everything here can be made anew and holds nobody's words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from themecode.exports.files import write_atomically

CACHE = "cache"


def read_cached(folder: Path | None, name: str, *, made_from: str) -> Any:
    """What was kept under a name, if it was made from the same. None: nothing was.

    Args:
        folder: the study's. None: the study has none, and nothing is kept.
        name: of the thing.
        made_from: a fingerprint of everything it depends on.
    """
    if folder is None:
        return None
    try:
        kept = json.loads((folder / CACHE / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(kept, dict) or kept.get("made_from") != made_from:
        return None
    return kept.get("value")


def write_cached(folder: Path | None, name: str, value: object, *, made_from: str) -> None:
    """Keep a thing under a name, in place of the one before."""
    if folder is None:
        return
    place = folder / CACHE
    try:
        place.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:  # a file of that name is somebody's; the study does without
        return
    # One that a power cut left in pieces is passed over when it is read.
    with write_atomically(place / f"{name}.json", lasting=False) as stream:
        # `dumps` runs in C from end to end; `dump` goes through Python for every element.
        stream.write(json.dumps({"made_from": made_from, "value": value}, ensure_ascii=False))
