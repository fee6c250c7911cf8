"""Speech to learn from: invented utterances and a codebook's own examples, with the codes they carry.

A file of speech has one JSON object a line: `text`, `codes` (ids, empty where none applies) and, if
wanted, `voice`. Lines with an `interview` are one conversation, in order; those whose voice is
"interviewer" are what was asked and carry no code. A line with `"cues_seen": true` was in view when the cues were written, so it is not
used to find out how far cues can be trusted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from themecode.model import Codebook, Problem
from themecode.suggest.signals import NOTHING_BEFORE, TURNS_BACK, Context, join_question

#: Lines that stand together were written together; a fold takes or leaves them as one.
BLOCK = 40
#: No utterance is longer: this is where somebody's whole interview would begin.
LONGEST = 5_000
#: The voice of whoever asks.
INTERVIEWER = "interviewer"


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something said, and what is known about its codes.

    Args:
        text: the words.
        codes: those that apply.
        known: the codes that somebody said yes or no to. None: every code.
        source: the file's stem, or "examples".
        block: utterances of one block were written together.
        cues_seen: whether the cues were written with it in view.
        context: what went before it.
        natural: whether it is a turn of a whole conversation, where most turns carry nothing.
    """

    text: str
    codes: frozenset[str]
    known: frozenset[str] | None
    source: str
    block: str
    cues_seen: bool = False
    context: Context = NOTHING_BEFORE
    natural: bool = False


def read_speech(
    paths: Sequence[Path], codebook: Codebook
) -> tuple[tuple[Utterance, ...], tuple[Problem, ...]]:
    """Utterances from files and the folders of them; lines that cannot be used are problems."""
    known = {code.id for code in codebook.codes}
    found: list[Utterance] = []
    problems: list[Problem] = []
    for path in _list_files(paths):
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            problems.append(Problem(str(path), None, "the file cannot be read as UTF-8 text."))
            continue
        conversation = _Conversation()
        for number, line in enumerate(lines, start=1):
            if line.strip():
                read = _read_line(line, known)
                if isinstance(read, str):
                    problems.append(Problem(str(path), number, read, blocks=False))
                    continue
                context = conversation.follow(read)
                if read.asked:
                    continue
                together = read.interview or str((number - 1) // BLOCK)
                found.append(
                    Utterance(
                        read.text, read.codes, None, path.stem, f"{path.stem}:{together}",
                        read.cues_seen, context, bool(read.interview),
                    )
                )  # fmt: skip
    return tuple(found), tuple(problems)


def _list_files(paths: Iterable[Path]) -> list[Path]:
    return [
        file
        for path in paths
        for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])
    ]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of speech, as read."""

    text: str
    codes: frozenset[str]
    cues_seen: bool
    interview: str
    voice: str

    @property
    def asked(self) -> bool:
        """Whether an interviewer said it."""
        return bool(self.interview) and self.voice == INTERVIEWER


class _Conversation:
    """What was said before, line by line."""

    def __init__(self) -> None:
        self._lines: list[_Line] = []

    def follow(self, line: _Line) -> Context:
        """What went before a line, which is then heard in its turn."""
        if not line.interview:
            return NOTHING_BEFORE
        if self._lines and self._lines[-1].interview != line.interview:
            self._lines = []
        heard, self._lines = self._lines, [*self._lines[-TURNS_BACK:], line]
        if not heard:
            return NOTHING_BEFORE
        for at in range(len(heard) - 2, max(-1, len(heard) - 1 - TURNS_BACK), -1):
            if heard[at].voice == line.voice:
                asked = heard[at - 1].text if at else ""
                return Context(heard[-1].text, join_question(heard[at].text, asked))
        return Context(heard[-1].text)


def _read_line(line: str, known: set[str]) -> _Line | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return "the line is not a JSON object."
    if not isinstance(row, dict):
        return "the line is not a JSON object."
    text, codes = row.get("text"), row.get("codes")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        return f"“text” should be what was said, up to {LONGEST:,} characters."
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        return "“codes” should be a list of code ids, empty where none applies."
    unknown = sorted(set(codes) - known)
    if unknown:
        return f"the codebook has no code {', '.join(unknown)}."
    return _Line(
        " ".join(text.split()),
        frozenset(codes),
        row.get("cues_seen") is True,
        str(row.get("interview") or ""),
        str(row.get("voice") or ""),
    )


def list_examples(codebook: Codebook) -> tuple[Utterance, ...]:
    """What a codebook itself teaches: examples, non-examples, and what each code says it is.

    An example is known to carry its own code; nobody has said which others it carries.
    """
    found: list[Utterance] = []
    for code in codebook.codes:
        own = frozenset([code.id])
        said = [f"{code.name}: {code.definition}", *filter(None, [code.include])]
        for text, codes, what in (
            *((each, own, "example") for each in code.examples),
            *((each, own, "definition") for each in said),
            *((each, frozenset[str](), "example") for each in code.non_examples),
        ):
            found.append(Utterance(text, codes, own, "examples", f"{what}:{code.id}:{text}", True))
    return tuple(found)


def drop_contradictions(
    utterances: Sequence[Utterance], *, path: str
) -> tuple[tuple[Utterance, ...], tuple[Problem, ...]]:
    """Utterances without those that say two things at once, which are problems, and repeated ones."""
    first: dict[str, Utterance] = {}
    against: set[str] = set()
    for each in utterances:
        key = " ".join(each.text.lower().split())
        before = first.setdefault(key, each)
        if before is not each and _contradict(before, each):
            against.add(key)
    kept = tuple(each for key, each in first.items() if key not in against)
    problems = tuple(
        Problem(
            path,
            None,
            "the same words are given different codes "
            f"({' '.join(sorted(first[key].codes)) or 'none'}; in {first[key].source}): "
            "neither is learned from until one is mended.",
            blocks=False,
        )
        for key in sorted(against)
    )
    return kept, problems


def _contradict(one: Utterance, other: Utterance) -> bool:
    both = one.known if other.known is None else other.known
    if one.known is not None and other.known is not None:
        both = one.known & other.known
    differ = one.codes ^ other.codes
    return bool(differ if both is None else differ & both)
