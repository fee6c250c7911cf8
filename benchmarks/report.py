"""The Word report (P8): 500 and 5,000 quotes, against the same XML streamed into a package."""

from __future__ import annotations

import shutil
import time
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import cycle, islice, pairwise
from pathlib import Path

import corpus
from measuring import (
    Plan,
    Row,
    at_most,
    exponent,
    forget_peak,
    held_against,
    in_turns,
    median,
    own_peak,
    run_job,
)

MOST_SECONDS = (0.15, 0.4)
MOST_TIMES = 3.0
MOST_MB = 80
MOST_EXPONENT = 1.1
#: P3, beyond coding.
MOST_THREE = 5.0
#: Transcripts of the study that is reported.
FEW = 20
ROWS = (
    "Word report, fewer quotes",
    "Word report, more quotes",
    "Word report, wall time of fewer",
    "Word report, wall time of more",
    "Word report, growth",
    "Word report, memory",
    "Word report, everything gathered and written",
    "The main job's report, workbook and REFI-QDA project",
)


def measure(plan: Plan) -> Iterator[Row]:
    study, main = str(plan.scratch / "reported-study"), str(plan.scratch / "main-study")
    for count, book, place in (
        (FEW, plan.founding, study),
        (plan.transcripts, plan.phrase_book, main),
    ):
        given = plan.scratch / f"reported-{count}"
        given.mkdir()
        for path in corpus.list_files(plan.corpus, count):
            shutil.copy(path, given)
        run_job("report.make_study", given=str(given), book=book, study=place)
    jobs = {
        str(count): partial(
            run_job, "report.write_quotes", study=study, quotes=count, out=str(plan.scratch)
        )
        for count in plan.quotes
    }
    whole = partial(run_job, "report.write_whole", study=study, out=str(plan.scratch))
    three = partial(run_job, "report.write_three", study=main, out=str(plan.scratch))
    found = in_turns({**jobs, "whole": whole, "three": three}, rounds=plan.rounds)
    whole_done, three_done = found.pop("whole"), found.pop("three")
    took = []
    for name, (count, done) in zip(ROWS, found.items(), strict=False):
        ours, bare = ([each.told[side] for each in done] for side in ("ours", "bare"))
        took.append(ours)
        yield held_against(
            name, f"{int(count):,} quotes, no pictures", ours, bare,
            "the same parts, ready made, streamed into a package", most_times=MOST_TIMES,
        )  # fmt: skip
    for name, count, ours, most in zip(ROWS[2:4], plan.quotes, took, MOST_SECONDS, strict=True):
        yield at_most(name, f"{count:,} quotes, no pictures", ours, most)
    slope = median([exponent(plan.quotes, pair) for pair in zip(*took, strict=True)])
    yield Row(
        ROWS[4], " → ".join(f"{count:,}" for count in plan.quotes) + " quotes",
        f"exponent {slope:.2f}", limit=f"≤ {MOST_EXPONENT}", passed=slope <= MOST_EXPONENT,
        rounds=len(took[0]),
    )  # fmt: skip
    grown = [each.told["grown"] for each in found[str(plan.quotes[1])] if "grown" in each.told]
    yield Row(
        ROWS[5], f"{plan.quotes[1]:,} quotes; peak less what was held before",
        f"{median(grown):.1f} MB" if grown else "this system does not say",
        limit=f"≤ {MOST_MB} MB", passed=median(grown) <= MOST_MB if grown else None,
        rounds=len(grown),
    )  # fmt: skip
    codings = whole_done[0].told["codings"]
    yield at_most(
        ROWS[6], f"{FEW} transcripts, {codings:,.0f} codings, pictures drawn, quotes proposed",
        [each.told["seconds"] for each in whole_done], None,
    )  # fmt: skip
    told = three_done[0].told
    yield at_most(
        ROWS[7], f"{plan.transcripts} × {plan.words:,} words, {told['codings']:,.0f} codings; report "
        f"{told['report']:.2f} s, workbook {told['workbook']:.2f} s, project {told['project']:.2f} s",
        [each.told["seconds"] for each in three_done], MOST_THREE,
    )  # fmt: skip


# ── in processes of their own ────────────────────────────────────────────────────────────────


def make_study(given: str, book: str, study: str) -> dict[str, float]:
    """A coded study to report."""
    from themecode.flow.applying import apply_codebook
    from themecode.flow.reading_options import ReadingOptions
    from themecode.store import open_study, utc_now

    with open_study(Path(study), create=True) as opened:
        apply_codebook(
            opened, [Path(given)], codebook_name=book, options=ReadingOptions(),
            participants_path=None, outputs=Path(study) / "outputs", made_at=utc_now(), workers=1,
            meaning=False, progress=lambda *_: None,
        )  # fmt: skip
        return {"codings": opened.counts().codings}


def write_quotes(study: str, quotes: int, out: str) -> dict[str, float]:
    """Write a report of so many quotes, then the same parts with nothing to work out."""
    from dataclasses import replace

    from outputs import _stream

    from themecode.exports.report.quotes import list_quotable
    from themecode.exports.report.write import write_report
    from themecode.flow.importing import list_speaking
    from themecode.flow.outputs import settle_study
    from themecode.flow.reporting import ReportChoices, gather_report
    from themecode.store import open_study

    with open_study(Path(study)) as opened:
        codebook = opened.codebook_in_force()
        assert codebook is not None
        settled = list(settle_study(opened, codebook))
        quotable = list_quotable(settled, codebook=codebook, participants=list_speaking(opened))
        used = [replace(quote, use=True) for quote in islice(cycle(quotable), quotes)]
        contents = gather_report(
            opened, codebook, settled, quotes=used, choices=ReportChoices(pictures=False)
        )
    path, bare = Path(out) / f"report-{quotes}.docx", Path(out) / "bare-report.docx"
    forget_peak()
    before = own_peak()
    ours = []
    for _ in range(3):
        begun = time.perf_counter()
        write_report(contents, path)
        ours.append(time.perf_counter() - begun)
    after = own_peak()
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    if parts["word/document.xml"].decode().count("“") < quotes:
        raise ValueError(f"the report holds fewer than {quotes} quotes")
    streamed = []
    for _ in range(3):
        begun = time.perf_counter()
        _stream(parts, bare)
        streamed.append(time.perf_counter() - begun)
    told = {"ours": median(ours), "bare": median(streamed)}
    return told if before is None or after is None else {**told, "grown": after - before}


def write_whole(study: str, out: str) -> dict[str, float]:
    """What `themecode report` does once it has started."""
    from themecode.flow.reporting import report_study
    from themecode.store import open_study

    begun = time.perf_counter()
    with open_study(Path(study)) as opened:
        codebook = opened.codebook_in_force()
        assert codebook is not None
        report_study(opened, codebook, Path(out) / "whole.docx")
        seconds = time.perf_counter() - begun
        return {"seconds": seconds, "codings": opened.counts().codings}


def write_three(study: str, out: str) -> dict[str, float]:
    """The report, the workbook and the project of a study, one after the other."""
    from themecode.exports.coded_segments import coded_segment_rows
    from themecode.exports.sheets import write_coded_segments
    from themecode.flow.exchanging import export_project
    from themecode.flow.importing import list_speaking
    from themecode.flow.outputs import settle_study
    from themecode.flow.reporting import report_study
    from themecode.store import open_study

    place = Path(out)
    with open_study(Path(study)) as opened:
        codebook = opened.codebook_in_force()
        assert codebook is not None
        times = [time.perf_counter()]
        report_study(opened, codebook, place / "three.docx")
        times.append(time.perf_counter())
        settled = settle_study(opened, codebook)
        rows = coded_segment_rows(
            settled, codebook=codebook, participants=list_speaking(opened), versions={}
        )
        write_coded_segments(rows, place / "three.xlsx")
        times.append(time.perf_counter())
        export_project(opened, codebook, place / "three.qdpx", program="nvivo")
        times.append(time.perf_counter())
        report, workbook, project = (b - a for a, b in pairwise(times))
        return {
            "report": report, "workbook": workbook, "project": project,
            "seconds": times[-1] - times[0], "codings": opened.counts().codings,
        }  # fmt: skip
