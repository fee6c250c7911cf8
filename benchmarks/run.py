"""Measures themecode against its anchors and writes RESULTS.md; nothing in it is typed.

python benchmarks/run.py                       everything; RESULTS.md is written anew
python benchmarks/run.py --only cues           one part, printed
python benchmarks/run.py --only cues --keep    one part, put into RESULTS.md
python benchmarks/run.py --nightly             everything at full size: some hours
python benchmarks/run.py --quick               a smoke run on next to nothing, printed
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measuring import NIGHTLY, QUICK, Plan, Row, run_job


def _few(plan: Plan) -> int:
    return plan.transcripts + 20


def _none(_: Plan) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Part:
    """A module of this folder that measures something.

    Args:
        title: of its table.
        transcripts: how many of the invented corpus it needs.
    """

    title: str
    transcripts: Callable[[Plan], int] = _none


PARTS = {
    "start": Part("Starting"),
    "cues": Part("Coding by cues", lambda plan: plan.growth[-1]),
    "inflections": Part("Coding by words in all their forms", _few),
    "apply": Part("The main job", _few),
    "embedding": Part("Coding by meaning", _few),
    "growth": Part("Growth"),
    "reading": Part("Reading"),
    "outputs": Part("Outputs", _few),
    "report": Part("The Word report", _few),
    "parts": Part("Very many rows"),
    "store": Part("The store", _few),
    "keeping": Part("Withdrawing and copying"),
    "review": Part("The review", _few),
    "names": Part("Looking for names", lambda plan: plan.named),
    "machines": Part("Several processes, several machines", lambda plan: plan.dealt[-1]),
    "others": Part("Beside other programs"),
    "estimate": Part("A national archive", _few),
}
HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
#: The figures of the page, part by part, so that one part can be measured again.
FIGURES = HERE / "figures.json"
HEADER = "| what | on | figure | anchor | ratio | limit | result | rounds |"
HOW_TO_READ = (
    "How to read it: each figure is the median of its rounds; its anchor ran in the same rounds, "
    "turn about, and the ratio is the median of the rounds' ratios, so that a busy machine slows "
    "both sides; fewer than five rounds: one of the two takes over ten seconds."
)

#: What is kept of a part: its rows, on which machine and when, and how long it took.
Kept = dict[str, Any]


def main() -> None:
    options = read_options()
    parts = [part for part in PARTS if not options.only or part in options.only]
    if options.list:
        for part in parts:
            print("\n".join(importlib.import_module(part).ROWS))
        return
    size = QUICK if options.quick else NIGHTLY if options.nightly else {}
    keeps = not options.quick and (options.keep or len(parts) == len(PARTS))
    found: dict[str, Kept] = {}
    failed: list[str] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plan = Plan(Path(folder), **size)
        run_job("corpus.make_phrase_book", path=plan.phrase_book, count=plan.phrases)
        for part in parts:
            try:
                found[part] = measure(plan, part, nightly=options.nightly)
            except Exception:
                if len(parts) == 1 or options.quick:
                    raise
                # The others are worth having; this one keeps its figures of the last time.
                failed.append(part)
                traceback.print_exc()
                continue
            if keeps:
                _keep(part, found[part])
    page = write_page(found, quick=options.quick)
    if options.out:
        options.out.write_text(page, encoding="utf-8")
        print(f"wrote {options.out.name}")
    elif keeps:
        print(f"wrote {RESULTS.name}")
    else:
        print(page)
    if failed:
        sys.exit(f"could not be measured: {', '.join(failed)}")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run: the figures say nothing")
    parser.add_argument("--nightly", action="store_true", help="measure at full size")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part")
    parser.add_argument(
        "--keep", action="store_true", help="put what --only measured into RESULTS.md"
    )
    parser.add_argument("--out", type=Path, help="write the page here")
    parser.add_argument("--list", action="store_true", help="list what is measured")
    return parser.parse_args()


def _keep(part: str, measured: Kept) -> None:
    """Put a part's figures beside those of the others, and write the page anew."""
    kept: dict[str, Kept] = {}
    if FIGURES.is_file():
        kept = json.loads(FIGURES.read_text(encoding="utf-8"))
    kept = {name: figures for name, figures in kept.items() if name in PARTS}
    kept[part] = measured
    text = json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
    FIGURES.write_text(text, encoding="utf-8")
    RESULTS.write_text(write_page(kept, quick=False), encoding="utf-8")


def measure(plan: Plan, part: str, *, nightly: bool) -> Kept:
    """The rows of a part, told on the terminal as they come."""
    module = importlib.import_module(part)
    count = PARTS[part].transcripts(plan)
    if count:
        run_job("corpus.make_transcripts", folder=plan.corpus, count=count, words=plan.words)
    begun = time.perf_counter()
    rows: list[Row] = []
    for row in module.measure(plan):
        rows.append(row)
        took = time.perf_counter() - begun
        told = verdict(row, quick=plan.smoke)
        print(f"{part:>11} {took:6.0f} s  {row.what}: {row.figure} {row.ratio} {told}", flush=True)
    missing = set(module.ROWS) ^ {row.what for row in rows}
    if missing or len(rows) != len(module.ROWS):
        raise AssertionError(f"{part} should have given each of its rows once: {missing}")
    return {
        "machine": describe_machine(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "size": "nightly" if nightly else "daily",
        "seconds": round(time.perf_counter() - begun),
        "rows": [asdict(row) for row in rows],
    }


def verdict(row: Row, *, quick: bool) -> str:
    if quick:
        return ""
    if row.passed is None:
        return "not measured here" if row.limit else ""
    return "pass" if row.passed else "**FAIL**"


def write_page(parts: Mapping[str, Kept], *, quick: bool) -> str:
    """The page of every part that was measured."""
    rows = {part: [Row(**row) for row in kept["rows"]] for part, kept in parts.items()}
    judged = [row for found in rows.values() for row in found if row.passed is not None]
    failing = [row for row in judged if not row.passed]
    lines = ["# Benchmarks", "", "Written by `make bench` (benchmarks/run.py).", ""]
    if quick:
        lines += ["A smoke run on next to nothing: its figures say nothing.", ""]
    else:
        kept = f"{len(judged) - len(failing)} of {len(judged)} limits are kept"
        failed = "; ".join(row.what for row in failing)
        lines += [f"{kept}. Failing: {failed}." if failing else f"{kept}.", ""]
        missing = [part for part in PARTS if part not in parts]
        if missing:
            lines += [f"Not measured yet: {', '.join(missing)}.", ""]
    lines += [HOW_TO_READ, ""]
    for part, described in PARTS.items():
        if part not in parts:
            continue
        about = parts[part]
        lines += [f"## {described.title}", ""]
        lines += [f"{about['machine']}; {about['date']}, {about['size']} size, {about['seconds']} s.", ""]  # fmt: skip
        lines += [HEADER, "| --- " * HEADER.count(" | ") + "| --- |"]
        for row in rows[part]:
            cells = (
                row.what, row.on, row.figure, row.anchor, row.ratio, row.limit, verdict(row, quick=quick),
                str(row.rounds),
            )  # fmt: skip
            lines.append("| " + " | ".join(cell or "–" for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def describe_machine() -> str:
    """What was measured on, and how busy it was; not whose it is."""
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
