"""Passages that may need the study's own safeguarding protocol: shown to the lead, and to nobody else.

Nothing here is a coding: prompts stand in no table, no report and no review. Kept are who has looked at
one, and in the study's cache where they are, never their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.flow.prompt_places import IMAGINED, NOW, PAST, PromptPlace, find_places, load_cues
from themecode.model import Span

if TYPE_CHECKING:
    from themecode.store import Study
    from themecode.store.protecting import Look

#: Said wherever prompts are shown.
WORDING = (
    "These are prompts to read a passage, not judgements about anybody. A machine hears words, not "
    "people: it misses much and mistakes much. Please follow your study's own safeguarding protocol."
)
#: What a passage speaks of: what the lead reads first comes first.
_ORDER = (NOW, IMAGINED, PAST)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A passage that may need the study's safeguarding protocol.

    Args:
        id: from the turn and the concern, so that it outlives a name that is replaced.
        concern: what it may be about.
        speaks_of: now, the past, or an imagined case, as far as a machine can tell.
        words: the passage.
        evidence: the words that were heard.
        looks: who has looked at it, oldest first.
    """

    id: str
    transcript_id: str
    turn: int
    speaker: str
    concern: str
    speaks_of: str
    words: str
    evidence: tuple[str, ...]
    looks: tuple[Look, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether nobody has looked at it yet."""
        return not self.looks


def find_prompts(study: Study) -> tuple[Prompt, ...]:
    """Every prompt of a study, those nobody has looked at and that may be about now first."""
    looks: dict[str, list[Look]] = {}
    for look in study.looks():
        looks.setdefault(look.prompt_id, []).append(look)
    prompts = list(_read_prompts(study, find_places(study), looks))
    prompts.sort(
        key=lambda each: (
            not each.waits,
            _ORDER.index(each.speaks_of),
            each.transcript_id,
            each.turn,
        )
    )
    return tuple(prompts)


def count_waiting(study: Study) -> int:
    """How many prompts wait for somebody to look, without those of the past or imagined."""
    looked = {look.prompt_id for look in study.looks()}
    return sum(
        place.prompt_id not in looked and place.speaks_of == NOW for place in find_places(study)
    )


def keep_prompts(study: Study) -> None:
    """Listen to the transcripts nobody has listened to yet, so that no later command has to wait."""
    if study.folder is not None:  # else there is nowhere to keep them
        find_places(study)


def _read_prompts(
    study: Study, places: Sequence[PromptPlace], looks: Mapping[str, Sequence[Look]]
) -> Iterator[Prompt]:
    if not places:
        return
    held = {each.id: each for each in study.transcripts(sorted({p.transcript_id for p in places}))}
    names = {code.id: code.name for code in load_cues().codes}
    for place in places:
        transcript = held[place.transcript_id]
        said = next(each for each in transcript.turns if each.number == place.turn)
        yield Prompt(
            place.prompt_id,
            transcript.id,
            place.turn,
            said.speaker,
            names[place.concern],
            place.speaks_of,
            Span(place.start, place.end).of(transcript.text),
            tuple(Span(first, last).of(transcript.text) for first, last in place.heard),
            tuple(looks.get(place.prompt_id, ())),
        )


def look_at(study: Study, prompt_id: str, *, looked_by: str, note: str) -> Prompt:
    """Keep that a named person has looked at a prompt; what she did about it stands elsewhere.

    Args:
        study: the study.
        prompt_id: or its beginning, as long as it is the only one that begins so.
        looked_by: her name.
        note: a word about where it was followed up. Holds no details.

    Raises:
        ThemecodeError: there is no such prompt, or more than one.
    """
    found = [each for each in find_prompts(study) if each.id.startswith(prompt_id)]
    if len(found) != 1:
        raise ThemecodeError(
            f"{'No prompt begins' if not found else 'More than one prompt begins'} with "
            f"“{prompt_id}”. `themecode safeguarding` lists them with their numbers."
        )
    study.add_look(found[0].id, looked_by=looked_by, note=note)
    return found[0]
