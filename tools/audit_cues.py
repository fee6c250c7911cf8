"""Holds every cue of a codebook against labelled speech, and lists the cues that mislead.

    python tools/audit_cues.py women_in_treatment speech/women_in_treatment/*.jsonl

A strong cue that is wrong more often than right belongs among the fair ones; a fair cue that is hardly ever
right belongs among the weak.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from themecode.codebook import find_codebook, read_codebook
from themecode.suggest.listen import UNLESS, Listener

#: Wrong this often before a cue is listed, so that one odd label condemns nothing.
LEAST_WRONG = 3
#: The share of right hits below which a cue is listed.
LEAST_RIGHT = {"strong": 0.5, "fair": 0.12}


@dataclass(frozen=True, slots=True)
class Audited:
    """A cue and how often its code was on the speech it was heard in."""

    code_id: str
    strength: str
    cue: str
    right: int
    wrong: int


def main() -> None:
    """Print the cues that mislead, the worst first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("codebook")
    parser.add_argument("speech", nargs="+", type=Path)
    options = parser.parse_args()
    audited = audit_cues(options.codebook, options.speech)
    misleading = [each for each in audited if _misleads(each)]
    for each in sorted(misleading, key=lambda each: each.right - each.wrong):
        print(
            f"{each.right:4} right {each.wrong:4} wrong  {each.strength:6} {each.code_id:32} {each.cue}"
        )
    print(f"{len(misleading)} of {len(audited)} cues that were heard mislead")


def _misleads(each: Audited) -> bool:
    least = LEAST_RIGHT.get(each.strength)
    if least is None or each.wrong < LEAST_WRONG:
        return False
    return each.right < least * (each.right + each.wrong)


def audit_cues(codebook_name: str, speech: list[Path]) -> list[Audited]:
    """Each cue that is heard in the speech, with how often it is right and wrong."""
    codebook, problems = read_codebook(find_codebook(codebook_name))
    if codebook is None:
        raise SystemExit("\n".join(map(str, problems)))
    listener = Listener(codebook.codes, codebook)
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for path in speech:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            for turn in listener.listen([row["text"]]):
                heard = {match.cue for match in turn.matches}
                for cue in heard:
                    if cue.strength != UNLESS:
                        code_id = codebook.codes[cue.code].id
                        counts[code_id, cue.strength, cue.source][code_id not in row["codes"]] += 1
    return [Audited(*key, *hits) for key, hits in counts.items()]


if __name__ == "__main__":
    main()
