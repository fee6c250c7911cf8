"""When new transcripts stopped bringing new codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.matrices.codings import StudyTable
from themecode.wording import number_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Saturation:
    """New codes a transcript, and where they run out.

    Args:
        curve: a row a transcript in the order given: codes (in it), new (first met in it), cumulative.
        base_size: transcripts in the base.
        run_length: transcripts in a run.
        threshold: the share of new information at or under which nothing more is to be expected.
        base_codes: codes met in the base.
        runs: a row for each run after the base: first, last (transcripts, counted from 1), new codes in
            it, share of the base's.
        reached: how many transcripts had been read when the first run at or under the threshold
            began. None: no run was.
    """

    curve: pd.DataFrame
    base_size: int
    run_length: int
    threshold: float
    base_codes: int
    runs: pd.DataFrame
    reached: int | None

    @property
    def in_words(self) -> str:
        """What a methods section says of it."""
        share = f"{self.threshold:.0%}"
        how = (
            f"base of {self.base_size}, runs of {self.run_length}, new information at most {share}"
        )
        if len(self.curve) < self.base_size + self.run_length:
            return (
                f"Too few transcripts to say ({len(self.curve)}; {how} needs "
                f"{self.base_size + self.run_length})."
            )
        if self.reached is None:
            return f"Not reached in {number_of(len(self.curve), 'transcript')} ({how})."
        return f"Reached at {self.reached}+{self.run_length} transcripts ({how})."


def assess_saturation(
    table: StudyTable, *, base_size: int = 4, run_length: int = 2, threshold: float = 0.05
) -> Saturation:
    """Assess saturation: in a deductive study, of the codebook's codes and of nothing else.

    Survey responses are left out: each is a line or two, not an interview.

    Args:
        table: its transcripts in the order collected.
        base_size: transcripts that the first codes are counted in.
        run_length: transcripts in which new codes are looked for; runs overlap.
        threshold: new codes in a run, as a share of the base's, at or under which it is reached.

    Raises:
        ValueError: a size is under 1, or the threshold is not a share.

    Source: Guest, G., Namey, E. and Chen, M. (2020). A simple method to assess and report thematic
    saturation in qualitative research. PLoS ONE 15(5), e0232076, pp. 5-7. Its definitions are followed;
    its worked example could not be had when this was written and is not among our tests, whose figures
    are our own, worked out by hand.
    """
    import pandas as pd

    if base_size < 1 or run_length < 1 or not 0 <= threshold <= 1:
        raise ValueError("base size and run length are at least 1, the threshold from 0 to 1")
    said = {
        str(transcript): set(codes)
        for transcript, codes in table.codings.groupby("transcript", sort=False)["code"]
    }
    met: set[str] = set()
    rows = []
    for transcript in table.transcripts.index[table.transcripts["kind"] != "survey"]:
        codes = said.get(str(transcript), set())
        new = codes - met
        met |= codes
        rows.append((transcript, len(codes), len(new), len(met)))
    curve = pd.DataFrame.from_records(
        rows, columns=["transcript", "codes", "new", "cumulative"]
    ).set_index("transcript")
    new_in = [int(new) for new in curve["new"]]
    base_codes = sum(new_in[:base_size])
    runs = [
        (first + 1, first + run_length, sum(new_in[first : first + run_length]))
        for first in range(base_size, len(new_in) - run_length + 1)
    ]
    found = pd.DataFrame.from_records(
        [(*run, run[2] / base_codes if base_codes else None) for run in runs],
        columns=["first", "last", "new", "share"],
    )
    reached = next(
        (first - 1 for first, _, new in runs if base_codes and new / base_codes <= threshold),
        None,
    )
    return Saturation(curve, base_size, run_length, threshold, base_codes, found, reached)
