"""What may tell who somebody is: the records that finders give and people decide about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from themecode.model import Span

#: Said wherever candidates are shown.
NO_GUARANTEE = (
    "This is not a guarantee. No tool finds every name, and a story can tell who somebody is "
    "without one. Read each transcript through before anything leaves the study."
)


class Kind(StrEnum):
    """What a candidate seems to be."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    ADDRESS = "address"
    POSTCODE = "postcode"
    TELEPHONE = "telephone"
    EMAIL = "e-mail"
    WEB = "web address"
    HANDLE = "social media name"
    NHS = "NHS number"
    NINO = "National Insurance number"
    PRISON = "prison number"
    PLATE = "vehicle plate"
    CASE = "case number"
    DATE = "date"
    AGE = "age"
    NUMBER = "number"
    UNKNOWN = "unknown word"


#: Kinds that find a person on their own; the others do so together, or with local knowledge.
DIRECT = frozenset(Kind) - {Kind.PLACE, Kind.ORGANISATION, Kind.AGE, Kind.NUMBER, Kind.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Hit:
    """What one finder found.

    Args:
        start: in the words that were searched.
        end: half-open.
        kind: what it seems to be.
        finder: which finder, in words a researcher reads.
        rank: how telling the finder is of the kind: the highest names a candidate that several found.
    """

    start: int
    end: int
    kind: Kind
    finder: str
    rank: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words that may tell who somebody is, for a person to decide about.

    Args:
        span: in the words that were searched.
        kind: what it seems to be.
        finders: every finder that found some of it, the most telling first.
    """

    span: Span
    kind: Kind
    finders: tuple[str, ...]

    def shift(self, by: int) -> Candidate:
        """The same candidate counted from another beginning."""
        return Candidate(self.span.shift(by), self.kind, self.finders)


def join_hits(hits: Iterable[Hit]) -> tuple[Candidate, ...]:
    """Hits that share words, joined into one candidate each, in order."""
    joined: list[list[Hit]] = []
    end = -1
    for hit in sorted(hits, key=lambda each: (each.start, -each.end)):
        if joined and hit.start < end:
            joined[-1].append(hit)
            end = max(end, hit.end)
        else:
            joined.append([hit])
            end = hit.end
    return tuple(_join(group) for group in joined)


def _join(hits: list[Hit]) -> Candidate:
    best = sorted(hits, key=lambda hit: (-hit.rank, -(hit.end - hit.start), hit.finder))
    span = Span(min(hit.start for hit in hits), max(hit.end for hit in hits))
    return Candidate(span, best[0].kind, tuple(dict.fromkeys(hit.finder for hit in best)))
