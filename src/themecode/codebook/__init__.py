"""Codebooks: read, checked, found."""

from typing import TYPE_CHECKING

from themecode.codebook.shipped import find_codebook, find_shipped, list_shipped_codebooks

if TYPE_CHECKING:
    from themecode.codebook.read import parse_codebook, read_codebook

__all__ = [
    "find_codebook",
    "find_shipped",
    "list_shipped_codebooks",
    "parse_codebook",
    "read_codebook",
]


def __getattr__(name: str) -> object:
    """The reader, imported when a codebook is first read: a study keeps the one it has met."""
    if name in {"parse_codebook", "read_codebook"}:
        from themecode.codebook import read

        return getattr(read, name)
    raise AttributeError(name)
