"""Themes and codes by participant, role, site, transcript, or anything the participants file says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from themecode.matrices.codings import StudyTable
from themecode.matrices.intervals import wilson_interval

if TYPE_CHECKING:
    import pandas as pd

#: A group of people the participants file says nothing of.
NOT_GIVEN = "(not given)"
#: Groupings that the participants file does not make.
OWN_GROUPS = ("participant", "role", "transcript", "kind")


class Count(StrEnum):
    """What a matrix counts."""

    CODINGS = "codings"
    PEOPLE = "people"
    TRANSCRIPTS = "transcripts"
    WORDS = "words"
    PRESENCE = "presence"


class Level(StrEnum):
    """Whether a matrix has themes, codes, or each theme followed by its codes."""

    THEME = "theme"
    CODE = "code"
    BOTH = "both"


@dataclass(frozen=True)
class GroupMatrix:
    """How often each theme and code was spoken of in each group.

    Args:
        counts: (n_rows, n_groups), whole numbers; rows are theme or code ids, in the codebook's
            order. Presence is 0 or 1.
        totals: over all groups, (n_rows): people and transcripts once each.
        out_of: for people and transcripts, how many each group has, (n_groups); None for the others.
        out_of_all: how many there are in all. None as `out_of`.
    """

    by: str
    count: Count
    counts: pd.DataFrame
    totals: pd.Series
    out_of: pd.Series | None
    out_of_all: int | None

    def shares(self) -> pd.DataFrame:
        """Of each group, the share who spoke of it, from 0 to 1; raises ValueError for other counts."""
        if self.out_of is None:
            raise ValueError(f"{self.count} are out of nothing, so they have no shares")
        return self.counts / self.out_of.where(self.out_of > 0)


def list_groupings(table: StudyTable) -> list[str]:
    """Everything a matrix can be made by."""
    return [*OWN_GROUPS, *(name for name in table.people.columns if name != "role")]


def count_by_group(
    table: StudyTable, by: str, *, count: Count = Count.PEOPLE, level: Level = Level.BOTH
) -> GroupMatrix:
    """Count codings, people, transcripts or words under each theme and code, group by group.

    Args:
        table: from `make_study_table`.
        by: "participant", "role", "transcript", "kind", or a column of the participants file.
        count: what to count.
        level: themes, codes, or both.

    Raises:
        KeyError: the participants file has no such column.
    """
    import pandas as pd

    if by not in list_groupings(table):
        raise KeyError(by)
    codings = table.codings
    groups, sizes = _list_groups(table, by, count)
    rows = list_rows(table, level)
    if by not in ("participant", "transcript", "kind"):
        codings = codings.assign(**{by: codings[by].fillna(NOT_GIVEN)})
    pieces, totals = [], []
    for name in ("theme", "code"):
        kept = codings[
            [*dict.fromkeys((name, by, "participant", "transcript", "start", "end", "words"))]
        ]
        pieces.append(_count(kept, name, by, count))
        totals.append(_total(kept, name, count))
    counts = pd.concat(pieces).reindex(index=rows, columns=groups, fill_value=0).fillna(0)
    counts = counts.astype(int)
    if count is Count.PRESENCE:
        counts = counts.gt(0).astype(int)
    total = pd.concat(totals).reindex(rows, fill_value=0).fillna(0).astype(int)
    counts.index.name, counts.columns.name = "id", by
    everyone = None
    if count is Count.PEOPLE:
        everyone = len(table.people)
    elif count is Count.TRANSCRIPTS:
        everyone = len(table.transcripts)
    return GroupMatrix(by, count, counts, total, sizes, everyone)


#: Groups of too few people to stand alone, taken together.
POOLED = "(smaller groups)"


def pool_small_groups(table: StudyTable, by: str, fewest: int) -> StudyTable:
    """The table with groups of fewer than `fewest` people taken together, so that none is one person.

    Where the small ones together are still too few, the next smallest joins them.

    Args:
        table: from `make_study_table`.
        by: a grouping that the participants file makes.
        fewest: the smallest group that stands alone.
    """
    from dataclasses import replace

    group = table.people[by].fillna(NOT_GIVEN)
    sizes = group.value_counts(sort=True, ascending=True)
    pooled: set[str] = set()
    held = 0
    for name, size in sizes.items():
        if int(size) >= fewest and not 0 < held < fewest:
            break
        pooled.add(str(name))
        held += int(size)
    if not pooled:
        return table
    people = table.people.assign(**{by: group.where(~group.isin(pooled), POOLED)})
    said_by = table.codings["participant"].map(people[by]).fillna(table.codings[by])
    return replace(table, people=people, codings=table.codings.assign(**{by: said_by}))


def list_rows(table: StudyTable, level: Level) -> list[str]:
    """The ids of the rows, in the codebook's order."""
    rows = []
    for theme in table.codebook.themes:
        if level is not Level.CODE:
            rows.append(theme.id)
        if level is not Level.THEME:
            rows += [code.id for code in theme.codes]
    return rows


def name_rows(table: StudyTable) -> dict[str, str]:
    """What each theme and code is called, by id."""
    names = {theme.id: theme.name for theme in table.codebook.themes}
    return names | {code.id: code.name for code in table.codebook.codes}


def _list_groups(table: StudyTable, by: str, count: Count) -> tuple[list[str], pd.Series | None]:
    """The groups in their order, and how many people or transcripts each has."""
    import pandas as pd

    if by == "participant":
        groups = [str(each) for each in table.people.index]
        sizes = pd.Series(1, index=groups)
    elif by == "transcript":
        groups = [str(each) for each in table.transcripts.index]
        said = table.speaking.groupby("transcript")["participant"].nunique()
        sizes = (
            said.reindex(groups, fill_value=0) if count is Count.PEOPLE else pd.Series(1, groups)
        )
    elif by == "kind":
        groups = sorted(set(table.transcripts["kind"]))
        if count is Count.PEOPLE:
            kinds = table.speaking["transcript"].map(table.transcripts["kind"])
            sizes = table.speaking.groupby(kinds)["participant"].nunique()
        else:
            sizes = table.transcripts["kind"].value_counts()
    else:
        column = table.people[by].fillna(NOT_GIVEN)
        # Groups taken together, and those the file does not give, stand last.
        groups = sorted(set(column), key=lambda name: (name in (NOT_GIVEN, POOLED), name))
        if count is Count.TRANSCRIPTS:
            who = table.speaking["participant"].map(column)
            sizes = table.speaking.groupby(who)["transcript"].nunique()
        else:
            sizes = column.value_counts()
    if count not in (Count.PEOPLE, Count.TRANSCRIPTS):
        return groups, None
    return groups, sizes.reindex(groups, fill_value=0).astype(int)


def _count(kept: pd.DataFrame, name: str, by: str, count: Count) -> pd.DataFrame:
    """Counts of one level, (rows, groups); passages of a theme's several codes count once in words."""
    groups = [kept[name], kept[by].rename("group")]
    if count is Count.WORDS:
        once = ~kept.duplicated([name, "transcript", "start", "end"])
        found = kept["words"].where(once, 0).groupby(groups, observed=True).sum()
    elif count is Count.PEOPLE:
        found = kept["participant"].groupby(groups, observed=True).nunique()
    elif count is Count.TRANSCRIPTS:
        found = kept["transcript"].groupby(groups, observed=True).nunique()
    else:
        found = kept["words"].groupby(groups, observed=True).size()
    counted = found.unstack(fill_value=0)  # noqa: PD010 - the counts are made already
    counted.index = counted.index.astype(str)
    return counted


def _total(kept: pd.DataFrame, name: str, count: Count) -> pd.Series:
    if count is Count.WORDS:
        kept = kept.drop_duplicates([name, "transcript", "start", "end"])
        found = kept.groupby(name, observed=True)["words"].sum()
    elif count in (Count.PEOPLE, Count.PRESENCE):
        found = kept.groupby(name, observed=True)["participant"].nunique()
    elif count is Count.TRANSCRIPTS:
        found = kept.groupby(name, observed=True)["transcript"].nunique()
    else:
        found = kept.groupby(name, observed=True).size()
    found.index = found.index.astype(str)
    return found


def list_prevalence(table: StudyTable, *, level: Level = Level.BOTH) -> pd.DataFrame:
    """How many people spoke of each theme and code, out of everyone, with the share's 95% interval.

    Returns:
        (n_rows, 5): people, out_of, share, low, high; shares from 0 to 1, missing where out of nobody.
    """
    import pandas as pd

    counted = count_by_group(table, "participant", count=Count.PEOPLE, level=level)
    everyone = len(table.people)
    rows = []
    for count in counted.totals:
        low, high = wilson_interval(int(count), everyone) or (None, None)
        rows.append((int(count), everyone, count / everyone if everyone else None, low, high))
    return pd.DataFrame.from_records(
        rows, columns=["people", "out_of", "share", "low", "high"], index=counted.totals.index
    )
