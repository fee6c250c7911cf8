"""Codebook files: read whole, or refused with every fault, its line and how to mend it."""

import textwrap
from pathlib import Path

import pytest

from themecode.codebook import find_codebook, list_shipped_codebooks, parse_codebook, read_codebook
from themecode.errors import ThemecodeError
from themecode.model import Codebook, Problem
from themecode.suggest.listen import check_cues

GOOD = """
title: A small study
version: "2"
word_lists:
  child: [kid, baby]
themes:
- id: stigma
  name: Stigma
  definition: Being thought less of.
  codes:
  - id: stigma.judged
    name: Judged
    definition: Someone judges the speaker.
    include: labels.
    examples:
    - "They look at you like dirt."
    non_examples:
    - "I judge the dog show."
    cues:
      strong: [feel judged, judge <child>]
      counts_when: [imagined]
"""


def read(text: str) -> tuple[Codebook | None, tuple[Problem, ...]]:
    return parse_codebook(textwrap.dedent(text).encode(), name="book.yaml")


def faults(text: str) -> list[str]:
    return [str(problem) for problem in read(text)[1] if problem.blocks]


def test_a_good_codebook_is_read_whole() -> None:
    codebook, problems = read(GOOD)
    assert codebook is not None
    assert not problems
    code = codebook.code("stigma.judged")
    assert codebook.version == "2"
    assert code.theme_id == "stigma"
    assert code.cues.strong == ("feel judged", "judge <child>")
    assert code.cues.counts_when == ("imagined",)


def test_text_stays_text_whatever_yaml_would_make_of_it() -> None:
    codebook, _ = read(
        GOOD.replace("name: Stigma", "name: no").replace('version: "2"', "version: 1e3")
    )
    assert codebook is not None
    assert codebook.themes[0].name == "no"
    assert codebook.version == "1e3"


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("  - id: stigma.judged", "  - id: stigma.judged\n    name: X\n    definition: d\n  - id: stigma.judged"), 14, "already used on line 11"),
        (("    definition: Someone judges the speaker.\n", ""), 11, "has no definition"),
        (("    include: labels.", "    inclood: labels."), 14, "unknown key “inclood”"),
        (("feel judged,", "feel (judged,"), 20, "never closed"),
        (("judge <child>", "judge <chlid>"), 20, "no word list <chlid>"),
        (("[imagined]", "[sometimes]"), 21, "counts_when knows"),
        (("- id: stigma\n", "- id: Stigma!\n"), 7, "should be small letters"),
        (("title: A small study", "title:"), 2, "has no title"),
        (("    name: Judged", "    name: Judged\n    name: Again"), 13, "stands twice"),
        (('    - "They look', '    - ["They look'), 17, "cannot be read as YAML"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_line_and_its_mend(
    change: tuple[str, str], line: int, says: str
) -> None:
    assert change[0] in GOOD
    codebook, problems = read(GOOD.replace(*change, 1))
    assert codebook is None
    told = [problem for problem in problems if says in problem.message]
    assert told, [str(problem) for problem in problems]
    assert told[0].line == line


def test_all_faults_are_told_at_once() -> None:
    text = GOOD.replace("    name: Judged\n", "").replace("title: A small study\n", "")
    assert len(faults(text)) == 2


def test_a_tab_is_named_with_its_line() -> None:
    assert faults(GOOD.replace("  name: Stigma", "\tname: Stigma")) == [
        "book.yaml:8: the line begins with a tab: use spaces to set lines in."
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("just words", "group of keys"),
        ("[" * 60, "nested too deeply"),
        ("a: &a [x]\nb: [" + "*a, " * 60 + "]", "too many aliases"),
        ("a: \x01", "characters that text cannot hold"),
        ("title: x\nthemes: []", "no themes"),
        ("--- a\n--- b", "another document"),
    ],
)
def test_what_is_no_codebook_is_refused(text: str, says: str) -> None:
    codebook, problems = read(text)
    assert codebook is None
    assert any(says in problem.message for problem in problems), [str(each) for each in problems]


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_bytes("title: A\nversion: caf\u00e9".encode("cp1252"))
    codebook, (problem,) = read_codebook(path)
    assert codebook is None
    assert problem.line == 2
    assert "UTF-8" in problem.message


def test_a_codes_hash_changes_with_what_it_says_and_with_the_word_lists_it_names() -> None:
    def hash_of(text: str) -> str:
        codebook, _ = read(text)
        assert codebook is not None
        return codebook.code("stigma.judged").sha256

    assert hash_of(GOOD) == hash_of(GOOD.replace("title: A small", "title: Another small"))
    assert hash_of(GOOD) != hash_of(GOOD.replace("Someone judges", "Anyone judges"))
    assert hash_of(GOOD) != hash_of(GOOD.replace("[kid, baby]", "[kid, baby, lad]"))


@pytest.mark.parametrize("path", list_shipped_codebooks(), ids=lambda path: path.stem)
def test_every_codebook_that_ships_passes_the_check(path: Path) -> None:
    codebook, problems = read_codebook(path)
    assert codebook is not None, [str(problem) for problem in problems]
    assert not [str(problem) for problem in problems if problem.blocks]
    assert not check_cues(codebook, path=str(path))


def test_the_founding_codebook_is_whole() -> None:
    codebook, _ = read_codebook(find_codebook("women_in_treatment"))
    assert codebook is not None
    assert (len(codebook.themes), len(codebook.codes)) == (9, 40)
    for code in codebook.codes:
        assert len(code.examples) >= 8, code.id
        assert len(code.non_examples) >= 3, code.id
        assert code.include, code.id
        assert code.exclude, code.id
        assert code.cues, code.id
    touching = {"trauma.childhood", "trauma.domestic_abuse", "trauma.sexual_exploitation",
                "childcare.removal_fear", "childcare.removal_impact", "safety.predatory_males"}  # fmt: skip
    assert touching <= {code.id for code in codebook.codes if code.content_note}


def test_a_codebook_is_found_by_its_name_or_its_path(tmp_path: Path) -> None:
    assert find_codebook("women_in_treatment").name == "women_in_treatment.yaml"
    mine = tmp_path / "mine.yaml"
    mine.write_text(GOOD, encoding="utf-8")
    assert find_codebook(str(mine)) == mine
    with pytest.raises(ThemecodeError, match="women_in_treatment"):
        find_codebook("nothing_like_it")
