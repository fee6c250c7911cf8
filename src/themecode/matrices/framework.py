"""The framework matrix: people in rows, themes in columns, in each cell their words and a summary.

The framework method (Ritchie and Spencer 1994, pp. 173-194): charting is the researcher's work. What
is proposed here are the quotes; the summaries are hers, and are never written over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from themecode.consent import may_quote
from themecode.model import COUNTED, Codebook, Participant, Status
from themecode.settle import Settled

#: Where a passage stands: its transcript, its start and its end.
Place = tuple[str, int, int]
#: What people agreed to is proposed before what only the machine suggests.
_RANK = {Status.CODED: 0, Status.ACCEPTED: 0, Status.RECODED: 0, Status.SUGGESTED: 1}


@dataclass(frozen=True, slots=True)
class FrameworkCell:
    """What a participant said of a theme.

    Args:
        quotes: the chosen ones, in the order spoken.
        passages: how many there are, quoted or not.
        held_back: how many of them consent does not allow to be quoted.
        summary: the researcher's own words; "" where she has written none.
        stale: how many of the passages are coded under a definition that has changed since.
    """

    quotes: tuple[str, ...] = ()
    passages: int = 0
    held_back: int = 0
    summary: str = ""
    stale: int = 0


@dataclass(frozen=True, slots=True)
class FrameworkMatrix:
    """Participants in rows, themes in columns.

    Args:
        cells: by participant and theme id; where there is none nothing was said.
        orphans: summaries of participants or themes that are no longer in the study, kept.
    """

    participants: tuple[Participant, ...]
    codebook: Codebook
    cells: Mapping[tuple[str, str], FrameworkCell]
    orphans: Mapping[tuple[str, str], str]


def make_framework(
    settled: Iterable[Settled],
    *,
    codebook: Codebook,
    participants: Mapping[str, Participant],
    summaries: Mapping[tuple[str, str], str],
    quotes: int = 2,
    chosen: Collection[Place] | None = None,
) -> FrameworkMatrix:
    """Chart a study.

    Args:
        settled: the codings as they stand.
        codebook: the one in force.
        participants: everyone who takes part, by id.
        summaries: what researchers have written, by participant and theme id.
        quotes: how many to propose for a cell.
        chosen: the passages that may be quoted here. None: any that consent allows.
    """
    theme_of = {code.id: code.theme_id for code in codebook.codes}
    said: dict[tuple[str, str], dict[Place, tuple[int, float, str]]] = {}
    stale: dict[tuple[str, str], set[Place]] = {}
    for each in settled:
        who, theme = each.turn.participant_id, theme_of.get(each.code_id)
        if each.status not in COUNTED or who is None or theme is None:
            continue
        segment, confidence = each.coding.segment, each.coding.confidence
        place = (segment.transcript_id, segment.span.start, segment.span.end)
        rank = (_RANK[each.status], -1.0 if confidence is None else -confidence, segment.text)
        held = said.setdefault((who, theme), {})
        held[place] = min(rank, held.get(place, rank))
        if each.stale:
            stale.setdefault((who, theme), set()).add(place)
    cells = {}
    for key, passages in said.items():
        participant = participants.get(key[0])
        quotable = may_quote(participant)
        wanted = [item for item in passages.items() if chosen is None or item[0] in chosen]
        best = sorted(wanted, key=lambda item: (item[1][:2], item[0]))[:quotes]
        texts = tuple(text for _, (_, _, text) in sorted(best, key=lambda item: item[0]))
        cells[key] = FrameworkCell(
            texts if quotable else (),
            len(passages),
            0 if quotable else len(passages),
            summaries.get(key, ""),
            len(stale.get(key, ())),
        )
    themes = {theme.id for theme in codebook.themes}
    orphans = {}
    for key, summary in summaries.items():
        if key[0] in participants and key[1] in themes:
            cells.setdefault(key, FrameworkCell(summary=summary))
        elif summary:
            orphans[key] = summary
    return FrameworkMatrix(tuple(participants.values()), codebook, cells, orphans)
