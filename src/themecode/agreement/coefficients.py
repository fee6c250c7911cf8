"""Coefficients of agreement, each from its published definition.

A table holds, in its last axis, how often both said yes, only the first did, only the second did,
and neither: (..., 4). Counts may be fractions. A coefficient is NaN where it is undefined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.float64]


def percent_agreement(table: Table) -> Table:
    """The share of decisions in which both said the same.

    >>> float(percent_agreement(np.array([20.0, 5, 10, 15])))
    0.7
    """
    both, first, second, neither = _cells(table)
    return _divide(both + neither, both + first + second + neither)


def cohen_kappa(table: Table) -> Table:
    """Agreement beyond what each one's own share of yeses would give by chance.

    Source: Cohen 1960, "A coefficient of agreement for nominal scales".

    >>> round(float(cohen_kappa(np.array([20.0, 5, 10, 15]))), 2)
    0.4
    """
    both, first, second, neither = _cells(table)
    total = both + first + second + neither
    expected = _divide(
        (both + first) * (both + second) + (neither + first) * (neither + second), total * total
    )
    return _beyond(_divide(both + neither, total), expected)


def gwet_ac1(table: Table) -> Table:
    """Agreement beyond chance where chance is guessing at the hard ones (Gwet 2008).

    It stays steady where a code is rare, where kappa falls towards nothing.

    >>> round(float(gwet_ac1(np.array([118.0, 5, 2, 0]))), 3)
    0.941
    """
    both, first, second, neither = _cells(table)
    total = both + first + second + neither
    share = _divide(2 * both + first + second, 2 * total)
    return _beyond(_divide(both + neither, total), 2 * share * (1 - share))


def positive_agreement(table: Table) -> Table:
    """Where either said yes, how far the two met (Cicchetti and Feinstein 1990).

    >>> round(float(positive_agreement(np.array([20.0, 5, 10, 15]))), 3)
    0.727
    """
    both, first, second, _ = _cells(table)
    return _divide(2 * both, 2 * both + first + second)


def binary_alpha(table: Table) -> Table:
    """Krippendorff's alpha of two sides' yeses and noes (Krippendorff 2011, section A).

    >>> round(float(binary_alpha(np.array([1.0, 1, 3, 5]))), 3)
    0.095
    """
    both, first, second, neither = _cells(table)
    differing = first + second
    yes, no = 2 * both + differing, 2 * neither + differing
    observed = _divide(differing, yes + no)
    expected = _divide(yes * no, (yes + no) * (yes + no - 1))
    return 1 - _divide(observed, expected)


def nominal_alpha(units: Iterable[Sequence[Hashable]]) -> float | None:
    """Krippendorff's alpha for any number of coders, any categories, with answers missing.

    Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability", section C.

    Args:
        units: the answers given to each unit; a missing answer is left out.

    Returns:
        None where it is undefined: nobody answered a unit together, or all said the same.

    >>> round(nominal_alpha([[0, 1], [1, 1], [0, 1], [0, 0], [0, 0],
    ...                      [0, 1], [0, 0], [0, 0], [1, 0], [0, 0]]), 3)
    0.095
    """
    totals: Counter[Hashable] = Counter()
    differing = 0.0
    for answers in units:
        size = len(answers)
        if size < 2:
            continue
        counts = Counter(answers)
        totals.update(counts)
        same = sum(number * (number - 1) for number in counts.values())
        differing += (size * (size - 1) - same) / (size - 1)
    number = sum(totals.values())
    expected = number * number - sum(each * each for each in totals.values())
    if not expected:
        return None
    return 1 - (number - 1) * differing / expected


def _cells(table: Table) -> tuple[Table, Table, Table, Table]:
    return table[..., 0], table[..., 1], table[..., 2], table[..., 3]


def _divide(above: Table, below: Table) -> Table:
    """The quotient; NaN where there is nothing to divide by."""
    above, below = np.asarray(above, float), np.asarray(below, float)
    nothing = np.full(np.broadcast(above, below).shape, np.nan)
    quotient: Table = np.divide(above, below, out=nothing, where=below > 0)
    return quotient


def _beyond(observed: Table, expected: Table) -> Table:
    return _divide(observed - expected, 1 - np.asarray(expected))
