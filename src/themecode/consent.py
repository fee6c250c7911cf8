"""What each participant allowed, asked wherever her words would leave the study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from themecode.errors import ThemecodeError
from themecode.model import Consent, Participant, Span, Transcript, Turn

#: What stands in the place of words that may not be quoted.
HELD_BACK = "[held back: consent does not allow quoting]"
#: The same where there is little room.
_SHORT = "[held back]"

_NOT_QUOTED = frozenset({Consent.PARAPHRASE, Consent.NONE})
#: How a participants file says no to a question such as "archive".
_NO = frozenset({"no", "n", "false", "0", "none", "refused", "withheld"})


def may_quote(participant: Participant | None) -> bool:
    """Whether somebody's words may be quoted. Where nobody asked, the file says nothing: they may."""
    return participant is None or participant.consent not in _NOT_QUOTED


def may_keep(participant: Participant | None, what: str) -> bool:
    """Whether a participant allowed `archive` or `audio`: the column of that name does not say no."""
    if participant is None:
        return True
    for name, answer in participant.attributes.items():
        if name.strip().casefold() == what:
            return answer.strip().casefold() not in _NO
    return True


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What was kept out of an export for one participant's sake.

    Args:
        reason: as the list of what was held back says it.
        passages: how many.
    """

    participant_id: str
    reason: str
    passages: int


@dataclass(slots=True)
class Gate:
    """Stands where words leave the study: lets through what was allowed, and counts the rest.

    Args:
        participants: everyone who took part, by id.
        override: why what was held back is let through after all. None: it is not.
        archive: whether the export is for an archive, which needs its own consent.
    """

    participants: Mapping[str, Participant]
    override: str | None = None
    archive: bool = False
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.override is not None and len(self.override.split()) < 2:
            raise ThemecodeError(
                "Say in a few words why consent may be set aside this once, for example "
                '`--despite-consent "she agreed again by letter on 3 May"`. The reason is kept in '
                "the study."
            )

    def why_not(self, participant_id: str | None) -> str | None:
        """Why somebody's words stay in the study. None: they may leave it."""
        participant = self.participants.get(participant_id or "")
        if participant is None:
            return None
        if not may_quote(participant):
            return f"consent is {participant.consent}"
        if self.archive and not may_keep(participant, "archive"):
            return "did not agree to archiving"
        return None

    def lets_through(self, participant_id: str | None) -> bool:
        """Whether a passage may leave; counted where it may not."""
        reason = self.why_not(participant_id)
        if reason is None:
            return True
        key = (participant_id or "", reason)
        self._counts[key] = self._counts.get(key, 0) + 1
        return self.override is not None

    def words(self, participant_id: str | None, words: str) -> str:
        """The words, or what stands in their place."""
        return words if self.lets_through(participant_id) else HELD_BACK

    def turn_words(self, transcript: Transcript, turn: Turn) -> str:
        """The words of a turn, or what stands in their place."""
        return self.words(turn.participant_id, transcript.words_of(turn))

    def text(self, transcript: Transcript) -> str:
        """A transcript's text, held-back turns blanked at their length so that no span moves."""
        spans = [
            turn.span for turn in transcript.turns if not self.lets_through(turn.participant_id)
        ]
        return blank(transcript.text, spans, with_=HELD_BACK, short=_SHORT)

    @property
    def held_back(self) -> tuple[HeldBack, ...]:
        """What was met that may not leave, by participant; with an override, what left despite it."""
        return tuple(
            HeldBack(participant_id, reason, passages)
            for (participant_id, reason), passages in sorted(self._counts.items())
        )

    @property
    def passages_held_back(self) -> int:
        """How many passages that is."""
        return sum(self._counts.values())


def blank(text: str, spans: list[Span], *, with_: str, short: str) -> str:
    """A text with some stretches blanked: a marker and spaces, exactly as long as what stood there."""
    pieces, last = [], 0
    for span in sorted(spans):
        if span.end <= last:
            continue
        start = max(span.start, last)
        pieces += [text[last:start], fill(span.end - start, with_=with_, short=short)]
        last = span.end
    pieces.append(text[last:])
    return "".join(pieces)


def fill(length: int, *, with_: str, short: str) -> str:
    """A marker of exactly `length` code points: the long one, the short one, or dashes."""
    for marker in (with_, short):
        if len(marker) <= length:
            return marker.ljust(length)
    return "—" * length
