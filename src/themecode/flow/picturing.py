"""Pictures of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode.disclosure import FEWEST, Attribution
from themecode.errors import ThemecodeError
from themecode.exports.pictures.drawing import Picture, save_picture
from themecode.flow.matrices import read_study_table, say_stale
from themecode.flow.safe_groups import SafeGroups, count_safely
from themecode.matrices.codings import StudyTable
from themecode.matrices.groups import (
    NOT_GIVEN,
    POOLED,
    Level,
    list_groupings,
    list_prevalence,
    name_rows,
)
from themecode.matrices.saturation import assess_saturation
from themecode.matrices.together import Within, count_together
from themecode.model import Codebook, Participant

if TYPE_CHECKING:
    from themecode.store import Study

#: Pictures that are not a heat map of groups.
PICTURES = ("prevalence", "co-occurrence", "saturation", "timeline")
#: Roles and, for those who only answered a survey, the survey: what a heat map is made by.
SOURCE = "source"
SURVEY_SOURCE = "Survey respondents"
FEW_SOURCE = "Other roles"
KIND_NAMES: Mapping[str, str] = {
    "interview": "interview",
    "focus_group": "focus group",
    "workshop": "workshop",
    "survey": "survey",
}


def picture_study(
    study: Study, codebook: Codebook, kind: str, target: Path, *, level: Level = Level.THEME,
    within: Within = Within.TURN,
) -> Picture:  # fmt: skip
    """Draw one picture of a study and write it as SVG or PNG.

    Args:
        study: open.
        codebook: the one in force.
        kind: one of `PICTURES`, "source", or anything a matrix can be made by (a heat map).
        target: ending in .svg or .png.
        level: themes or codes.
        within: how near codes must be (co-occurrence).

    Raises:
        ThemecodeError: there is no picture of that, or the file cannot be written.
    """
    table = name_sources(read_study_table(study, codebook), study.participants())
    if kind == "timeline":
        lengths = {each.id: len(each.text) for each in study.transcripts()}
        picture = draw_timeline_of(table, lengths)
    else:
        picture = draw_picture(table, kind, level=level, within=within)
    if table.stale:
        picture = replace(picture, alt=f"{picture.alt} {say_stale(table.stale)}")
    save_picture(picture, target)
    return picture


def name_sources(
    table: StudyTable, participants: Mapping[str, Participant], *, with_all: bool = False
) -> StudyTable:
    """The study with a grouping more, "source": the role, or the survey where she only answered one.

    Roles that so few hold that they are a name stand together (see `disclosure.Attribution`).

    Args:
        table: from `read_study_table`.
        participants: by id.
        with_all: whether every role is named.
    """
    if SOURCE in table.people.columns:
        return table
    kinds = table.speaking["transcript"].map(table.transcripts["kind"])
    elsewhere = set(table.speaking["participant"][kinds != "survey"])
    only = set(table.speaking["participant"][kinds == "survey"]) - elsewhere
    asked = {who: each for who, each in participants.items() if who in elsewhere}
    few = () if with_all else Attribution(asked).unnamed_roles

    def name(who: str, role: Any) -> str:
        if who in only:
            return SURVEY_SOURCE
        if not isinstance(role, str):  # missing in a frame is None or NaN
            return NOT_GIVEN
        return FEW_SOURCE if role in few else role

    named = {str(who): name(str(who), role) for who, role in table.people["role"].items()}
    people = table.people.assign(**{SOURCE: [named[str(who)] for who in table.people.index]})
    codings = table.codings.assign(**{SOURCE: table.codings["participant"].map(named)})
    return replace(table, people=people, codings=codings)


def draw_picture(
    table: StudyTable, kind: str, *, level: Level = Level.THEME, within: Within = Within.TURN
) -> Picture:
    """The picture of a matrix."""
    from themecode.exports.pictures import charts
    from themecode.exports.pictures.network import draw_network

    match kind:
        case "prevalence":
            return charts.draw_prevalence(list_bars(table, level), of=str(level))
        case "saturation":
            found = assess_saturation(table)
            return charts.draw_saturation(found, found.in_words)
        case "co-occurrence":
            return draw_network(count_together(table, within), name_rows(table))
    known = list_groupings(table)
    if kind not in known:
        raise ThemecodeError(
            f"There is no picture “{kind}”. There are {', '.join(PICTURES)}; and heat maps by "
            f"{', '.join(known)}."
        )
    return draw_heat_map_of(table, by=kind, level=level)


def list_bars(
    table: StudyTable, level: Level
) -> list[tuple[str, int, int, float | None, float | None, float | None]]:
    """People of each theme or code, with per cent and its limits."""
    names = name_rows(table)

    def percent(value: Any) -> float | None:
        return None if value is None or value != value else 100 * float(value)  # noqa: PLR0124 (NaN)

    return [
        (
            names[str(name)], int(row["people"]), int(row["out_of"]), percent(row["share"]),
            percent(row["low"]), percent(row["high"]),
        )
        for name, row in list_prevalence(table, level=level).astype(object).iterrows()
    ]  # fmt: skip


def draw_heat_map_of(
    table: StudyTable, *, by: str, level: Level = Level.THEME, fewest: int = FEWEST
) -> Picture:
    """People of each group who spoke of each theme; small numbers kept back."""
    return draw_safe_groups(count_safely(table, by, level=level, fewest=fewest))


def draw_safe_groups(found: SafeGroups) -> Picture:
    """The heat map of a table by group."""
    from themecode.exports.pictures.charts import draw_heat_map

    named = {
        group: KIND_NAMES.get(group, group) if found.by == "kind" else name_pool(group)
        for group in found.groups
    }
    return draw_heat_map(
        {named[group]: {row: cells[group] for row, cells in found.counts.items()} for group in named},
        {named[group]: found.sizes[group] for group in named},
        list(found.counts), name_rows(found.table), by=found.by, kept_back=found.in_words,
    )  # fmt: skip


def name_pool(group: str) -> str:
    """What a group is called in a report."""
    return FEW_SOURCE if group == POOLED else group


def draw_timeline_of(table: StudyTable, lengths: Mapping[str, int]) -> Picture:
    """Where along each transcript each theme is spoken of; survey responses left out."""
    import pandas as pd

    from themecode.exports.pictures.charts import draw_timeline

    kept = table.transcripts.index[table.transcripts["kind"] != "survey"]
    series = pd.Series({str(each): lengths[str(each)] for each in kept}, dtype="int64")
    names = {theme.id: theme.name for theme in table.codebook.themes}
    return draw_timeline(table.codings, series, names)
