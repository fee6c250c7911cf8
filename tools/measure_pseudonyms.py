"""Measures what `themecode pseudonymise find` finds in the invented talk of the tests, and how fast.

    python tools/measure_pseudonyms.py [FOLDER]
    python tools/measure_pseudonyms.py --write

Prints, for talk as typed, in small letters, and in small letters without marks: how many identifiers are
wholly covered by a candidate (by mention, and by person or thing: all its mentions or none), by kind and by
finder, and how many candidates are none. `--write` measures every set, keeps the figures in
benchmarks/pseudonyms.json and writes the tables of docs/pseudonyms.md from them; no figure there is typed.
"""

from __future__ import annotations

import json
import re
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


#: The sets, in the order they were written, as the page calls them.
SETS = {
    "heldback": "the finders' author, before the finders",
    "second_look": "the finders' author, afterwards",
    "second_author": "a second author, who had not read the finders",
}
VERSIONS = {"as typed": False, "in small letters": True, "and without marks": "bare"}
ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "benchmarks" / "pseudonyms.json"
PAGE = ROOT / "docs" / "pseudonyms.md"
FIRST_SIGHT = ROOT / "tests" / "pseudonyms" / "second_author" / "first_sight.json"
_BLOCK = re.compile(r"(<!-- measured -->\n).*(<!-- /measured -->)", re.DOTALL)


def measure_set(folder: Path) -> dict[str, dict[str, object]]:
    """Every figure of a set, by version of its talk."""
    figures: dict[str, dict[str, object]] = {}
    for name, lower in VERSIONS.items():
        turns = read_marked(folder, lower=lower)
        found = find_candidates([turn.words for turn in turns], LANGUAGE)
        measured = measure(turns, found)
        figures[name] = {
            "words": measured.words,
            "direct": round(measured.recall(DIRECT), 3),
            "structured": round(measured.recall(STRUCTURED), 3),
            "all": round(measured.recall(measured.all), 3),
            "every mention": round(_by_entity(turns, found), 3),
            "false a 1,000": round(measured.false_per_1000, 1),
            "by kind": {
                word: [measured.hit[kind], measured.all[kind]]
                for kind, word in KINDS.items()
                if measured.all[kind]
            },
        }
    return figures


def write_page() -> None:
    """Measure every set, keep the figures, and write the page's tables from them."""
    figures = {name: measure_set(ROOT / "tests" / "pseudonyms" / name) for name in SETS}
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    first = json.loads(FIRST_SIGHT.read_text(encoding="utf-8"))
    shown = "\n".join(
        [*_table_of_sets(figures, first), "", *_table_of_kinds(figures["second_author"], first)]
    )
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(
        _BLOCK.sub(lambda found: f"{found[1]}{shown}\n{found[2]}", text), encoding="utf-8"
    )


def _table_of_sets(figures: dict, first: dict) -> list[str]:
    rows = [
        "| talk invented by | | direct | structured | all | all mentions of one | false a 1,000 words |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    listed = [
        (f"{about}: {figures[name]['as typed']['words']:,} words", figures[name])
        for name, about in SETS.items()
    ]
    listed.append(("the second author, **at first sight**", first))
    for about, of_set in listed:
        for at, (version, each) in enumerate(of_set.items()):
            rows.append(
                f"| {about if not at else ''} | {version} | {each['direct']:.3f} | {each['structured']:.3f} | "
                f"{each['all']:.3f} | {each['every mention']:.3f} | {each['false a 1,000']:.1f} |"
            )
    return rows


def _table_of_kinds(now: dict, first: dict) -> list[str]:
    rows = [
        "| the second author's talk, by kind | first sight, as typed | now, as typed | first sight, no marks | now, no marks |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for kind in now["as typed"]["by kind"]:
        cells = [
            "{} of {}".format(*of_set[version]["by kind"][kind])
            for version in ("as typed", "and without marks")
            for of_set in (first, now)
        ]
        rows.append(f"| {kind} | {' | '.join(cells)} |")
    return rows


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
    if sys.argv[1:] == ["--write"]:
        write_page()
    else:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else HELDBACK)
