"""Reading Word: a 100-page interview, with every check a stranger's file needs (P10)."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import corpus
from measuring import (
    Plan,
    Row,
    forget_peak,
    in_turns,
    median,
    median_ratio,
    own_peak,
    run_job,
    show_seconds,
)

LEAST_TIMES = 2.5
MOST_SECONDS = 0.04
MOST_MB = 10
PAGE_WORDS = 500
ROWS = (
    "Reading a Word interview, against python-docx",
    "Reading a Word interview",
    "Reading a Word interview, memory",
)


def measure(plan: Plan) -> Iterator[Row]:
    path = str(plan.scratch / "pages.docx")
    made = run_job("reading.make_document", path=path, pages=plan.pages).told
    found = in_turns({"both": partial(run_job, "reading.read_both", path=path)}, rounds=plan.rounds)
    told = [done.told for done in found["both"]]
    ours, theirs = ([each[side] for each in told] for side in ("ours", "theirs"))
    on = (
        f"{plan.pages} pages, {made['words']:,.0f} words, {made['paragraphs']:,.0f} turns with a "
        "label in bold; warm"
    )
    times = median_ratio(theirs, ours)
    anchor = f"{show_seconds(median(theirs))}: python-docx, the text of each paragraph"
    yield Row(
        ROWS[0],
        on,
        show_seconds(median(ours)),
        anchor,
        f"{times:.2f} times as fast",
        f"≥ {LEAST_TIMES} times",
        times >= LEAST_TIMES,
        len(told),
    )
    yield Row(
        ROWS[1],
        on,
        show_seconds(median(ours)),
        limit=f"≤ {show_seconds(MOST_SECONDS)}",
        passed=median(ours) <= MOST_SECONDS,
        rounds=len(told),
    )
    grown = [each["grown"] for each in told if "grown" in each]
    yield Row(
        ROWS[2],
        "peak of the first reading less what the program takes to be ready",
        f"{median(grown):.1f} MB" if grown else "this system does not say",
        limit=f"≤ {MOST_MB} MB",
        passed=median(grown) <= MOST_MB if grown else None,
        rounds=len(grown),
    )


# ── in processes of their own ────────────────────────────────────────────────────────────────


def make_document(path: str, pages: int) -> dict[str, int]:
    """Write an invented interview in Word, labels in bold, of about 500 words a page."""
    import docx

    document = docx.Document()
    document.add_paragraph(corpus.NOTICE)
    made = corpus.write_interview(random.Random(corpus.SEED), "P01", pages * PAGE_WORDS)
    words = 0
    for label, said in made:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(said)
        words += len(said.split())
    document.save(path)
    return {"words": words, "paragraphs": len(made)}


def read_both(path: str) -> dict[str, float]:
    """Read the document with themecode and with python-docx, in turns; the best of each."""
    import docx

    from themecode.transcripts import read_file

    small = Path(path).with_name("ready.docx")
    if not small.exists():
        make_document(str(small), 1)
    read_file(small)  # everything it needs is loaded
    forget_peak()
    ready = own_peak()
    found = read_file(Path(path))
    grown = own_peak()
    if any(problem.blocks for problem in found.problems):
        raise ValueError(f"the document was not read: {found.problems[:3]}")
    [p.text for p in docx.Document(path).paragraphs]
    ours, theirs = [], []
    for _ in range(3):
        begun = time.perf_counter()
        read_file(Path(path))
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        [p.text for p in docx.Document(path).paragraphs]
        theirs.append(time.perf_counter() - begun)
    told = {"ours": median(ours), "theirs": median(theirs)}
    return told if ready is None or grown is None else {**told, "grown": grown - ready}
