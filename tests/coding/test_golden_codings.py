"""Every behaviour of coding: one readable case file each, cues and talk and what is coded.

A case has the cues (as YAML, under `codes` and `word_lists`), the talk (INT interviews, SUP supports,
anyone else takes part; a line set in goes on with the turn before) and the codings, one a line:

    turn | code | confidence status | words <- cue; words <- cue (minded) | in: first words

`in:` stands only where the passage is not the whole turn; "..." parts the words of a cue's parts.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from small_study import AT, check_codings, make_code, make_codebook, make_transcript

from themecode.model import Code, Codebook, Coding, Transcript
from themecode.settle import settle_codings
from themecode.suggest.cues import suggest_codings
from themecode.suggest.listen import Listener, check_cues

CASES = sorted((Path(__file__).parent / "cases").glob("*.case"))


def read_case(path: Path) -> tuple[Codebook, Transcript, list[str]]:
    _, _, rest = path.read_text(encoding="utf-8").partition("=== cues\n")
    cues, _, rest = rest.partition("=== talk\n")
    talk, _, codings = rest.partition("=== codings\n")
    given = yaml.safe_load(cues)
    codes: list[Code] = [
        make_code(
            code_id,
            definition=written.pop("definition", "Anything of it."),
            include=written.pop("include", ""),
            **written,
        )
        for code_id, written in given["codes"].items()
    ]
    lists = {name: tuple(entries) for name, entries in given.get("word_lists", {}).items()}
    turns: list[tuple[str, str]] = []
    for line in talk.splitlines():
        if line.startswith(" ") and turns:
            label, words = turns[-1]
            turns[-1] = (label, f"{words} {line.strip()}")
        elif line:
            label, _, words = line.partition(": ")
            turns.append((label, words))
    return make_codebook(*codes, lists=lists), make_transcript(turns), codings.splitlines()


def tell(coding: Coding, status: str, transcript: Transcript) -> str:
    reasons = "; ".join(
        f"{' ... '.join(reason.words)} <- {reason.matched}"
        + (f" ({', '.join(reason.minded)})" if reason.minded else "")
        for reason in coding.evidence
    )
    turn = transcript.turns[coding.segment.turn - 1]
    told = f"{turn.number} | {coding.code_id} | {coding.confidence:.2f} {status} | {reasons}"
    if coding.segment.span != turn.span:
        told += f" | in: {' '.join(coding.segment.text.split()[:3])}"
    return told


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_is_said_is_coded_as_the_case_says(path: Path) -> None:
    codebook, transcript, expected = read_case(path)
    assert not check_cues(codebook, path=path.name)
    listener = Listener(codebook.codes, codebook)
    codings = suggest_codings(transcript, listener, codebook=codebook, made_at=AT)
    check_codings(transcript, codings)
    turns = {turn.number: turn for turn in transcript.turns}
    settled = settle_codings(
        [(coding, turns[coding.segment.turn]) for coding in codings], {}, codebook=codebook
    )
    assert [tell(each.coding, each.status, transcript) for each in settled] == expected


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_code_is_heard_the_same_whether_others_are_listened_for_or_not(path: Path) -> None:
    codebook, transcript, _ = read_case(path)

    def listen(codes: tuple[Code, ...]) -> tuple[Coding, ...]:
        listener = Listener(codes, codebook)
        return suggest_codings(transcript, listener, codebook=codebook, made_at=AT)

    together = listen(codebook.codes)
    for code in codebook.codes:
        assert listen((code,)) == tuple(each for each in together if each.code_id == code.id)
