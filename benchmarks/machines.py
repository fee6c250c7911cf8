"""One process, several, a Dask cluster: what each gains, and from where on (P15)."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import corpus
from measuring import Plan, Row, held_against, median, run_job, show_seconds

MOST_TIMES = 1.6
WORKERS = 2
ROWS = (
    "Two processes, against one",
    "Two Dask workers, against two processes",
    "The same codings, whoever makes them",
    "From where on a second process pays",
)
TESTS = Path(__file__).resolve().parent.parent / "tests" / "scale"


def measure(plan: Plan) -> Iterator[Row]:
    # A job begins its cluster once, and does its rounds itself.
    told = run_job(
        "machines.code_each_way", folder=plan.corpus, counts=plan.dealt, book=plan.founding,
        rounds=min(plan.rounds, 3),
    ).told  # fmt: skip
    most = plan.dealt[-1]
    rounds = int(told["rounds"])

    def took(way: str, count: int = most) -> list[float]:
        return [told[f"{way} {count} {number}"] for number in range(rounds)]

    on = f"{most} × {plan.words:,} words, the founding codebook's cues, nothing stored"
    yield held_against(ROWS[0], on, took("two"), took("one"), "one process", least_times=1.0)
    yield held_against(
        ROWS[1], f"{on}; the cluster was there already", took("dask"), took("two"),
        f"ProcessPool, {WORKERS} processes", most_times=MOST_TIMES,
    )  # fmt: skip
    same = bool(told["same"])
    yield Row(
        ROWS[2], f"{told['codings']:,.0f} codings of one process, two, and two Dask workers",
        "equal hashes" if same else "hashes differ", limit="equal", passed=same, rounds=rounds,
    )  # fmt: skip
    yield _find_break_even(plan, took)


def _find_break_even(plan: Plan, took: object) -> Row:
    """Where two straight lines meet: the time of one process, and of two, by words."""
    from themecode.flow.workers import LEAST_A_WORKER

    assert callable(took)
    sizes = [count * plan.words for count in plan.dealt]
    lines = {
        way: _draw_line(sizes, [median(took(way, count)) for count in plan.dealt])
        for way in ("one", "two")
    }
    dearer = lines["two"][0] - lines["one"][0]
    saved = lines["one"][1] - lines["two"][1]
    shown = "; ".join(
        f"{count}: {show_seconds(median(took('one', count)))} and {show_seconds(median(took('two', count)))}"
        for count in plan.dealt
    )
    on = f"transcripts of {plan.words:,} words, one process and two: {shown}"
    if saved <= 0:
        return Row(ROWS[3], on, "never, here", rounds=1)
    meet = max(0.0, dearer / saved)
    return Row(
        ROWS[3], on, f"{meet / plan.words:.0f} transcripts ({meet / 1000:,.0f} k words)",
        f"{2 * LEAST_A_WORKER} transcripts: where themecode begins a second", rounds=1,
        numbers={"words": meet},
    )  # fmt: skip


def _draw_line(xs: list[int], ys: list[float]) -> tuple[float, float]:
    """Where the straight line nearest to points begins, and how steep it is."""
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    steep = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    steep /= sum((x - mean_x) ** 2 for x in xs)
    return mean_y - steep * mean_x, steep


# ── in a process of its own ──────────────────────────────────────────────────────────────────


def code_each_way(folder: str, counts: list[int], book: str, rounds: int) -> dict[str, float]:
    """Code the same transcripts in one process, two, and on a cluster of two, in turns."""
    from datetime import UTC, datetime

    from cues import relax_collector

    from themecode.flow.batches import Job, code_batches
    from themecode.flow.cluster import Cluster
    from themecode.suggest.listen import anchor_cues

    sys.path.insert(0, str(TESTS))
    from dask_cluster import run_cluster

    relax_collector()
    codebook = corpus.read_book(book)
    anchors = anchor_cues(codebook.codes, codebook)
    job = Job(codebook.codes, codebook, anchors, datetime(2026, 3, 2, tzinfo=UTC))
    transcripts = list(corpus.read_transcripts(folder, counts[-1]))
    told: dict[str, float] = {"rounds": rounds, "codings": 0}
    hashes: set[str] = set()
    with tempfile.TemporaryDirectory() as scratch:
        # Workers find the program as this process does.
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        with run_cluster(Path(scratch), workers=WORKERS, env=env) as cluster:
            there = Cluster(cluster.address)
            ways = {
                "one": partial(code_batches, job, workers=1),
                "two": partial(code_batches, job, workers=WORKERS),
                "dask": partial(code_batches, job, workers=1, cluster=there),
            }
            for batch in ways["dask"](transcripts[: 2 * WORKERS]):
                assert batch  # its workers have read themecode, as on any cluster in use
            for number in range(rounds):
                for count in counts:
                    for name, way in ways.items():
                        if name == "dask" and count != counts[-1]:
                            continue
                        begun = time.perf_counter()
                        found = [each for batch in way(transcripts[:count]) for each in batch]
                        told[f"{name} {count} {number}"] = time.perf_counter() - begun
                        if count == counts[-1]:
                            told["codings"] = sum(len(each.codings) for each in found)
                            hashes.add(hashlib.sha256(repr(found).encode()).hexdigest())
    told["same"] = float(len(hashes) == 1)
    return told
