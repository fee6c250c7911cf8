"""The anchors of a codebook's cues, kept in the study: choosing them takes longer than one transcript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from themecode import __version__
from themecode.flow.cache import read_cached, write_cached
from themecode.model import Code, Codebook, hash_words
from themecode.suggest.coder import CODER
from themecode.suggest.listen import Anchors, anchor_cues

if TYPE_CHECKING:
    from themecode.store import Study

#: What the cache calls those of the study's codebook.
ANCHORS = "anchors"
#: How they are chosen and written; another number, and kept ones are not used.
_MADE = "2"


def find_anchors(
    study: Study, codes: Sequence[Code], codebook: Codebook, *, name: str = ANCHORS
) -> Anchors:
    """The anchors of the cues of these codes, as kept from an earlier run where there are any.

    Args:
        study: where they are kept.
        codes: of the codebook.
        codebook: whose word lists the cues use.
        name: what the cache calls them.
    """
    made_from = hash_words(__version__, CODER, _MADE, *(code.sha256 for code in codes))
    kept: Anchors | None = read_cached(study.folder, name, made_from=made_from)
    if kept is None:
        kept = anchor_cues(codes, codebook)
        write_cached(study.folder, name, kept, made_from=made_from)
    return kept
