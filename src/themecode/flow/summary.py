"""How a study stands, in numbers: what is in it, what was coded, and by how many people it was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from themecode.model import COUNTED, Codebook, Participant, Status
from themecode.settle import Settled


@dataclass(frozen=True, slots=True)
class Tally:
    """What was said under a theme or a code.

    Args:
        codings: that count; a passage with two codes of a theme counts twice under the theme.
        people: participants who said it.
        candidates: passages the machine is unsure of, in no count.
    """

    id: str
    name: str
    codings: int
    people: int
    candidates: int


@dataclass(frozen=True, slots=True)
class StudySummary:
    """A study in numbers.

    Args:
        transcripts: survey responses not among them.
        responses: survey responses.
        participants: everyone who speaks as one; what `people` is out of.
        statuses: codings by status.
    """

    transcripts: int
    responses: int
    turns: int
    words: int
    participants: int
    codings: int
    people: int
    themes: tuple[Tally, ...]
    codes: tuple[Tally, ...]
    statuses: Mapping[Status, int]
    stale: int


class Held(Protocol):
    """How much a study holds, as the store counts it."""

    @property
    def transcripts(self) -> int:
        """Survey responses among them."""
        ...

    @property
    def responses(self) -> int:
        """Responses to a survey."""
        ...

    @property
    def turns(self) -> int:
        """Turns."""
        ...

    @property
    def words(self) -> int:
        """Words, whoever said them."""
        ...


@dataclass(slots=True)
class SummaryCounter:
    """Counts codings as they go by, so that they need be read only once."""

    codebook: Codebook
    statuses: dict[Status, int] = field(default_factory=dict)
    stale: int = 0
    _seen: set[tuple[str, int, int, str]] = field(default_factory=set)
    _codings: dict[str, int] = field(default_factory=dict)
    _candidates: dict[str, int] = field(default_factory=dict)
    _people: dict[str, set[str]] = field(default_factory=dict)

    def count(self, settled: Iterable[Settled]) -> Iterable[Settled]:
        """Hand the codings on, counting each."""
        for each in settled:
            self.add(each)
            yield each

    def add(self, each: Settled) -> None:
        """Count one coding; two coders' claims that a code fits a segment are one."""
        self.statuses[each.status] = self.statuses.get(each.status, 0) + 1
        self.stale += each.stale
        span = each.coding.segment.span
        key = (each.coding.segment.transcript_id, span.start, span.end, each.code_id)
        if key in self._seen:
            return
        if each.status is Status.CANDIDATE:
            self._candidates[each.code_id] = self._candidates.get(each.code_id, 0) + 1
        if each.status not in COUNTED:
            return
        self._seen.add(key)
        self._codings[each.code_id] = self._codings.get(each.code_id, 0) + 1
        if each.turn.participant_id is not None:
            self._people.setdefault(each.code_id, set()).add(each.turn.participant_id)

    def summarise(self, held: Held, *, participants: Mapping[str, Participant]) -> StudySummary:
        """The summary of everything counted so far."""
        codes = tuple(self._tally(code.id, code.name, (code.id,)) for code in self.codebook.codes)
        themes = tuple(
            self._tally(theme.id, theme.name, tuple(code.id for code in theme.codes))
            for theme in self.codebook.themes
        )
        return StudySummary(
            transcripts=held.transcripts - held.responses,
            responses=held.responses,
            turns=held.turns,
            words=held.words,
            participants=len(participants),
            codings=sum(theme.codings for theme in themes),
            people=len(set().union(*self._people.values())),
            themes=themes,
            codes=codes,
            statuses=self.statuses,
            stale=self.stale,
        )

    def _tally(self, tally_id: str, name: str, code_ids: tuple[str, ...]) -> Tally:
        people = set().union(*(self._people.get(code_id, set()) for code_id in code_ids))
        return Tally(
            tally_id,
            name,
            sum(self._codings.get(code_id, 0) for code_id in code_ids),
            len(people),
            sum(self._candidates.get(code_id, 0) for code_id in code_ids),
        )


def read_summary(kept: Mapping[str, Any]) -> StudySummary:
    """A summary as `dataclasses.asdict` and JSON gave it."""
    return StudySummary(
        **{
            **kept,
            "themes": tuple(Tally(**theme) for theme in kept["themes"]),
            "codes": tuple(Tally(**code) for code in kept["codes"]),
            "statuses": {Status(status): number for status, number in kept["statuses"].items()},
        }
    )
