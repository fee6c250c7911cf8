"""Pictures: the same bytes each time, words for those who cannot see them, nothing from outside."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from field_work import make_study, themecode, write_book, write_talk

KINDS = ["prevalence", "co-occurrence", "saturation", "timeline", "source", "kind"]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_has_a_title_and_its_numbers_in_words(kind: str) -> None:
    make_study("P01", "P02")
    ran = themecode("picture", kind, "-o", "x.svg", "--alt")
    assert ran.status == 0, ran.err
    root = ET.parse("x.svg").getroot()
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text
    assert (root.find(f"{SVG}desc").text or "").strip() == ran.out.strip()
    assert "http://" not in Path("x.svg").read_text("utf-8").replace("http://www.w3.org", "").replace(
        "http://purl.org", "").replace("http://creativecommons.org", "")  # fmt: skip
    first = Path("x.svg").read_bytes()
    themecode("picture", kind, "-o", "x.svg", "--force")
    assert Path("x.svg").read_bytes() == first


def test_a_png_is_of_print_size_and_the_same_each_time() -> None:
    make_study("P01", "P02")
    for name in ("a.png", "b.png"):
        assert themecode("picture", "prevalence", "-o", name).status == 0
    content = Path("a.png").read_bytes()
    assert content == Path("b.png").read_bytes()
    width, _ = struct.unpack(">II", content[16:24])
    assert abs(width - 16 / 2.54 * 300) < 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_study_where_nothing_is_coded_still_has_pictures(kind: str) -> None:
    write_talk("P01", text="INT: Hello.\n\nP01: The bus was red.\n")
    assert themecode("apply", "talks", "--codebook", write_book()).status == 0
    ran = themecode("picture", kind, "-o", "x.svg")
    assert ran.status == 0, ran.err


def test_dollars_and_carets_in_names_are_no_formulas() -> None:
    book = write_book()
    book.write_text(book.read_text("utf-8").replace("name: ", "name: $x^2$ ", 1), "utf-8")
    write_talk("P01")
    assert themecode("apply", "talks", "--codebook", book).status == 0
    assert themecode("picture", "prevalence", "-o", "x.svg").status == 0


def test_wrong_kinds_and_names_are_told_kindly() -> None:
    make_study("P01")
    assert "prevalence" in themecode("picture", "nonsense", "-o", "x.svg").err
    assert ".svg or .png" in themecode("picture", "prevalence", "-o", "x.pdf").err
    Path("x.svg").write_text("mine", "utf-8")
    assert themecode("picture", "prevalence", "-o", "x.svg").status == 1
    assert Path("x.svg").read_text("utf-8") == "mine"


def test_one_colour_scale_gets_darker_so_that_it_reads_in_grey() -> None:
    from themecode.exports.pictures.drawing import RAMP

    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    steps = [lightness(colour) for colour in RAMP]
    assert steps == sorted(steps, reverse=True)
    assert all(a - b > 15 for a, b in pairwise(steps))
