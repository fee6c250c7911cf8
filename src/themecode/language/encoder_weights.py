"""The tensors inside the encoder's file, so that training can change some and put them back.

An ONNX file is a protocol buffer; only the few fields that hold tensors are looked at. The file's
hash is known, so its layout is, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Layers of the encoder, and what stands in each.
LAYERS = 6
_GRAPH, _TENSOR = 7, 5
_DIMS, _TYPE, _NAME, _RAW = 1, 2, 8, 9
_FLOAT, _WHOLE = 1, 3
_OUTPUT, _FLOAT_FIELD = 12, 1 << 3
#: The numbers that the file gives to the matrices of each layer.
_MATRICES = ("query", "key", "value", "attention", "wide", "narrow")
_NUMBERS = (
    (49, 57, 65, 105, 109, 118),
    (122, 130, 138, 176, 180, 189),
    (193, 201, 209, 247, 251, 260),
    (264, 272, 280, 318, 322, 331),
    (335, 343, 351, 389, 393, 402),
    (406, 414, 422, 460, 464, 473),
)
_BIAS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attention": "attention.output.dense",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
}
_NORM = {"after_attention": "attention.output.LayerNorm", "after_wide": "output.LayerNorm"}


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor stands in the file."""

    shape: tuple[int, ...]
    kind: int
    start: int
    end: int


def list_tensors(raw: bytes) -> dict[str, Tensor]:
    """Every tensor of a model by its name."""
    found: dict[str, Tensor] = {}
    for field, start, end, _ in _fields(raw, 0, len(raw)):
        if field != _GRAPH:
            continue
        for inner, first, last, _ in _fields(raw, start, end):
            if inner == _TENSOR:
                name, tensor = _read_tensor(raw, first, last)
                found[name] = tensor
    return found


def _read_tensor(raw: bytes, start: int, end: int) -> tuple[str, Tensor]:
    shape: list[int] = []
    kind = place = stop = 0
    name = ""
    for field, first, last, value in _fields(raw, start, end):
        if field == _DIMS:
            shape.extend([value] if value is not None else _varints(raw, first, last))
        elif field == _TYPE and value is not None:
            kind = value
        elif field == _NAME:
            name = raw[first:last].decode("utf-8")
        elif field == _RAW:
            place, stop = first, last
    return name, Tensor(tuple(shape), kind, place, stop)


def _varints(raw: bytes, start: int, end: int) -> Iterator[int]:
    while start < end:
        value, start = _varint(raw, start)
        yield value


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _fields(raw: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int | None]]:
    """Each field of a message: its number, where it stands, and its value where it is a number."""
    while at < end:
        tag, at = _varint(raw, at)
        field, wire = tag >> 3, tag & 7
        if wire == 0:
            value, stop = _varint(raw, at)
            yield field, at, stop, value
        elif wire == 2:
            size, at = _varint(raw, at)
            stop = at + size
            yield field, at, stop, None
        else:
            stop = at + (8 if wire == 1 else 4)
            yield field, at, stop, None
        at = stop


def put_tensors(raw: bytes, changed: Mapping[str, NDArray[Any]]) -> bytes:
    """A model with some tensors in place of its own, of the same shape and kind.

    Raises:
        ValueError: a tensor is not one of the model's, or has another shape or kind.
    """
    tensors = list_tensors(raw)
    patched = bytearray(raw)
    for name, value in changed.items():
        tensor = tensors.get(name)
        wanted = {_FLOAT: "<f4", _WHOLE: "|i1"}.get(tensor.kind) if tensor else None
        if tensor is None or tensor.shape != value.shape or value.dtype.str != wanted:
            raise ValueError(f"the encoder has no such tensor {name}")
        patched[tensor.start : tensor.end] = value.tobytes()
    return bytes(patched)


def add_output(raw: bytes, after_layer: int) -> tuple[bytes, str]:
    """A model that also gives out what one of its layers makes, and that output's name.

    Messages of a protocol buffer that stand in a file twice are merged, so the output is appended.
    """
    name = f"layer_norm_{2 * after_layer}" if after_layer else "layer_norm"
    kind = _wrap(1, bytes([_FLOAT_FIELD, _FLOAT]))
    output = _wrap(1, name.encode()) + _wrap(2, kind)
    return raw + _wrap(_GRAPH, _wrap(_OUTPUT, output)), name


def _wrap(field: int, body: bytes) -> bytes:
    """A field of a message, short enough for its length to be one byte."""
    return bytes([field << 3 | 2, len(body)]) + body


def layer_tensors(layer: int) -> dict[str, str]:
    """By what they are, the names of a layer's tensors ("query.weight" is a whole-number one)."""
    place = f"inner.encoder.layer.{layer}."
    names: dict[str, str] = {}
    for what, number in zip(_MATRICES, _NUMBERS[layer], strict=True):
        names[f"{what}.weight"] = f"val_{number}"
        names[f"{what}.bias"] = f"{place}{_BIAS[what]}.bias"
    for what, norm in _NORM.items():
        names[f"{what}.weight"] = f"{place}{norm}.weight"
        names[f"{what}.bias"] = f"{place}{norm}.bias"
    return names


class Weights:
    """An encoder's weights as plain numbers.

    Args:
        raw: the model's bytes.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._tensors = list_tensors(raw)

    def read(self, name: str) -> NDArray[np.float32]:
        """One tensor; those kept as whole numbers are multiplied out."""
        import numpy as np

        if name in self._tensors:
            tensor = self._tensors[name]
            kind = "<f4" if tensor.kind == _FLOAT else "|i1"
            held = np.frombuffer(self._raw, kind, offset=tensor.start, count=_count(tensor.shape))
            return held.reshape(tensor.shape).astype(np.float32)
        return np.asarray(self.read(f"{name}_q") * self.read(f"{name}_scale"), np.float32)

    def layer(self, number: int) -> dict[str, NDArray[np.float32]]:
        """The weights of one layer, by what they are."""
        return {what: self.read(name) for what, name in layer_tensors(number).items()}


def round_layer(number: int, weights: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[Any]]:
    """A layer's weights as the file keeps them: matrices in whole numbers and a scale a column."""
    import numpy as np

    kept: dict[str, NDArray[Any]] = {}
    for what, name in layer_tensors(number).items():
        value = weights[what]
        if name.startswith("val_"):
            scale = np.maximum(np.abs(value).max(axis=0, keepdims=True), 1e-8) / np.float32(127)
            kept[f"{name}_q"] = np.clip(np.rint(value / scale), -127, 127).astype(np.int8)
            kept[f"{name}_scale"] = scale.astype(np.float32)
        else:
            kept[name] = np.asarray(value, np.float32)
    return kept


@lru_cache(maxsize=64)
def _count(shape: tuple[int, ...]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total
