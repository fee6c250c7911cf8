"""Which machine codes a study: a codebook's trained model where there is one, or cues alone.

The choice is kept in the study (`coder.json`), so that every command counts the same codings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.exports.files import write_atomically
from themecode.model import Codebook, Problem
from themecode.settle import Thresholds
from themecode.suggest.cues import CODER

if TYPE_CHECKING:
    from themecode.store import Study
    from themecode.suggest.learned_model import LearnedModel

#: The study's own copy of the model, beside its codebook.
MODEL_NAME = "codebook.model.npz"
CHOICE = "coder.json"


@dataclass(frozen=True, slots=True)
class CoderInForce:
    """The machine whose codings count.

    Args:
        name: `themecode/<method>@<version>`.
        thresholds: how sure it must be.
    """

    name: str
    thresholds: Thresholds


def find_coder(study: Study) -> CoderInForce:
    """The machine that a study is coded by; cues alone where nothing else was chosen."""
    try:
        kept = json.loads(((study.folder or Path()) / CHOICE).read_text(encoding="utf-8"))
        if study.folder is not None:
            by_code = {str(code): float(value) for code, value in kept["suggested"].items()}
            return CoderInForce(str(kept["coder"]), Thresholds(by_code=by_code))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return CoderInForce(CODER, Thresholds())


def settle_model(
    study: Study, codebook: Codebook, *, beside: Path | None, meaning: bool
) -> tuple[LearnedModel | None, tuple[Problem, ...]]:
    """The model to code with, put in force; None where cues are to code alone.

    Args:
        study: held by its lock.
        codebook: the one in force.
        beside: the codebook's file, where one was named. None: the study's own.
        meaning: whether a model is wanted at all.

    Raises:
        ThemecodeError: there is a model and it, or the encoder, cannot be used.
    """
    from themecode.suggest.learned_model import (
        find_model_beside,
        fits_codebook,
        name_coder,
        read_model_file,
    )

    own = study.folder / MODEL_NAME if study.folder else None
    path = find_model_beside(beside) if beside is not None else own
    if own is None or path is None or not meaning or not path.is_file():
        _choose(study, CODER, {})
        return None, ()
    model = read_model_file(path)
    if not fits_codebook(model, codebook):
        _choose(study, CODER, {})
        told = (
            "the model was made for another version of the codebook, so cues code alone. "
            "`themecode codebook train` makes it anew."
        )
        return None, (Problem(str(path), None, told, blocks=False),)
    if path != own:
        raw = path.read_bytes()
        if not own.is_file() or own.read_bytes() != raw:
            with write_atomically(own, mode="wb") as stream:
                stream.write(raw)
    suggested = [round(float(value), 4) for value in model.suggested]
    _choose(study, name_coder(model), dict(zip(model.code_ids, suggested, strict=True)))
    return model, ()


def _choose(study: Study, coder: str, suggested: dict[str, float]) -> None:
    if study.folder is None:
        return
    path = study.folder / CHOICE
    text = json.dumps({"coder": coder, "suggested": suggested}, indent=1) + "\n"
    if coder == CODER and not path.is_file():
        return
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        with write_atomically(path) as stream:
            stream.write(text)
