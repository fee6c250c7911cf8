"""How each stage grows, from ten transcripts to ten thousand, and what memory it takes (P4, P5)."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from measuring import Plan, Row, exponent, median, own_peak, run_job, show_seconds

MOST_EXPONENT = 1.05
MOST_EXPONENT_FAR = 1.15
MOST_MB_A_MILLION = 1.0
STAGES = ("reading", "coding", "storing", "writing")
ROWS = (
    "Growth, reading",
    "Growth, coding by cues",
    "Growth, storing",
    "Growth, writing the outputs",
    "Growth, memory",
)


def measure(plan: Plan) -> Iterator[Row]:
    folder = str(plan.scratch / "short")
    made = run_job(
        "corpus.make_transcripts", folder=folder, count=plan.stages[-1], words=plan.short_words
    )
    per_transcript = made.told["words"] / plan.stages[-1]
    told: dict[int, list[dict[str, float]]] = {}
    for count in plan.stages:
        job = partial(
            run_job, "growth.go_through", folder=folder, count=count, book=plan.phrase_book,
            study=str(plan.scratch / "grown"),
        )  # fmt: skip
        # The small ones take no time, and are what noise would change.
        rounds = 1 if plan.smoke or count > 1000 else plan.rounds
        told[count] = [job().told for _ in range(rounds)]
    sizes = [count for count in plan.stages if count >= 100] or list(plan.stages)
    most = MOST_EXPONENT_FAR if plan.stages[-1] > 10_000 else MOST_EXPONENT
    arrow = " → ".join(f"{count:,}" for count in plan.stages)
    on = f"{arrow} transcripts of {plan.short_words:,} words, {plan.phrases:,} phrases, processor time"
    for name, stage in zip(ROWS, STAGES, strict=False):
        seconds = {
            count: median([each[stage] for each in rounds]) for count, rounds in told.items()
        }
        # Ten transcripts take less than starting does: they are shown, and not in the line.
        slope = exponent(sizes, [seconds[count] for count in sizes])
        yield Row(
            name, on, f"exponent {slope:.3f}, from {sizes[0]:,} on",
            " → ".join(show_seconds(each) for each in seconds.values()), "", f"≤ {most}",
            slope <= most, 1, {"seconds": seconds[plan.stages[-1]], "exponent": slope},
        )  # fmt: skip
    peaks = {
        count: median([each["peak"] for each in rounds])
        for count, rounds in told.items()
        if all("peak" in each for each in rounds)
    }
    if len(peaks) < len(plan.stages):
        yield Row(ROWS[4], on, "this system does not say")
        return
    millions = (plan.stages[-1] - plan.stages[0]) * per_transcript / 1e6
    rate = (peaks[plan.stages[-1]] - peaks[plan.stages[0]]) / millions
    yield Row(
        ROWS[4], f"{arrow} transcripts of {plan.short_words:,} words, peak of all four stages",
        f"{rate:.2f} MB a million words", " → ".join(f"{each:.0f} MB" for each in peaks.values()),
        "", f"≤ {MOST_MB_A_MILLION:g} MB a million words", rate <= MOST_MB_A_MILLION, 1,
        {"peak": peaks[plan.stages[-1]]},
    )  # fmt: skip


# ── in a process of its own ──────────────────────────────────────────────────────────────────


def go_through(folder: str, count: int, book: str, study: str) -> dict[str, float]:
    """Read, code, store and write so many transcripts; seconds of the processor for each."""
    from datetime import UTC, datetime
    from itertools import islice

    from cues import relax_collector

    from themecode.flow.anchors import find_anchors
    from themecode.flow.batches import Job, code_batches
    from themecode.flow.codebooks import settle_codebook
    from themecode.flow.importing import import_files
    from themecode.flow.outputs import write_outputs
    from themecode.flow.reading_options import ReadingOptions
    from themecode.store import CodedPass, open_study
    from themecode.suggest.coder import CODER
    from themecode.transcripts import read_file

    relax_collector()
    told = dict.fromkeys(STAGES, 0.0)
    last = time.process_time()

    def stop(stage: str) -> None:
        nonlocal last
        now = time.process_time()
        told[stage] += now - last
        last = now

    given = Path(folder)
    paths = list(islice(sorted(given.glob("*.txt")), count))
    if len(paths) < count:
        raise ValueError(f"there are only {len(paths)} transcripts")
    made_at = datetime(2026, 3, 2, tzinfo=UTC)
    last = time.process_time()
    for path in paths:
        read_file(path)
    stop("reading")
    with open_study(Path(study), create=True) as opened, opened.lock():
        codebook, _ = settle_codebook(opened, book)
        last = time.process_time()
        import_files(opened, paths, options=ReadingOptions(), workers=1)
        stop("storing")
        # Importing reads as well, and what reading takes is known by now.
        told["storing"] = max(0.001, told["storing"] - told["reading"])
        job = Job(codebook.codes, codebook, find_anchors(opened, codebook.codes, codebook), made_at)
        last = time.process_time()
        for batch in code_batches(job, opened.transcripts(), 1):
            stop("coding")
            passes = [CodedPass(each.transcript_id, codebook.sha256, CODER) for each in batch]
            codings = (coding for each in batch for coding in each.codings)
            opened.add_codings(codings, coded=passes)
            stop("storing")
        stop("coding")
        write_outputs(opened, codebook, Path(study) / "outputs", made_at=made_at)
        stop("writing")
        told["codings"] = opened.counts().codings
        told["megabytes"] = (Path(study) / "study.db").stat().st_size / 1e6
    shutil.rmtree(study)
    peak = own_peak()
    return told if peak is None else {**told, "peak": peak}
