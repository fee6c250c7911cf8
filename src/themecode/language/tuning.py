"""The encoder's last layers taught what the codes of a codebook mean, by plain gradient descent.

Training needs nothing but numpy and scipy: the lower layers are run once, their output is kept, and
only the layers above them and a linear head are changed (AdamW: Loshchilov and Hutter 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from themecode.language.encoder import Encoder, find_model, read_model
from themecode.language.encoder_weights import LAYERS, Weights, round_layer
from themecode.language.layers import (
    HEAD_WIDTH,
    HEADS,
    keep_some,
    layer_back,
    pool,
    pool_back,
    run_layer,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]
    Layer = dict[str, Array]

#: Texts looked into at once.
_AT_ONCE = 512
#: What a step of the head weighs against the length-one vectors it reads.
HEAD_SCALE = 10.0
#: Each step's texts are gone through by so many hands side by side. Another number gives other last bits.
_HANDS = 2
#: A head alone learns quickly: at least so many rounds, and so many steps.
_HEAD_ROUNDS, _HEAD_STEPS = 10, 600


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the last layers are taught.

    Args:
        layers: how many of the last are changed.
        rate, head_rate: the largest steps, of the layers and of the head.
        batch: utterances a step.
        dropped: the share of numbers left out at random while learning.
        smooth: how far answers are kept from 0 and 1.
        positive: what a yes weighs against a no.
        seed: of everything random.
    """

    layers: int = 1
    rate: float = 2e-4
    head_rate: float = 5e-3
    batch: int = 32
    dropped: float = 0.1
    smooth: float = 0.02
    positive: float = 4.0
    decay: float = 0.01
    seed: int = 20


@dataclass(frozen=True, slots=True)
class Tuned:
    """What training made.

    Args:
        tensors: to take the place of the encoder's own (`Encoder(tuned=...)`).
        head: (384, n_codes), to be multiplied with vectors of length one.
        offset: (n_codes,).
        layers: the changed layers, not rounded, to go on from.
    """

    tensors: dict[str, NDArray[Any]]
    head: Array
    offset: Array
    layers: tuple[Layer, ...]


class LowerLayers:
    """What the layers below those to be taught make of each text, worked out once."""

    def __init__(
        self,
        texts: Sequence[str],
        *,
        layers: int,
        threads: int = 2,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        import numpy as np

        self.weights = Weights(read_model(find_model()))
        self.first = LAYERS - layers
        encoder = Encoder(after_layer=self.first, threads=threads)
        # Half the digits in half the room: many thousands of texts fit in a laptop's memory.
        self._hidden: list[NDArray[np.float16]] = []
        for at in range(0, len(texts), _AT_ONCE):
            inside = encoder.look_inside(texts[at : at + _AT_ONCE])
            self._hidden.extend(each.astype(np.float16) for each in inside)
            if progress is not None:
                progress(len(self._hidden), len(texts))
        self.lengths = np.array([len(hidden) for hidden in self._hidden])

    def batch(self, which: NDArray[np.int64]) -> tuple[Array, Array]:
        """The output for some texts, filled up to one length, and where it is theirs."""
        import numpy as np

        longest = max(len(self._hidden[at]) for at in which)
        hidden = np.zeros((len(which), longest, HEADS * HEAD_WIDTH), np.float32)
        mask = np.zeros((len(which), longest), np.float32)
        for row, at in enumerate(which):
            size = len(self._hidden[at])
            hidden[row, :size] = self._hidden[at]
            mask[row, :size] = 1
        return hidden, mask


def tune_encoder(
    lower: LowerLayers,
    wanted: Array,
    known: Array,
    *,
    use: Sequence[Any],
    recipe: Recipe,
    start: Tuned | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Tuned:
    """Teach the last layers and a head, from texts and their codes.

    Args:
        lower: of all texts.
        wanted: (n_texts, n_codes), 1 where the code fits.
        known: (n_texts, n_codes), 0 where nobody said whether it fits.
        use: the texts to learn from in each round.
        recipe: how.
        start: what was taught before, to go on from. None: the encoder as it comes.
        progress: told how many steps are done, out of how many.
    """
    import numpy as np

    random = np.random.default_rng(recipe.seed)
    if start is None:
        layers = [lower.weights.layer(number) for number in range(lower.first, LAYERS)]
        head = {
            "head": np.zeros((HEADS * HEAD_WIDTH, wanted.shape[1]), np.float32),
            "offset": np.full(wanted.shape[1], -3.0, np.float32),
        }
    else:
        layers = [{what: value.copy() for what, value in layer.items()} for layer in start.layers]
        head = {"head": start.head / np.float32(HEAD_SCALE), "offset": start.offset.copy()}
    rounds = [np.asarray(each) for each in use]
    steps = sum(-(-len(each) // recipe.batch) for each in rounds)
    adams = [_Adam(recipe.rate, recipe.decay) for _ in layers]
    head_adam = _Adam(recipe.head_rate, recipe.decay)
    step = 0
    with ThreadPoolExecutor(_HANDS) as hands:
        for own in rounds:
            for batch in _shuffle(own, lower.lengths, recipe.batch, random):
                step += 1
                pace = min(1.0, step / (0.1 * steps)) * max(0.02, 1 - step / steps)
                count = max(float(known[batch].sum()), 1.0)
                sides = [
                    hands.submit(
                        _find_slopes, lower.batch(part), wanted[part], known[part], count,
                        layers, head, recipe, np.random.default_rng(random.integers(2**63)),
                    )
                    for part in np.array_split(batch, _HANDS) if len(part)
                ]  # fmt: skip
                head_slopes, *slopes = map(
                    _add_slopes, zip(*(side.result() for side in sides), strict=True)
                )
                head_adam.step(head, head_slopes, pace)
                moved = [
                    hands.submit(adam.step, layer, its, pace)
                    for adam, layer, its in zip(adams, layers, slopes, strict=True)
                ]
                for each in moved:
                    each.result()
                if progress is not None:
                    progress(step, steps)
    tensors: dict[str, NDArray[Any]] = {}
    for number, layer in zip(range(lower.first, LAYERS), layers, strict=True):
        tensors.update(round_layer(number, layer))
    return Tuned(tensors, HEAD_SCALE * head["head"], head["offset"], tuple(layers))


def _find_slopes(
    given: tuple[Array, Array],
    wanted: Array,
    known: Array,
    count: float,
    layers: Sequence[Layer],
    head: Layer,
    recipe: Recipe,
    random: np.random.Generator,
) -> list[Layer]:
    """The slopes of the head, and of each layer in order, for some texts out of a step's `count`."""
    hidden, mask = given
    tapes = []
    for layer in layers:
        hidden, tape = run_layer(hidden, mask, layer, random, recipe.dropped)
        tapes.append(tape)
    vectors, pooled = pool(hidden, mask)
    keep = keep_some(vectors.shape, recipe.dropped, random)
    scores = HEAD_SCALE * (vectors * keep) @ head["head"] + head["offset"]
    error = _mistake(scores, wanted, known, recipe, count)
    slopes = [{"head": HEAD_SCALE * (vectors * keep).T @ error, "offset": error.sum(axis=0)}]
    upstream = pool_back(HEAD_SCALE * (error @ head["head"].T) * keep, pooled, mask)
    for layer, tape in zip(reversed(layers), reversed(tapes), strict=True):
        upstream, found = layer_back(upstream, layer, tape)
        slopes.insert(1, found)
    return slopes


def _add_slopes(parts: Sequence[Layer]) -> Layer:
    first, *others = parts
    for other in others:
        for name, slope in other.items():
            first[name] += slope
    return first


def learn_head(
    vectors: Array, wanted: Array, known: Array, *, use: Any, recipe: Recipe
) -> tuple[Array, Array]:
    """A head alone, over vectors as they are: for a codebook with few examples.

    Returns:
        (384, n_codes) and (n_codes,), as in `Tuned`.
    """
    import numpy as np

    random = np.random.default_rng(recipe.seed)
    learned = {
        "head": np.zeros((vectors.shape[1], wanted.shape[1]), np.float32),
        "offset": np.full(wanted.shape[1], -3.0, np.float32),
    }
    adam = _Adam(recipe.head_rate, recipe.decay)
    rows = np.asarray(use)
    rounds = max(_HEAD_ROUNDS, -(-_HEAD_STEPS * recipe.batch // max(1, len(rows))))
    steps = rounds * -(-len(rows) // recipe.batch)
    step = 0
    for _ in range(rounds):
        mixed = random.permutation(rows)
        for at in range(0, len(mixed), recipe.batch):
            step += 1
            batch = mixed[at : at + recipe.batch]
            seen = vectors[batch] * keep_some(vectors[batch].shape, recipe.dropped, random)
            scores = HEAD_SCALE * seen @ learned["head"] + learned["offset"]
            count = max(float(known[batch].sum()), 1.0)
            error = _mistake(scores, wanted[batch], known[batch], recipe, count)
            slopes = {"head": HEAD_SCALE * seen.T @ error, "offset": error.sum(axis=0)}
            adam.step(learned, slopes, max(0.02, 1 - step / steps))
    return HEAD_SCALE * learned["head"], learned["offset"]


class _Adam:
    """Steps sized by how steady each slope is."""

    def __init__(self, rate: float, decay: float) -> None:
        self._rate, self._decay, self._count = rate, decay, 0
        self._mean: dict[str, Array] = {}
        self._square: dict[str, Array] = {}

    def step(self, values: Layer, slopes: Layer, pace: float) -> None:
        import numpy as np

        self._count += 1
        rate = np.float32(self._rate * pace)
        first, second = 1 - 0.9**self._count, 1 - 0.999**self._count
        for name, slope in slopes.items():
            value = values[name]
            mean = self._mean.setdefault(name, np.zeros_like(value))
            square = self._square.setdefault(name, np.zeros_like(value))
            mean += np.float32(0.1) * (slope - mean)
            square += np.float32(0.001) * (slope * slope - square)
            move = (mean / np.float32(first)) / (np.sqrt(square / np.float32(second)) + 1e-8)
            value *= np.float32(1 - rate * self._decay)
            value -= rate * move.astype(np.float32)


def _shuffle(use: Any, lengths: Any, size: int, random: np.random.Generator) -> list[Any]:
    """Batches in a random order, the texts of each about equally long."""
    import numpy as np

    mixed = random.permutation(use)
    batches: list[Any] = []
    for group in np.array_split(mixed, max(1, len(mixed) // (size * 20))):
        ordered = group[np.argsort(lengths[group], kind="stable")]
        batches.extend(ordered[at : at + size] for at in range(0, len(ordered), size))
    return [batches[at] for at in random.permutation(len(batches))]


def _mistake(scores: Array, wanted: Array, known: Array, recipe: Recipe, count: float) -> Array:
    """The slope of the loss (weighted cross-entropy of each yes or no) by the scores."""
    import numpy as np

    aim = wanted * (1 - recipe.smooth) + recipe.smooth / 4
    chance = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    slope = -recipe.positive * aim * (1 - chance) + (1 - aim) * chance
    return np.asarray(10 * slope * known / count, np.float32)
