"""Where in the transcripts a safeguarding prompt stands: heard once a transcript, kept in the study's cache.

Kept is where, never what: the words are read from the study each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from themecode.flow.cache import read_cached, write_cached
from themecode.model import Codebook, Coding, Transcript, TurnKind, hash_file, hash_words

if TYPE_CHECKING:
    from themecode.store import Study
    from themecode.suggest.listen import Anchors, Listener

#: Where a passage speaks of.
NOW, PAST, IMAGINED = "now, or not said when", "the past", "an imagined case"
#: One fair cue is enough: to miss one costs more than to read one for nothing.
LEAST = 0.25
_CUES = Path(__file__).with_name("safeguarding.yaml")
_KEPT = "safeguarding"
_VERSION = "2"


class PromptPlace(NamedTuple):
    """Where a prompt is, as the cache keeps it."""

    prompt_id: str
    transcript_id: str
    turn: int
    start: int
    end: int
    concern: str
    speaks_of: str
    heard: list[list[int]]


@cache
def load_cues() -> Codebook:
    """What is listened for."""
    from themecode.codebook import read_codebook

    codebook, problems = read_codebook(_CUES)
    if codebook is None or any(problem.blocks for problem in problems):
        raise ValueError("; ".join(str(problem) for problem in problems))
    return codebook


@dataclass(frozen=True, slots=True)
class PromptListener:
    """Listens to transcripts for what may be a prompt.

    Args:
        cues: what is listened for.
        listener: ready to hear it.
    """

    cues: Codebook
    listener: Listener

    @classmethod
    def make(cls, cues: Codebook, anchors: Anchors | None = None) -> PromptListener:
        """One that is ready; `anchors` are those of the cues, where they are known."""
        from themecode.suggest.listen import Listener

        return cls(cues, Listener(cues.codes, cues, anchors=anchors))

    def hear(self, transcript: Transcript) -> list[PromptPlace]:
        """Where the prompts of a transcript are, in the order spoken."""
        from themecode.suggest.cues import suggest_codings

        places = []
        seen: Counter[tuple[int, str]] = Counter()
        for coding in suggest_codings(
            transcript,
            self.listener,
            codebook=self.cues,
            made_at=datetime(2000, 1, 1, tzinfo=UTC),
            kinds=(TurnKind.PARTICIPANT, TurnKind.SUPPORT),
        ):
            if (coding.confidence or 0) < LEAST:
                continue
            turn, concern = coding.segment.turn, coding.code_id
            seen[turn, concern] += 1
            # Not from the words: it must stay the same when names in them are replaced.
            place = f"{turn}:{concern}:{seen[turn, concern]}"
            places.append(
                PromptPlace(
                    hash_words(transcript.id, place)[:24],
                    transcript.id,
                    turn,
                    coding.segment.span.start,
                    coding.segment.span.end,
                    concern,
                    _speaks_of(coding),
                    [[span.start, span.end] for item in coding.evidence for span in item.spans],
                )
            )
        return places


def find_places(study: Study) -> list[PromptPlace]:
    """Where the prompts are, kept for each transcript as it is: only a new or changed one is heard."""
    held, hashes, kept = _read_held(study)
    new = [transcript_id for transcript_id in hashes if transcript_id not in held]
    if new:
        listener = PromptListener.make(load_cues(), find_prompt_anchors(study))
        heard = {each.id: listener.hear(each) for each in study.transcripts(new)}
        held |= {
            transcript_id: (hashes[transcript_id], heard[transcript_id]) for transcript_id in new
        }
    if held != kept:
        write_cached(study.folder, _KEPT, held, made_from=_made_from())
    return [PromptPlace(*place) for transcript_id in hashes for place in held[transcript_id][1]]


def find_unheard(study: Study) -> frozenset[str]:
    """The transcripts nobody has listened to as they are; none where there is nowhere to keep it."""
    if study.folder is None:
        return frozenset()
    held, hashes, _ = _read_held(study)
    return frozenset(hashes.keys() - held.keys())


def keep_heard(study: Study, heard: Mapping[str, Iterable[PromptPlace]]) -> None:
    """Keep what was heard in transcripts, by their ids, as they are in the study now."""
    held, hashes, _ = _read_held(study)
    held |= {each: (hashes[each], list(places)) for each, places in heard.items() if each in hashes}
    write_cached(study.folder, _KEPT, held, made_from=_made_from())


def find_prompt_anchors(study: Study) -> Anchors:
    """The anchors of what is listened for, kept in the study."""
    from themecode.flow.anchors import find_anchors

    cues = load_cues()
    return find_anchors(study, cues.codes, cues, name="safeguarding_anchors")


def _read_held(study: Study) -> tuple[dict[str, Any], Mapping[str, str], dict[str, Any]]:
    """What is kept of transcripts as they are, a hash of each of those, and all that is kept."""
    kept: dict[str, Any] = read_cached(study.folder, _KEPT, made_from=_made_from()) or {}
    hashes = study.transcript_hashes()
    held = {
        each: kept[each] for each, now in hashes.items() if each in kept and kept[each][0] == now
    }
    return held, hashes, kept


def _made_from() -> str:
    # The hash of the cues' codebook, which is only read where something has to be listened for.
    return hash_words(_VERSION, hash_file(_CUES))


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
