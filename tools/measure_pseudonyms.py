"""Measures what `themecode pseudonymise find` finds in the invented talk of the tests, and how fast.

    python tools/measure_pseudonyms.py [FOLDER]

Prints, for talk as typed, in small letters, and in small letters without marks: how many identifiers are
wholly covered by a candidate (by mention, and by person or thing: all its mentions or none), by kind and by
finder, and how many candidates are none. The figures of docs/pseudonyms.md are made by it.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "pseudonyms"))

from marked_talk import DIRECT, HELDBACK, STRUCTURED, Marked, measure, read_marked

from themecode.language.lexicon import is_english
from themecode.language.names import find_names
from themecode.pseudonyms.candidates import Candidate
from themecode.pseudonyms.find import Language, count_by_finder, find_candidates

LANGUAGE = Language(is_english, find_names)
KINDS = {
    "P": "people", "L": "places", "O": "organisations", "D": "dates", "A": "ages", "T": "telephone",
    "E": "e-mail", "N": "NHS", "I": "National Insurance", "C": "postcodes", "S": "addresses",
    "V": "plates", "R": "prison", "K": "case numbers", "H": "handles", "U": "web addresses",
}  # fmt: skip


def main(folder: Path) -> None:
    """Print every figure."""
    find_candidates(["Warm up with Kezia of Leeds, 07700 900 100."], LANGUAGE)
    for lower, name in ((False, "as typed"), (True, "small letters"), ("bare", "and no marks")):
        turns = read_marked(folder, lower=lower)
        began = time.process_time()
        found = find_candidates([turn.words for turn in turns], LANGUAGE)
        took = time.process_time() - began
        measured = measure(turns, found)
        print(f"\n{name}: {measured.words:,} words, {measured.words / took:,.0f} words a second")
        print(
            f"  direct {measured.recall(DIRECT):.3f}  structured {measured.recall(STRUCTURED):.3f}  "
            f"all {measured.recall(measured.all):.3f}  every mention of one: {_by_entity(turns, found):.3f}  "
            f"false a 1,000 words {measured.false_per_1000:.1f}"
        )
        for kind, word in KINDS.items():
            if measured.all[kind]:
                print(f"    {word:<20}{measured.hit[kind]:>4} of {measured.all[kind]}")
        for finder, number in count_by_finder(each for turn in found for each in turn).items():
            print(f"    {finder:<34}{number:>5}")


def _by_entity(turns: list[Marked], found: list[tuple[Candidate, ...]]) -> float:
    """The share of people and things all of whose mentions are covered."""
    missed: dict[tuple[str, str, str], int] = defaultdict(int)
    seen: Counter[tuple[str, str, str]] = Counter()
    for turn, candidates in zip(turns, found, strict=True):
        covered = {at for each in candidates for at in range(each.span.start, each.span.end)}
        for kind, start, end in turn.marks:
            entity = (turn.file, kind, turn.words[start:end].casefold())
            seen[entity] += 1
            whole = all(at in covered for at in range(start, end) if turn.words[at].isalnum())
            missed[entity] += not whole
    return sum(not missed[entity] for entity in seen) / len(seen)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HELDBACK)
