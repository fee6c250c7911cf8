"""Two sides compared, the machine estimated, differences listed: on small worked cases."""

from __future__ import annotations

import numpy as np
import pytest

from themecode.agreement import (
    Column,
    Passage,
    Readings,
    Resampling,
    SampledCell,
    Side,
    Statistic,
    compare_groups,
    compare_sides,
    estimate_machine,
    list_differences,
)
from themecode.model import Span

FEAR = Column("fear", "Fear", "code", ("fear",))
SHAME = Column("shame", "Shame", "code", ("shame",))
THEME = Column("stigma", "Stigma", "theme", ("fear", "shame"))
ALL = Column("all", "All codes", "all", ("fear", "shame"))
DEE, RUTH, EVE = Side("Dee", ("Dee",)), Side("Ruth", ("Ruth",)), Side("Eve", ("Eve",))


def passage(number: int, speaker: str = "P01", **more: bool) -> Passage:
    return Passage(
        "T1", number, Span(number * 10, number * 10 + 9), f"words {number}", speaker, **more
    )


def readings(answers: dict[str, str], *, code: str = "fear", people: int = 4) -> Readings:
    """By coder, a letter a passage: y, n, or . for what she was not asked."""
    size = len(next(iter(answers.values())))
    passages = [passage(at, f"P{at % people:02}") for at in range(size)]
    return Readings(
        {each.place: each for each in passages},
        {
            coder: {
                (passages[at].place, code): letter == "y"
                for at, letter in enumerate(letters)
                if letter != "."
            }
            for coder, letters in answers.items()
        },
    )


def test_only_passages_both_have_read_are_compared():
    said = readings({"Dee": "yyynn.y", "Ruth": "yynny.."})
    [row] = compare_sides(said, DEE, RUTH, columns=[FEAR]).rows
    assert (row.units, row.both, row.first, row.second, row.neither) == (5, 2, 1, 1, 1)
    assert row.values[Statistic.PERCENT] == pytest.approx(0.6)
    assert row.values[Statistic.POSITIVE] == pytest.approx(2 / 3)


def test_a_group_is_every_reader_of_it_and_each_passage_counts_once():
    said = readings({"Dee": "y", "Eve": "n", "Ruth": "y"})
    group = Side("lived experience", ("Dee", "Eve"))
    [row] = compare_sides(said, group, RUTH, columns=[FEAR]).rows
    assert (row.units, row.both, row.second) == (1, 0.5, 0.5)


def test_a_theme_is_a_yes_where_any_of_its_codes_is_also_one_she_added_herself():
    said = readings({"Dee": "n", "Ruth": "y"})
    place = next(iter(said.passages))
    added = Readings(said.passages, said.said, {"Dee": frozenset({(place, "shame")})})
    [row] = compare_sides(added, DEE, RUTH, columns=[THEME]).rows
    assert row.both == 1
    [row] = compare_sides(added, DEE, RUTH, columns=[FEAR]).rows
    assert row.second == 1
    assert not compare_sides(added, DEE, RUTH, columns=[SHAME]).rows  # nobody was asked about it


def test_pooled_figures_are_the_sums_of_the_codes():
    said = readings({"Dee": "yynn", "Ruth": "ynny"})
    rows = compare_sides(said, DEE, RUTH, columns=[ALL, FEAR, SHAME]).rows
    assert [row.column.id for row in rows] == ["all", "fear"]
    assert rows[0].both == rows[1].both == 1


def test_the_interval_draws_people_not_passages():
    """One person said most of it: the interval is wider than drawing passages one by one makes it."""
    letters = {"Dee": "y" * 10 + "n" * 30, "Ruth": "n" * 10 + "n" * 30}
    said = readings(letters)
    clustered = Readings(
        {p: Passage("T1", x.turn, x.span, x.words, "P1" if x.turn < 10 else f"P{x.turn % 4 + 2}")
         for p, x in said.passages.items()},
        said.said,
    )  # fmt: skip
    apart = Readings(
        {p: Passage("T1", x.turn, x.span, x.words, f"P{x.turn}") for p, x in said.passages.items()},
        said.said,
    )
    [wide] = compare_sides(clustered, DEE, RUTH, columns=[FEAR]).rows
    [narrow] = compare_sides(apart, DEE, RUTH, columns=[FEAR]).rows
    width = [
        (row.intervals[Statistic.PERCENT].high - row.intervals[Statistic.PERCENT].low)
        for row in (wide, narrow)
    ]
    assert width[0] > width[1]


def test_the_same_seed_gives_the_same_interval_and_another_another():
    said = readings({"Dee": "yynnynny" * 3, "Ruth": "ynnyyyny" * 3}, people=8)
    rows = [
        compare_sides(said, DEE, RUTH, columns=[FEAR], resampling=Resampling(seed=seed)).rows
        for seed in (1, 1, 2)
    ]
    assert rows[0] == rows[1]
    assert rows[0][0].intervals != rows[2][0].intervals


def test_the_interval_of_a_share_is_that_of_scipys_bootstrap():
    from scipy.stats import bootstrap

    agreed = np.array([1.0] * 30 + [0.0] * 10)
    said = readings({"Dee": "y" * 40, "Ruth": "y" * 30 + "n" * 10}, people=40)
    [row] = compare_sides(said, DEE, RUTH, columns=[FEAR], resampling=Resampling(times=20_000)).rows
    theirs = bootstrap((agreed,), np.mean, n_resamples=20_000, method="percentile", rng=3)
    assert row.intervals[Statistic.PERCENT].low == pytest.approx(
        theirs.confidence_interval.low, abs=0.026
    )
    assert row.intervals[Statistic.PERCENT].high == pytest.approx(
        theirs.confidence_interval.high, abs=0.026
    )


def test_too_few_to_say_is_said():
    said = readings({"Dee": "ynn", "Ruth": "ynn"})
    [row] = compare_sides(said, DEE, RUTH, columns=[FEAR]).rows
    assert "Too few to say: only 1 passage got a yes" in row.warnings[0]
    assert "Only 3 people spoke" in row.warnings[1]


def test_one_person_gives_no_interval():
    said = readings({"Dee": "ynyn", "Ruth": "yyny"}, people=1)
    [row] = compare_sides(said, DEE, RUTH, columns=[FEAR]).rows
    assert row.intervals[Statistic.PERCENT] is None


def test_nobody_is_compared_with_herself():
    with pytest.raises(ValueError, match="both sides"):
        compare_sides(readings({"Dee": "y"}), DEE, DEE, columns=[FEAR])


def test_boundaries_are_compared_where_both_coded_the_whole_transcript():
    said = readings({"Dee": "yn", "Ruth": "yn"})
    whole = Readings(
        said.passages, said.said,
        marked={("Dee", "T1"): {"fear": [Span(0, 9)]}, ("Ruth", "T1"): {"fear": [Span(0, 9)]}},
        lengths={"T1": 40},
    )  # fmt: skip
    [row] = compare_sides(whole, DEE, RUTH, columns=[FEAR]).rows
    assert row.unitised == 1
    [row] = compare_sides(said, DEE, RUTH, columns=[FEAR]).rows
    assert row.unitised is None


def test_each_answer_speaks_for_those_not_drawn():
    """Worked by hand: 10 of 100 suggestions read, 8 kept; 20 of 400 uncoded read, 1 has the code.

    Kept: 8 x 10 = 80. Not kept: 2 x 10 = 20. Missed: 1 x 20 = 20.
    Precision 80 / 100; recall 80 / (80 + 20).
    """
    cells = [SampledCell(f"P{at}", "fear", True, float(at < 8), 10) for at in range(10)]
    cells.append(SampledCell("P20", "fear", False, 1.0, 20))
    estimates = estimate_machine(cells, columns=[ALL, FEAR], read_suggested=10, read_uncoded=20)
    for row in estimates.rows:
        assert (row.precision, row.recall, row.missed) == (0.8, 0.8, 20)
        assert row.precision_interval.low < 0.8 < row.precision_interval.high


def test_recall_is_not_guessed_where_nothing_uncoded_was_read():
    cells = [SampledCell("P1", "fear", True, 1.0, 1), SampledCell("P2", "fear", True, 0.5, 1)]
    [row] = estimate_machine(cells, columns=[FEAR], read_suggested=2, read_uncoded=0).rows
    assert (row.precision, row.recall, row.missed) == (0.75, None, None)
    assert any("nobody knows what it missed" in warning for warning in row.warnings)


def test_differences_carry_both_sides_answers_and_notes():
    said = readings({"Dee": "yn", "Ruth": "nn"})
    place = next(iter(said.passages))
    noted = Readings(said.passages, said.said, notes={("Dee", (place, "fear")): "It was me."})
    [only] = list_differences(noted, DEE, RUTH, columns=[FEAR])
    assert (only.first, only.second, only.first_notes) == (1, 0, ("Dee: It was me.",))


def test_groups_are_compared_code_by_code_widest_gap_first():
    fear = readings({"Dee": "yyyn", "Ruth": "nnyn"})
    both = Readings(
        fear.passages,
        {
            coder: {**said, **{(p, "shame"): coder == "Dee" for p in fear.passages}}
            for coder, said in fear.said.items()
        },
    )
    rows = compare_groups(both, DEE, RUTH, columns=[FEAR, SHAME])
    assert [(row.column.id, row.gap) for row in rows] == [("shame", 1.0), ("fear", 0.5)]
    assert (rows[1].only_first, rows[1].only_second) == (2, 0)
    assert rows[0].interval.low == 1
