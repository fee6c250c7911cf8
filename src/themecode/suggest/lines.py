"""A line a code: over vectors, and over words, learned from what carried the code and what did not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from themecode.suggest.ngrams import PLACES, weigh_places

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

_SEED = 20
#: A word that hardly matters is left out of the file.
_LEAST_WORD = 2


def weigh_words(texts: Sequence[str], rarity: Array) -> Any:
    """What each text's words weigh: (n_texts, PLACES), nearly all of it nothing."""
    import numpy as np
    from scipy import sparse

    weighed = [weigh_places(text, rarity) for text in texts]
    ends = np.cumsum([0, *(len(places) for places, _ in weighed)])
    return sparse.csr_matrix(
        (
            np.concatenate([weights for _, weights in weighed]).astype(np.float64),
            np.concatenate([places for places, _ in weighed]),
            ends,
        ),
        shape=(len(texts), PLACES),
    )


def round_words(weights: Array, rarity: Array) -> tuple[NDArray[np.int8], Array]:
    """Weights in whole numbers; those that hardly matter are nothing, so that the file stays small."""
    import numpy as np

    weights[rarity == 0] = 0
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-8) / np.float32(127)
    rounded = np.rint(weights / scale).astype(np.int8)
    rounded[np.abs(rounded) < _LEAST_WORD] = 0
    return rounded, scale.astype(np.float32)


def fit_line(vectors: Array, answers: Any, firmness: float) -> tuple[Any, float]:
    """A balanced logistic line over vectors."""
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=firmness, class_weight="balanced", max_iter=300, tol=1e-3)
    line.fit(vectors, answers)
    return line.coef_[0], float(line.intercept_[0])


def fit_words(matrix: Any, answers: Any, firmness: float) -> tuple[Any, float]:
    """A balanced logistic line over words; the dual reaches it eight times sooner than the primal."""
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=firmness, class_weight="balanced", solver="liblinear", dual=True,
                              tol=0.01, max_iter=2000, random_state=_SEED)  # fmt: skip
    line.fit(matrix, answers)
    return line.coef_[0], float(line.intercept_[0])
