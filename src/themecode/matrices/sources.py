"""Triangulation: which groups of sources say a thing, which confirm it, which alone say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.matrices.codings import StudyTable
from themecode.matrices.groups import POOLED, Count, Level, count_by_group

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Where a theme or code is said.

    Args:
        said_by: the groups in which at least `least` people (or transcripts) say it, most first.
        verdict: "confirmed" (in two groups or more), "alone" (in one), "not said"; "smaller groups" where
            it is said among groups taken together alone, be it by one of them or by several.
    """

    id: str
    said_by: tuple[str, ...]
    verdict: str


def triangulate(
    table: StudyTable, by: str = "role", *, least: int = 1, level: Level = Level.BOTH
) -> tuple[pd.DataFrame, tuple[Confirmation, ...]]:
    """Compare what groups of sources say (Denzin 1978, pp. 294-307: data triangulation).

    Args:
        table: from `make_study_table`.
        by: the groups: "role", "kind", or a column of the participants file.
        least: how many people of a group (transcripts, by kind) must say it for the group to say it.
        level: themes, codes, or both.

    Returns:
        How many of each group say it, (n_rows, n_groups), and for each row what that comes to.
    """
    count = Count.TRANSCRIPTS if by == "kind" else Count.PEOPLE
    matrix = count_by_group(table, by, count=count, level=level)
    found = []
    for row, counts in matrix.counts.iterrows():
        said = [(int(number), str(group)) for group, number in counts.items() if number >= least]
        said.sort(key=lambda pair: (-pair[0], pair[1]))
        verdict = "confirmed" if len(said) > 1 else "alone" if said else "not said"
        if [group for _, group in said] == [POOLED]:
            verdict = "smaller groups"
        found.append(Confirmation(str(row), tuple(group for _, group in said), verdict))
    return matrix.counts, tuple(found)


def count_respondents(table: StudyTable, *, level: Level = Level.BOTH) -> pd.DataFrame:
    """Of the responses to a survey, how many speak of each theme and code.

    A response may have several codes, so that shares come to more than 1.

    Returns:
        (n_rows, 3): responses, out_of, share (from 0 to 1; missing where there are none).
    """
    import pandas as pd

    surveys = table.transcripts.index[table.transcripts["kind"] == "survey"]
    answered = StudyTable(
        table.codings[table.codings["transcript"].isin(surveys)],
        table.people,
        table.transcripts.loc[surveys],
        table.speaking[table.speaking["transcript"].isin(surveys)],
        table.codebook,
    )
    counts = count_by_group(answered, "kind", count=Count.TRANSCRIPTS, level=level).totals
    out_of = len(surveys)
    return pd.DataFrame(
        {"responses": counts, "out_of": out_of, "share": counts / out_of if out_of else None}
    )
