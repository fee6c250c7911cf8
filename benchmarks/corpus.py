"""An invented corpus: transcripts of about 8,000 words, put together sentence by sentence.

Six sentences in ten are invented talk about nothing in particular, a quarter are participants'
sentences of `transcripts_sample/`, and the rest are examples of the founding codebook, so that cues
are as dense as in real interviews. The same seed gives the same words on every machine.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import FOUNDING
from off_topic import FILLERS, LINES, OPENERS, QUESTIONS

if TYPE_CHECKING:
    from themecode.model import Codebook, Transcript

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "transcripts_sample"
SEED = 20_24
#: Shares of invented idle talk, sample interviews, codebook examples.
SHARES = (60, 25, 15)
#: How many sentences a participant's turn has; short answers are the most common.
TURN_SENTENCES = (1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 14, 20)
NOTICE = "Invented transcript: no real person speaks here."

_PLAIN = re.compile(r"[A-Za-z']+(?: [A-Za-z']+)+")
_PLAIN_CHOICES = re.compile(r"[A-Za-z'/]+(?: [A-Za-z'/]+)+")


def make_transcripts(folder: str, count: int, words: int) -> dict[str, int]:
    """Write `count` transcripts of about `words` words each, but for those that are there already."""
    total = 0
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        who = f"P{number:04}"
        path = place / f"{who}_interview.txt"
        if path.exists():
            continue
        turns = write_interview(random.Random(f"{SEED} {number}"), who, words)
        blocks = [NOTICE, *(f"{label}: {said}" for label, said in turns)]
        path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
        total += sum(len(said.split()) for _, said in turns)
    return {"transcripts": count, "words": total}


def write_interview(rng: random.Random, who: str, words: int) -> list[tuple[str, str]]:
    """Questions and answers of about `words` words: label, and what is said."""
    pools = _read_pools()
    turns: list[tuple[str, str]] = []
    said = 0
    while said < words:
        question = rng.choice(QUESTIONS)
        answer = " ".join(_sentence(rng, pools) for _ in range(rng.choice(TURN_SENTENCES)))
        turns += [("INT", question), (who, answer)]
        said += len(question.split()) + len(answer.split())
    return turns


def _sentence(rng: random.Random, pools: tuple[list[str], ...]) -> str:
    [pool] = rng.choices(pools, weights=SHARES)
    line = rng.choice(pool)
    if pool is not LINES:
        return line
    filled = re.sub(r"\{(\w+)\}", lambda found: rng.choice(FILLERS[found[1]]), line)
    opener = rng.choice(OPENERS)
    if not opener:
        return filled[0].upper() + filled[1:]
    return opener + (filled if filled.startswith(("I ", "I'")) else filled[0].lower() + filled[1:])


@cache
def _read_pools() -> tuple[list[str], ...]:
    """Sentences of each kind."""
    from themecode.model import TurnKind
    from themecode.segments import find_sentences
    from themecode.transcripts import find_files, read_file

    spoken = []
    for path in find_files([SAMPLE])[0]:
        for transcript in read_file(path).transcripts:
            for turn in transcript.turns:
                if turn.kind is TurnKind.PARTICIPANT:
                    words = " ".join(transcript.words_of(turn).split())
                    spoken += [span.of(words).strip() for span in find_sentences(words)]
    examples = [example for code in read_founding().codes for example in code.examples]
    spoken = [sentence for sentence in spoken if len(sentence.split()) > 2]
    return LINES, spoken, [" ".join(example.split()) for example in examples]


def read_founding() -> Codebook:
    """The founding codebook."""
    return read_book(str(FOUNDING))


def read_book(path: str) -> Codebook:
    """A codebook that has no problems."""
    from themecode.codebook.read import read_codebook

    codebook, problems = read_codebook(Path(path))
    if codebook is None:
        raise ValueError(f"{path} has problems: {problems[:3]}")
    return codebook


def list_phrases(codebook: Codebook, count: int) -> list[tuple[str, str, str]]:
    """Plain phrases of two words or more: code, strength, phrase.

    Cues that are phrases already come first; the rest are cues whose choices are settled by taking
    the first of each.
    """
    plain: dict[str, tuple[str, str, str]] = {}
    settled: dict[str, tuple[str, str, str]] = {}
    for code in codebook.codes:
        for strength in ("strong", "fair", "weak"):
            for cue in getattr(code.cues, strength):
                if _PLAIN.fullmatch(cue):
                    plain.setdefault(cue, (code.id, strength, cue))
                elif _PLAIN_CHOICES.fullmatch(cue):
                    phrase = " ".join(word.split("/")[0] for word in cue.split())
                    settled.setdefault(phrase, (code.id, strength, phrase))
    found = [*plain.values(), *(each for phrase, each in settled.items() if phrase not in plain)]
    if len(found) < count:
        raise ValueError(f"the founding codebook has only {len(found)} plain phrases")
    return found[:count]


def make_phrase_book(path: str, count: int) -> dict[str, int]:
    """Write a codebook of `count` plain phrases, under the founding codebook's themes and codes.

    Beside it goes the same list as bare text, so that an anchor need not read a codebook.
    """
    import yaml

    founding = read_founding()
    cues: dict[str, dict[str, list[str]]] = {}
    phrases = list_phrases(founding, count)
    lines = (f"{code_id} {strength}\t{phrase}\n" for code_id, strength, phrase in phrases)
    Path(path).with_suffix(".tsv").write_text("".join(lines), encoding="utf-8")
    for code_id, strength, phrase in phrases:
        cues.setdefault(code_id, {}).setdefault(strength, []).append(phrase)
    themes = [
        {
            "id": theme.id,
            "name": theme.name,
            "definition": theme.definition,
            "codes": [
                {
                    "id": code.id,
                    "name": code.name,
                    "definition": code.definition,
                    "include": code.include,
                    "cues": cues[code.id],
                }
                for code in theme.codes
                if code.id in cues
            ],
        }
        for theme in founding.themes
    ]
    book = {"title": f"{count:,} plain phrases", "version": "1", "themes": themes}
    Path(path).write_text(yaml.safe_dump(book, sort_keys=False, width=1000), encoding="utf-8")
    return {"phrases": count}


def read_phrases(book: str) -> list[tuple[str, str]]:
    """The phrases beside a codebook of plain phrases: where each counts, and the phrase."""
    lines = Path(book).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
    return [(where, phrase) for where, _, phrase in (line.partition("\t") for line in lines)]


def count_spoken(folder: str, count: int) -> int:
    """How many words participants say in the first transcripts of a corpus."""
    return sum(len(turn.split()) for turns in read_spoken(folder, count) for turn in turns)


def list_files(folder: str, count: int) -> list[Path]:
    """The first transcripts of a corpus."""
    return sorted(Path(folder).glob("*.txt"))[:count]


def read_turns(path: Path) -> tuple[str, list[tuple[str, int]]]:
    """A transcript's text, and for each turn its label and where its words begin."""
    text = path.read_text(encoding="utf-8")
    turns, start = [], 0
    for block in text.split("\n\n"):
        label, colon, _ = block.partition(": ")
        if colon and " " not in label:
            turns.append((label, start + len(label) + 2))
        start += len(block) + 2
    return text, turns


def read_transcripts(folder: str, count: int) -> Iterator[Transcript]:
    """Transcripts of a corpus, one in memory at a time, without the cost of a general reader."""
    from themecode.model import Span, Transcript, TranscriptKind, Turn, TurnKind

    for path in list_files(folder, count):
        text, found = read_turns(path)
        turns = tuple(
            Turn(
                number,
                label,
                TurnKind.INTERVIEWER if label == "INT" else TurnKind.PARTICIPANT,
                None if label == "INT" else label,
                Span(start, (text + "\n\n").find("\n\n", start)),
            )
            for number, (label, start) in enumerate(found, start=1)
        )
        yield Transcript(path.stem, path.name, path.stem, TranscriptKind.INTERVIEW, text, turns)


def read_spoken(folder: str, count: int) -> Iterator[list[str]]:
    """What participants say, turn by turn, of one transcript at a time."""
    for path in list_files(folder, count):
        text, turns = read_turns(path)
        ends = text + "\n\n"
        yield [text[start : ends.find("\n\n", start)] for label, start in turns if label != "INT"]
