"""A trained model taught by a study's own decisions: moved a little, towards what its people say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from themecode.suggest.learned_model import LearnedModel
from themecode.suggest.signals import Context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: How firmly the model stays as it was: what a step away from it costs.
_HOLD_SCALE, _HOLD_SHIFT, _HOLD_CODE, _HOLD_HEAD = 20.0, 1.0, 4.0, 8.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What people decided about a code in a passage.

    Args:
        text: the passage.
        context: what went before its turn.
        code_id: the code.
        yes: whether it applies.
        who: the participant; answers about one person's words are held out together.
    """

    text: str
    context: Context
    code_id: str
    yes: bool
    who: str


def adapt_model(
    model: LearnedModel,
    answers: Sequence[Answer],
    *,
    log_odds: NDArray[Any],
    vectors: NDArray[Any],
) -> LearnedModel:
    """A model moved towards answers, as far as they outweigh what it has learned before.

    Args:
        model: as it was.
        answers: of codes that the model knows.
        log_odds: (n_answers,), what it said of each.
        vectors: (n_answers, 384), of each passage.
    """
    import numpy as np
    from scipy.optimize import minimize

    codes = len(model.code_ids)
    width = vectors.shape[1]
    at = np.array([model.code_ids.index(each.code_id) for each in answers])
    yes = np.array([each.yes for each in answers], np.float64)
    seen = vectors.astype(np.float64)

    def weigh(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scale, shift, own, head = _part(values, codes, width)
        scores = scale * log_odds + shift + own[at] + (seen * head[at]).sum(axis=1)
        loss = (np.logaddexp(0.0, scores) - yes * scores).sum()
        held = (
            _HOLD_SCALE * (scale - 1) ** 2
            + _HOLD_SHIFT * shift**2
            + _HOLD_CODE * (own**2).sum()
            + _HOLD_HEAD * (head**2).sum()
        )
        error = 1 / (1 + np.exp(-scores)) - yes
        slope_own = np.bincount(at, weights=error, minlength=codes) + 2 * _HOLD_CODE * own
        slope_head = np.zeros((codes, width))
        np.add.at(slope_head, at, error[:, None] * seen)
        slope_head += 2 * _HOLD_HEAD * head
        slope = np.concatenate([
            [(error * log_odds).sum() + 2 * _HOLD_SCALE * (scale - 1)],
            [error.sum() + 2 * _HOLD_SHIFT * shift],
            slope_own,
            slope_head.ravel(),
        ])  # fmt: skip
        return float(loss + held), slope

    start = np.zeros(2 + codes + codes * width)
    start[0] = 1.0
    found = minimize(weigh, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    scale, shift, own, head = _part(found.x, codes, width)
    scale = max(scale, 0.2)
    way = model.ways.index("together")
    mixes, offsets = model.mixes.copy(), model.mix_offsets.copy()
    mixes[way] *= np.float32(scale)
    offsets[way] = (scale * offsets[way] + shift + own).astype(np.float32)
    moved = model.head.copy()
    meaning = float(mixes[way][0])
    if meaning > 0:
        moved[:, :codes] += (head.T / meaning).astype(np.float32)
    return replace(model, mixes=mixes, mix_offsets=offsets, head=moved, sha256="")


def _part(values: Any, codes: int, width: int) -> tuple[float, float, Any, Any]:
    return (
        float(values[0]), float(values[1]), values[2 : 2 + codes],
        values[2 + codes :].reshape(codes, width),
    )  # fmt: skip
