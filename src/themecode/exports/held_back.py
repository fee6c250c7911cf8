"""The list of what consent kept out of the exports."""

from __future__ import annotations

from pathlib import Path

from themecode.consent import Gate
from themecode.exports.delimited import CsvSheet
from themecode.exports.files import open_target

HELD_BACK_COLUMNS = ("participant", "reason", "codings")


def write_held_back(gate: Gate, path: Path) -> bool:
    """Write whose words were held back, why and how many codings; no file where there is nothing.

    Returns:
        Whether there is a list.
    """
    if not gate.held_back:
        path.unlink(missing_ok=True)
        return False
    with open_target(path) as stream:
        CsvSheet(stream, HELD_BACK_COLUMNS).add(
            (each.participant_id, each.reason, str(each.passages)) for each in gate.held_back
        )
    return True
