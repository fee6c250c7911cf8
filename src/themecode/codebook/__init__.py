"""Codebooks: read, checked, found."""

from themecode.codebook.read import parse_codebook, read_codebook
from themecode.codebook.shipped import find_codebook, find_shipped, list_shipped_codebooks

__all__ = [
    "find_codebook",
    "find_shipped",
    "list_shipped_codebooks",
    "parse_codebook",
    "read_codebook",
]
