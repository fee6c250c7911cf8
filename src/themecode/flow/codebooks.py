"""Which codebook a study is coded with."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.codebook import find_codebook
from themecode.errors import ThemecodeError
from themecode.exports.files import write_atomically
from themecode.model import Codebook, Problem

if TYPE_CHECKING:
    from themecode.store import Study

#: The study's own copy of its codebook, which the researcher may edit.
CODEBOOK_NAME = "codebook.yaml"


class FaultyCodebook(ThemecodeError):
    """A codebook with problems that must be mended before anything is coded with it."""

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            f"The codebook {path} cannot be used yet. Mend these, then run this again."
        )
        self.problems = problems


def load_codebook(path: Path) -> tuple[Codebook, bytes, tuple[Problem, ...]]:
    """A codebook file, read and checked, its bytes, and what to know about it.

    Raises:
        FaultyCodebook: it has problems that block it.
        ThemecodeError: it cannot be opened.
    """
    from themecode.codebook import parse_codebook
    from themecode.suggest.listen import check_cues

    raw = _read_bytes(path)
    codebook, problems = parse_codebook(raw, name=str(path))
    if codebook is not None:
        problems = (*problems, *check_cues(codebook, path=str(path)))
    if codebook is None or any(problem.blocks for problem in problems):
        raise FaultyCodebook(str(path), problems)
    return codebook, raw, problems


def settle_codebook(study: Study, name: str | None) -> tuple[Codebook, tuple[Problem, ...]]:
    """The codebook to code with, put in force: the one named, or else the study's own.

    A codebook the study has met is not parsed again. One that is named becomes the study's own:
    its file is copied to `codebook.yaml`, and the one it takes the place of stays in the store.

    Raises:
        FaultyCodebook: it has problems that block it.
        ThemecodeError: there is none.
    """
    own = study.folder / CODEBOOK_NAME if study.folder else None
    if name is not None:
        path = find_codebook(name)
    elif own is not None and own.is_file():
        path = own
    else:
        held = study.codebook_in_force()
        if held is None:
            raise ThemecodeError(
                "The study has no codebook yet. Name one with `--codebook FILE`; `themecode codebook list` "
                "shows those that come with themecode."
            )
        return held, ()
    raw = _read_bytes(path)
    known = study.codebook_with(sha256(raw).hexdigest())
    problems: tuple[Problem, ...] = ()
    if known is None:
        known, raw, problems = load_codebook(path)
    in_force = study.codebook_in_force()
    if in_force is None or in_force.sha256 != known.sha256:
        study.save_codebook(known, raw)
    if own is not None and path != own and (not own.is_file() or own.read_bytes() != raw):
        with write_atomically(own, mode="wb") as stream:
            stream.write(raw)
    return known, problems


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise ThemecodeError(f"The codebook {path} cannot be read: {reason}.") from error
