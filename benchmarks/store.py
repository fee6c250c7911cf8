"""The store: putting transcripts and codings in, and reading them back, against bare sqlite3."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import corpus
from measuring import Plan, Row, in_turns, median, median_ratio, run_job, show_seconds

MOST_OPEN_SECONDS = 0.05
ROWS = (
    "Store, adding transcripts",
    "Store, adding codings",
    "Store, reading transcripts",
    "Store, reading codings",
    "Store, opening a study",
)
ANCHORS = (
    "sqlite3, the same rows, one transaction",
    "sqlite3, the same rows, one transaction",
    "sqlite3, the same rows as tuples",
    "sqlite3, the same rows as tuples",
)


def measure(plan: Plan) -> Iterator[Row]:
    job = partial(
        run_job,
        "store.keep_and_read",
        folder=plan.corpus,
        count=plan.transcripts,
        book=plan.phrase_book,
        scratch=str(plan.scratch),
    )
    told = [done.told for done in in_turns({"both": job}, rounds=plan.rounds)["both"]]
    kept = told[0]
    transcripts = f"{plan.transcripts} transcripts, {kept['turns']:,.0f} turns"
    codings = f"{kept['codings']:,.0f} codings with their evidence"
    sides = ("add_transcripts", "add_codings", "read_transcripts", "read_codings")
    ons = (transcripts, codings, transcripts, codings)
    for name, side, on, anchor in zip(ROWS, sides, ons, ANCHORS, strict=False):
        ours, bare = ([each[f"{which}{side}"] for each in told] for which in ("", "bare_"))
        yield Row(
            name,
            on,
            show_seconds(median(ours)),
            f"{show_seconds(median(bare))}: {anchor}",
            f"{median_ratio(ours, bare):.2f}",
            rounds=len(told),
        )
    opened = [each["open"] for each in told]
    yield Row(
        ROWS[4],
        f"{transcripts}, {codings}; until its counts are read",
        show_seconds(median(opened)),
        limit=f"≤ {show_seconds(MOST_OPEN_SECONDS)}",
        passed=median(opened) <= MOST_OPEN_SECONDS,
        rounds=len(told),
    )


# ── in a process of its own ──────────────────────────────────────────────────────────────────


def keep_and_read(folder: str, count: int, book: str, scratch: str) -> dict[str, float]:
    """Put a coded corpus into a study and read it back; then the same rows with sqlite3 alone."""
    import shutil

    from cues import relax_collector

    from themecode.store import CodedPass, open_study
    from themecode.suggest.coder import CODER
    from themecode.suggest.cues import suggest_codings
    from themecode.suggest.listen import Listener

    relax_collector()
    codebook = corpus.read_book(book)
    listener = Listener(codebook.codes, codebook)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    transcripts = list(corpus.read_transcripts(folder, count))
    codings = [
        coding
        for transcript in transcripts
        for coding in suggest_codings(transcript, listener, codebook=codebook, made_at=now)
    ]
    place = Path(scratch) / "kept"
    told: dict[str, float] = {
        "turns": sum(len(each.turns) for each in transcripts),
        "codings": len(codings),
    }
    clock = _Clock(told)
    with open_study(place, create=True) as study:
        study.save_codebook(codebook, Path(book).read_bytes())
        with clock("add_transcripts"):
            study.add_transcripts(transcripts, read_with={})
        passes = [CodedPass(each.id, codebook.sha256, CODER) for each in transcripts]
        with clock("add_codings"):
            study.add_codings(codings, coded=passes)
        with clock("read_transcripts"):
            read = sum(1 for _ in study.transcripts())
        with clock("read_codings"):
            settled = sum(1 for _ in study.codings(machine=CODER))
    if (read, settled) != (len(transcripts), len(codings)):
        raise ValueError(f"{read} transcripts and {settled} codings came back")
    with clock("open"), open_study(place) as study:
        study.counts()
    _keep_bare(place / "study.db", Path(scratch) / "bare.db", clock)
    shutil.rmtree(place)
    return told


class _Clock:
    """Notes how long each thing took."""

    def __init__(self, told: dict[str, float]) -> None:
        self.told = told
        self.name = ""
        self.begun = 0.0

    def __call__(self, name: str) -> _Clock:
        self.name, self.begun = name, time.perf_counter()
        return self

    def __enter__(self) -> None:
        self.begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.told[self.name] = time.perf_counter() - self.begun


def _keep_bare(kept: Path, path: Path, clock: _Clock) -> None:
    """The same rows in and out, with no checks, no index and no records made of them."""
    source = sqlite3.connect(kept)
    tables = {
        name: source.execute(f"SELECT * FROM {name}").fetchall()
        for name in ("transcripts", "turns", "codings")
    }
    source.close()
    path.unlink(missing_ok=True)
    bare = sqlite3.connect(path)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    for name, rows in tables.items():
        bare.execute(f"CREATE TABLE {name} ({', '.join(f'c{at}' for at in range(len(rows[0])))})")
    sides = {"transcripts": ("transcripts", "turns"), "codings": ("codings",)}
    for side, names in sides.items():
        with clock(f"bare_add_{side}"):
            for name in names:
                marks = ", ".join("?" * len(tables[name][0]))
                bare.executemany(f"INSERT INTO {name} VALUES ({marks})", tables[name])
            bare.commit()
    for side, names in sides.items():
        with clock(f"bare_read_{side}"):
            for name in names:
                bare.execute(f"SELECT * FROM {name}").fetchall()
    bare.close()
