"""Which codes are said together: in a passage, a turn, a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from themecode.matrices.codings import StudyTable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Within(StrEnum):
    """How near codes must be to count as said together."""

    SEGMENT = "segment"
    TURN = "turn"
    TRANSCRIPT = "transcript"


@dataclass(frozen=True)
class Cooccurrence:
    """How often codes are said together, and how often they would be by chance.

    Args:
        counts: (n_codes, n_codes), symmetric; the diagonal is how many units have the code.
        units: how many there are in all, coded or not; None where it is not known.
        expected: counts if codes were said independently of one another, n_a * n_b / units.
        lift: counts / expected; missing where nothing is expected. 1: no more than by chance.
    """

    within: Within
    counts: pd.DataFrame
    units: int
    expected: pd.DataFrame
    lift: pd.DataFrame


def count_together(table: StudyTable, within: Within = Within.SEGMENT) -> Cooccurrence:
    """Count how often each two codes are said together.

    Units are participants' passages, turns, or transcripts. Passages that overlap without being the
    same are different passages.
    """
    import numpy as np
    import pandas as pd

    codings = table.codings
    keys = {
        Within.SEGMENT: ["transcript", "start", "end"],
        Within.TURN: ["transcript", "turn"],
        Within.TRANSCRIPT: ["transcript"],
    }[within]
    known = {
        Within.SEGMENT: int(table.transcripts["passages"].sum()),
        Within.TURN: int(table.transcripts["turns"].sum()),
        Within.TRANSCRIPT: len(table.transcripts),
    }[within]
    codes = list(codings["code"].cat.categories)
    units, coded = _number_units(codings, keys)
    held = np.zeros((coded, len(codes)), dtype=np.float32)
    held[units, codings["code"].cat.codes.to_numpy()] = 1.0
    counts = (held.T @ held).round().astype(int)
    total = max(known, coded)
    single = np.diag(counts)
    expected = np.outer(single, single) / total if total else np.zeros_like(counts, dtype=float)
    np.fill_diagonal(expected, single)
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = np.where(expected > 0, counts / expected, np.nan)
    frames = (pd.DataFrame(each, index=codes, columns=codes) for each in (counts, expected, lift))
    counted, by_chance, more = frames
    return Cooccurrence(within, counted, total, by_chance, more)


def _number_units(codings: pd.DataFrame, keys: Sequence[str]) -> tuple[np.ndarray, int]:
    """The number of each coding's unit, and how many units there are.

    Each key is counted through, and the counts made one number: a tenth of the time of grouping.
    """
    import numpy as np
    import pandas as pd

    together = np.zeros(len(codings), dtype=np.int64)
    for key in keys:
        numbers, values = pd.factorize(codings[key])
        together = together * max(1, len(values)) + numbers
    units, found = pd.factorize(together)
    return units, len(found)


def list_pairs(found: Cooccurrence) -> pd.DataFrame:
    """The pairs said together at least once, most often first.

    Returns:
        (n_pairs, 7): code, with, together, expected, lift, and how often each is said at all.
    """
    import pandas as pd

    codes = list(found.counts.index)
    counts, expected, lift = (
        frame.to_numpy() for frame in (found.counts, found.expected, found.lift)
    )
    rows = [
        (
            a, codes[j], int(counts[i, j]), float(expected[i, j]), float(lift[i, j]),
            int(counts[i, i]), int(counts[j, j]),
        )
        for i, a in enumerate(codes)
        for j in range(i + 1, len(codes))
        if counts[i, j]
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row[2], -row[4], row[0], row[1]))
    return pd.DataFrame.from_records(
        rows, columns=["code", "with", "together", "expected", "lift", "code_units", "with_units"]
    )
