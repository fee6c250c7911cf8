"""A study's counted codings as a table that analysis can begin from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from themecode.model import COUNTED, Codebook, Participant, TranscriptKind, TurnKind
from themecode.settle import Settled

if TYPE_CHECKING:
    import pandas as pd

#: The columns of `StudyTable.codings` that are not attributes of participants.
CODING_COLUMNS = (
    "transcript", "kind", "turn", "start", "end", "words", "participant", "role", "theme", "code",
    "status", "coder",
)  # fmt: skip


@dataclass(frozen=True)
class StudyTable:
    """What matrices are made from.

    Args:
        codings: a row a counted code on a passage, (n_codings, columns): `CODING_COLUMNS`, then an
            attribute a column. `theme` and `code` are ids, ordered as the codebook is; `participant`
            is missing where no participant spoke.
        people: everyone who takes part, a row each, indexed by id: role, then attributes. What
            counts of people are out of.
        transcripts: a row each, indexed by id, in the order collected: kind, words, turns,
            passages (of participants alone).
        speaking: a row for each participant of each transcript: transcript, participant, words.
        codebook: the one in force.
        stale: codings counted whose code's definition has changed since.
    """

    codings: pd.DataFrame
    people: pd.DataFrame
    transcripts: pd.DataFrame
    speaking: pd.DataFrame
    codebook: Codebook
    stale: int = 0


@dataclass(frozen=True, slots=True)
class TranscriptFacts:
    """How much participants say in a transcript.

    Args:
        words: of participants, by participant; "" for those who are no participant the study knows.
        turns, passages: of participants.
    """

    kind: TranscriptKind
    words: Mapping[str, int]
    turns: int
    passages: int


def make_study_table(
    settled: Iterable[Settled],
    *,
    codebook: Codebook,
    participants: Mapping[str, Participant],
    transcripts: Mapping[str, TranscriptFacts],
) -> StudyTable:
    """The codings that count, with who said them, as tables.

    Args:
        settled: the codings as they stand.
        codebook: the one in force; codings whose code has left it are left out.
        participants: everyone who takes part, by id.
        transcripts: in the order collected.
    """
    import pandas as pd

    theme_of = {code.id: code.theme_id for code in codebook.codes}
    kinds = {each: facts.kind.value for each, facts in transcripts.items()}
    attributes = list(
        dict.fromkeys(name for who in participants.values() for name in who.attributes)
    )
    rows: list[tuple[Any, ...]] = []
    seen: set[tuple[str, int, int, str]] = set()
    stale = 0
    for each in settled:
        segment, code_id = each.coding.segment, each.code_id
        key = (segment.transcript_id, segment.span.start, segment.span.end, code_id)
        if each.status not in COUNTED or code_id not in theme_of or key in seen:
            continue
        seen.add(key)
        stale += each.stale
        who = participants.get(each.turn.participant_id or "")
        support = each.turn.kind is TurnKind.SUPPORT
        rows.append(
            (
                segment.transcript_id, kinds.get(segment.transcript_id, ""), segment.turn,
                segment.span.start, segment.span.end, len(segment.text.split()),
                each.turn.participant_id, (who.role if who and not support else None) or None,
                theme_of[code_id], code_id, each.status.value, each.coding.coder,
                *((who.attributes.get(name) or None) if who else None for name in attributes),
            )
        )  # fmt: skip
    codings = pd.DataFrame.from_records(rows, columns=[*CODING_COLUMNS, *attributes])
    codings["theme"] = pd.Categorical(codings["theme"], [theme.id for theme in codebook.themes])
    codings["code"] = pd.Categorical(codings["code"], [code.id for code in codebook.codes])
    people = pd.DataFrame.from_records(
        [
            (who.id, who.role or None, *(who.attributes.get(name) or None for name in attributes))
            for who in participants.values()
        ],
        columns=["participant", "role", *attributes],
    ).set_index("participant")
    table = pd.DataFrame.from_records(
        [
            (each, facts.kind.value, sum(facts.words.values()), facts.turns, facts.passages)
            for each, facts in transcripts.items()
        ],
        columns=["transcript", "kind", "words", "turns", "passages"],
    ).set_index("transcript")
    speaking = pd.DataFrame.from_records(
        [
            (each, who, count)
            for each, facts in transcripts.items()
            for who, count in facts.words.items()
            if who
        ],
        columns=["transcript", "participant", "words"],
    )
    return StudyTable(codings, people, table, speaking, codebook, stale)
