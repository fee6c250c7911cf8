"""Words found across a study, each in the company it keeps."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from themecode.model import Span, Transcript, Turn, TurnKind
from themecode.store.glance import ChooseTurns

#: Characters shown on each side of what was found.
CONTEXT = 60
_LIKE_ASCII = "\u017f\u0131\u0130\u212a"


@dataclass(frozen=True, slots=True)
class Found:
    """One place where the words were said.

    Args:
        before, words, after: the words in their context, cut at words.
        span: the words, in the transcript's text.
    """

    transcript_id: str
    turn: Turn
    span: Span
    before: str
    words: str
    after: str


def search_transcripts(
    transcripts: Iterable[Transcript],
    words: str,
    *,
    everyone: bool = False,
    context: int = CONTEXT,
    chosen: bool = False,
) -> Iterator[Found]:
    """Each place where words were said, in order: keyword in context (Luhn 1960).

    Args:
        transcripts: in the order to be searched.
        words: a word or phrase; capitals and the kind of quotation mark make no difference, and a
            star stands for any ending.
        everyone: whether interviewers and supporters are searched too.
        context: characters to show on each side.
        chosen: whether the transcripts hold no turns but those that may hold the words.

    Raises:
        ValueError: `words` holds no letters or digits.
    """
    pattern, choose = _make_pattern(words), choose_turns(words)
    for transcript in transcripts:
        turns: Sequence[Turn] = transcript.turns
        if not chosen:
            spans = [(turn.span.start, turn.span.end) for turn in turns]
            turns = [turns[at] for at in choose(transcript.text, spans)]
        for turn in turns:
            if not everyone and turn.kind is not TurnKind.PARTICIPANT:
                continue
            said = transcript.words_of(turn)
            for found in pattern.finditer(said):
                start, end = found.span()
                yield Found(
                    transcript.id,
                    turn,
                    Span(start, end).shift(turn.span.start),
                    _cut_before(said[:start], context),
                    said[start:end],
                    _cut_after(said[end:], context),
                )


def _make_pattern(words: str) -> re.Pattern[str]:
    parts = words.split()
    if not any(letter.isalnum() for letter in words):
        raise ValueError("there is nothing to search for")
    apostrophes = re.compile("['\u2018\u2019]")
    made = []
    for part in parts:
        stem = part.removesuffix("*")
        made.append(
            apostrophes.sub("['\u2018\u2019]", re.escape(stem)) + (r"\w*" if stem != part else "")
        )
    return re.compile(r"(?<!\w)" + r"\s+".join(made) + r"(?!\w)", re.IGNORECASE)


def _find_opening(words: str) -> str:
    """Small letters that stand wherever the words do; "" where that cannot be told so simply."""
    opening = re.split("['\u2018\u2019*]", words.split(maxsplit=1)[0].lower())[0]
    return opening if opening.isascii() else ""


def choose_turns(words: str) -> ChooseTurns:
    """What tells, of a text and where its turns stand, the places of the turns that may hold the words."""
    opening = _find_opening(words)

    def choose(text: str, spans: Sequence[tuple[int, int]]) -> Sequence[int]:
        low = text.lower()
        # Other letters that a pattern takes for an s, i or k, and a capital that is two small letters.
        if not opening or len(low) != len(text) or any(letter in low for letter in _LIKE_ASCII):
            return range(len(spans))
        chosen: list[int] = []
        at = low.find(opening)
        starts = [start for start, _ in spans] if at >= 0 else []
        while at >= 0:
            place = bisect_right(starts, at) - 1
            # Between turns stands the label of the next.
            if place >= 0 and at < spans[place][1]:
                chosen.append(place)
                at = spans[place][1] - 1
            at = low.find(opening, at + 1)
        return chosen

    return choose


def _cut_before(text: str, context: int) -> str:
    if len(text) <= context:
        return text
    return "…" + text[-context:].partition(" ")[2]


def _cut_after(text: str, context: int) -> str:
    if len(text) <= context:
        return text
    return text[:context].rpartition(" ")[0] + "…"
