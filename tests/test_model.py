"""The records' own promises: a fingerprint is of the parts, each of them, wherever they are parted."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from themecode.model import hash_words

PARTS = st.lists(st.one_of(st.text(max_size=6), st.text(min_size=120, max_size=140)), max_size=30)


def _as_written_down(*parts: str) -> str:
    """Each part's length in eight bytes, then the part: studies hold fingerprints made so."""
    hashed = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        hashed.update(len(raw).to_bytes(8, "big") + raw)
    return hashed.hexdigest()


@given(PARTS)
def test_a_fingerprint_is_what_studies_hold(parts: list[str]) -> None:
    assert hash_words(*parts) == _as_written_down(*parts)


@given(PARTS, st.integers(min_value=0, max_value=400))
def test_many_short_parts_are_marked_out_one_by_one(parts: list[str], number: int) -> None:
    short = [f"{at}:{number}:None:P01" for at in range(number)]
    assert hash_words("a text", *short, *parts) == _as_written_down("a text", *short, *parts)
