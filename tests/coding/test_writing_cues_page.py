"""What docs/writing-cues.md promises, held against what is found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_study import code_talk, make_code, make_codebook

from themecode.codebook import parse_codebook
from themecode.settle import Thresholds
from themecode.suggest.listen import LEAST_CONFIDENCE, WEIGHTS, check_cues

PAGE = (Path(__file__).parents[2] / "docs" / "writing-cues.md").read_text(encoding="utf-8")
LISTS = {"child": ("child", "kid", "baby"), "woman": ("woman", "girl")}

#: What the first table says in prose: cue, what it finds, what it does not.
PROMISES = [
    ("hunting ground", ["hunting ground", "Hunting grounds", "a hunting, erm, ground"], ["hunting for ground coffee"]),
    ("judge", ["judge", "judges", "judged", "judging", "judgin'"], ["judgement"]),
    ("judged", ["judged"], ["judge", "judging"]),
    ("=use", ["use"], ["used", "using"]),
    ("judg*", ["judge", "judgy", "judgmental"], ["prejudge"]),
    ("kid/child taken", ["kid taken", "children taken"], []),
    ("(social worker/social services) came", ["social worker came", "social services came"], ["social came"]),
    ("take my? kids", ["take my kids", "take kids"], ["take her kids"]),
    ("take/lose ... kids", ["take all of my kids", "lose the kids"], ["kids I could take"]),
    ("scared + social services", ["scared of social services", "social services got me scared"], ["scared. Social services"]),
    ("<child>", ["child", "kids", "babies"], ["childish"]),
    ("script:noun", ["They stopped my script"], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cue", "finds", "not_finds"), PROMISES, ids=[each[0] for each in PROMISES]
)
def test_what_the_page_says_a_cue_finds_is_found(
    cue: str, finds: list[str], not_finds: list[str]
) -> None:
    assert f"`{cue}`" in PAGE
    codebook = make_codebook(make_code(strong=[cue]), lists=LISTS)
    for words in finds:
        assert code_talk([("P01", f"{words}.")], codebook), words
    for words in not_finds:
        assert not code_talk([("P01", f"{words}.")], codebook), words


def test_every_cue_of_the_pages_table_is_tried_here() -> None:
    table = PAGE.partition("## What you can write")[2].partition("Word lists stand")[0]
    written = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert written == [cue for cue, _, _ in PROMISES]


def test_the_table_of_figures_is_what_the_coder_gives() -> None:
    rows = re.findall(r"^\| ([a-z ]+) \| (\.\d\d) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 5
    numbers = {"one": 1, "two": 2}
    for found, figure, happens in rows:
        doubt = 1.0
        for count, strength in re.findall(r"(one|two) (strong|fair|weak)", found):
            doubt *= (1 - WEIGHTS[strength]) ** numbers[count]
        confidence = 1 - doubt
        assert f"{confidence:.2f}" == f"0{figure}", found
        status = (
            "suggested" if confidence >= Thresholds().suggested
            else "candidate" if confidence >= LEAST_CONFIDENCE
            else "nothing"
        )  # fmt: skip
        assert status in happens, found


def test_the_examples_of_the_page_are_read_as_a_codebook() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 3
    codes, lists, counts = examples
    indented = "".join(f"  {line}\n" for line in codes.splitlines())
    counted = "".join(f"  {line}\n" for line in counts.splitlines())
    text = (
        f"title: Page\nversion: '1'\n{lists.rstrip()}\n  woman: [woman]\n"
        f"themes:\n- id: safety\n  name: Safety\n  definition: Being safe.\n{indented}"
        f"  - id: safety.two\n    name: Two\n    definition: Another.\n{counted}"
    )
    codebook, problems = parse_codebook(text.encode(), name="page.yaml")
    assert codebook is not None, [str(each) for each in problems]
    assert not problems
    assert not check_cues(codebook, path="page.yaml")
    assert codebook.codes[1].cues.counts_when == ("denied", "imagined")
