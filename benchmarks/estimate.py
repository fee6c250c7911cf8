"""What 100,000 transcripts of 8,000 words would cost, and what breaks first: worked out from measured parts.

Everything is measured here on a few transcripts, as processor time, and multiplied; nothing is typed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import corpus
from measuring import FOUNDING, Plan, Row, in_turns, median, run_job

ARCHIVE = 100_000
CLUSTERS = (16, 64)
#: What a laptop has, for the estimate of when it runs out: megabytes of memory, hours of a night.
LAPTOP_MB = 8000
NIGHT_HOURS = 12
EXCEL_ROWS = 1_048_576
SERVER_ROWS = 2**31 - 1
ROWS = (
    "Each transcript, in seconds of the processor",
    "Cues, one process",
    "Cues, all cores of this machine",
    "With meaning, one core",
    "With meaning, all cores of this machine",
    "With meaning, a cluster of 16 cores",
    "With meaning, a cluster of 64 cores",
    "The study, on the disk",
    "What breaks first",
)


def measure(plan: Plan) -> Iterator[Row]:
    few, some = max(1, plan.transcripts // 40), max(2, plan.transcripts // 5)
    given = {"folder": plan.corpus, "book": plan.founding, "study": str(plan.scratch / "weighed")}
    # A smoke run has no model; cues stand in for it.
    learned = partial(
        run_job, "estimate.code_with_meaning", folder=plan.corpus, count=1, smoke=plan.smoke
    )
    found = in_turns(
        {
            "few": partial(run_job, "growth.go_through", count=few, **given),
            "some": partial(run_job, "growth.go_through", count=some, **given),
            "meaning": learned,
        },
        rounds=min(plan.rounds, 3),
        long_rounds=2,
    )
    told = {
        name: {key: median([done.told[key] for done in every]) for key in every[0].told}
        for name, every in found.items()
    }
    # Between the two sizes: starting costs both the same.
    between = some - few
    each = {
        stage: max(1e-6, (told["some"][stage] - told["few"][stage]) / between)
        for stage in ("reading", "coding", "storing", "writing", "codings", "megabytes")
    }
    each |= {key: told["meaning"][key] for key in ("meaning", "parcel", "vectors")}
    grown = {
        key: (told["some"].get(key, 0.0) - told["few"].get(key, 0.0)) / between for key in ("peak",)
    }
    yield from _tell(plan, each, grown["peak"], told["some"].get("peak"), len(found["few"]))


def _tell(
    plan: Plan, each: dict[str, float], grown: float, peak: float | None, rounds: int
) -> Iterator[Row]:
    cores = os.cpu_count() or 1
    alone = each["reading"] + each["storing"] + each["writing"]
    on = f"{plan.words:,} words each, the founding codebook; {each['codings']:.0f} passages coded by cues"
    yield Row(
        ROWS[0], on,
        f"reading {each['reading']:.3f}, cues {each['coding']:.3f}, storing {each['storing']:.3f}, "
        f"outputs {each['writing']:.3f}, meaning {each['meaning']:.1f}, packing for a cluster {each['parcel']:.4f}",
        rounds=rounds, numbers=each,
    )  # fmt: skip
    archive = f"{ARCHIVE:,} × {plan.words:,} words"
    measured = "worked out from the row above"

    def row(name: str, seconds: float, work: float, told: str) -> Row:
        return Row(
            name, f"{archive}; {told}", f"{_hours(seconds)}, {work * ARCHIVE / 3600:,.0f} core-hours",
            measured, rounds=rounds, numbers={"hours": seconds / 3600},
        )  # fmt: skip

    by_cues, by_meaning = alone + each["coding"], alone + each["meaning"]
    serial = "reading, storing and outputs by one process"
    yield row(ROWS[1], ARCHIVE * by_cues, by_cues, "everything by one process")
    yield row(ROWS[2], ARCHIVE * (alone + each["coding"] / cores), by_cues, f"{serial}, coding by {cores}")  # fmt: skip
    yield row(ROWS[3], ARCHIVE * by_meaning, by_meaning, "everything on one core")
    yield row(ROWS[4], ARCHIVE * (alone + each["meaning"] / cores), by_meaning, f"{serial}, coding by {cores}")  # fmt: skip
    for name, workers in zip(ROWS[5:7], CLUSTERS, strict=True):
        # Coding and storing go on at once; the slower of the two is waited for.
        middle = max(each["storing"] + each["parcel"], each["meaning"] / workers)
        seconds = ARCHIVE * (each["reading"] + middle + each["writing"])
        yield row(name, seconds, by_meaning + each["parcel"], f"{serial}, coding by {workers} workers")  # fmt: skip
    yield Row(
        ROWS[7], archive, f"{each['megabytes'] * ARCHIVE / 1000:,.0f} GB, without copies", measured,
        rounds=rounds, numbers={"gigabytes": each["megabytes"] * ARCHIVE / 1000},
    )  # fmt: skip
    yield Row(
        ROWS[8], f"transcripts of {plan.words:,} words, in the order they stop fitting",
        "; ".join(_list_limits(each, grown, peak, by_cues, by_meaning)), measured, rounds=rounds,
    )  # fmt: skip


def _list_limits(
    each: dict[str, float], grown: float, peak: float | None, by_cues: float, by_meaning: float
) -> list[str]:
    """What stops fitting, and at how many transcripts, the fewest first."""
    from themecode.flow.vectors import MOST_VECTORS

    night = NIGHT_HOURS * 3600
    limits = {
        f"the {MOST_VECTORS:,} vectors kept for the next time": MOST_VECTORS
        / max(1, each["vectors"]),
        "one sheet of Excel": EXCEL_ROWS / each["codings"],
        f"a night of {NIGHT_HOURS} hours with meaning, one core": night / by_meaning,
        f"a night of {NIGHT_HOURS} hours by cues, one process": night / by_cues,
        "the numbers of rows on a server": SERVER_ROWS / each["codings"],
    }
    if peak is not None and grown > 0:
        limits[f"{LAPTOP_MB / 1000:.0f} GB of memory"] = LAPTOP_MB / grown
    told = [
        f"{_round(count)}: {what}" for what, count in sorted(limits.items(), key=lambda i: i[1])
    ]
    writer = each["meaning"] / (each["storing"] + each["parcel"])
    return [*told, f"a cluster of more than {writer:,.0f} workers waits for its one writer"]


def _round(count: float) -> str:
    """To two figures: an estimate has no more."""
    if count < 10:
        return f"{count:.0f}"
    digits = len(str(int(count))) - 2
    return f"{round(count, -digits):,.0f}"


def _hours(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours / 24:,.1f} days" if hours > 72 else f"{hours:,.1f} hours"


# ── in a process of its own ──────────────────────────────────────────────────────────────────


def code_with_meaning(folder: str, count: int, smoke: bool) -> dict[str, float]:
    """Code with the founding codebook's model on one thread; what packing for a cluster takes, too."""
    from dataclasses import replace
    from datetime import UTC, datetime

    from cues import relax_collector

    from themecode.flow.batches import Coded, Job
    from themecode.flow.cluster import _Parcel
    from themecode.suggest.learned_model import find_model_beside, read_model_file
    from themecode.suggest.listen import anchor_cues

    relax_collector()
    codebook = corpus.read_founding()
    model = None if smoke else read_model_file(find_model_beside(Path(FOUNDING)))
    anchors = anchor_cues(codebook.codes, codebook)
    job = Job(codebook.codes, codebook, anchors, datetime(2026, 3, 2, tzinfo=UTC), model)
    suggest = job.make_suggester()
    transcripts = list(islice(corpus.read_transcripts(folder, count), count))
    suggest(replace(transcripts[0], turns=transcripts[0].turns[:4]))  # everything is loaded
    vectors = _vectors_of(suggest)
    took, kept = 0.0, []
    found = []
    for transcript in transcripts:
        # Invented talk repeats itself from one transcript to the next, which real talk does not.
        vectors.clear()
        begun = time.process_time()
        found.append(Coded(transcript.id, suggest(transcript), ()))
        took += time.process_time() - begun
        kept.append(len(vectors))
    begun = time.process_time()
    _Parcel.pack(transcripts)
    _Parcel.pack(found).unpack()
    parcel = time.process_time() - begun
    return {
        "meaning": took / count, "parcel": parcel / count, "vectors": sum(kept) / count,
        "passages": sum(len(each.codings) for each in found) / count,
    }  # fmt: skip


def _vectors_of(suggest: object) -> dict[bytes, object]:
    weigher = getattr(suggest, "keywords", {}).get("weigher")
    return weigher._vectors if weigher is not None else {}  # noqa: SLF001  nothing else knows
