"""Reads talk with its identifiers marked `{P|Morag}`, and measures what was found of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HELDBACK = Path(__file__).with_name("heldback")
SECOND_LOOK = Path(__file__).with_name("second_look")
SECOND_AUTHOR = Path(__file__).with_name("second_author")
_MARK = re.compile(r"\{([A-Z])\|([^}]*)\}")
#: A title tells nobody's name; it may stay.
_TITLES = re.compile(
    r"^(?:(?:Dr|Doctor|Mr|Mrs|Miss|Ms|PC|Professor|Father|Pastor|Nurse|Councillor|The Reverend|Big|Wee|Sergeant|Sister|Auntie|the|The)\s)+"
)
#: Direct identifiers; the rest (places, organisations, ages) tell together.
DIRECT = frozenset("PDTENICSVRKHU")
STRUCTURED = frozenset("TENICVR")


@dataclass
class Marked:
    """One turn with the places of its identifiers."""

    words: str
    marks: list[tuple[str, int, int]]
    file: str


@dataclass
class Measured:
    """What was found."""

    all: Counter = field(default_factory=Counter)
    hit: Counter = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    words: int = 0

    def recall(self, kinds) -> float:
        total = sum(self.all[kind] for kind in kinds)
        return sum(self.hit[kind] for kind in kinds) / total if total else 1.0

    @property
    def false_per_1000(self) -> float:
        return 1000 * len(self.false) / self.words


def read_marked(folder: Path = HELDBACK, *, lower: bool = False) -> list[Marked]:
    turns = []
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if ": " not in line:
                continue
            turns.append(_unmark(line.split(": ", 1)[1], path.name, lower=lower))
    return turns


def _unmark(line: str, file: str, *, lower: bool) -> Marked:
    text, marks, last = "", [], 0
    for found in _MARK.finditer(line):
        text += line[last : found.start()]
        inner = found[2]
        title = _TITLES.match(inner)
        start = len(text) + (title.end() if title and found[1] in "PLO" else 0)
        text += inner
        marks.append((found[1], start, len(text)))
        last = found.end()
    text += line[last:]
    if lower:
        text = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
        text = re.sub(r"[,;?!…]|\.(?=\s|$)", " ", text) if lower == "bare" else text
    return Marked(text, marks, file)


def measure(turns: list[Marked], found) -> Measured:
    measured = Measured()
    for turn, candidates in zip(turns, found, strict=True):
        measured.words += len(turn.words.split())
        covered = [False] * len(turn.words)
        for candidate in candidates:
            for at in range(candidate.span.start, candidate.span.end):
                covered[at] = True
        for kind, start, end in turn.marks:
            measured.all[kind] += 1
            text = turn.words[start:end]
            trimmed = re.sub(r"['’]s?$", "", text)
            if all(covered[start + at] for at, each in enumerate(trimmed) if each.isalnum()):
                measured.hit[kind] += 1
            else:
                measured.missed.append((kind, text))
        for candidate in candidates:
            if not any(
                candidate.span.start < end and start < candidate.span.end
                for _, start, end in turn.marks
            ):
                measured.false.append(
                    f"{candidate.kind}:{candidate.span.of(turn.words)} <{candidate.finders[0]}>"
                )
    return measured
