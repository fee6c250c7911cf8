"""A study begun: its folder, a codebook, and invented transcripts for whoever wants to try first."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from themecode.codebook import find_codebook, find_shipped
from themecode.errors import ThemecodeError
from themecode.flow.codebooks import CODEBOOK_NAME, settle_codebook
from themecode.flow.coders import settle_model
from themecode.model import Codebook
from themecode.store import open_study

SAMPLE = "transcripts_sample"
SAMPLE_CODEBOOK = "women_in_treatment"


@dataclass(frozen=True, slots=True)
class Begun:
    """A study that has just been made.

    Args:
        codebook: None where none was named.
        transcripts: the folder of invented transcripts. None where none were asked for.
    """

    folder: Path
    codebook: Codebook | None
    codebook_path: Path
    transcripts: Path | None


def begin_study(folder: Path, *, codebook_name: str | None = None, example: bool = False) -> Begun:
    """Make a study.

    Args:
        folder: must not hold a study yet.
        codebook_name: a path, or the name of a codebook that ships. None: none yet.
        example: lay out the invented sample transcripts and their codebook.

    Raises:
        ThemecodeError: there is a study already, or the codebook has problems.
    """
    if (folder / "study.db").exists():
        raise ThemecodeError(
            f"There is a study in {folder} already. Name another folder with `--study`."
        )
    if example and codebook_name is None:
        codebook_name = SAMPLE_CODEBOOK
    codebook = None
    with open_study(folder, create=True) as study, study.lock():
        if codebook_name is not None:
            codebook, _ = settle_codebook(study, codebook_name)
            # So that `apply` codes as it would with the codebook named; it says what it cannot use.
            with suppress(ThemecodeError):
                settle_model(study, codebook, named=find_codebook(codebook_name), meaning=True)
    transcripts = copy_sample(folder / SAMPLE) if example else None
    return Begun(folder, codebook, folder / CODEBOOK_NAME, transcripts)


def copy_sample(folder: Path) -> Path:
    """Copy the invented transcripts that ship with themecode; files that are there stay.

    Raises:
        ThemecodeError: they did not come with this installation.
    """
    shipped = find_shipped(SAMPLE)
    if shipped is None:
        raise ThemecodeError(
            "The invented transcripts are missing from this installation: install it again."
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for source in sorted(shipped.iterdir()):
            if source.is_file() and not (folder / source.name).exists():
                shutil.copyfile(source, folder / source.name)
                (folder / source.name).chmod(0o600)
    except OSError as error:
        raise ThemecodeError(
            f"The invented transcripts could not be copied to {folder} ({error.strerror}). "
            "See that there is room and that you may write there, then begin again in another folder."
        ) from error
    return folder
