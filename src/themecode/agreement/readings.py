"""Who said yes or no to which code about which passage.

A unit is one passage (a short turn, or a part of a long one) and one code. A coder has a reading of
it only where it was put before her: she was asked whether the code fits, or which codes fit, or she
coded the whole transcript. "Not sure", and what she passed on, is no reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from themecode.model import Span

#: A transcript and a span of it.
Place = tuple[str, Span]
#: A passage and a code.
Unit = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that somebody read.

    Args:
        speaker: who is resampled with it: the participant, or the transcript where nobody knows.
        may_quote: whether her consent lets her words be shown outside the study.
    """

    transcript_id: str
    turn: int
    span: Span
    words: str
    speaker: str
    may_quote: bool = True

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.transcript_id, self.span


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a coder, or a group of coders."""

    name: str
    coders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """Everything coders said about passages.

    Args:
        passages: by place, in the study's order.
        said: by coder, what she said of each unit put before her.
        also: by coder, codes she added of her own accord (asked about another code there).
        notes: by coder and unit, what she noted.
        groups: the group each coder speaks for; "" where it was not said.
        marked: by coder and transcript, the spans of each code, where she coded the whole of it.
        lengths: of those transcripts, in characters.
    """

    passages: Mapping[Place, Passage]
    said: Mapping[str, Mapping[Unit, bool]]
    also: Mapping[str, frozenset[Unit]] = field(default_factory=dict)
    notes: Mapping[tuple[str, Unit], str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    marked: Mapping[tuple[str, str], Mapping[str, Sequence[Span]]] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)

    def read(self, coder: str, place: Place, code_ids: Sequence[str]) -> bool | None:
        """What a coder said of a passage and any of these codes. None: she was not asked.

        Of a theme she says yes where she gave any of its codes, also one that she added herself;
        no where she was asked about at least one of them and gave none.
        """
        said = self.said.get(coder, {})
        also = self.also.get(coder, frozenset())
        answers = [said[place, code_id] for code_id in code_ids if (place, code_id) in said]
        if not answers:
            return None
        if any(answers):
            return True
        return len(code_ids) > 1 and any((place, code_id) in also for code_id in code_ids)

    def share(self, side: Side, place: Place, code_ids: Sequence[str]) -> float | None:
        """The share of a side's readers of a passage who said yes. None: none of them read it."""
        answers = [
            answer
            for coder in side.coders
            if (answer := self.read(coder, place, code_ids)) is not None
        ]
        return sum(answers) / len(answers) if answers else None
