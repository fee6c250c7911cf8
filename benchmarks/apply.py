"""The main job as a researcher runs it: 200 transcripts, then nothing new, then one more (P3, P6)."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import corpus
from measuring import (
    Plan,
    Ran,
    Row,
    in_turns,
    median,
    median_ratio,
    run,
    run_job,
    show_both,
    show_seconds,
    show_speed,
    themecode,
)

MOST_READ_AND_CODED = 2.0
MOST_WRITTEN = 5.0
MOST_BEYOND = 0.5
MOST_COMMAND = 0.3
#: P5, with the interpreter.
MOST_MB = 150
ROWS = (
    "`apply`, fresh study",
    "`apply`, fresh study, the founding codebook",
    "… of which reading and coding",
    "… of which writing the outputs",
    "`apply`, memory",
    "`apply` again, nothing new",
    "`apply` again, one added",
    "`status`, beyond start-up",
    "`search`, beyond start-up",
)


def measure(plan: Plan) -> Iterator[Row]:
    places = _Places(plan)
    yield from _measure_fresh(plan, places)
    yield from _measure_again(plan, places)


class _Places:
    """Where transcripts come from and studies go."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.given = plan.scratch / "given"
        self.given.mkdir()
        self.made = 0
        self.to_add = corpus.list_files(plan.corpus, plan.transcripts + 20)
        for path in self.to_add[: plan.transcripts]:
            shutil.copy(path, self.given)
        del self.to_add[: plan.transcripts]

    def apply_afresh(self, book: str) -> Ran:
        self.made += 1
        study = self.plan.scratch / f"study-{self.made}"
        done = run(self.apply(study, book))
        shutil.rmtree(study)
        return done

    def apply(self, study: Path, book: str) -> list[str]:
        return themecode("apply", str(self.given), "--codebook", book, "--study", str(study))

    def add_one(self) -> None:
        shutil.copy(self.to_add.pop(0), self.given)


def _measure_fresh(plan: Plan, places: _Places) -> Iterator[Row]:
    words = _count_all(places.given)
    on = f"{plan.transcripts} .txt of {plan.words:,} words"
    found = in_turns(
        {
            "phrases": partial(places.apply_afresh, plan.phrase_book),
            "founding": partial(places.apply_afresh, plan.founding),
            "spacy": partial(
                run_job,
                "cues.match_with_spacy",
                folder=plan.corpus,
                count=plan.transcripts,
                book=plan.phrase_book,
            ),
        },
        rounds=plan.rounds,
    )
    anchor = [each.seconds for each in found["spacy"]]
    limit = MOST_READ_AND_CODED + MOST_WRITTEN
    for name, book, cues in zip(
        ROWS, ("phrases", "founding"), (f"{plan.phrases:,} phrases", "all its cues"), strict=False
    ):
        seconds = [each.seconds for each in found[book]]
        cpu = [each.cpu for each in found[book]]
        yield Row(
            name,
            f"{on}, {cues}, outputs written",
            f"{show_both(seconds, cpu)}, {show_speed(words, median(seconds))}",
            f"{show_seconds(median(anchor))}: spaCy and PhraseMatcher, matches thrown away",
            f"{median_ratio(seconds, anchor):.2f}",
            f"≤ {limit:.0f} s" if book == "phrases" else "",
            median(seconds) <= limit if book == "phrases" else None,
            len(seconds),
        )
    yield from _measure_stages(plan, places, on)
    peaks = [each.peak for each in found["phrases"] if each.peak is not None]
    yield Row(
        ROWS[4],
        f"{on}, {plan.phrases:,} phrases, outputs written",
        f"{median(peaks):.0f} MB" if peaks else "this system does not say",
        limit=f"≤ {MOST_MB} MB",
        passed=median(peaks) <= MOST_MB if peaks else None,
        rounds=len(peaks),
    )


def _measure_stages(plan: Plan, places: _Places, on: str) -> Iterator[Row]:
    job = partial(
        run_job,
        "apply.apply_by_stages",
        given=str(places.given),
        book=plan.phrase_book,
        study=str(plan.scratch / "staged"),
    )
    stages = [done.told for done in in_turns({"apply": job}, rounds=plan.rounds)["apply"]]
    before = [each["reading"] + each["coding"] for each in stages]
    before_cpu = [each["reading cpu"] + each["coding cpu"] for each in stages]
    reading = median([each["reading cpu"] for each in stages])
    writing = [each["writing"] for each in stages]
    writing_cpu = [each["writing cpu"] for each in stages]
    codings = int(stages[0]["codings"])
    yield Row(
        ROWS[2],
        f"{on}, {plan.phrases:,} phrases, stored; {show_seconds(reading)} of the processor's reading",
        show_both(before, before_cpu),
        limit=f"≤ {MOST_READ_AND_CODED:.0f} s",
        passed=median(before) <= MOST_READ_AND_CODED,
        rounds=len(stages),
    )
    yield Row(
        ROWS[3],
        f"{codings:,} codings as CSV, Excel, matrix and Word tables",
        show_both(writing, writing_cpu),
        limit=f"≤ {MOST_WRITTEN:.0f} s",
        passed=median(writing) <= MOST_WRITTEN,
        rounds=len(stages),
    )


def _measure_again(plan: Plan, places: _Places) -> Iterator[Row]:
    study = plan.scratch / "study"
    again = places.apply(study, plan.phrase_book)
    run(again)

    def add_one() -> Ran:
        places.add_one()
        return run(again)

    at = ("--study", str(study))
    found = in_turns(
        {
            "version": lambda: run(themecode("--version")),
            "again": lambda: run(again),
            "added": add_one,
            "status": lambda: run(themecode("status", *at)),
            "search": lambda: run(themecode("search", "umbrella", *at)),
        },
        rounds=plan.rounds,
    )
    compared = (
        ("again", "version", MOST_BEYOND, "of the same study"),
        ("added", "again", MOST_BEYOND, "read, coded and every output written anew"),
        ("status", "version", MOST_COMMAND, "of the same study"),
        ("search", "version", MOST_COMMAND, "for a word of the corpus"),
    )
    names = {"version": "`themecode --version`", "again": "`apply` with nothing new"}
    for name, (job, anchor, limit, on) in zip(ROWS[5:], compared, strict=True):
        pairs = list(zip(found[job], found[anchor], strict=True))
        beyond = [a.seconds - b.seconds for a, b in pairs]
        cpu = [None if a.cpu is None or b.cpu is None else a.cpu - b.cpu for a, b in pairs]
        ours, theirs = ([each.seconds for each in found[side]] for side in (job, anchor))
        yield Row(
            name,
            f"{plan.transcripts} transcripts, {on}",
            f"{show_both(beyond, cpu)} beyond, {show_seconds(median(ours))} in all",
            f"{show_seconds(median(theirs))}: {names[anchor]}",
            f"{median_ratio(ours, theirs):.2f}",
            f"≤ {show_seconds(limit)} beyond",
            median(beyond) <= limit,
            len(ours),
        )


def _count_all(folder: Path) -> int:
    return sum(len(path.read_text(encoding="utf-8").split()) for path in folder.glob("*.txt"))


# ── in a process of its own ──────────────────────────────────────────────────────────────────


def apply_by_stages(given: str, book: str, study: str) -> dict[str, float]:
    """The same work as `themecode apply`, told apart by what it says it is doing."""
    from cues import relax_collector

    from themecode.flow.applying import apply_codebook
    from themecode.flow.reading_options import ReadingOptions
    from themecode.store import open_study, utc_now

    relax_collector()
    stages = ("reading", "coding", "writing")
    spent = {f"{stage}{clock}": 0.0 for stage in stages for clock in ("", " cpu")}
    last = (time.perf_counter(), time.process_time())

    def progress(stage: str, done: int, _total: int) -> None:
        nonlocal last
        now = (time.perf_counter(), time.process_time())
        # Writing says when it begins; what led to the first word of the others is theirs.
        ended = "coding" if stage == "writing" and not done else stage
        spent[ended] += now[0] - last[0]
        spent[f"{ended} cpu"] += now[1] - last[1]
        last = now

    with open_study(Path(study), create=True) as opened:
        applied = apply_codebook(
            opened,
            [Path(given)],
            codebook_name=book,
            options=ReadingOptions(),
            participants_path=None,
            outputs=Path(study) / "outputs",
            made_at=utc_now(),
            progress=progress,
        )
        codings = opened.counts().codings
    shutil.rmtree(study)
    blocking = [str(each) for each in applied.imported.problems if each.blocks]
    if blocking:
        raise ValueError(f"transcripts were not read: {blocking[:5]}")
    return {**spent, "codings": codings}
