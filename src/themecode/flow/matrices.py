"""A study's matrices, made ready to be shown or written: each a table with what it is out of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode.disclosure import FEWEST, suppress_small_cells
from themecode.errors import ThemecodeError
from themecode.exports.tables import Column, FigureTable, Kind, Value
from themecode.flow.importing import list_speaking
from themecode.flow.outputs import settle_study
from themecode.flow.safe_groups import OWN_ROWS, keep_back
from themecode.matrices.codings import StudyTable, TranscriptFacts, make_study_table
from themecode.matrices.groups import (
    OWN_GROUPS,
    POOLED,
    Count,
    GroupMatrix,
    Level,
    count_by_group,
    list_groupings,
    list_prevalence,
    name_rows,
    pool_small_groups,
)
from themecode.matrices.saturation import Saturation, assess_saturation
from themecode.matrices.sources import count_respondents, triangulate
from themecode.matrices.together import Within, count_together, list_pairs
from themecode.model import Codebook, TurnKind
from themecode.segments import CutTurns

if TYPE_CHECKING:
    import pandas as pd

    from themecode.settle import Settled
    from themecode.store import Study

#: Matrices that are not made by a group of people.
KINDS = ("prevalence", "co-occurrence", "framework", "triangulation", "saturation", "survey")
_COUNTED = (
    "Counted: codings suggested, accepted, recoded or made by people; a code on a passage counts "
    "once. Passages the machine is unsure of, and those people rejected, are in no count."
)


def read_study_table(
    study: Study,
    codebook: Codebook,
    *,
    order: Sequence[str] | None = None,
    settled: Iterable[Settled] | None = None,
) -> StudyTable:
    """The study's counted codings, people and transcripts as tables.

    Args:
        study: open.
        codebook: the one in force.
        order: transcript ids in the order collected; those left out follow by id. None: by id.
        settled: its codings as they stand, where they have been read. None: they are read.

    Raises:
        ThemecodeError: the order names a transcript the study does not hold.
    """
    facts: dict[str, TranscriptFacts] = {}
    for transcript in study.transcripts():
        turns = [turn for turn in transcript.turns if turn.kind is TurnKind.PARTICIPANT]
        cut = CutTurns([transcript.words_of(turn) for turn in turns])
        words: dict[str, int] = {}
        for at, turn in enumerate(turns):
            who = turn.participant_id or ""
            words[who] = words.get(who, 0) + cut.count_words(at)
        passages = sum(len(cut.passages_of(at)) for at in range(len(turns)))
        facts[transcript.id] = TranscriptFacts(transcript.kind, words, len(turns), passages)
    if order is not None:
        unknown = [each for each in order if each not in facts]
        if unknown:
            raise ThemecodeError(
                f"The study holds no transcript {unknown[0]}: check the order, a transcript a line."
            )
        facts = {each: facts[each] for each in dict.fromkeys([*order, *facts])}
    return make_study_table(
        settle_study(study, codebook) if settled is None else settled,
        codebook=codebook,
        participants=list_speaking(study),
        transcripts=facts,
    )


def read_order(path: Path) -> list[str]:
    """Transcripts in the order collected, from a file with one a line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ThemecodeError(
            f"The order {path} cannot be read: it should be plain text."
        ) from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def make_matrix(
    table: StudyTable,
    kind: str,
    *,
    count: Count = Count.PEOPLE,
    level: Level = Level.BOTH,
    by: str = "role",
    within: Within = Within.SEGMENT,
    base_size: int = 4,
    run_length: int = 2,
    threshold: float = 0.05,
    fewest: int = FEWEST,
) -> FigureTable:
    """One matrix of a study.

    Args:
        table: from `read_study_table`.
        kind: one of `KINDS` but framework, or what to group by ("role", "site").
        count: what to count (groups).
        level: themes, codes or both (not co-occurrence and saturation).
        by: the groups (triangulation).
        within: how near (co-occurrence).
        base_size: see `assess_saturation`.
        run_length: likewise.
        threshold: likewise.
        fewest: a number of fewer people is kept back (groups of the participants file). 1: none is.

    Raises:
        ThemecodeError: there is no such matrix or column.
    """
    made = _make(
        table, kind, count=count, level=level, by=by, within=within, base_size=base_size,
        run_length=run_length, threshold=threshold, fewest=fewest,
    )  # fmt: skip
    return replace(made, notes=(*made.notes, say_stale(table.stale))) if table.stale else made


def say_stale(codings: int) -> str:
    """What a reader of figures must know of codings made under an earlier definition."""
    were = "coding counted was" if codings == 1 else "codings counted were"
    return (
        f"{codings:,} {were} made under a definition that has changed since. To look at them again: "
        "themecode codebook diff -o look_again.xlsx."
    )


def _make(
    table: StudyTable,
    kind: str,
    *,
    count: Count,
    level: Level,
    by: str,
    within: Within,
    base_size: int,
    run_length: int,
    threshold: float,
    fewest: int,
) -> FigureTable:
    match kind:
        case "prevalence":
            return _show_prevalence(table, level)
        case "co-occurrence":
            return _show_pairs(table, within)
        case "triangulation":
            by = _check_group(table, by)
            return _show_sources(table, by, level, 1 if by in OWN_ROWS else fewest)
        case "saturation":
            return show_saturation(
                assess_saturation(
                    table, base_size=base_size, run_length=run_length, threshold=threshold
                )
            )
        case "survey":
            return _show_respondents(table, level)
    by = _check_group(table, kind)
    if fewest > 1 and by not in set(OWN_GROUPS) - {"role"}:
        table = pool_small_groups(table, by, fewest)
    by_group = count_by_group(table, by, count=count, level=level)
    return _show_groups(table, by_group, fewest)


def _check_group(table: StudyTable, by: str) -> str:
    groupings = list_groupings(table)
    if by not in groupings:
        raise ThemecodeError(
            f"There is no matrix “{by}”. There are {', '.join(KINDS)}; and by group: "
            f"{', '.join(groupings)}."
        )
    return by


def _name(table: StudyTable, ids: Sequence[str]) -> tuple[list[tuple[str, str]], frozenset[int]]:
    """Rows' names and ids, and which of them are themes."""
    names = name_rows(table)
    themes = {theme.id for theme in table.codebook.themes}
    return (
        [(names[each], each) for each in ids],
        frozenset(at for at, each in enumerate(ids) if each in themes),
    )


_HOW_SURE = (
    "Low and high: Wilson’s 95% interval (1927). People were not drawn at random, so it is a caution "
    "about small numbers and no estimate of a population. Counts of the whole study are shown however "
    "small; those of groups are not."
)
_HOW_TOGETHER = (
    "Out of {units} of participants’ {within}s. Expected: as often as it would be if the two were said "
    "independently. Lift: together divided by expected; 1 is chance."
)
_HOW_CONFIRMED = (
    "Figures are {what}. Said by: most first, or in the order of the columns where a number is kept "
    "back. Confirmed: said in two groups or more. Alone: in one only. Smaller groups: said among groups "
    "taken together alone, by one of them or by several. A group that was not asked about a thing is "
    "silent on it too."
)
#: Stands for a number that is kept back.
KEPT_BACK = "–"
_HOW_KEPT_BACK = "–: kept back, for fewer than {fewest} people stand behind it, or it would give such a number away."
_HOW_POOLED = POOLED + ": groups of fewer than {fewest} people, taken together."
_ROW_COLUMNS = (Column("name", Kind.TEXT), Column("id", Kind.TEXT))


def _show_groups(table: StudyTable, matrix: GroupMatrix, fewest: int) -> FigureTable:
    ids = [str(each) for each in matrix.counts.index]
    named, strong = _name(table, ids)
    columns: list[Column] = [*_ROW_COLUMNS]
    sizes = matrix.out_of
    with_shares = sizes is not None and matrix.by != matrix.count.rstrip("s")
    if matrix.by == "participant" and matrix.count is Count.PEOPLE:
        with_shares = False  # each is one of one
    for group in matrix.counts.columns:
        size = f" (of {int(sizes[group]):,})" if sizes is not None and with_shares else ""
        columns.append(Column(f"{group}{size}"))
        if with_shares:
            columns.append(Column(f"{group} %", Kind.SHARE))
    of_all = f" (of {matrix.out_of_all:,})" if matrix.out_of_all is not None else ""
    total = "people" if matrix.count is Count.PRESENCE else str(matrix.count)
    columns.append(Column(f"all {total}{of_all}"))
    shown = _keep_back(table, matrix, fewest)
    notes = [_say_what(matrix), _COUNTED]
    if any(cell is None for cells, _ in shown for cell in cells):
        notes.insert(0, _HOW_KEPT_BACK.format(fewest=fewest))
    if POOLED in matrix.counts.columns:
        notes.insert(0, _HOW_POOLED.format(fewest=fewest))
    rows: list[tuple[Value, ...]] = []
    for names, (cells, of_row) in zip(named, shown, strict=True):
        row: list[Value] = [*names]
        for group, cell in zip(matrix.counts.columns, cells, strict=True):
            row.append(KEPT_BACK if cell is None else cell)
            if sizes is not None and with_shares:
                of_group = int(sizes[group])
                row.append(KEPT_BACK if cell is None else cell / of_group if of_group else None)
        row.append(KEPT_BACK if of_row is None else of_row)
        rows.append(tuple(row))
    return FigureTable(
        f"Themes and codes by {matrix.by}: {matrix.count}",
        tuple(columns),
        tuple(rows),
        tuple(notes),
        strong,
    )


_Row = tuple[tuple[int | None, ...], int | None]


def _keep_back(table: StudyTable, matrix: GroupMatrix, fewest: int) -> list[_Row]:
    """The rows and their totals, without the numbers that so few people stand behind as to name them.

    Groups that the participants file makes, and kinds of transcript, are looked at; a matrix by participant or transcript is
    the researcher's own. Codings of a theme are the sum of its codes', so that they are looked at
    together.
    """
    counts = [[int(number) for number in row] for row in _values(matrix.counts)]
    totals = [int(number) for number in matrix.totals]
    own = set(OWN_GROUPS) - {"role", "kind"}
    if matrix.count is Count.TRANSCRIPTS:
        own.add("kind")  # transcripts of a kind are no people
    if fewest <= 1 or matrix.by in own or matrix.count is Count.PRESENCE:
        return [(tuple(row), total) for row, total in zip(counts, totals, strict=True)]
    level = Level.BOTH
    behind = count_by_group(table, matrix.by, count=Count.PEOPLE, level=level).counts
    ids = [str(each) for each in matrix.counts.index]
    people = [[int(number) for number in row] for row in _values(behind.loc[ids])]
    summed = matrix.count is Count.CODINGS
    themes = {theme.id for theme in table.codebook.themes}
    safe: list[_Row] = []
    at = 0
    while at < len(ids):
        end = at + 1
        is_theme = ids[at] in themes
        while summed and is_theme and end < len(ids) and ids[end] not in themes:
            end += 1
        if end > at + 1:  # a theme and its codes
            found = suppress_small_cells(
                counts[at + 1 : end], people=people[at + 1 : end], fewest=fewest
            )
            safe.append((found.column_totals or (), found.total))
            safe += zip(found.cells, found.row_totals or (), strict=True)
        else:
            found = suppress_small_cells(
                [counts[at]], people=[people[at]], fewest=fewest, column_totals=False
            )
            [of_row] = found.row_totals or (None,)
            safe.append((found.cells[0], of_row))
        at = end
    return safe


def _say_what(matrix: GroupMatrix) -> str:
    match matrix.count:
        case Count.PEOPLE:
            return "People are counted once each under a theme, as under a code; % is of the group’s people."
        case Count.TRANSCRIPTS:
            return "Transcripts in which it is said, once each."
        case Count.WORDS:
            return "Words of the coded passages; a passage under two codes of a theme counts once under it."
        case Count.PRESENCE:
            return "1: said at least once. 0: not said."
    return "A passage under two codes of a theme is two codings of it."


def _show_prevalence(table: StudyTable, level: Level) -> FigureTable:
    frame = list_prevalence(table, level=level)
    named, strong = _name(table, [str(each) for each in frame.index])
    rows = tuple(
        (*names, int(people), int(out_of), _gap(share), _gap(low), _gap(high))
        for names, (people, out_of, share, low, high) in zip(named, _values(frame), strict=True)
    )
    return FigureTable(
        "How many people spoke of each theme and code",
        (
            *_ROW_COLUMNS, Column("people"), Column("out of"), Column("share", Kind.SHARE),
            Column("low", Kind.SHARE), Column("high", Kind.SHARE),
        ),
        rows,
        (
            _HOW_SURE,
            _COUNTED,
        ),
        strong,
    )  # fmt: skip


def _values(frame: pd.DataFrame) -> list[list[Any]]:
    values: list[list[Any]] = frame.astype(object).to_numpy().tolist()
    return values


def _gap(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)  # noqa: PLR0124 - a gap in a frame


def _show_pairs(table: StudyTable, within: Within) -> FigureTable:
    found = count_together(table, within)
    names = name_rows(table)
    rows = tuple(
        (names[code], names[other], int(together), float(expected), float(lift), int(one), int(two))
        for code, other, together, expected, lift, one, two in _values(list_pairs(found))
    )
    return FigureTable(
        f"Codes said together in one {within}",
        (
            Column("code", Kind.TEXT), Column("with", Kind.TEXT), Column("together"),
            Column("expected", Kind.NUMBER), Column("lift", Kind.NUMBER),
            Column("code alone or with others"), Column("the other, likewise"),
        ),
        rows,
        (
            _HOW_TOGETHER.format(units=f"{found.units:,}", within=within),
            _COUNTED,
        ),
    )  # fmt: skip


def _show_sources(table: StudyTable, by: str, level: Level, fewest: int) -> FigureTable:
    if fewest > 1 and by != "kind":
        table = pool_small_groups(table, by, fewest)
    counts, found = triangulate(table, by, level=level)
    named, strong = _name(table, [each.id for each in found])
    groups = [str(group) for group in counts.columns]
    # Transcripts of a kind are no people: as few as there are may be told.
    safe = [keep_back(numbers, fewest=1 if by == "kind" else fewest) for numbers in _values(counts)]
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            *names, *(KEPT_BACK if cell is None else cell for cell in cells), each.verdict,
            # In their order of size a reader would see what is kept back.
            ", ".join([each_ for each_ in groups if each_ in each.said_by] if None in cells else each.said_by),
        )
        for names, each, cells in zip(named, found, safe, strict=True)
    )  # fmt: skip
    what = "transcripts" if by == "kind" else "people"
    return FigureTable(
        f"Who says what, by {by}",
        (
            *_ROW_COLUMNS, *(Column(group) for group in groups), Column("verdict", Kind.TEXT),
            Column("said by", Kind.TEXT),
        ),
        rows,
        (
            *([_HOW_KEPT_BACK.format(fewest=fewest)] if any(None in cells for cells in safe) else []),
            *([_HOW_POOLED.format(fewest=fewest)] if POOLED in groups else []),
            _HOW_CONFIRMED.format(what=what),
            _COUNTED,
        ),
        strong,
    )  # fmt: skip


def show_saturation(found: Saturation) -> FigureTable:
    """New codes a transcript, and whether they ran out."""
    ends = {int(last): _gap(share) for _, last, _, share in _values(found.runs)}
    rows = tuple(
        (at, str(transcript), int(codes), int(new), int(cumulative), ends.get(at))
        for at, (transcript, (codes, new, cumulative)) in enumerate(
            zip(found.curve.index, _values(found.curve), strict=True), start=1
        )
    )
    return FigureTable(
        "New codes in each transcript",
        (
            Column("number"), Column("transcript", Kind.TEXT), Column("codes in it"),
            Column("new"), Column("new so far"), Column("new in the run that ends here", Kind.SHARE),
        ),
        rows,
        (
            f"{found.in_words} The base holds {found.base_codes} codes. After Guest, Namey and Chen (2020).",
            ("Transcripts stand in the order of the file named with --order, and those it leaves out, or all, by "
            "name. Survey responses are left out."),
            "Codes of the codebook alone: a deductive study cannot show that nothing else is to be found.",
            _COUNTED,
        ),
    )  # fmt: skip


def _show_respondents(table: StudyTable, level: Level) -> FigureTable:
    frame = count_respondents(table, level=level)
    named, strong = _name(table, [str(each) for each in frame.index])
    rows = tuple(
        (*names, int(responses), int(out_of), _gap(share))
        for names, (responses, out_of, share) in zip(named, _values(frame), strict=True)
    )
    return FigureTable(
        "Survey responses that speak of each theme and code",
        (*_ROW_COLUMNS, Column("responses"), Column("out of"), Column("share", Kind.SHARE)),
        rows,
        ("A response may have several codes, so the shares come to more than 100%.", _COUNTED),
        strong,
    )
