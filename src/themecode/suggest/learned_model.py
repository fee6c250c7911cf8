"""What training made of a codebook: one small file beside it, tied to each code by what the code says."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode.errors import ThemecodeError
from themecode.model import Code, Codebook, hash_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What a model's file is called: the codebook's name with this in place of `.yaml`.
SUFFIX = ".model.npz"
#: Changes with anything that makes older files unreadable or their numbers mean something else.
FORMAT = 5
LARGEST_BYTES = 20_000_000
_TENSOR = "tensor:"
#: The machine's name as a coder; the number changes with anything but the model that can change a
#: suggestion, and the model's hash follows it.
METHOD = "themecode/meaning@1"


@dataclass(frozen=True, slots=True, eq=False)
class LearnedModel:
    """A trained model.

    Args:
        sha256: of its file.
        codebook_sha256: of the codebook it was made for.
        code_ids: in that codebook's order.
        code_meanings: of each code, the hash of what it says it is (`hash_meaning`).
        tensors: what was changed in the encoder. Empty: nothing was.
        head, offset: (384, n_codes + 1) and (n_codes + 1,): from a vector to a score for each code;
            the last says whether anything is carried at all.
        rarity: (PLACES,), of places of words.
        word_weights, word_scale, word_offset: (PLACES, n_codes + 1) whole numbers, and (n_codes + 1,).
        ways: how signals may be weighed: "together", or some of them alone, to tell what each adds.
        mixes, mix_offsets: (n_ways, n_signals) and (n_ways, n_codes): from signals to log-odds.
        ways_suggested: (n_ways,): from where on each way would suggest, for the same aim.
        carries: (4,): from "anything", the odds of any code and length to log-odds that a turn carries one.
        suggested, candidate: (n_codes,): how sure it must be for each code.
        example_vectors: (n_examples, 384), whole numbers; example_codes, example_places: (n_examples,),
            the place of each example's code in `code_ids`, and its place among the code's examples.
        facts: data, date, figures and limits, as the model card gives them.
    """

    sha256: str
    codebook_sha256: str
    code_ids: tuple[str, ...]
    code_meanings: tuple[str, ...]
    tensors: Mapping[str, NDArray[Any]]
    head: NDArray[Any]
    offset: NDArray[Any]
    rarity: NDArray[Any]
    word_weights: NDArray[Any]
    word_scale: NDArray[Any]
    word_offset: NDArray[Any]
    ways: tuple[str, ...]
    mixes: NDArray[Any]
    mix_offsets: NDArray[Any]
    ways_suggested: NDArray[Any]
    carries: NDArray[Any]
    suggested: NDArray[Any]
    candidate: NDArray[Any]
    example_vectors: NDArray[Any]
    example_codes: NDArray[Any]
    example_places: NDArray[Any]
    facts: Mapping[str, Any]


_ARRAYS = (
    "head", "offset", "rarity", "word_weights", "word_scale", "word_offset", "mixes", "mix_offsets",
    "ways_suggested", "carries", "suggested", "candidate", "example_vectors", "example_codes", "example_places",
)  # fmt: skip


def hash_meaning(code: Code) -> str:
    """A fingerprint of what a code says it is: its cues and examples may change, and it stays."""
    return hash_words(code.id, code.definition, code.include, code.exclude)


def name_coder(model: LearnedModel) -> str:
    """The machine's name as a coder with this model: another model makes other claims."""
    return f"{METHOD}.{model.sha256[:8]}"


def find_model_beside(codebook: Path) -> Path:
    """Where the model of a codebook's file is, or would be."""
    return codebook.with_name(codebook.stem + SUFFIX)


def list_unknown(model: LearnedModel, codebook: Codebook) -> tuple[str, ...]:
    """The codes of a codebook that a model does not know as they are now, in order."""
    known = dict(zip(model.code_ids, model.code_meanings, strict=True))
    return tuple(code.id for code in codebook.codes if known.get(code.id) != hash_meaning(code))


def pack_model(model: LearnedModel) -> bytes:
    """A model as the bytes of its file; the same model gives the same bytes."""
    import numpy as np

    about = {
        "format": FORMAT,
        "codebook_sha256": model.codebook_sha256,
        "code_ids": list(model.code_ids),
        "code_meanings": list(model.code_meanings),
        "ways": list(model.ways),
        "facts": dict(model.facts),
    }
    written = json.dumps(about, ensure_ascii=False, sort_keys=True).encode("utf-8")
    stream = io.BytesIO()
    arrays: dict[str, Any] = {name: getattr(model, name) for name in _ARRAYS}
    arrays |= {_TENSOR + name: value for name, value in sorted(model.tensors.items())}
    np.savez_compressed(stream, about=np.frombuffer(written, np.uint8), **arrays)
    return stream.getvalue()


def read_model_file(path: Path) -> LearnedModel:
    """A model from its file.

    Raises:
        ThemecodeError: it cannot be read, or is not a model this version knows.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_BYTES)
    except OSError as error:
        raise ThemecodeError(
            f"The model {path} cannot be read. `--no-meaning` codes with cues alone."
        ) from error
    return read_model_bytes(raw, where=str(path))


def read_model_bytes(raw: bytes, *, where: str) -> LearnedModel:
    """A model from the bytes of its file.

    Raises:
        ThemecodeError: they are not a model this version knows.
    """
    try:
        return unpack_model(raw)
    except Exception as error:  # whatever a damaged archive makes numpy and zipfile raise
        raise ThemecodeError(
            f"{where} is not a model that this themecode can use: make it again with `themecode codebook "
            "train`. Until then `--no-meaning` codes with cues alone."
        ) from error


def unpack_model(raw: bytes) -> LearnedModel:
    """A model from the bytes of its file; raises ValueError, KeyError or what numpy does."""
    import numpy as np

    with np.load(io.BytesIO(raw), allow_pickle=False) as held:
        about = json.loads(bytes(held["about"]).decode("utf-8"))
        if about["format"] != FORMAT:
            raise ValueError("another format")
        tensors = {
            name.removeprefix(_TENSOR): held[name]
            for name in held.files
            if name.startswith(_TENSOR)
        }
        return LearnedModel(
            sha256=sha256(raw).hexdigest(),
            codebook_sha256=str(about["codebook_sha256"]),
            code_ids=tuple(about["code_ids"]),
            code_meanings=tuple(about["code_meanings"]),
            ways=tuple(about["ways"]),
            tensors=tensors,
            facts=about["facts"],
            **{name: held[name] for name in _ARRAYS},
        )
