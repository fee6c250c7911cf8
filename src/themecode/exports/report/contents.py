"""What a report is written from: the study's figures and words, gathered beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from themecode.exports.report.figures import FiguresTable
from themecode.exports.report.quotes import PlannedQuote
from themecode.model import Codebook

if TYPE_CHECKING:
    from themecode.exports.pictures.drawing import Picture
    from themecode.matrices.framework import FrameworkMatrix


@dataclass(frozen=True, slots=True)
class DataFacts:
    """How the data were made, in numbers.

    Args:
        kinds: transcripts of each kind, by its name.
        roles: participants of each role or source, in order.
        words: said by participants.
        coders: who put codes on passages, each with how many codings count.
        reviewers: who decided, each with how many decisions.
        statuses: codings by where they stand.
        stale: codings made under an earlier definition.
        consent: participants by what they agreed to.
        versions: of the codebook, those the codings were made with.
        agreement: between whom, with the figures. Empty: not measured.
    """

    kinds: Mapping[str, int]
    roles: Sequence[tuple[str, int]]
    participants: int
    words: int
    turns: int
    coders: Sequence[tuple[str, int]]
    reviewers: Sequence[tuple[str, int]]
    statuses: Mapping[str, int]
    stale: int
    consent: Mapping[str, int]
    versions: Sequence[str]
    agreement: Sequence[FiguresTable] = ()


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """One theme's chapter.

    Args:
        people: who spoke of it, out of everyone.
        groups: group, people of it who spoke of it (None: kept back), people of it.
        reading: what triangulation says.
        codes: code id, people, codings, transcripts.
        held_back: passages that consent keeps from being quoted.
    """

    theme_id: str
    people: int
    codings: int
    groups: Sequence[tuple[str, int | None, int]]
    reading: str
    codes: Sequence[tuple[str, int, int, int]]
    held_back: int = 0


@dataclass(frozen=True, slots=True)
class AuditMemo:
    """A memo as the audit trail shows it; `text` empty where it may repeat words held back."""

    made_at: datetime
    author: str
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportContents:
    """Everything a report says.

    Args:
        made_on: the day the study last changed, so that the same study gives the same report.
        signed: how each participant's words are signed, by id.
        quotes: those to use, in order.
        planned: whether a researcher chose them.
        with_ids: whether every quote is signed with role and pseudonym.
        with_safe_ids: whether those are whose role enough people hold.
        kept_back: numbers of groups that too few people stand behind.
        fewest: how many must.
        pictures: by name, drawn and as PNG.
        log: at, who, what, counts.
    """

    title: str
    made_on: date
    software_version: str
    codebook: Codebook
    data: DataFacts
    themes: Sequence[ThemeFacts]
    prevalence: FiguresTable
    sources: FiguresTable
    kinds: FiguresTable
    saturation: FiguresTable
    saturation_said: str
    framework: FrameworkMatrix
    signed: Mapping[str, str]
    quotes: Sequence[PlannedQuote]
    planned: bool
    max_share: float
    with_ids: bool
    log: Sequence[tuple[datetime, str, str, Mapping[str, int]]]
    memos: Sequence[AuditMemo]
    with_safe_ids: bool = False
    kept_back: int = 0
    fewest: int = 3
    pictures: Mapping[str, tuple[Picture, bytes]] = field(default_factory=dict)
