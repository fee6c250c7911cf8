"""Outputs: Word tables, a workbook, the theme matrix (P8, P9, P11)."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain, cycle, islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING

import corpus
from measuring import (
    Plan,
    Row,
    exponent,
    forget_peak,
    in_turns,
    median,
    median_ratio,
    own_peak,
    run_job,
    show_seconds,
)

if TYPE_CHECKING:
    from themecode.model import Codebook
    from themecode.settle import Settled

MOST_TIMES = 3.0
MOST_SECONDS = (0.15, 0.4)
MOST_EXPONENT = 1.1
MOST_WORD_MB = 80
MOST_SHEET_SECONDS = 6.0
MOST_SHEET_MB = 40
MOST_MATRIX_SECONDS = 0.03
MOST_TOGETHER_SECONDS = 0.1
MADE_ON = date(2026, 3, 2)
ROWS = (
    "Word theme tables, fewer quotes",
    "Word theme tables, more quotes",
    "Word theme tables, wall time of fewer",
    "Word theme tables, wall time of more",
    "Word theme tables, growth",
    "Word theme tables, memory",
    "Excel workbook, against xlsxwriter",
    "Excel workbook",
    "Excel workbook, memory",
    "Theme matrix, as codings go by",
    "Matrix from a study's table",
    "Codes said together",
)


def measure(plan: Plan) -> Iterator[Row]:
    yield from _measure_word(plan)
    yield from _measure_sheet(plan)
    yield from _measure_matrix(plan)


def _measure_word(plan: Plan) -> Iterator[Row]:
    jobs = {
        str(count): partial(
            run_job,
            "outputs.write_word",
            folder=plan.corpus,
            book=plan.founding,
            quotes=count,
            out=str(plan.scratch),
        )
        for count in plan.quotes
    }
    found = in_turns(jobs, rounds=plan.rounds)
    took: list[list[float]] = []
    for name, (count, done) in zip(ROWS, found.items(), strict=False):
        ours = [each.told["ours"] for each in done]
        bare = [each.told["bare"] for each in done]
        took.append(ours)
        times = median_ratio(ours, bare)
        yield Row(
            name,
            f"{int(count):,} quotes",
            show_seconds(median(ours)),
            f"{show_seconds(median(bare))}: the same XML, ready made, streamed into a package",
            f"{times:.2f}",
            f"≤ {MOST_TIMES:.0f} times",
            times <= MOST_TIMES,
            len(done),
        )
    for name, count, ours, limit in zip(ROWS[2:4], plan.quotes, took, MOST_SECONDS, strict=True):
        yield Row(
            name,
            f"{count:,} quotes",
            show_seconds(median(ours)),
            limit=f"≤ {show_seconds(limit)}",
            passed=median(ours) <= limit,
            rounds=len(ours),
        )
    slope = median([exponent(plan.quotes, pair) for pair in zip(*took, strict=True)])
    yield Row(
        ROWS[4],
        " → ".join(f"{count:,}" for count in plan.quotes) + " quotes",
        f"exponent {slope:.2f}",
        limit=f"≤ {MOST_EXPONENT}",
        passed=slope <= MOST_EXPONENT,
        rounds=len(took[0]),
    )
    grown = [each.told["grown"] for each in found[str(plan.quotes[1])] if "grown" in each.told]
    yield Row(
        ROWS[5],
        f"{plan.quotes[1]:,} quotes; peak less what was held before",
        f"{median(grown):.1f} MB" if grown else "this system does not say",
        limit=f"≤ {MOST_WORD_MB} MB",
        passed=median(grown) <= MOST_WORD_MB if grown else None,
        rounds=len(grown),
    )


def _measure_sheet(plan: Plan) -> Iterator[Row]:
    given = {
        "folder": plan.corpus,
        "book": plan.founding,
        "rows": plan.rows,
        "out": str(plan.scratch / "rows.xlsx"),
    }
    found = in_turns(
        {
            "ours": partial(run_job, "outputs.write_sheet", **given),
            "theirs": partial(run_job, "outputs.write_with_xlsxwriter", **given),
        },
        rounds=plan.rounds,
    )
    ours, theirs = ([each.told["seconds"] for each in found[side]] for side in ("ours", "theirs"))
    times = median_ratio(theirs, ours)
    on = f"{plan.rows:,} rows of 21 columns, from records to file"
    yield Row(
        ROWS[6],
        on,
        show_seconds(median(ours)),
        f"{show_seconds(median(theirs))}: xlsxwriter, constant_memory",
        f"{times:.2f} times as fast",
        "≥ 1 times",
        times >= 1,
        len(ours),
    )
    yield Row(
        ROWS[7],
        on,
        show_seconds(median(ours)),
        limit=f"≤ {MOST_SHEET_SECONDS:.0f} s",
        passed=median(ours) <= MOST_SHEET_SECONDS,
        rounds=len(ours),
    )
    grown = [each.told["grown"] for each in found["ours"] if "grown" in each.told]
    beside = [each.told["grown"] for each in found["theirs"] if "grown" in each.told]
    yield Row(
        ROWS[8],
        f"{plan.rows:,} rows; peak less what was held before",
        f"{median(grown):.1f} MB" if grown else "this system does not say",
        f"{median(beside):.1f} MB: xlsxwriter, constant_memory" if beside else "",
        limit=f"≤ {MOST_SHEET_MB} MB",
        passed=median(grown) <= MOST_SHEET_MB if grown else None,
        rounds=len(grown),
    )


def _measure_matrix(plan: Plan) -> Iterator[Row]:
    job = partial(
        run_job,
        "outputs.count_matrix",
        folder=plan.corpus,
        book=plan.founding,
        codings=plan.codings,
    )
    done = in_turns({"all": job}, rounds=plan.rounds)["all"]
    theirs = [each.told["theirs"] for each in done]
    anchor = (
        f"{show_seconds(median(theirs))}: pandas.crosstab of participants × codes, from a frame"
    )
    for name, key, on, limit in (
        (ROWS[9], "records", "settled codings, participants × themes and codes", None),
        (ROWS[10], "table", "codings, participants × themes and codes", MOST_MATRIX_SECONDS),
        (ROWS[11], "together", "codings, codes × codes in a passage", MOST_TOGETHER_SECONDS),
    ):
        ours = [each.told[key] for each in done]
        yield Row(
            name,
            f"{plan.codings:,} {on}",
            show_seconds(median(ours)),
            anchor,
            f"{median_ratio(ours, theirs):.2f}",
            f"≤ {show_seconds(limit)}" if limit else "",
            median(ours) <= limit if limit else None,
            len(done),
        )


# ── in processes of their own ────────────────────────────────────────────────────────────────


def settle_corpus(folder: str, most: int, codebook: Codebook) -> list[Settled]:
    """The first codings of the corpus that count."""
    from cues import relax_collector

    from themecode.model import COUNTED
    from themecode.settle import settle_codings
    from themecode.suggest.cues import suggest_codings
    from themecode.suggest.listen import Listener

    relax_collector()
    listener = Listener(codebook.codes, codebook)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    settled: list[Settled] = []
    for transcript in corpus.read_transcripts(folder, 10_000):
        turns = {turn.number: turn for turn in transcript.turns}
        codings = suggest_codings(transcript, listener, codebook=codebook, made_at=now)
        pairs = [(coding, turns[coding.segment.turn]) for coding in codings]
        settled += [
            each for each in settle_codings(pairs, {}, codebook=codebook) if each.status in COUNTED
        ]
        if len(settled) >= most:
            break
    return settled[:most]


def write_word(folder: str, book: str, quotes: int, out: str) -> dict[str, float]:
    """Write the theme tables, then the same XML with nothing to work out."""
    from themecode.exports.theme_tables import StudyFacts, write_theme_tables

    codebook = corpus.read_book(book)
    settled = settle_corpus(folder, quotes, codebook)
    people = _people(settled)
    facts = StudyFacts("Invented study", len(people), len(people), "0", "1", MADE_ON)
    path, bare = Path(out) / f"tables-{quotes}.docx", Path(out) / "bare.docx"
    forget_peak()
    before = own_peak()
    ours = []
    for _ in range(3):
        begun = time.perf_counter()
        write_theme_tables(
            settled, path, codebook=codebook, participants=people, study=facts, quotes_per_code=None
        )
        ours.append(time.perf_counter() - begun)
    after = own_peak()
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    said = parts["word/document.xml"].decode()
    if said.count("“") < quotes:
        raise ValueError(f"the document holds fewer than {quotes} quotes")
    streamed = []
    for _ in range(3):
        begun = time.perf_counter()
        _stream(parts, bare)
        streamed.append(time.perf_counter() - begun)
    told = {"ours": median(ours), "bare": median(streamed)}
    return told if before is None or after is None else {**told, "grown": after - before}


def _stream(parts: dict[str, bytes], path: Path) -> None:
    """Write a package in pieces of the size the exports use, as hard to compress as theirs."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
        for name, content in parts.items():
            with package.open(name, "w") as part:
                for start in range(0, len(content), 64_000):
                    part.write(content[start : start + 64_000])


def write_sheet(folder: str, book: str, rows: int, out: str) -> dict[str, float]:
    """Write rows of coded segments with themecode."""
    from themecode.exports.coded_segments import coded_segment_rows
    from themecode.exports.sheets import write_xlsx

    codebook = corpus.read_book(book)
    settled = settle_corpus(folder, min(rows, 2000), codebook)
    people = _people(settled)
    forget_peak()
    before = own_peak()
    begun = time.perf_counter()
    repeated = islice(cycle(settled), rows)
    write_xlsx(
        coded_segment_rows(repeated, codebook=codebook, participants=people),
        Path(out),
        made_on=MADE_ON,
    )
    return _tell(begun, before)


def write_with_xlsxwriter(folder: str, book: str, rows: int, out: str) -> dict[str, float]:
    """The anchor: the same rows, cell by cell, in constant memory."""
    import xlsxwriter

    from themecode.exports.coded_segments import COLUMNS, cells_of, coded_segment_rows

    codebook = corpus.read_book(book)
    settled = settle_corpus(folder, min(rows, 2000), codebook)
    people = _people(settled)
    forget_peak()
    before = own_peak()
    begun = time.perf_counter()
    repeated = islice(cycle(settled), rows)
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet()
    made = coded_segment_rows(repeated, codebook=codebook, participants=people)
    for at, cells in enumerate(chain([COLUMNS], map(cells_of, made))):
        for column, cell in enumerate(cells):
            sheet.write_string(at, column, cell)
    book.close()
    return _tell(begun, before)


def count_matrix(folder: str, book: str, codings: int) -> dict[str, float]:
    """Count a theme matrix in each way there is, and the like with pandas."""
    import pandas as pd

    from themecode.matrices import theme_matrix
    from themecode.matrices.codings import TranscriptFacts, make_study_table
    from themecode.matrices.groups import Count, count_by_group
    from themecode.matrices.together import count_together
    from themecode.model import TranscriptKind

    codebook = corpus.read_book(book)
    settled = _spread(settle_corpus(folder, min(codings, 2000), codebook), codings)
    people = _people(settled)
    transcripts = {
        each: TranscriptFacts(TranscriptKind.INTERVIEW, {}, 1, 1)
        for each in dict.fromkeys(one.coding.segment.transcript_id for one in settled)
    }
    table = make_study_table(
        settled, codebook=codebook, participants=people, transcripts=transcripts
    )

    def from_records() -> int:
        return sum(theme_matrix(settled, codebook=codebook, participants=people).totals)

    def from_table() -> int:
        found = count_by_group(table, "participant", count=Count.CODINGS)
        return int(found.totals.loc[[theme.id for theme in codebook.themes]].sum())

    for count in (from_records, from_table):
        if count() != codings:
            raise ValueError(f"{count()} of {codings} codings were counted")
    ways = {"records": from_records, "table": from_table, "together": lambda: count_together(table)}
    told = {name: _time(way) for name, way in ways.items()}
    told["theirs"] = _time(lambda: pd.crosstab(table.codings["participant"], table.codings["code"]))
    return told


def _time(way: Callable[[], object]) -> float:
    way()
    begun = time.perf_counter()
    way()
    return time.perf_counter() - begun


def _spread(settled: list[Settled], count: int) -> list[Settled]:
    """The same codings in as many transcripts as it takes, each in its own place."""
    from dataclasses import replace

    copies = chain.from_iterable(
        zip(settled, repeat(copy), strict=False) for copy in range(-(-count // len(settled)))
    )
    return [
        replace(
            each,
            coding=replace(
                each.coding,
                segment=replace(
                    each.coding.segment, transcript_id=f"{each.coding.segment.transcript_id}-{copy}"
                ),
            ),
        )
        for each, copy in islice(copies, count)
    ]


def _people(settled: list[Settled]) -> dict[str, object]:
    from themecode.model import Participant

    ids = dict.fromkeys(each.turn.participant_id or "" for each in settled)
    return {each: Participant(each, "Woman with lived experience") for each in ids}


def _tell(begun: float, before: float | None) -> dict[str, float]:
    told = {"seconds": time.perf_counter() - begun}
    after = own_peak()
    return told if before is None or after is None else {**told, "grown": after - before}
