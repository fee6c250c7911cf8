"""The encoder's last layers taught: slopes are right, and the lower layers are the encoder's own."""

import numpy as np

from themecode.language import layers, tuning
from themecode.language.encoder import load_encoder

SAID = ["I used to hide the bottles, you know.", "He said no.", "They never rang me back at all."]


def test_the_layers_in_numpy_say_what_the_encoder_says():
    lower = tuning.LowerLayers(SAID, layers=2)
    hidden, mask = lower.batch(range(len(SAID)))
    for number in (4, 5):
        hidden, _ = layers.run_layer(hidden, mask, lower.weights.layer(number), None, 0.0)
    vectors, _ = layers.pool(hidden, mask)
    # What the lower layers say is kept in half the digits.
    assert np.abs(vectors - load_encoder().encode(SAID)).max() < 1e-3


def test_slopes_are_those_that_small_steps_show():
    lower = tuning.LowerLayers(SAID, layers=1)
    given, mask = (part.astype(np.float64) for part in lower.batch(range(len(SAID))))
    layer = {name: value.astype(np.float64) for name, value in lower.weights.layer(5).items()}
    aim = np.random.default_rng(0).normal(size=(len(SAID), 384))

    def score():
        hidden, tape = layers.run_layer(given, mask, layer, None, 0.0)
        vectors, pooled = layers.pool(hidden, mask)
        return float((vectors * aim).sum()), tape, pooled

    _, tape, pooled = score()
    _, slopes = layers.layer_back(layers.pool_back(aim, pooled, mask), layer, tape)
    for name, at in (
        ("query.weight", (3, 5)), ("key.weight", (7, 9)), ("value.weight", (3, 5)),
        ("attention.bias", (4,)), ("wide.weight", (10, 20)), ("narrow.weight", (100, 20)),
        ("after_attention.weight", (4,)), ("after_wide.bias", (8,)),
    ):  # fmt: skip
        kept = layer[name][at]
        layer[name][at] = kept + 1e-4
        up = score()[0]
        layer[name][at] = kept - 1e-4
        down = score()[0]
        layer[name][at] = kept
        assert np.isclose((up - down) / 2e-4, slopes[name][at], rtol=1e-4, atol=1e-8), name


def test_teaching_twice_gives_the_same_bytes_and_tells_two_things_apart():
    said = [f"The bus was late {n}." for n in "abcdefgh"] + [
        f"I baked a pie {n}." for n in "abcdefgh"
    ]
    wanted = np.array([[1, 0]] * 8 + [[0, 1]] * 8, np.float32)
    lower = tuning.LowerLayers(said, layers=1)
    recipe = tuning.Recipe(layers=1, batch=4)
    first, second = (
        tuning.tune_encoder(lower, wanted, np.ones_like(wanted), use=[range(16)] * 6, recipe=recipe)
        for _ in range(2)
    )
    assert all(
        first.tensors[name].tobytes() == second.tensors[name].tobytes() for name in first.tensors
    )
    assert first.head.tobytes() == second.head.tobytes()
    vectors = tuning.Encoder(tuned=first.tensors).encode(["The bus is late.", "I baked a cake."])
    scores = vectors @ first.head + first.offset
    assert scores[0, 0] > scores[0, 1] and scores[1, 1] > scores[1, 0]
