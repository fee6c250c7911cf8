"""How a researcher asked for files to be read, remembered by the study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from themecode.model import Consent, Participant, ParticipantRow

if TYPE_CHECKING:
    from themecode.store import Study


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How the researcher asked for files to be read.

    What is not said is as it was said the last time: a study remembers.

    Args:
        participants: the rows of the participants file. Empty: as before.
        interviewers: labels of interviewers, beyond those that show themselves and those named
            before.
        text_column: of a survey sheet. None: as before, or `text`.
        replace: whether a changed transcript takes the place of the one the study holds.
        not_interviewers: labels named as interviewers' before, by mistake.
    """

    participants: tuple[ParticipantRow, ...] = ()
    interviewers: tuple[str, ...] = ()
    text_column: str | None = None
    replace: bool = False
    not_interviewers: tuple[str, ...] = ()


def recall_options(study: Study, given: ReadingOptions) -> ReadingOptions:
    """The options as given, and as they were given before where they are not; kept for next time."""
    kept = study.reading_options() or {}
    rows = given.participants or tuple(_read_row(row) for row in kept.get("participants", ()))
    withdrawn = study.marker()
    rows = tuple(row for row in rows if not withdrawn.is_withdrawn(row.participant.id))
    mistaken = {label.casefold() for label in given.not_interviewers}
    named = {*given.interviewers, *kept.get("interviewers", ())}
    options = ReadingOptions(
        participants=rows,
        interviewers=tuple(sorted(label for label in named if label.casefold() not in mistaken)),
        text_column=given.text_column or kept.get("text_column"),
        replace=given.replace,
    )
    now = {
        "participants": [asdict(row) for row in options.participants],
        "interviewers": list(options.interviewers),
        "text_column": options.text_column,
    }
    if now != kept and (kept or any(now.values())):
        study.save_reading_options(now)
    return options


def _read_row(kept: Mapping[str, Any]) -> ParticipantRow:
    who = kept["participant"]
    consent = None if who["consent"] is None else Consent(who["consent"])
    return ParticipantRow(**{**kept, "participant": Participant(**{**who, "consent": consent})})
