"""A confidence that means what it says, and thresholds chosen for a stated aim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Aims:
    """What thresholds are chosen for.

    Args:
        precision: `suggested` is right at least this often on speech held out.
        recall: `suggested` and `candidate` together find at least this share of codings.
        candidates: but no more than this many a stretch of speech, on average.
        uncoded: the share of participants' speech taken to carry no code at all.
    """

    precision: float = 0.6
    recall: float = 0.8
    candidates: float = 3.0
    uncoded: float = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class CodeThresholds:
    """From where on each code is suggested, and is a candidate. (n_codes,) each."""

    suggested: Array
    candidate: Array


#: A code's own threshold is drawn to the common one as if that had been seen on this many claims.
_PRIOR_CLAIMS = 15.0
_LOWEST, _HIGHEST = 0.25, 0.9
#: Nothing less likely is ever offered.
FLOOR = 0.02


def calibrate_scores(
    signals: Array, wanted: Array, weights: Array, kept: tuple[int, ...]
) -> tuple[Array, Array]:
    """Weights for signals, and an offset a code, that turn signals into log-odds (Platt 1999).

    The weights are common to all codes, so that a code with few examples borrows from the others.

    Args:
        signals: (n_texts, n_codes, n_signals), of texts that were held out.
        wanted: (n_texts, n_codes).
        weights: (n_texts,).
        kept: the signals to use; the others get a weight of nothing.

    Returns:
        (n_signals,) and (n_codes,).
    """
    import numpy as np
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    texts, codes, _ = signals.shape
    flat = signals[:, :, list(kept)].reshape(texts * codes, len(kept)).astype(np.float64)
    scale = np.maximum(flat.std(axis=0), 1e-6)
    which = sparse.csr_matrix(
        (
            np.full(texts * codes, 0.5),
            np.tile(np.arange(codes), texts),
            np.arange(texts * codes + 1),
        ),
        shape=(texts * codes, codes),
    )
    line = LogisticRegression(C=1.0, max_iter=500, tol=1e-6)
    line.fit(
        sparse.hstack([sparse.csr_matrix(flat / scale), which]).tocsr(),
        wanted.reshape(-1),
        sample_weight=np.repeat(weights, codes),
    )
    mix = np.zeros(signals.shape[2], np.float32)
    mix[list(kept)] = line.coef_[0][: len(kept)] / scale
    offset = 0.5 * line.coef_[0][len(kept) :] + line.intercept_[0]
    return mix, offset.astype(np.float32)


def choose_thresholds(
    chance: Array, wanted: Array, weights: Array, *, aims: Aims
) -> CodeThresholds:
    """Thresholds that meet the aims on speech held out, each code's own as far as it has claims."""
    import numpy as np

    counts = np.repeat(weights, chance.shape[1]).reshape(chance.shape)
    common = _find_precise(chance.ravel(), wanted.ravel(), counts.ravel(), aims.precision, None)
    own = np.array([
        _find_precise(chance[:, code], wanted[:, code], weights, aims.precision, common)
        for code in range(chance.shape[1])
    ])  # fmt: skip
    found = np.sort(chance[wanted > 0])[::-1]
    wide = (
        float(found[min(len(found) - 1, int(np.ceil(aims.recall * len(found))))])
        if len(found)
        else 0.1
    )
    most = _find_offered(chance, weights, aims.candidates)
    candidate = np.minimum(np.full(len(own), max(wide, most, FLOOR)), own)
    return CodeThresholds(own.astype(np.float32), candidate.astype(np.float32))


def _find_precise(chance: Any, wanted: Any, weights: Any, aim: float, prior: float | None) -> float:
    """The lowest threshold from which claims are right as often as is aimed for."""
    import numpy as np

    best = None
    for threshold in np.arange(_LOWEST, _HIGHEST, 0.01):
        claimed = chance >= threshold
        right = float((weights * wanted)[claimed].sum())
        total = float(weights[claimed].sum())
        if prior is not None:
            # A calibrated claim is right as often as its threshold says, or a little more.
            expected = aim + (threshold - prior)
            right, total = right + _PRIOR_CLAIMS * expected, total + _PRIOR_CLAIMS
        if total and right / total >= aim:
            best = float(threshold)
            break
    return round(best, 4) if best is not None else 0.5


def _find_offered(chance: Array, weights: Array, most: float) -> float:
    """The lowest threshold that offers no more than so many codes a text."""
    import numpy as np

    for threshold in np.arange(FLOOR, 0.5, 0.005):
        offered = (chance >= threshold).sum(axis=1)
        if float((offered * weights).sum() / weights.sum()) <= most:
            return float(threshold)
    return 0.5


def find_calibration_error(
    chance: Array, wanted: Array, weights: Array, *, bins: int = 10
) -> float:
    """How far confidence is from how often it is right, on average (Naeini et al. 2015).

    Only decisions of some likelihood are counted, those of at least `FLOOR`: the many that are next to
    impossible would make any figure look good.
    """
    return sum(
        share * abs(said - found)
        for share, said, found in describe_calibration(chance, wanted, weights, bins=bins)
    )


def describe_calibration(
    chance: Array, wanted: Array, weights: Array, *, bins: int = 10
) -> list[tuple[float, float, float]]:
    """A reliability diagram: of each bin, its share of decisions, mean confidence, how often right."""
    import numpy as np

    counts = np.repeat(weights, chance.shape[1]).reshape(chance.shape).ravel()
    said, right = chance.ravel(), wanted.ravel()
    likely = said >= FLOOR
    counts, said, right = counts[likely], said[likely], right[likely]
    total = float(counts.sum())
    rows = []
    for number in range(bins):
        inside = np.minimum((said * bins).astype(int), bins - 1) == number
        weight = float(counts[inside].sum())
        if weight:
            rows.append(
                (
                    weight / total,
                    float((counts * said)[inside].sum()) / weight,
                    float((counts * right)[inside].sum()) / weight,
                )
            )
    return rows
