"""Numbers in prose, wherever a researcher reads them."""

from __future__ import annotations


def number_of(number: int, thing: str, things: str | None = None) -> str:
    """A number and what it counts: "1 turn", "2,300 turns", "1 person"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
