"""Real processes, run in turns and timed; what came of them, a row at a time."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

HERE = Path(__file__).resolve().parent
FOUNDING = HERE.parent / "codebooks" / "women_in_treatment.yaml"
#: A job that takes longer than this is run in fewer rounds.
LONG_SECONDS = 10.0
LONG_ROUNDS = 3

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Args:
        scratch: a folder that is removed afterwards.
        rounds: of each job, where it is short.
        growth: how many transcripts of full length growth is measured over.
        stages: how many short transcripts (of `short_words`) each stage's growth is measured over.
        kept: sizes of studies that are withdrawn from and copied.
        many_rows: rows of coded segments that are written in parts and counted.
        named: transcripts looked through for names.
        sentences: put into vectors.
        dealt: transcripts coded in one process, in two and on a cluster.
        said_together: codings counted code by code, beside another program.
        answers: each reviewer gives.
        smoke: a run on next to nothing, whose figures say nothing.
    """

    scratch: Path
    rounds: int = 5
    transcripts: int = 200
    words: int = 8000
    phrases: int = 1000
    memory_from: int = 20
    growth: tuple[int, ...] = (10, 100, 1000)
    pages: int = 100
    quotes: tuple[int, int] = (500, 5000)
    rows: int = 100_000
    codings: int = 200_000
    stages: tuple[int, ...] = (10, 100, 1000, 10_000)
    short_words: int = 400
    kept: tuple[int, ...] = (200,)
    many_rows: tuple[int, int] = (100_000, 1_000_000)
    named: int = 32
    sentences: int = 600
    dealt: tuple[int, ...] = (16, 64, 128)
    said_together: int = 2000
    answers: int = 60
    sample: int = 12
    smoke: bool = False

    @property
    def corpus(self) -> str:
        return str(self.scratch / "corpus")

    @property
    def phrase_book(self) -> str:
        return str(self.scratch / "phrases.yaml")

    @property
    def founding(self) -> str:
        """The founding codebook without its model, so that cues code alone.

        In a smoke run it is a codebook that is ready sooner.
        """
        if self.smoke:
            return self.phrase_book
        alone = self.scratch / "cues_alone.yaml"
        if not alone.is_file():
            shutil.copy(FOUNDING, alone)
        return str(alone)


QUICK = {
    "rounds": 1, "transcripts": 4, "words": 300, "phrases": 200, "memory_from": 2,
    "growth": (2, 4), "pages": 2, "quotes": (2, 4), "rows": 500, "codings": 1000,
    "stages": (2, 4), "short_words": 100, "kept": (2,), "many_rows": (300, 900), "named": 2,
    "sentences": 40, "dealt": (2, 4), "said_together": 20, "answers": 2, "sample": 1, "smoke": True,
}  # fmt: skip
#: What a night has time for.
NIGHTLY = {
    "stages": (10, 100, 1000, 10_000, 100_000), "kept": (200, 2000),
    "many_rows": (1_000_000, 10_000_000), "said_together": 20_000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Args:
        what: was measured.
        on: what.
        figure: with its unit.
        anchor: what it is held against, measured in the same rounds. "": nothing.
        ratio: of the two. "": none.
        limit: "" where there is none.
        passed: None where there is no limit, or it could not be measured here.
        rounds: the medians are of.
        numbers: what was measured, bare, for what is worked out from it.
    """

    what: str
    on: str
    figure: str
    anchor: str = ""
    ratio: str = ""
    limit: str = ""
    passed: bool | None = None
    rounds: int = 1
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended well.

    Args:
        seconds: from before it was begun until it was gone.
        cpu: seconds of processor it took, which others' work does not lengthen. None: not said.
        peak: of memory, in MB. None: this system does not say.
        said: what it printed.
    """

    seconds: float
    cpu: float | None
    peak: float | None
    said: str


def run(command: Sequence[str]) -> Ran:
    """Run a command to its end."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    # With it every start would compile what is compiled once on a researcher's computer.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.pop("THEMECODE_STUDY", None)
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    assert process.stdout is not None
    with process.stdout as stream:
        said = stream.read().decode("utf-8", "replace")
    cpu = peak = None
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
        peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    else:
        process.wait()
    seconds = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)[:300]} failed:\n{said[-2000:]}")
    return Ran(seconds, cpu, peak, said)


def themecode(*arguments: str) -> list[str]:
    """The command as a researcher has it."""
    name = "themecode.exe" if os.name == "nt" else "themecode"
    script = Path(sysconfig.get_path("scripts")) / name
    return [str(script), *arguments] if script.is_file() else [
        sys.executable, "-m", "themecode", *arguments
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What a job of ours told about itself.

    Args:
        seconds: of the whole process.
        cpu: seconds of processor it took. None: this system does not say.
        peak: of the whole process, in MB. None: this system does not say.
        told: what the job returned.
    """

    seconds: float
    cpu: float | None
    peak: float | None
    told: dict[str, float]


def run_job(name: str, **arguments: object) -> Done:
    """Run `module.function` of this folder in a process of its own."""
    ran = run([sys.executable, str(HERE / "child.py"), name, json.dumps(arguments)])
    told = json.loads(ran.said.splitlines()[-1])
    return Done(ran.seconds, ran.cpu, ran.peak, told)


def in_turns(
    jobs: Mapping[str, Callable[[], Found]], *, rounds: int, long_rounds: int = LONG_ROUNDS
) -> dict[str, list[Found]]:
    """Run jobs A B A B ..., fewer rounds where one is long."""
    found: dict[str, list[Found]] = {name: [] for name in jobs}
    longest = 0.0
    for done in range(rounds):
        if done >= long_rounds and longest > LONG_SECONDS:
            break
        for name, job in jobs.items():
            begun = time.perf_counter()
            found[name].append(job())
            longest = max(longest, time.perf_counter() - begun)
    return found


def median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """The median of each round's ratio: what slows a round slows both sides of it."""
    return median([a / b for a, b in zip(above, below, strict=True)])


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """How time grows with size: the slope of a straight line through their logarithms."""
    xs, ys = [math.log(size) for size in sizes], [math.log(each) for each in seconds]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return above / sum((x - mean_x) ** 2 for x in xs)


def at_most(
    what: str,
    on: str,
    seconds: Sequence[float],
    most: float | None,
    *,
    anchor: str = "",
    ratio: str = "",
) -> Row:
    """A row of seconds, the median of which has a limit."""
    took = median(seconds)
    return Row(
        what, on, show_seconds(took), anchor, ratio,
        f"≤ {show_seconds(most)}" if most else "", took <= most if most else None, len(seconds),
        {"seconds": took},
    )  # fmt: skip


def held_against(
    what: str,
    on: str,
    seconds: Sequence[float],
    anchor: Sequence[float],
    named: str,
    *,
    most_times: float | None = None,
    least_times: float | None = None,
    figure: str = "",
) -> Row:
    """A row of seconds beside those of an anchor of the same rounds.

    Args:
        named: what the anchor is.
        most_times: how many times the anchor's time it may take.
        least_times: how many times as fast as the anchor it must be.
        figure: shown instead of the seconds. "": those.
    """
    shown = f"{show_seconds(median(anchor))}: {named}"
    if least_times is None:
        times = median_ratio(seconds, anchor)
        ratio = f"{times:.2f}"
        limit = f"≤ {most_times:g} times" if most_times else ""
        passed = times <= most_times if most_times else None
    else:
        times = median_ratio(anchor, seconds)
        ratio, limit = f"{times:.2f} times as fast", f"≥ {least_times:g} times"
        passed = times >= least_times
    took = median(seconds)
    return Row(
        what, on, figure or show_seconds(took), shown, ratio, limit, passed, len(seconds),
        {"seconds": took, "anchor": median(anchor)},
    )  # fmt: skip


def show_seconds(seconds: float) -> str:
    if abs(seconds) >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.0f} ms" if abs(seconds) >= 0.01 else f"{seconds * 1000:.1f} ms"


def show_both(seconds: Sequence[float], cpu: Sequence[float | None]) -> str:
    """Time on the wall, and of the processor alone where the system says."""
    said = [each for each in cpu if each is not None]
    shown = show_seconds(median(seconds))
    return f"{shown} ({show_seconds(median(said))} of processor)" if said else shown


def show_speed(words: float, seconds: float) -> str:
    speed = words / seconds
    return f"{speed / 1e6:.2f} M words/s" if speed >= 1e5 else f"{speed / 1e3:.1f} k words/s"


def forget_peak() -> None:
    """Let `own_peak` begin again from what is held now, on systems that can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")


def own_peak() -> float | None:
    """The most memory this process has held, in MB. None: this system does not say."""
    status = Path("/proc/self/status")
    if status.is_file():  # unlike getrusage, it forgets what was held before this program began
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**10
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (2**20 if sys.platform == "darwin" else 2**10)
