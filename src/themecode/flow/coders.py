"""Which machine codes a study: a trained model where there is one, or cues alone.

The choice, and the model, are kept in the study, so that every command counts the same codings.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.model import Codebook, Problem
from themecode.settle import Thresholds
from themecode.store.records import Machine
from themecode.suggest.coder import CODER

if TYPE_CHECKING:
    from themecode.store import Study
    from themecode.suggest.learned_model import LearnedModel

#: Why a machine is in force.
BY_CODEBOOK, NO_MEANING, BY_STUDY = "codebook", "no meaning", "study"


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
    machine = study.machine_in_force()
    if machine is None:
        return CoderInForce(CODER, Thresholds())
    return CoderInForce(machine.coder, Thresholds(by_code=machine.suggested))


def find_model(study: Study) -> LearnedModel | None:
    """The trained model in force, as the study keeps it. None: cues alone.

    Raises:
        ThemecodeError: what is kept is not a model this themecode can use.
    """
    from themecode.suggest.learned_model import read_model_bytes

    machine = study.machine_in_force()
    if machine is None or machine.model_sha256 is None:
        return None
    raw = study.model_file(machine.model_sha256)
    if raw is None:
        return None
    return read_model_bytes(raw, where="The study's model")


def settle_model(
    study: Study, codebook: Codebook, *, named: Path | None, meaning: bool
) -> tuple[LearnedModel | None, tuple[Problem, ...]]:
    """The model to code with, put in force; None where cues are to code alone.

    Args:
        study: held by its lock.
        codebook: the one in force.
        named: the codebook's file, where one was named; a model beside it is used. None: the study
            codes as it did.
        meaning: whether a model is wanted at all.

    Raises:
        ThemecodeError: there is a model and it, or the encoder, cannot be used.
    """
    from themecode.suggest.learned_model import find_model_beside, list_unknown, read_model_bytes

    in_force = study.machine_in_force()
    if not meaning:
        if in_force is not None:
            study.save_machine(Machine(CODER, why=NO_MEANING))
        return None, ()
    model = None
    beside = find_model_beside(named) if named is not None else None
    if beside is not None and beside.is_file():
        if in_force is None or in_force.why != BY_STUDY:
            raw = _read(beside)
            model = read_model_bytes(raw, where=f"The model {beside}")
            put_in_force(study, model, raw, why=BY_CODEBOOK)
        else:
            model = find_model(study)
    elif in_force is not None:
        model = find_model(study)
    if model is None:
        return None, ()
    from themecode.language.encoder import check_model

    check_model()
    unknown = list_unknown(model, codebook)
    if not unknown:
        return model, ()
    some = f"{', '.join(unknown[:3])}{f' and {len(unknown) - 3} more' if len(unknown) > 3 else ''}"
    if len(unknown) == len(codebook.codes):
        study.save_machine(Machine(CODER))
        told = "the model was made for other codes, so cues code alone"
        model = None
    else:
        told = (
            f"what these codes say has changed since the model was made, so cues code them: {some}"
        )
    path = str(named or "codebook.yaml")
    note = f"{told}. `themecode codebook train` makes a model anew."
    return model, (Problem(path, None, note, blocks=False),)


def put_in_force(study: Study, model: LearnedModel, raw: bytes, *, why: str) -> None:
    """Let a model code the study from now on."""
    from themecode.suggest.learned_model import name_coder

    suggested = [round(float(value), 4) for value in model.suggested]
    machine = Machine(
        name_coder(model), dict(zip(model.code_ids, suggested, strict=True)), model.sha256, why
    )
    study.save_machine(machine, raw)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ThemecodeError(
            f"The model {path} cannot be read. `--no-meaning` codes with cues alone."
        ) from error
