"""The tables of figures in a Word report: prevalence, sources, saturation, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from themecode.exports.report.figures import Cell, FiguresTable
from themecode.flow.picturing import FEW_SOURCE, KIND_NAMES, SOURCE, list_bars, name_pool
from themecode.flow.safe_groups import SafeGroups
from themecode.matrices.codings import StudyTable
from themecode.matrices.groups import Count, Level, count_by_group
from themecode.matrices.saturation import Saturation
from themecode.matrices.sources import triangulate

if TYPE_CHECKING:
    from themecode.exports.report_tables import ReportTable


def tabulate_prevalence(table: StudyTable) -> FiguresTable:
    """How many people spoke of each theme, with intervals, codings and transcripts."""
    codings = count_by_group(table, "kind", count=Count.CODINGS, level=Level.THEME).totals
    transcripts = count_by_group(table, "kind", count=Count.TRANSCRIPTS, level=Level.THEME).totals
    rows = tuple(
        (*bar, int(coded), int(found))
        for bar, coded, found in zip(
            list_bars(table, Level.THEME), codings, transcripts, strict=True
        )
    )
    return FiguresTable(
        "Prevalence",
        "How many people spoke of each theme",
        ("Theme", "People", "Of", "%", "95% from", "95% to", "Codings", "Transcripts"),
        ("name", "people", "out_of", "percent", "low", "high", "codings", "transcripts"),
        rows,
        (
            ("Counted are codings that are suggested, accepted, recoded or coded by a person; a code on "
            "a passage counts once."),
            ("Intervals are Wilson’s (1927). They would hold for people like these, had these been drawn "
            "at random, which interviewees seldom are."),
        ),
        decimals=0,
    )  # fmt: skip


def tabulate_sources(found: SafeGroups) -> FiguresTable:
    """People of each group who said each theme, out of the group's people, and what to read from it."""
    by, groups = found.by, found.groups
    names = {theme.id: theme.name for theme in found.table.codebook.themes}
    readings = _read_sources(found.table, by, list(groups))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            names[theme],
            *(f"{'–' if row[group] is None else row[group]} of {found.sizes[group]}" for group in groups),
            readings[theme],
        )
        for theme, row in found.counts.items()
    )  # fmt: skip
    return FiguresTable(
        "Triangulation",
        "Which sources say it" if by == SOURCE else "Which kinds of transcript say it",
        ("Theme", *(KIND_NAMES.get(each, each).capitalize() if by == "kind" else name_pool(each) for each in groups), "Reading"),
        ("id", *groups, "reading"),
        rows,
        (
            *([found.in_words] if found.kept_back else []),
            ("People who spoke of it, out of the group’s people. A group says a theme where one person "
            "says it. That a group does not say it may only mean that nobody asked."),
        ),
    )  # fmt: skip


def _read_sources(table: StudyTable, by: str, groups: list[str]) -> dict[str, str]:
    readings = {}
    for each in triangulate(table, by, level=Level.THEME)[1]:
        saying = [group for group in each.said_by if group in groups]
        if not saying:
            said = "nobody"
        elif len(saying) == 1:
            name = name_pool(KIND_NAMES.get(saying[0], saying[0]))
            # Roles taken together may be one that says it alone, or several that confirm it.
            said = f"only {name}, taken together" if name == FEW_SOURCE else f"only {name}"
        else:
            said = (
                "confirmed by all"
                if len(saying) == len(groups)
                else f"confirmed by {len(saying)} of {len(groups)}"
            )
        readings[each.id] = said
    return readings


def tabulate_saturation(found: Saturation, *, collected: bool) -> FiguresTable:
    """New codes in each transcript; `collected`: whether they stand in the order collected."""
    ends = {int(run["last"]): run for _, run in found.runs.astype(object).iterrows()}
    rows: list[tuple[Cell, ...]] = []
    for at, (name, row) in enumerate(found.curve.iterrows(), 1):
        run = ends.get(at)
        share = (
            None
            if run is None or run["share"] is None or run["share"] != run["share"]
            else 100 * float(run["share"])
        )
        rows.append(
            (str(name), int(row["codes"]), int(row["new"]), int(row["cumulative"]),
             None if run is None else int(run["new"]), share)
        )  # fmt: skip
    return FiguresTable(
        "Saturation",
        "New codes in each transcript",
        ("Transcript", "Codes", "New", "So far", f"New in run of {found.run_length}", "% of base"),
        ("transcript", "codes", "new", "so_far", "run_new", "run_percent"),
        tuple(rows),
        (
            (("Transcripts stand in the order collected. " if collected else "Transcripts stand in the order of their names; the order collected can be given with --order. ")
            + f"The base, the first {found.base_size}, holds {found.base_codes} codes. Survey responses are "
            "left out. Only the codebook’s codes can be met: a deductive study cannot show that nothing "
            "else is to be found."),
        ),
        decimals=0,
    )  # fmt: skip


def tabulate_agreement(made: ReportTable) -> list[FiguresTable]:
    """A table a pair, of all codes together and of each theme: `themecode agreement` has every code."""
    place = {heading: at for at, heading in reversed(list(enumerate(made.headings)))}
    statistics = ("Percent agreement", "Cohen's kappa", "Krippendorff's alpha", "Gwet's AC1")
    pairs: dict[tuple[str, str], list[tuple[Cell, ...]]] = {}
    for row in made.rows:
        if row[place["level"]] in ("all", "theme"):
            figures = [_with_interval(row, place[name]) for name in statistics if name in place]
            read = (row[place["name"]], row[place["passages read by both"]])
            pairs.setdefault((row[place["first"]], row[place["second"]]), []).append(
                (*read, *figures)
            )
    shown = tuple(name for name in statistics if name in place)
    return [
        FiguresTable(
            "Agreement",
            f"Agreement between {first} and {second}",
            ("Theme", "Answers both gave", *(name.replace("'", "’") for name in shown)),
            ("name", "passages", *shown),
            tuple(rows),
            (
                "In brackets, 95% intervals. Empty: it cannot be worked out from these answers.",
                (
                    "An answer is whether one code fits one passage: where somebody said that none does, or "
                    "coded the whole transcript, that is an answer on each of the codes."
                ),
                "Every code: themecode agreement.",
            ),
        )
        for (first, second), rows in pairs.items()
    ]


def _with_interval(row: Sequence[str], at: int) -> str:
    value, between = row[at], row[at + 1] if at + 1 < len(row) else ""
    return f"{value} ({between})" if value and between else value
