"""P13: looking for names through a study, in one process, in two, and again. `python benchmarks/name_finding.py [WORDS]`.

Prints words a second a core (processor time), the ratio of wall time in one process and in two, turn about,
and the seconds when nothing is new; writes them to benchmarks/name_finding.json. The talk is that of the tests,
its sentences dealt out anew, so that no turn is found in the cache.
"""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "tests" / "pseudonyms"))

from marked_talk import HELDBACK, SECOND_AUTHOR, SECOND_LOOK, read_marked  # noqa: E402

from themecode.flow.importing import import_files  # noqa: E402
from themecode.flow.pseudonymising import find_in_study  # noqa: E402
from themecode.flow.reading_options import ReadingOptions  # noqa: E402
from themecode.store import open_study  # noqa: E402

WORDS = 250_000
ROUNDS = 3
_SENTENCE = re.compile(r"[^.?!]+[.?!]+\s*")


def make_study(folder: Path, words: int, chance: random.Random) -> Path:
    """A study of about so many words, in transcripts of 8,000."""
    sentences = [
        sentence
        for each in (HELDBACK, SECOND_LOOK, SECOND_AUTHOR)
        for turn in read_marked(each)
        for sentence in _SENTENCE.findall(turn.words)
    ]
    folder.mkdir(parents=True)
    written = number = 0
    while written < words:
        lines, here = [], 0
        while here < 8_000:
            said = " ".join(chance.choices(sentences, k=chance.randint(2, 9))).replace("  ", " ")
            lines.append(f"{('INT', 'P01')[len(lines) % 2]}: {said}")
            here += len(said.split())
        (folder / f"T{number:03d}.txt").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
        number, written = number + 1, written + here
    place = folder.with_name(f"{folder.name}-study")
    with open_study(place, create=True) as study:
        import_files(study, [folder], options=ReadingOptions())
    return place


def look(place: Path, workers: int) -> tuple[float, float, float, int]:
    """Wall seconds of one look, processor seconds of this process and of its children, and the words."""
    began, before = time.perf_counter(), os.times()
    with open_study(place) as study:
        found = find_in_study(study, workers=workers)
    after = os.times()
    own = after.user + after.system - before.user - before.system
    theirs = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return time.perf_counter() - began, own, theirs, found.words


def main(words: int) -> None:
    """Measure, turn about, and write it down."""
    rounds: list[dict[str, float]] = []
    counted = 0
    with tempfile.TemporaryDirectory() as scratch:
        look(make_study(Path(scratch, "warm"), 2_000, random.Random(0)), 1)
        for number in range(ROUNDS if words >= WORDS else 1):
            chance = random.Random(number)
            alone = make_study(Path(scratch, f"alone{number}"), words, chance)
            both = make_study(Path(scratch, f"both{number}"), words, random.Random(number))
            wall, cpu, _, counted = look(alone, 1)
            wall_of_two, own, theirs, _ = look(both, 2)
            again = look(alone, 1)
            rounds.append(
                {"one": wall, "cpu": cpu, "two": wall_of_two, "ideal": own + theirs / 2,
                 "again": again[0], "again cpu": again[1]}
            )  # fmt: skip

    def middle(name: str) -> float:
        return statistics.median(each[name] for each in rounds)

    measured = {
        "words": counted,
        "words a second a core": round(counted / middle("cpu")),
        "seconds in one process": round(middle("one"), 2),
        "seconds in two": round(middle("two"), 2),
        "ratio": round(statistics.median(each["one"] / each["two"] for each in rounds), 2),
        # What two free cores would give: this process's own time, and half of its children's.
        "ratio by processor time": round(statistics.median(each["cpu"] / each["ideal"] for each in rounds), 2),
        "seconds again": round(middle("again"), 2),
        "processor seconds again": round(middle("again cpu"), 2),
        "load before": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }  # fmt: skip
    print("\n".join(f"{name:<28}{value}" for name, value in measured.items()))
    if words >= WORDS:
        (HERE / "name_finding.json").write_text(
            json.dumps(measured, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else WORDS)
