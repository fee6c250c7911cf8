"""Every coefficient against a published example, and against a library others keep."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from themecode.agreement import coefficients, unitised
from themecode.agreement.coefficients import (
    binary_alpha,
    cohen_kappa,
    gwet_ac1,
    nominal_alpha,
    percent_agreement,
    positive_agreement,
)
from themecode.agreement.unitised import unitised_alpha
from themecode.model import Span

TABLES = st.tuples(*[st.integers(0, 30)] * 4)


def table(*cells: float) -> np.ndarray:
    return np.array(cells, dtype=float)


def spread(cells: tuple[int, ...]) -> tuple[list[int], list[int]]:
    both, first, second, neither = cells
    one = [1] * (both + first) + [0] * (second + neither)
    other = [1] * both + [0] * first + [1] * second + [0] * neither
    return one, other


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(coefficients) == (0, 6)
    assert doctest.testmod(unitised) == (0, 3)


def test_kappa_falls_where_yes_is_common_as_feinstein_and_cicchetti_show():
    """Feinstein and Cicchetti 1990 (43:543-549): the same 85% agreement, kappa .70 and .32."""
    assert float(percent_agreement(table(40, 9, 6, 45))) == pytest.approx(0.85)
    assert float(cohen_kappa(table(40, 9, 6, 45))) == pytest.approx(0.70, abs=0.005)
    assert float(percent_agreement(table(80, 10, 5, 5))) == pytest.approx(0.85)
    assert float(cohen_kappa(table(80, 10, 5, 5))) == pytest.approx(0.32, abs=0.005)


def test_positive_and_negative_agreement_part_as_cicchetti_and_feinstein_show():
    """Cicchetti and Feinstein 1990 (43:551-558): ppos .84 and .91 for the two tables above."""
    assert float(positive_agreement(table(40, 9, 6, 45))) == pytest.approx(0.84, abs=0.005)
    assert float(positive_agreement(table(80, 10, 5, 5))) == pytest.approx(0.91, abs=0.005)


def test_ac1_stays_where_kappa_falls_below_nothing():
    """Gwet 2002 ("Kappa statistic is not satisfactory for assessing the extent of agreement")."""
    cells = table(118, 5, 2, 0)
    assert float(cohen_kappa(cells)) == pytest.approx(-0.0234, abs=0.0001)
    assert float(gwet_ac1(cells)) == pytest.approx(0.941, abs=0.0005)


def test_kappa_ac1_and_alpha_are_the_irrcac_packages():
    """120 tables, large and small, even and lopsided, worked out by irrCAC 0.4.4.

    It asks for an older pandas and scipy than themecode's, so `tools/irrcac_figures.py` runs it in an
    environment of its own and keeps its figures, to ten digits.
    """
    kept = json.loads((Path(__file__).parent / "irrcac_figures.json").read_text(encoding="utf-8"))
    assert len(kept["tables"]) == 120
    for row in kept["tables"]:
        cells = table(*row["cells"])
        ours = {
            "percent": percent_agreement(cells), "kappa": cohen_kappa(cells),
            "ac1": gwet_ac1(cells), "alpha": binary_alpha(cells),
        }  # fmt: skip
        for name, value in ours.items():
            assert float(value) == pytest.approx(row[name], abs=1e-9), (name, row["cells"])


def test_alpha_for_two_observers_and_yes_or_no_is_krippendorffs():
    """Krippendorff 2011, section A: ten articles, alpha 0.095."""
    assert float(binary_alpha(table(1, 1, 3, 5))) == pytest.approx(0.095, abs=0.0005)


def test_alpha_for_many_observers_with_gaps_is_krippendorffs():
    """Krippendorff 2011, section C: four observers, twelve units, alpha 0.743."""
    rows = (
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    )
    units = [
        [answer for answer in answers if answer != "."]
        for answers in zip(*(row.split() for row in rows), strict=True)
    ]
    assert nominal_alpha(units) == pytest.approx(0.743, abs=0.0005)


def test_unitised_alpha_is_krippendorffs():
    """Krippendorff 2004, pp. 254-256: D_o .0144, D_e .0532 for c; .0490 for k; .8591 together."""
    c = unitised_alpha(
        [
            [Span(75, 145), Span(220, 250)],
            [Span(70, 150), Span(205, 225), Span(250, 270)],
        ],
        length=300,
    )
    units = [Span(30, 90), Span(150, 200)]
    k = unitised_alpha([units, units], length=300)
    assert c.observed == pytest.approx(0.0144, abs=0.0001)
    assert c.expected == pytest.approx(0.0532, abs=0.0001)
    assert (k.observed, k.alpha) == (0, 1)
    assert k.expected == pytest.approx(0.0490, abs=0.0001)
    together = 1 - (c.observed + k.observed) / (c.expected + k.expected)
    assert together == pytest.approx(0.8591, abs=0.0005)


def test_where_passages_touch_they_are_one_unit_and_nobody_coding_is_undefined():
    assert unitised_alpha([[Span(0, 5), Span(5, 9)], [Span(0, 9)]], length=50).alpha == 1
    assert unitised_alpha([[], []], length=50).alpha is None


@given(TABLES)
def test_kappa_is_scikit_learns(cells: tuple[int, ...]):
    ours = float(cohen_kappa(table(*cells)))
    one, other = spread(cells)
    if len(set(one) | set(other)) < 2:
        assert np.isnan(ours)
        return
    assert ours == pytest.approx(cohen_kappa_score(one, other), abs=1e-9)


@given(TABLES)
def test_alpha_is_the_krippendorff_packages(cells: tuple[int, ...]):
    one, other = spread(cells)
    ours, listed = float(binary_alpha(table(*cells))), nominal_alpha(zip(one, other, strict=True))
    if len(set(one) | set(other)) < 2:
        assert np.isnan(ours) and listed is None
        return
    theirs = krippendorff.alpha(np.array([one, other]), level_of_measurement="nominal")
    assert ours == pytest.approx(theirs, abs=1e-9)
    assert listed == pytest.approx(theirs, abs=1e-9)


@given(st.lists(st.lists(st.sampled_from([0, 1, 2, None]), min_size=3, max_size=3), min_size=2))
def test_alpha_with_answers_missing_is_the_krippendorff_packages(rows: list[list[int | None]]):
    units = [[answer for answer in row if answer is not None] for row in rows]
    ours = nominal_alpha(units)
    if ours is None:
        return
    data = np.array([[np.nan if a is None else a for a in row] for row in rows], float).T
    assert ours == pytest.approx(krippendorff.alpha(data, level_of_measurement="nominal"), abs=1e-9)


@given(TABLES)
def test_figures_stay_within_their_bounds_and_do_not_mind_whose_they_are(cells: tuple[int, ...]):
    both, first, second, neither = cells
    for work in (percent_agreement, cohen_kappa, gwet_ac1, positive_agreement, binary_alpha):
        value = float(work(table(both, first, second, neither)))
        assert np.isnan(value) or -1 - 1e-9 <= value <= 1 + 1e-9
        turned = float(work(table(both, second, first, neither)))
        assert np.isnan(value) == np.isnan(turned) and (np.isnan(value) or value == turned)


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(1, 15)), max_size=6))
def test_somebody_always_agrees_with_herself_about_boundaries(drawn: list[tuple[int, int]]):
    spans = [Span(start, start + size) for start, size in drawn]
    found = unitised_alpha([spans, spans], length=100)
    assert found.observed == 0
