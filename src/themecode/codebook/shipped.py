"""The codebooks and sample transcripts that come with the package."""

from __future__ import annotations

from pathlib import Path

from themecode.errors import ThemecodeError

_PACKAGE = Path(__file__).resolve().parent.parent


def find_shipped(folder: str) -> Path | None:
    """The place of a folder that ships with themecode: in the package, or in its checkout."""
    for place in (_PACKAGE / folder, _PACKAGE.parent.parent / folder):
        if place.is_dir():
            return place
    return None


def list_shipped_codebooks() -> tuple[Path, ...]:
    """The codebooks that ship with themecode, by name."""
    place = find_shipped("codebooks")
    return tuple(sorted(place.glob("*.yaml"))) if place else ()


def find_codebook(name: str) -> Path:
    """The file a researcher means by a path, or by the name of a codebook that ships.

    Raises:
        ThemecodeError: there is neither.
    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = {codebook.stem: codebook for codebook in list_shipped_codebooks()}
    if name in shipped:
        return shipped[name]
    known = ", ".join(shipped)
    raise ThemecodeError(
        f"There is no codebook {name}. Give the path of a .yaml file, or the name of one that comes "
        f"with themecode: {known}."
    )
