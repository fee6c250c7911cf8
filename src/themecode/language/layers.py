"""A layer of the encoder in plain numbers: what it makes, and the slopes of its weights.

As in Devlin et al. 2019: attention over a text's own pieces, then a wide step, each normed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]
    Layer = dict[str, Array]
    Kept = dict[str, Any]

HEADS, HEAD_WIDTH = 12, 32
_TINY = 1e-12
_ERF_AT, _ERF = 0.3275911, (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)


def keep_some(shape: tuple[int, ...], dropped: float, random: np.random.Generator | None) -> Any:
    """A share of numbers left out at random, the others raised to make up for them. None: all are kept."""
    import numpy as np

    if random is None or not dropped:
        return np.float32(1)
    kept = random.random(shape, dtype=np.float32) >= dropped
    return kept.astype(np.float32) / np.float32(1 - dropped)


def _norm(values: Array, layer: Layer, what: str) -> tuple[Array, Kept]:
    import numpy as np

    centred = values - values.mean(axis=-1, keepdims=True)
    spread = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_TINY))
    level = centred * spread
    return level * layer[f"{what}.weight"] + layer[f"{what}.bias"], {
        "level": level,
        "spread": spread,
    }


def _norm_back(back: Array, layer: Layer, what: str, tape: Kept) -> tuple[Array, Layer]:
    level = tape["level"]
    flat = tuple(range(back.ndim - 1))
    slopes = {f"{what}.weight": (back * level).sum(axis=flat), f"{what}.bias": back.sum(axis=flat)}
    inner = back * layer[f"{what}.weight"]
    inner = inner - inner.mean(axis=-1, keepdims=True)
    inner -= level * (inner * level).mean(axis=-1, keepdims=True)
    return inner * tape["spread"], slopes


def _split_heads(values: Array) -> Array:
    count, length, _ = values.shape
    return values.reshape(count, length, HEADS, HEAD_WIDTH).transpose(0, 2, 1, 3)


def _join_heads(values: Array) -> Array:
    count, _, length, _ = values.shape
    return values.transpose(0, 2, 1, 3).reshape(count, length, HEADS * HEAD_WIDTH)


def run_layer(
    given: Array, mask: Array, layer: Layer, random: np.random.Generator | None, dropped: float
) -> tuple[Array, Kept]:
    """One layer of the encoder, and what its slopes are worked out from."""
    import numpy as np

    query, key, value = (
        _split_heads(given @ layer[f"{what}.weight"] + layer[f"{what}.bias"])
        for what in ("query", "key", "value")
    )
    scores: Any = query @ key.transpose(0, 1, 3, 2) * np.float32(HEAD_WIDTH**-0.5)
    scores += (mask[:, None, None, :] - 1) * np.float32(1e9)
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    mixed = _join_heads(scores @ value)
    keep_mixed = keep_some(given.shape, dropped, random)
    seen = (mixed @ layer["attention.weight"] + layer["attention.bias"]) * keep_mixed
    middle, norm_middle = _norm(given + seen, layer, "after_attention")
    wide = middle @ layer["wide.weight"] + layer["wide.bias"]
    below, bell = _find_normal(wide)
    bent = wide * below
    keep_narrow = keep_some(given.shape, dropped, random)
    narrow = (bent @ layer["narrow.weight"] + layer["narrow.bias"]) * keep_narrow
    out, norm_out = _norm(middle + narrow, layer, "after_wide")
    return out, {
        "given": given, "query": query, "key": key, "value": value, "share": scores,
        "mixed": mixed, "keep_mixed": keep_mixed, "norm_middle": norm_middle, "middle": middle,
        "wide": wide, "below": below, "bell": bell, "bent": bent, "keep_narrow": keep_narrow, "norm_out": norm_out,
    }  # fmt: skip


def _find_normal(values: Array) -> tuple[Array, Array]:
    """Of the normal distribution, the share below each value, and how dense it is there.

    Five times as fast as the error function of scipy (Abramowitz and Stegun 1964, 7.1.26; right to
    two parts in ten million).
    """
    import numpy as np

    bell = values * values
    bell *= np.float32(-0.5)
    np.exp(bell, out=bell)
    near = np.abs(values)
    near *= np.float32(_ERF_AT * 2**-0.5)
    near += 1
    np.reciprocal(near, out=near)
    within = near * np.float32(_ERF[0])
    for number in _ERF[1:]:
        within += np.float32(number)
        within *= near
    within *= bell
    np.subtract(np.float32(1), within, out=within)
    within *= np.float32(0.5)
    below = np.copysign(within, values, out=within)
    below += np.float32(0.5)
    bell *= np.float32((2 * np.pi) ** -0.5)
    return below, bell


def layer_back(back: Array, layer: Layer, tape: Kept) -> tuple[Array, Layer]:
    """The slopes of a layer's weights, and of what it was given."""
    import numpy as np

    slopes: Layer = {}
    back, found = _norm_back(back, layer, "after_wide", tape["norm_out"])
    slopes.update(found)
    narrow = back * tape["keep_narrow"]
    _linear_slopes(slopes, "narrow", tape["bent"], narrow)
    bent = narrow @ layer["narrow.weight"].T
    bent *= tape["below"] + tape["wide"] * tape["bell"]
    _linear_slopes(slopes, "wide", tape["middle"], bent)
    middle = back + bent @ layer["wide.weight"].T
    middle, found = _norm_back(middle, layer, "after_attention", tape["norm_middle"])
    slopes.update(found)
    seen = middle * tape["keep_mixed"]
    _linear_slopes(slopes, "attention", tape["mixed"], seen)
    mixed = _split_heads(seen @ layer["attention.weight"].T)
    share = tape["share"]
    value = share.transpose(0, 1, 3, 2) @ mixed
    scores = mixed @ tape["value"].transpose(0, 1, 3, 2)
    scores -= (scores * share).sum(axis=-1, keepdims=True)
    scores *= share * np.float32(HEAD_WIDTH**-0.5)
    given = middle
    for what, slope in (
        ("query", scores @ tape["key"]),
        ("key", scores.transpose(0, 1, 3, 2) @ tape["query"]),
        ("value", value),
    ):
        joined = _join_heads(slope)
        _linear_slopes(slopes, what, tape["given"], joined)
        given = given + joined @ layer[f"{what}.weight"].T
    return given, slopes


def _linear_slopes(slopes: Layer, what: str, given: Array, back: Array) -> None:
    flat = back.reshape(-1, back.shape[-1])
    slopes[f"{what}.weight"] = given.reshape(-1, given.shape[-1]).T @ flat
    slopes[f"{what}.bias"] = flat.sum(axis=0)


def pool(hidden: Array, mask: Array) -> tuple[Array, tuple[Array, Array]]:
    """The mean over a text's own pieces, made one long."""
    import numpy as np

    mean = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1)[:, None]
    length = np.maximum(np.sqrt((mean * mean).sum(axis=1)), 1e-12)[:, None]
    return mean / length, (mean / length, length)


def pool_back(back: Array, pooled: tuple[Array, Array], mask: Array) -> Array:
    """The slopes of what was pooled."""
    unit, length = pooled
    mean = (back - unit * (back * unit).sum(axis=1, keepdims=True)) / length
    slope: Array = (mean / mask.sum(axis=1)[:, None])[:, None, :] * mask[:, :, None]
    return slope
