"""Where a machine and people part, counted; and how far the figures could have come out otherwise."""

import json
import zipfile

import pytest

from themecode.cli import run
from themecode.codebook import find_codebook, read_codebook
from themecode.evaluate import GoldUnit, count_held
from themecode.evaluate.account import (
    compare,
    find_confusions,
    find_mistakes,
    find_reading,
    find_reliability,
    measure_work_saved,
)
from themecode.evaluate.figures import Held
from themecode.evaluate.resample import find_intervals

ONE, TWO, OTHER = "stigma.judgement", "stigma.motherhood", "material.housing"


@pytest.fixture(scope="module")
def codebook():
    return read_codebook(find_codebook("women_in_treatment"))[0]


def _held(transcript, turn, people, offered, *, from_here=0.6):
    machine = frozenset(code for code, sure in offered.items() if sure >= from_here)
    unit = GoldUnit(transcript, turn, None, None, frozenset(people), turn)
    return Held(unit, machine, offered, {})


def test_intervals_are_the_same_each_time_and_hold_the_figure(codebook):
    held = [
        _held(f"t{number % 5}", number, [ONE] if number % 3 else [], {ONE: 0.9} if number % 4 else {})
        for number in range(1, 61)
    ]  # fmt: skip
    found = find_intervals(held, codebook=codebook)
    assert found == find_intervals(held, codebook=codebook)
    f1 = count_held(held, codebook=codebook).by_code.f1
    low, high = found["code"]["f1"]
    assert low - 1e-4 <= f1 <= high + 1e-4
    assert set(found) == {"code", "theme", "stigma", ONE}


def test_transcripts_that_are_all_alike_leave_no_doubt_and_one_alone_says_nothing(codebook):
    alike = [_held(f"t{number}", 1, [ONE], {ONE: 0.9, OTHER: 0.7}) for number in range(4)]
    low, high = find_intervals(alike, codebook=codebook)["code"]["f1"]
    assert low == high == pytest.approx(2 / 3, abs=1e-4)
    assert find_intervals(alike[:1], codebook=codebook) == {}


def test_codes_taken_for_one_another_are_counted_with_those_of_one_theme_first(codebook):
    held = [
        _held("a", 1, [ONE], {TWO: 0.9}),
        _held("a", 2, [ONE], {TWO: 0.9}),
        _held("a", 3, [ONE], {OTHER: 0.9}),
        _held("a", 4, [TWO], {ONE: 0.9}),
    ]
    first, second, third = find_confusions(held, codebook=codebook)
    assert (first.people, first.machine, first.turns, first.same_theme) == (ONE, TWO, 2, True)
    assert (second.people, second.machine) == (TWO, ONE)
    assert not third.same_theme


def test_the_worst_miss_was_not_offered_and_reading_says_what_it_costs():
    held = [
        _held("a", 1, [ONE], {ONE: 0.4}),
        _held("a", 2, [ONE], {}),
        _held("a", 3, [], {}),
        _held("a", 4, [], {}),
    ]
    misses, alarms = find_mistakes(held)
    assert [(miss.turn, miss.confidence) for miss in misses] == [(2, None), (1, 0.4)]
    assert alarms == ()
    words = {("a", turn): 50 for turn in range(1, 5)}
    reading = find_reading(held, words)
    assert reading.offered_a_turn == 0.25
    assert reading.found == 0.5
    assert (reading.uncoded_words, reading.suggested_a_thousand) == (100, 0)


def test_work_saved_is_as_its_authors_reckon_it():
    """(TN + FN) / N - (1 - recall): Cohen et al. 2006, p. 208."""
    carry = [True] * 19 + [False] * 20 + [True] + [False] * 60
    assert measure_work_saved(carry) == pytest.approx((60 + 21) / 100 - 0.05)
    assert measure_work_saved([False, False]) is None


def test_a_confidence_that_is_right_as_often_as_it_says_has_no_error():
    held = [_held("a", turn, [ONE] if turn <= 8 else [], {ONE: 0.8}) for turn in range(1, 11)]
    rows, error = find_reliability(held)
    assert [(row.low, row.claims, row.said, row.right) for row in rows] == [(0.8, 10, 0.8, 0.8)]
    assert error == 0


def test_two_machines_are_compared_decision_by_decision(codebook):
    before = [_held("a", 1, [ONE], {}), _held("a", 2, [], {}), _held("a", 3, [TWO], {TWO: 0.9})]
    after = [
        _held("a", 1, [ONE], {ONE: 0.9}),
        _held("a", 2, [], {TWO: 0.7}),
        _held("a", 3, [TWO], {}),
    ]
    found = compare(
        (before, count_held(before, codebook=codebook)), (after, count_held(after, codebook=codebook))
    )  # fmt: skip
    assert found.gained == (("a", 1, ONE, True),)
    assert found.lost == (("a", 2, TWO, False), ("a", 3, TWO, True))


SAID = """Interviewer: And then?

Ana: They took my kids off me and put them in care.

Interviewer: Was that hard?

Ana: The telly was blue last year, to be honest.
"""


@pytest.fixture
def coded(tmp_path):
    (tmp_path / "ana.txt").write_text(SAID, encoding="utf-8")
    gold = [
        {"transcript": "ana", "turn": 2, "codes": ["childcare.removal_impact"]},
        {"transcript": "ana", "turn": 4, "codes": ["material.housing"]},
    ]
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in gold), encoding="utf-8")
    run(["apply", str(tmp_path / "ana.txt"), "--codebook", "women_in_treatment", "--no-meaning",
         "--study", str(tmp_path / "study")])  # fmt: skip
    return path, str(tmp_path / "study")


def test_an_evaluation_is_kept_as_figures_and_as_a_word_page(coded, tmp_path, capfd):
    gold, study = coded
    figures, page = tmp_path / "then.json", tmp_path / "page.docx"
    assert run(["evaluate", str(gold), "--study", study, "-o", str(figures)]) == 0
    assert run(["evaluate", str(gold), "--study", study, "-o", str(page)]) == 0
    assert run(["evaluate", str(gold), "--study", study, "-o", str(page)]) == 1
    kept = json.loads(figures.read_text(encoding="utf-8"))
    assert kept["units"] == 2 and len(kept["decisions"]) == 2
    assert any("telly" in miss["words"] for miss in kept["misses"])
    text = zipfile.ZipFile(page).read("word/document.xml").decode()
    assert "The worst misses" in text and "telly" in text
    capfd.readouterr()
    assert run(["evaluate", str(gold), "--study", study, "--against", str(figures)]) == 0
    assert "Gained: 0 decisions." in capfd.readouterr().out
    (tmp_path / "odd.json").write_text("[]", encoding="utf-8")
    assert (
        run(["evaluate", str(gold), "--study", study, "--against", str(tmp_path / "odd.json")]) == 1
    )
