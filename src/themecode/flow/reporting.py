"""The Word report of a study: everything it says gathered, and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from themecode import __version__
from themecode.consent import may_quote
from themecode.disclosure import FEWEST, Attribution
from themecode.exports.framework import read_summaries
from themecode.exports.report.contents import AuditMemo, DataFacts, ReportContents, ThemeFacts
from themecode.exports.report.figures import Cell, FiguresTable
from themecode.exports.report.quotes import (
    PlannedQuote,
    find_negative_cases,
    list_quotable,
    propose_quotes,
)
from themecode.exports.report.write import write_report
from themecode.flow.importing import list_speaking
from themecode.flow.joint_groups import keep_back_together
from themecode.flow.matrices import read_order, read_study_table
from themecode.flow.outputs import settle_study
from themecode.flow.picturing import KIND_NAMES, SOURCE, list_bars, name_pool, name_sources
from themecode.flow.planning import read_plan, write_plan
from themecode.flow.safe_groups import SafeGroups, count_safely
from themecode.flow.signing import list_safe_ids
from themecode.matrices.codings import StudyTable
from themecode.matrices.framework import make_framework
from themecode.matrices.groups import NOT_GIVEN, Count, Level, count_by_group
from themecode.matrices.saturation import Saturation, assess_saturation
from themecode.matrices.sources import triangulate
from themecode.model import COUNTED, Codebook, Memo, Participant, Problem
from themecode.settle import Settled

if TYPE_CHECKING:
    from themecode.exports.pictures.drawing import Picture
    from themecode.exports.report_tables import ReportTable
    from themecode.store import Study

_HOW_AGREED = (
    "In brackets, 95% intervals. Empty: it cannot be worked out from these passages. Every code: "
    "themecode agreement."
)
#: No one person may speak for all.
MAX_SHARE = 0.25
PER_CODE = 3


@dataclass(frozen=True, slots=True)
class ReportChoices:
    """How a report is written.

    Args:
        plan: the researcher's choice of quotes. None: those proposed.
        template: her own Word document. None: ours.
        summaries: a framework workbook with her summaries. None: there are none.
        title: of the report. None: the codebook's.
        per_code: proposed quotes a code at most.
        max_share: of a theme's proposed quotes, the most one person may have.
        pictures: whether figures are drawn.
        order: transcripts in the order collected, a file with one a line. None: by name.
        with_ids: whether pseudonyms stand beside quotes, and every role is named. None: pseudonyms
            stand there once the study is pseudonymised and signed for, and small roles are not named.
        fewest: a number of fewer people in a group is kept back. 1: none is.
    """

    plan: Path | None = None
    template: Path | None = None
    summaries: Path | None = None
    title: str | None = None
    per_code: int = PER_CODE
    max_share: float = MAX_SHARE
    pictures: bool = True
    order: Path | None = None
    with_ids: bool | None = None
    fewest: int = FEWEST


def plan_report(
    study: Study, codebook: Codebook, target: Path, *, choices: ReportChoices = ReportChoices()
) -> tuple[int, int]:
    """Write the plan of a report's quotes; returns how many it uses, and how many it offers."""
    settled = list(settle_study(study, codebook))
    quotable = _list_quotable(study, codebook, settled, with_ids=choices.with_ids)
    quotes = propose_quotes(quotable, per_code=choices.per_code, max_share=choices.max_share)
    write_plan(quotes, target, codebook)
    return sum(quote.use for quote in quotes), len(quotes)


def report_study(
    study: Study, codebook: Codebook, target: Path, *, choices: ReportChoices = ReportChoices()
) -> list[Problem]:
    """Write the Word report of a study; returns what of a plan could not be used.

    Raises:
        ThemecodeError: the plan, the template or the summaries cannot be used, or the file cannot
            be written.
    """
    settled = list(settle_study(study, codebook))
    quotable = _list_quotable(study, codebook, settled, with_ids=choices.with_ids)
    problems: list[Problem] = []
    if choices.plan is not None:
        quotes, problems = read_plan(choices.plan, quotable)
    else:
        proposed = propose_quotes(quotable, per_code=choices.per_code, max_share=choices.max_share)
        quotes = [quote for quote in proposed if quote.use]
    contents = gather_report(study, codebook, settled, quotes=quotes, choices=choices)
    write_report(contents, target, template=choices.template)
    return problems


def _list_quotable(
    study: Study, codebook: Codebook, settled: list[Settled], *, with_ids: bool | None
) -> list[PlannedQuote]:
    return list_quotable(
        settled,
        codebook=codebook,
        participants=list_speaking(study),
        negative=find_negative_cases(study.memos()),
        with_ids=bool(with_ids),
        safe_ids=list_safe_ids(study) if with_ids is None else (),
    )


def gather_report(
    study: Study,
    codebook: Codebook,
    settled: list[Settled],
    *,
    quotes: list[PlannedQuote],
    choices: ReportChoices,
) -> ReportContents:
    """Everything a report says."""
    people = list_speaking(study)
    safe_ids = list_safe_ids(study) if choices.with_ids is None else frozenset()
    signed = Attribution(people, with_ids=bool(choices.with_ids), safe_ids=safe_ids)
    order = read_order(choices.order) if choices.order is not None else None
    table = name_sources(
        read_study_table(study, codebook, order=order), people, with_all=choices.fewest <= 1
    )
    sources = count_safely(table, SOURCE, fewest=choices.fewest)
    kinds = count_safely(table, "kind", fewest=choices.fewest)
    sources, kinds = keep_back_together(sources, kinds)
    table = sources.table
    saturation = assess_saturation(table)
    summaries = read_summaries(choices.summaries) if choices.summaries is not None else {}
    told = _tabulate_sources(sources)
    return ReportContents(
        title=choices.title or codebook.title,
        made_on=find_day(study),
        software_version=__version__,
        codebook=codebook,
        data=_gather_data(study, codebook, table, settled, people),
        themes=_gather_themes(sources, settled, people, told),
        prevalence=_tabulate_prevalence(table),
        sources=told,
        kinds=_tabulate_sources(kinds),
        kept_back=sources.kept_back + kinds.kept_back,
        fewest=choices.fewest,
        saturation=_tabulate_saturation(saturation, collected=order is not None),
        saturation_said=saturation.in_words,
        framework=make_framework(
            settled, codebook=codebook, participants=people, summaries=summaries
        ),
        signed={who: signed.of(who) for who in people},
        quotes=quotes,
        planned=choices.plan is not None,
        max_share=choices.max_share,
        with_ids=bool(choices.with_ids),
        with_safe_ids=bool(safe_ids),
        log=[(each.at, each.who, each.what, each.counts) for each in study.log()],
        memos=[_audit(memo, people, settled) for memo in study.memos()],
        pictures=_draw(table, sources) if choices.pictures and len(table.codings) else {},
    )


def _tabulate_prevalence(table: StudyTable) -> FiguresTable:
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


def _tabulate_sources(found: SafeGroups) -> FiguresTable:
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
            said = f"only {name_pool(KIND_NAMES.get(saying[0], saying[0]))}"
        else:
            said = (
                "confirmed by all"
                if len(saying) == len(groups)
                else f"confirmed by {len(saying)} of {len(groups)}"
            )
        readings[each.id] = said
    return readings


def _tabulate_saturation(found: Saturation, *, collected: bool) -> FiguresTable:
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


def _gather_agreement(study: Study, codebook: Codebook) -> list[FiguresTable]:
    """Between whom there is agreement, with intervals; nothing where nobody has read anything."""
    from themecode.agreement import Resampling, compare_sides, list_columns
    from themecode.exports.agreement_tables import agreement_table
    from themecode.flow.agreeing import choose_pairs, gather_readings

    gathered = gather_readings(study, codebook)
    if not gathered.people:
        return []
    comparisons = [
        compare_sides(
            gathered.readings, *pair, columns=list_columns(codebook), resampling=Resampling()
        )
        for pair in choose_pairs(gathered)
    ]
    if not comparisons:
        return []
    return _tabulate_agreement(agreement_table(comparisons))


def _tabulate_agreement(made: ReportTable) -> list[FiguresTable]:
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
            ("Theme", "Passages both read", *(name.replace("'", "’") for name in shown)),
            ("name", "passages", *shown),
            tuple(rows),
            (
                "In brackets, 95% intervals. Empty: it cannot be worked out from these passages.",
                "Every code: themecode agreement.",
            ),
        )
        for (first, second), rows in pairs.items()
    ]


def _with_interval(row: Sequence[str], at: int) -> str:
    value, between = row[at], row[at + 1] if at + 1 < len(row) else ""
    return f"{value} ({between})" if value and between else value


def find_day(study: Study) -> date:
    """The day a study last changed: its outputs bear it, so that the same study gives the same bytes."""
    return (study.counts().changed_at or datetime(2000, 1, 1, tzinfo=UTC)).date()


def _draw(table: StudyTable, sources: SafeGroups) -> dict[str, tuple[Picture, bytes]]:
    from themecode.exports.pictures.drawing import picture_bytes
    from themecode.flow.picturing import draw_picture, draw_safe_groups

    drawn = {
        "prevalence": draw_picture(table, "prevalence"),
        "sources": draw_safe_groups(sources),
        "network": draw_picture(table, "co-occurrence"),
        "saturation": draw_picture(table, "saturation"),
    }
    return {name: (picture, picture_bytes(picture, "png")) for name, picture in drawn.items()}


def _gather_data(
    study: Study,
    codebook: Codebook,
    table: StudyTable,
    settled: list[Settled],
    people: Mapping[str, Participant],
) -> DataFacts:
    kinds = Counter(KIND_NAMES.get(str(each), str(each)) for each in table.transcripts["kind"])
    sources = Counter(str(each) for each in table.people[SOURCE])
    versions = study.codebook_versions()
    counted = [item for item in settled if item.status in COUNTED]
    used = {item.coding.codebook_sha256 for item in counted}
    return DataFacts(
        kinds={kind: kinds[kind] for kind in KIND_NAMES.values() if kinds[kind]},
        roles=[
            (name_pool(name).replace(NOT_GIVEN, "Role not given"), n) for name, n in sources.items()
        ],
        participants=len(table.people),
        words=int(table.transcripts["words"].sum()),
        turns=int(table.transcripts["turns"].sum()),
        coders=sorted(Counter(item.coding.coder for item in counted).items()),
        reviewers=sorted(Counter(each.reviewer for each in study.decisions()).items()),
        statuses={
            status.value: n for status, n in Counter(item.status for item in settled).items()
        },
        stale=sum(item.stale for item in counted),
        consent=Counter(each.consent.value if each.consent else "" for each in people.values()),
        versions=sorted({versions.get(each, "?") for each in used}),
        agreement=_gather_agreement(study, codebook) if counted else (),
    )


def _gather_themes(
    groups: SafeGroups,
    settled: list[Settled],
    people: Mapping[str, Participant],
    sources: FiguresTable,
) -> list[ThemeFacts]:
    table = groups.table
    persons, codings, transcripts = (
        count_by_group(table, "kind", count=count).totals
        for count in (Count.PEOPLE, Count.CODINGS, Count.TRANSCRIPTS)
    )
    readings = {row[0]: str(row[-1]) for row in sources.rows}
    theme_of = {code.id: code.theme_id for code in table.codebook.codes}
    held = {
        (item.coding.segment.transcript_id, item.coding.segment.span, item.code_id)
        for item in settled
        if item.status in COUNTED
        and item.code_id in theme_of
        and not may_quote(people.get(item.turn.participant_id or ""))
    }
    held_in = Counter(theme_of[code] for *_, code in held)
    return [
        ThemeFacts(
            theme_id=theme.id,
            people=int(persons[theme.id]),
            codings=int(codings[theme.id]),
            groups=[
                (name_pool(group), groups.counts[theme.id][group], groups.sizes[group])
                for group in groups.groups
            ],
            reading=readings.get(theme.name, ""),
            codes=[
                (code.id, int(persons[code.id]), int(codings[code.id]), int(transcripts[code.id]))
                for code in theme.codes
            ],
            held_back=held_in[theme.id],
        )
        for theme in table.codebook.themes
    ]


def _audit(memo: Memo, people: Mapping[str, Participant], settled: list[Settled]) -> AuditMemo:
    """A memo as a report may show it; one about someone who may not be quoted keeps its words."""
    kind, _, what = memo.about.partition(":")
    about: set[str | None] = set()
    if kind == "participant":
        about = {what}
    elif kind == "segment":
        transcript, _, span = what.rpartition(":")
        start, _, end = span.partition("-")
        about = {
            item.turn.participant_id for item in settled
            if item.coding.segment.transcript_id == transcript
            and str(item.coding.segment.span.start) == start and str(item.coding.segment.span.end) == end
        }  # fmt: skip
    elif kind == "coding":
        about = {item.turn.participant_id for item in settled if item.coding.id == what}
    elif kind == "transcript":
        about = {
            item.turn.participant_id
            for item in settled
            if item.coding.segment.transcript_id == what
        }
    closed = any(not may_quote(people.get(who)) for who in about if who is not None)
    return AuditMemo(memo.made_at, memo.author, memo.about, "" if closed else memo.text)
