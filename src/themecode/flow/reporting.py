"""The Word report of a study: everything it says gathered, and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from themecode import __version__
from themecode.consent import may_quote
from themecode.disclosure import FEWEST, Attribution
from themecode.exports.framework import read_summaries
from themecode.exports.report.contents import AuditMemo, DataFacts, ReportContents, ThemeFacts
from themecode.exports.report.figures import FiguresTable
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
from themecode.flow.memo_subjects import find_subjects
from themecode.flow.outputs import settle_study
from themecode.flow.picturing import KIND_NAMES, SOURCE, name_pool, name_sources
from themecode.flow.planning import read_plan, write_plan
from themecode.flow.report_figures import (
    tabulate_agreement,
    tabulate_prevalence,
    tabulate_saturation,
    tabulate_sources,
)
from themecode.flow.safe_groups import SafeGroups, count_safely
from themecode.flow.signing import list_safe_ids
from themecode.matrices.codings import StudyTable
from themecode.matrices.framework import Place, make_framework
from themecode.matrices.groups import NOT_GIVEN, Count, count_by_group
from themecode.matrices.saturation import assess_saturation
from themecode.model import COUNTED, Codebook, Memo, Participant, Problem
from themecode.settle import Settled, is_machine

if TYPE_CHECKING:
    from themecode.exports.pictures.drawing import Picture
    from themecode.store import Study

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
    # What was turned down, or might find somebody, is not in the framework matrix either.
    chosen = {
        (quote.transcript, quote.start, quote.end)
        for quote in (quotes if choices.plan is not None else quotable)
        if quote.use or (choices.plan is None and not quote.telling)
    }
    contents = gather_report(
        study, codebook, settled, quotes=quotes, chosen=chosen, choices=choices
    )
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
    chosen: Collection[Place] | None = None,
) -> ReportContents:
    """Everything a report says; of `chosen` (None: all that may be) the framework matrix quotes some."""
    people = list_speaking(study)
    safe_ids = list_safe_ids(study) if choices.with_ids is None else frozenset()
    signed = Attribution(people, with_ids=bool(choices.with_ids), safe_ids=safe_ids)
    order = read_order(choices.order) if choices.order is not None else None
    table = name_sources(
        read_study_table(study, codebook, order=order, settled=settled),
        people,
        with_all=choices.fewest <= 1,
    )
    sources = count_safely(table, SOURCE, fewest=choices.fewest)
    kinds = count_safely(table, "kind", fewest=choices.fewest)
    sources, kinds = keep_back_together(sources, kinds)
    table = sources.table
    saturation = assess_saturation(table)
    summaries = read_summaries(choices.summaries) if choices.summaries is not None else {}
    told = tabulate_sources(sources)
    return ReportContents(
        title=choices.title or codebook.title,
        made_on=find_day(study),
        software_version=__version__,
        codebook=codebook,
        data=_gather_data(study, codebook, table, settled, people),
        themes=_gather_themes(sources, settled, people, told),
        prevalence=tabulate_prevalence(table),
        sources=told,
        kinds=tabulate_sources(kinds),
        kept_back=sources.kept_back + kinds.kept_back,
        fewest=choices.fewest,
        saturation=tabulate_saturation(saturation, collected=order is not None),
        saturation_said=saturation.in_words,
        framework=make_framework(
            settled, codebook=codebook, participants=people, summaries=summaries, chosen=chosen
        ),
        signed={who: signed.of(who) for who in people},
        quotes=quotes,
        planned=choices.plan is not None,
        max_share=choices.max_share,
        with_ids=bool(choices.with_ids),
        with_safe_ids=bool(safe_ids),
        log=[(each.at, each.who, each.what, each.counts) for each in study.log()],
        memos=[_audit(memo, study, people, settled) for memo in study.memos()],
        pictures=_draw(table, sources) if choices.pictures and len(table.codings) else {},
    )


def _has_readers(study: Study, settled: Iterable[Settled]) -> bool:
    """Whether there is anybody to agree: a reviewer, or somebody who has coded or decided."""
    return (
        bool(study.reviewers())
        or study.counts().decisions > 0
        or any(not is_machine(each.coding.coder) for each in settled)
    )


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
    return tabulate_agreement(agreement_table(comparisons))


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
        agreement=(
            _gather_agreement(study, codebook) if counted and _has_readers(study, settled) else ()
        ),
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


def _audit(
    memo: Memo, study: Study, people: Mapping[str, Participant], settled: Sequence[Settled]
) -> AuditMemo:
    """A memo as a report may show it; one about someone who may not be quoted keeps its words."""
    closed = any(not may_quote(people.get(who)) for who in find_subjects(memo, study, settled))
    return AuditMemo(memo.made_at, memo.author, memo.about, "" if closed else memo.text)
