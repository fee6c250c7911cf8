"""Measures themecode against its anchors and writes RESULTS.md; nothing in it is typed.

python benchmarks/run.py               everything, about a quarter of an hour
python benchmarks/run.py --only cues   one part, printed
python benchmarks/run.py --quick       a smoke run on next to nothing, printed
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import apply
import cues
import outputs
import reading
import start
import store
from measuring import QUICK, Plan, Row, run_job

PARTS = {
    "start": (start, "Starting"),
    "cues": (cues, "Coding by cues"),
    "apply": (apply, "The main job"),
    "reading": (reading, "Reading"),
    "outputs": (outputs, "Outputs"),
    "store": (store, "The store"),
}
RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
HEADER = "| what | on | figure | anchor | ratio | limit | result | rounds |"
HOW_TO_READ = (
    "How to read it: each figure is the median of its rounds; its anchor ran in the same rounds, "
    "turn about, and the ratio is the median of the rounds' ratios, so that a busy machine slows "
    "both sides; fewer than five rounds: one of the two takes over ten seconds."
)


def main() -> None:
    options = read_options()
    if options.list:
        for module, _ in PARTS.values():
            print("\n".join(module.ROWS))
        return
    parts = [part for part in PARTS if not options.only or part in options.only]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plan = Plan(Path(folder), **(QUICK if options.quick else {}))
        rows = measure(plan, parts)
    page = write_page(rows, quick=options.quick)
    whole = len(parts) == len(PARTS) and not options.quick
    out = options.out or (RESULTS if whole else None)
    if out:
        out.write_text(page, encoding="utf-8")
    print(page if not out else f"wrote {out.name}")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run: the figures say nothing")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part")
    parser.add_argument("--out", type=Path, help="write the page here")
    parser.add_argument("--list", action="store_true", help="list what is measured")
    return parser.parse_args()


def measure(plan: Plan, parts: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of each part, told on the terminal as they come."""
    begun = time.perf_counter()
    most = max(plan.growth[-1], plan.transcripts + 20)
    run_job("corpus.make_transcripts", folder=plan.corpus, count=most, words=plan.words)
    run_job("corpus.make_phrase_book", path=plan.phrase_book, count=plan.phrases)
    rows: dict[str, list[Row]] = {}
    for part in parts:
        module, _ = PARTS[part]
        rows[part] = []
        for row in module.measure(plan):
            rows[part].append(row)
            took = time.perf_counter() - begun
            told = verdict(row, quick=plan.smoke)
            print(f"{took:6.0f} s  {row.what}: {row.figure} {row.ratio} {told}", flush=True)
        missing = set(module.ROWS) ^ {row.what for row in rows[part]}
        if missing:
            raise AssertionError(f"{part} should have given each of its rows once: {missing}")
    return rows


def verdict(row: Row, *, quick: bool) -> str:
    if quick:
        return ""
    if row.passed is None:
        return "not measured here" if row.limit else ""
    return "pass" if row.passed else "**FAIL**"


def write_page(rows: dict[str, list[Row]], *, quick: bool) -> str:
    judged = [row for part in rows.values() for row in part if row.passed is not None]
    failing = [row for row in judged if not row.passed]
    lines = ["# Benchmarks", "", "Written by `make bench` (benchmarks/run.py).", ""]
    if quick:
        lines += ["A smoke run on next to nothing: its figures say nothing.", ""]
    lines += [f"Machine: {describe_machine()}. Date: {datetime.now(UTC):%Y-%m-%d}.", ""]
    if not quick:
        kept = f"{len(judged) - len(failing)} of {len(judged)} limits are kept"
        failed = "; ".join(row.what for row in failing)
        lines += [f"{kept}. Failing: {failed}." if failing else f"{kept}.", ""]
    lines += [HOW_TO_READ, ""]
    for part, found in rows.items():
        lines += [f"## {PARTS[part][1]}", "", HEADER, "| --- " * HEADER.count(" | ") + "| --- |"]
        for row in found:
            cells = (
                row.what, row.on, row.figure, row.anchor, row.ratio, row.limit, verdict(row, quick=quick),
                str(row.rounds),
            )  # fmt: skip
            lines.append("| " + " | ".join(cell or "–" for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def describe_machine() -> str:
    cores = os.cpu_count()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    load = (
        f", {os.getloadavg()[0]:.1f} processes waiting at the end"
        if hasattr(os, "getloadavg")
        else ""
    )
    return f"{cores} cores ({platform.machine()}), {python}, {platform.system()}{load}"


if __name__ == "__main__":
    main()
