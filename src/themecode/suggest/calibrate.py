"""A confidence that means what it says, and thresholds chosen for a stated aim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Aims:
    """What thresholds are chosen for, and what speech is taken to be like.

    Args:
        precision: `suggested` is right at least this often on speech held out.
        recall: `suggested` and `candidate` together find at least this share of codings; more than is
            wanted of interviews, as less of people's speech is found than of invented speech.
        candidates: but no more than this many a stretch of speech, on average.
        uncoded: the share of participants' speech taken to carry no code at all.
    """

    precision: float = 0.6
    recall: float = 0.9
    candidates: float = 3.0
    uncoded: float = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class CodeThresholds:
    """From where on each code is suggested, and is a candidate. (n_codes,) each."""

    suggested: Array
    candidate: Array


#: A code's own threshold is drawn to the common one as if that had been seen on this many claims, and
#: strays no further from it than this. Found on one half of the conversations held out and tried on the
#: other, looser ones did worse than the common one by itself.
_PRIOR_CLAIMS, _STRAYS = 3000.0, 0.03
#: In a stretch that is less likely than this to carry anything, a code is offered and never suggested.
GATE = 0.6
_LOWEST, _HIGHEST = 0.2, 0.9
#: Nothing less likely is ever offered.
FLOOR = 0.02
#: What signals count where there is too little speech to find out: as it came out for the founding
#: codebook, by the places of `signals.NAMES`.
USUAL_MIX = (0.5, 0.8, 1.7, 1.7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
USUAL_OFFSET = -2.6
#: "Anything", the odds of at least one code, and the logarithm of the number of words.
CARRIES_COUNT = (0.5, 1.0, 1.0)
#: A strong cue counts at least this much, in log-odds. Speech written to say things sideways shows too
#: little of people who say them outright, and for those the researcher wrote the cue.
STRONG_COUNTS = 3.0
#: From so many turns of whole conversations on, these count for this share of what is held out.
ENOUGH_NATURAL, NATURAL_SHARE = 300, 0.75
#: Newton's steps at most, and how firmly a code's own offset is held to the mean: as if so many
#: decisions had been seen.
_STEPS, _HOLD = 30, 10.0
_LEAST_GAIN = 1e-7


def weigh_decisions(
    wanted: Array, uncoded: float, natural: NDArray[np.bool_] | None = None
) -> Array:
    """What each yes or no counts, so that speech is as it is in interviews.

    Texts without a code make up a share of the whole, and each code is as common as any other: how
    many utterances somebody wrote for a code says nothing about how often people speak of it.

    Args:
        wanted: (n_texts, n_codes).
        uncoded: the share of texts without a code.
        natural: (n_texts,), which are turns of whole conversations. None: none is.

    Returns:
        (n_texts, n_codes).
    """
    import numpy as np

    texts = weigh_uncoded(wanted, uncoded, natural)
    weights = np.repeat(texts[:, None], wanted.shape[1], axis=1).astype(np.float32)
    found = (weights * wanted).sum(axis=0)
    common = found[found > 0].mean() if (found > 0).any() else 1.0
    scale = np.where(found > 0, common / np.maximum(found, 1e-9), 1.0).astype(np.float32)
    return np.asarray(np.where(wanted > 0, weights * scale, weights), np.float32)


def weigh_uncoded(wanted: Array, share: float, natural: NDArray[np.bool_] | None = None) -> Array:
    """What each text counts, so that texts without a code make up a share of the whole.

    Turns of whole conversations are as they are, and count for most of it where there are enough.
    """
    import numpy as np

    whole = natural if has_enough_natural(natural) else np.zeros(len(wanted), np.bool_)
    coded = wanted.max(axis=1) > 0
    plain, said = ~coded & ~whole, coded & ~whole
    weights = np.ones(len(wanted), np.float32)
    if plain.any() and said.any():
        weights[plain] = share / (1 - share) * said.sum() / plain.sum()
    if whole.any() and not whole.all():
        single = float(weights[~whole].sum())
        weights[whole] = NATURAL_SHARE / (1 - NATURAL_SHARE) * single / whole.sum()
        weights *= np.float32(len(wanted) / weights.sum())
    return weights


def has_enough_natural(natural: NDArray[np.bool_] | None) -> TypeGuard[NDArray[np.bool_]]:
    """Whether there are turns of whole conversations enough to find out from how people speak."""
    return natural is not None and int(natural.sum()) >= ENOUGH_NATURAL


def calibrate_scores(
    signals: Array, wanted: Array, weights: Array, kept: tuple[int, ...]
) -> tuple[Array, Array]:
    """Weights for signals, and an offset a code, that turn signals into log-odds (Platt 1999).

    The weights are common to all codes, so that a code with few examples borrows from the others.

    Args:
        signals: (n_texts, n_codes, n_signals), of texts that were held out.
        wanted: (n_texts, n_codes), 1 where people said yes.
        weights: (n_texts, n_codes), what each decision counts.
        kept: the signals to use; the others get a weight of nothing.

    Returns:
        (n_signals,) and (n_codes,).
    """
    import numpy as np

    codes = signals.shape[1]
    flat = signals[:, :, list(kept)].astype(np.float64)
    scale = np.maximum(flat.std(axis=(0, 1)), 1e-6)
    flat /= scale
    even = flat.reshape(-1, len(kept))
    lines, offsets = np.zeros(len(kept)), np.full(codes, USUAL_OFFSET, np.float64)
    counts = weights.astype(np.float64)
    loss = _count_loss(flat @ lines + offsets, wanted, counts, lines, offsets)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-(flat @ lines + offsets)))
        error = counts * (chance - wanted)
        spread = counts * chance * (1 - chance) + 1e-9
        # One step of Newton's; a code's own offset is held near the mean of all.
        bent = flat * spread[:, :, None]
        slope_lines = even.T @ error.ravel() + lines
        slope_offsets = error.sum(axis=0) + _HOLD * (offsets - offsets.mean())
        cross = bent.sum(axis=0)
        bend = np.zeros((len(kept) + codes, len(kept) + codes))
        bend[: len(kept), : len(kept)] = bent.reshape(even.shape).T @ even + np.eye(len(kept))
        bend[len(kept) :, : len(kept)] = cross
        bend[: len(kept), len(kept) :] = cross.T
        bend[len(kept) :, len(kept) :] = np.diag(spread.sum(axis=0) + _HOLD) - _HOLD / codes
        move = np.linalg.solve(bend, np.concatenate([slope_lines, slope_offsets]))
        # Newton may step too far; a step is halved until it helps.
        for _ in range(12):
            new_lines, new_offsets = lines - move[: len(kept)], offsets - move[len(kept) :]
            found = _count_loss(
                flat @ new_lines + new_offsets, wanted, counts, new_lines, new_offsets
            )
            if found <= loss:
                break
            move /= 2
        else:
            break
        better, loss = loss - found, found
        lines, offsets = new_lines, new_offsets
        if better < _LEAST_GAIN * max(abs(loss), 1.0):
            break
    mix = np.zeros(signals.shape[2], np.float32)
    mix[list(kept)] = lines / scale
    return mix, offsets.astype(np.float32)


def _count_loss(scores: Any, wanted: Any, counts: Any, lines: Any, offsets: Any) -> float:
    """The weighted loss of scores as log-odds, with what holds lines to nothing and offsets together."""
    import numpy as np

    told = np.logaddexp(0.0, scores) - wanted * scores
    held = (lines * lines).sum() + _HOLD * ((offsets - offsets.mean()) ** 2).sum()
    return float((counts * told).sum() + held / 2)


def fit_carries(features: Array, carries: Any, weights: Any) -> Array:
    """From "anything", the odds of at least one code, and length to log-odds that a turn carries a code.

    What each counts is set by hand: people wrote utterances with a code and without one to much the
    same length, and in interviews it is the long answers that carry something.

    Returns:
        (4,): three weights, and an offset such that as many are expected as there are.
    """
    import numpy as np

    counts = np.array(CARRIES_COUNT, np.float32)
    scores = features @ counts
    aim = float((weights * carries).sum())
    low, high = -20.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        if float((weights / (1 + np.exp(-(scores + middle)))).sum()) < aim:
            low = middle
        else:
            high = middle
    return np.array([*counts, (low + high) / 2], np.float32)


def choose_thresholds(
    chance: Array, wanted: Array, weights: Array, *, carries: Array, aims: Aims
) -> CodeThresholds:
    """Thresholds that meet the aims on speech held out, each code's own as far as it has claims.

    Args:
        chance: (n_texts, n_codes), how likely each code is.
        wanted: (n_texts, n_codes), 1 where people said yes.
        weights: (n_texts, n_codes), what each decision counts.
        carries: (n_texts,), how likely each carries anything.
        aims: what they are chosen for.
    """
    import numpy as np

    open_ = np.where(carries[:, None] >= GATE, chance, 0.0)
    common = find_precise(open_, wanted, weights, aims)
    own = np.array([
        _find_precise(open_[:, code], wanted[:, code], weights[:, code], aims.precision, common)
        for code in range(chance.shape[1])
    ])  # fmt: skip
    own = np.clip(own, common - _STRAYS, common + _STRAYS)
    most = _find_offered(chance, weights, aims.candidates)
    yes = wanted > 0
    order = np.argsort(-chance[yes], kind="stable")
    found = chance[yes][order]
    share = np.cumsum(weights[yes][order])
    wide = 0.1
    if len(found):
        wide = float(found[min(len(found) - 1, np.searchsorted(share, aims.recall * share[-1]))])
    candidate = np.minimum(np.full(len(own), max(min(wide, 0.35), most, FLOOR)), own)
    return CodeThresholds(own.astype(np.float32), candidate.astype(np.float32))


def find_precise(chance: Array, wanted: Array, weights: Array, aims: Aims) -> float:
    """The lowest threshold, one for all codes, from which claims are right as often as is aimed for."""
    return _find_precise(chance.ravel(), wanted.ravel(), weights.ravel(), aims.precision, None)


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

    texts = weights.min(axis=1)
    for threshold in np.arange(FLOOR, 0.5, 0.005):
        offered = (chance >= threshold).sum(axis=1)
        if float((offered * texts).sum() / texts.sum()) <= most:
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

    said, right, counts = chance.ravel(), wanted.ravel(), weights.ravel()
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
