"""How good the machine is, estimated from people's answers about a random sample.

Suggestions, doubtful suggestions and passages without a code are drawn at different rates. Each
answer therefore speaks for as many as were not drawn: it is weighted by the inverse of the share of
its stratum that was read (Horvitz and Thompson 1952).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from themecode.agreement.compare import (
    FEW_POSITIVES,
    USUAL,
    Column,
    Floats,
    Interval,
    Resampling,
    find_interval,
    none_if_nan,
    resample,
)


@dataclass(frozen=True, slots=True)
class SampledCell:
    """One passage and code in the sample: what the machine said, and what people did.

    Args:
        speaker: who is resampled with it.
        code_id: the code.
        machine: whether the machine's coding counts.
        people: the share of readers who said yes; what an adjudicator decided goes before.
        weight: how many such cells of the study it speaks for.
    """

    speaker: str
    code_id: str
    machine: bool
    people: float
    weight: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """How good the machine is at one code.

    Args:
        said: how many of its suggestions people read.
        found: how many passages people gave the code, in the sample (fractions: they differed).
        precision: of what the machine codes, the share people would keep. None: none were read.
        recall: of what people would code, the share the machine codes. None: they coded none, or
            no passages without a code were read.
        missed: about how many passages of the study carry the code unseen.
    """

    column: Column
    said: int
    found: float
    precision: float | None
    precision_interval: Interval | None
    recall: float | None
    recall_interval: Interval | None
    missed: float | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MachineEstimates:
    """How good the machine is.

    Args:
        rows: all codes pooled, then each that was read.
        read_suggested, read_uncoded: excerpts of each kind that were answered.
        caution: why the answers do not speak for the whole sample yet. "": they do.
    """

    rows: tuple[Estimate, ...]
    read_suggested: int
    read_uncoded: int
    caution: str = ""


def estimate_machine(
    cells: Iterable[SampledCell],
    *,
    columns: Sequence[Column],
    read_suggested: int,
    read_uncoded: int,
    caution: str = "",
    resampling: Resampling = USUAL,
) -> MachineEstimates:
    """Estimate precision and recall with intervals resampled by participant.

    Args:
        cells: the sample.
        columns: codes, and all of them pooled; themes are passed over.
        read_suggested: suggestions that were answered.
        read_uncoded: passages without a code that were answered: with none, recall is unknown.
        caution: why the answers do not speak for the whole sample yet.
        resampling: how intervals are made.
    """
    listed = [cell for cell in cells if cell.people > 0 or cell.machine]
    rows = []
    for column in columns:
        if column.kind == "theme":
            continue
        wanted = set(column.code_ids)
        here = [cell for cell in listed if cell.code_id in wanted]
        if here:
            rows.append(_estimate(column, here, read_uncoded=read_uncoded, resampling=resampling))
    return MachineEstimates(tuple(rows), read_suggested, read_uncoded, caution)


def _estimate(
    column: Column, cells: Sequence[SampledCell], *, read_uncoded: int, resampling: Resampling
) -> Estimate:
    speakers = {speaker: at for at, speaker in enumerate(dict.fromkeys(c.speaker for c in cells))}
    table = np.zeros((len(speakers), 3))  # kept, not kept, missed
    for cell in cells:
        row = table[speakers[cell.speaker]]
        if cell.machine:
            row[0] += cell.weight * cell.people
            row[1] += cell.weight * (1 - cell.people)
        else:
            row[2] += cell.weight * cell.people
    whole = table.sum(axis=0)
    drawn = resample(table, resampling)
    precision = none_if_nan(float(_precision(whole)))
    recall = none_if_nan(float(_recall(whole))) if read_uncoded else None
    said = sum(cell.machine for cell in cells)
    found = sum(cell.people for cell in cells)
    people = len(speakers)
    warnings = []
    if not said:
        warnings.append("None of its suggestions were read, so its precision is not known.")
    elif said < FEW_POSITIVES:
        warnings.append(f"Only {said} of its suggestions were read: precision is a rough guess.")
    if not read_uncoded:
        warnings.append("No passages without a code were read, so nobody knows what it missed.")
    elif found < FEW_POSITIVES:
        warnings.append(f"People gave the code {found:g} times: recall is a rough guess.")
    return Estimate(
        column,
        said,
        found,
        precision,
        None if precision is None else find_interval(_precision(drawn), resampling, people),
        recall,
        None if recall is None else find_interval(_recall(drawn), resampling, people),
        float(whole[2]) if read_uncoded else None,
        tuple(warnings),
    )


def _precision(table: Floats) -> Floats:
    return _share(table[..., 0], table[..., 0] + table[..., 1])


def _recall(table: Floats) -> Floats:
    return _share(table[..., 0], table[..., 0] + table[..., 2])


def _share(part: Floats, whole: Floats) -> Floats:
    nothing = np.full(np.shape(whole), np.nan)
    share: Floats = np.divide(part, whole, out=nothing, where=np.asarray(whole) > 0)
    return share
