"""Vectors of a study's sentences, kept so that the same words are not encoded twice.

A vector is not words, but it was made of them: a withdrawal erases them all (`erase_vectors`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode.exports.files import write_atomically
from themecode.flow.cache import CACHE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAME = "vectors.npz"
#: More than this is not kept: some sixty megabytes.
MOST_VECTORS = 40_000


def read_vectors(folder: Path | None, *, encoder: str) -> dict[bytes, NDArray[Any]]:
    """The vectors kept in a study, by the hash of their words, if this encoder made them."""
    import numpy as np

    if folder is None:
        return {}
    try:
        with np.load(folder / CACHE / _NAME, allow_pickle=False) as held:
            if str(held["encoder"]) != encoder:
                return {}
            keys, vectors = held["keys"], held["vectors"]
    except Exception:  # a cache that cannot be read is made anew  # noqa: BLE001
        return {}
    return {bytes(key): vector for key, vector in zip(keys, vectors, strict=True)}


def write_vectors(folder: Path | None, vectors: dict[bytes, NDArray[Any]], *, encoder: str) -> None:
    """Keep vectors in a study, in place of those before."""
    import numpy as np

    if folder is None or not vectors:
        return
    (folder / CACHE).mkdir(mode=0o700, exist_ok=True)
    kept = [*vectors.items()][:MOST_VECTORS]
    with write_atomically(folder / CACHE / _NAME, mode="wb") as stream:
        np.savez(
            stream,
            encoder=np.array(encoder),
            keys=np.array([np.frombuffer(key, np.uint8) for key, _ in kept]),
            vectors=np.array([vector for _, vector in kept], np.float32),
        )


def erase_vectors(folder: Path) -> None:
    """Forget every vector of a study."""
    (folder / CACHE / _NAME).unlink(missing_ok=True)
