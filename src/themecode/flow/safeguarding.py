"""Passages that may need the study's own safeguarding protocol: shown to the lead, and to nobody else.

Nothing here is a coding: prompts stand in no table, no report and no review. Kept are who has looked at
one, and in the study's cache where they are, never their words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from themecode.errors import ThemecodeError
from themecode.flow.cache import read_cached, write_cached
from themecode.model import Codebook, Coding, Span, Transcript, TurnKind, hash_file, hash_words

if TYPE_CHECKING:
    from themecode.store import Study
    from themecode.store.protecting import Look
    from themecode.suggest.listen import Anchors

#: Said wherever prompts are shown.
WORDING = (
    "These are prompts to read a passage, not judgements about anybody. A machine hears words, not "
    "people: it misses much and mistakes much. Please follow your study's own safeguarding protocol."
)
#: Where a passage speaks of: what the lead reads first comes first.
NOW, PAST, IMAGINED = "now, or not said when", "the past", "an imagined case"
_ORDER = (NOW, IMAGINED, PAST)
#: One fair cue is enough: to miss one costs more than to read one for nothing.
LEAST = 0.25
_CUES = Path(__file__).with_name("safeguarding.yaml")
_KEPT = "safeguarding"
_VERSION = "2"


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


@cache
def load_cues() -> Codebook:
    """What is listened for."""
    from themecode.codebook import read_codebook

    codebook, problems = read_codebook(_CUES)
    if codebook is None or any(problem.blocks for problem in problems):
        raise ValueError("; ".join(str(problem) for problem in problems))
    return codebook


def find_prompts(study: Study) -> tuple[Prompt, ...]:
    """Every prompt of a study, those nobody has looked at and that may be about now first."""
    looks: dict[str, list[Look]] = {}
    for look in study.looks():
        looks.setdefault(look.prompt_id, []).append(look)
    prompts = list(_read_prompts(study, _find_places(study), looks))
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
        place.prompt_id not in looked and place.speaks_of == NOW for place in _find_places(study)
    )


class _Place(NamedTuple):
    """Where a prompt is, as the cache keeps it."""

    prompt_id: str
    transcript_id: str
    turn: int
    start: int
    end: int
    concern: str
    speaks_of: str
    heard: list[list[int]]


def keep_prompts(study: Study) -> None:
    """Listen to the transcripts nobody has listened to yet, so that no later command has to wait."""
    if study.folder is not None:  # else there is nowhere to keep them
        _find_places(study)


def _find_places(study: Study) -> list[_Place]:
    """Where the prompts are, kept for each transcript as it is: only a new or changed one is heard.

    The cache says where, never what: the words are read from the study each time.
    """
    # The hash of the cues' codebook, which is only read where something has to be listened for.
    made_from = hash_words(_VERSION, hash_file(_CUES))
    kept = read_cached(study.folder, _KEPT, made_from=made_from) or {}
    hashes = study.transcript_hashes()
    held = {
        transcript_id: kept[transcript_id]
        for transcript_id, now in hashes.items()
        if transcript_id in kept and kept[transcript_id][0] == now
    }
    new = [transcript_id for transcript_id in hashes if transcript_id not in held]
    if new:
        from themecode.flow.anchors import find_anchors

        held |= {transcript_id: (hashes[transcript_id], []) for transcript_id in new}
        cues = load_cues()
        anchors = find_anchors(study, cues.codes, cues, name="safeguarding_anchors")
        for place in _listen(study.transcripts(new), anchors=anchors):
            held[place.transcript_id][1].append(place)
    if held != kept:
        write_cached(study.folder, _KEPT, held, made_from=made_from)
    return [_Place(*place) for transcript_id in hashes for place in held[transcript_id][1]]


def _listen(
    transcripts: Iterable[Transcript], *, anchors: Anchors | None = None
) -> Iterator[_Place]:
    from themecode.suggest.cues import suggest_codings
    from themecode.suggest.listen import Listener

    cues = load_cues()
    listener = Listener(cues.codes, cues, anchors=anchors)
    for transcript in transcripts:
        seen: Counter[tuple[int, str]] = Counter()
        for coding in suggest_codings(
            transcript,
            listener,
            codebook=cues,
            made_at=datetime(2000, 1, 1, tzinfo=UTC),
            kinds=(TurnKind.PARTICIPANT, TurnKind.SUPPORT),
        ):
            if (coding.confidence or 0) < LEAST:
                continue
            turn, concern = coding.segment.turn, coding.code_id
            seen[turn, concern] += 1
            # Not from the words: it must stay the same when names in them are replaced.
            place = f"{turn}:{concern}:{seen[turn, concern]}"
            yield _Place(
                hash_words(transcript.id, place)[:24],
                transcript.id,
                coding.segment.turn,
                coding.segment.span.start,
                coding.segment.span.end,
                coding.code_id,
                _speaks_of(coding),
                [[span.start, span.end] for item in coding.evidence for span in item.spans],
            )


def _speaks_of(coding: Coding) -> str:
    from themecode.language.heard import Heard
    from themecode.language.stance import is_past

    if all("imagined" in item.minded for item in coding.evidence):
        return IMAGINED
    heard = Heard.from_words(coding.segment.text)
    starts = [
        span.start - coding.segment.span.start
        for item in coding.evidence
        for span in item.spans[:1]
    ]
    tokens = [
        next((at for at, edge in enumerate(heard.edges) if edge[1] > start), 0) for start in starts
    ]
    if heard.tokens and tokens and all(is_past(heard, token) for token in tokens):
        return PAST
    return NOW


def _read_prompts(
    study: Study, places: Sequence[_Place], looks: Mapping[str, Sequence[Look]]
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
