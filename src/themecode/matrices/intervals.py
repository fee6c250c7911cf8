"""How sure a share is, from how many people it was counted on."""

from __future__ import annotations

from math import sqrt

#: The two-sided 95% point of the normal distribution.
_Z = 1.959963984540054


def wilson_interval(count: int, out_of: int) -> tuple[float, float] | None:
    """The 95% score interval of a share; None where it is out of nobody.

    It says what other samples of the kind might show. A purposive sample is no random one, so it is a
    caution about small numbers and no estimate of a population.

    Source: Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
    inference. Journal of the American Statistical Association 22, 209-212.
    """
    if not out_of:
        return None
    share, square = count / out_of, _Z * _Z
    middle = share + square / (2 * out_of)
    reach = _Z * sqrt(share * (1 - share) / out_of + square / (4 * out_of * out_of))
    whole = 1 + square / out_of
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)
