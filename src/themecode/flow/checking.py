"""A study verified: every span against its words, every transcript against its hash, the log's chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.flow.coders import find_coder

if TYPE_CHECKING:
    from themecode.store import Study


@dataclass(frozen=True, slots=True)
class Checked:
    """What was verified and what was found wrong.

    Args:
        counts: what was read and found whole, by kind.
        faults: what is not as it was written, each in a sentence.
    """

    counts: dict[str, int]
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults


def check_study(study: Study) -> Checked:
    """Read everything a study holds; the store checks each span, hash and link as it is read."""
    counts: dict[str, int] = {}
    faults: list[str] = []
    everything: dict[str, Callable[[], Iterable[object]]] = {
        "transcripts": study.transcripts,
        "codings": lambda: study.codings(machine=find_coder(study).name),
        "decisions": study.decisions,
        "memos": study.memos,
        "log entries": study.log,
    }
    for kind, read in everything.items():
        try:
            counts[kind] = sum(1 for _ in read())
        except ThemecodeError as error:
            faults.append(str(error))
    return Checked(counts, tuple(faults))
