"""What the participants file says of people who answered a survey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from themecode.model import Consent, Participant, ParticipantRow, Problem

if TYPE_CHECKING:
    from themecode.store import Study

#: From the freest to the strictest; nothing said is no leave.
_STRICTER = (Consent.QUOTE, Consent.PARAPHRASE, Consent.NONE)


def describe_respondents(study: Study, rows: Sequence[ParticipantRow]) -> list[Problem]:
    """Give a survey's respondents what the participants file says of them under their own id.

    A survey called answers has the respondent "answers:R07", whom the file calls R07. What the file
    says stands over the survey's own columns, but consent is the stricter of the two. An id that speaks
    in a transcript is that speaker's, and a row that names another transcript is of that one.
    """
    if not rows:
        return []
    speaking, held = study.speaking_participants(), study.participants()
    respondents = [each for each in held if ":" in each and each in speaking]
    listed = {row.participant.id: row for row in rows if row.participant.id not in speaking}
    told: list[Problem] = []
    changed: list[Participant] = []
    for who in respondents:
        stem, _, response = who.partition(":")
        row = listed.get(response)
        if row is None or row.transcript_id not in (None, "", stem, who):
            continue
        own, said = held[who], row.participant
        consents = [each for each in (own.consent, said.consent) if each is not None]
        consent = max(consents, key=_STRICTER.index, default=None)
        if said.consent is not None and consent is not said.consent:
            message = (
                f"{response} agreed to less in the survey, or in this file before: consent stays "
                f"“{consent}”."
            )
            told.append(Problem("the participants file", row.line, message, blocks=False))
        now = Participant(
            who, said.role or own.role, {**own.attributes, **said.attributes}, consent
        )
        if now != own:
            changed.append(now)
    if changed:
        study.save_participants(changed, after=True)
    return told
