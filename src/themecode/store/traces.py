"""What somebody withdrawn may have left in other people's text: her names, and runs of her words."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from themecode.consent import blank, fill
from themecode.model import Span, Transcript, Turn, TurnKind

#: What stands where somebody's words stood.
WITHDRAWN = "[withdrawn]"
_SHORT = "withdrawn"
#: So many of her words in a row, in a researcher's note, are taken for a quotation of her.
RUN = 6
#: The same in text that was not written about her, where six in a row may be anybody's.
LONG_RUN = 9
_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")
#: What parts the labels of people who spoke at once.
_JOINT = re.compile(r"\s*[/&+,]\s*|\s+and\s+")
#: Labels that name nobody: they may stand for anyone, in any text.
_NAMES_NOBODY = frozenset(
    """participant interviewee respondent speaker woman man person client patient resident
    interviewer facilitator researcher moderator male female mother parent worker staff
    professional unknown everyone other a b c p r i int res resp fg""".split()
)


def names_somebody(label: str) -> bool:
    """Whether a label or an id can be looked for in other text: "Maria" can, "Woman" cannot."""
    words = [word.group().casefold() for word in _WORD.finditer(label)]
    has_letter = any(letter.isalpha() for letter in label)
    return has_letter and len(label.strip()) > 1 and not set(words) <= _NAMES_NOBODY


def is_blanked(transcript: Transcript, turn: Turn) -> bool:
    """Whether a turn was withdrawn before."""
    words = transcript.words_of(turn)
    marker = fill(len(words), with_=WITHDRAWN, short=_SHORT)
    return bool(words) and turn.participant_id is None and words == marker


@dataclass(frozen=True, slots=True)
class Mark:
    """A fingerprint of something withdrawn.

    Args:
        kind: "person", "label", "name", "passage" or "file".
        transcript_id: where it holds. Empty: everywhere.
        length: of a passage in code points, of a name in words. 0 otherwise.
        mark: the fingerprint.
    """

    kind: str
    transcript_id: str
    length: int
    mark: str


@dataclass(frozen=True, slots=True)
class Marker:
    """Makes marks, and takes what is marked out of transcripts; the same each time.

    Args:
        salt: the study's own number.
        marks: what was withdrawn.
    """

    salt: str
    marks: frozenset[Mark] = frozenset()

    def mark(self, kind: str, value: str) -> str:
        """The fingerprint of a value."""
        said = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self.salt.encode(), said, hashlib.sha256).hexdigest()[:32]

    def mark_person(self, participant_id: str) -> Mark:
        """That somebody is withdrawn."""
        return Mark("person", "", 0, self.mark("person", participant_id))

    def mark_label(self, transcript_id: str, label: str) -> Mark:
        """The label somebody withdrawn spoke under in a transcript."""
        return Mark("label", transcript_id, 0, self.mark("label", label))

    def mark_name(self, name: str, transcript_id: str = "") -> Mark:
        """A name that others may say."""
        return Mark("name", transcript_id, len(_words(name)), self._name(_words(name)))

    def mark_file(self, sha256: str) -> Mark:
        """A file that held nobody but somebody withdrawn."""
        return Mark("file", "", 0, self.mark("file", sha256))

    def mark_passage(self, transcript_id: str, words: str) -> Mark:
        """A passage withdrawn."""
        return Mark("passage", transcript_id, len(words), self.mark("passage", words))

    def is_withdrawn(self, participant_id: str | None) -> bool:
        """Whether somebody withdrew."""
        return participant_id is not None and self.mark_person(participant_id) in self.marks

    def is_hers(self, transcript: Transcript, turn: Turn) -> bool:
        """Whether a turn is spoken by somebody withdrawn."""
        if self.is_withdrawn(turn.participant_id):
            return True
        if not turn.speaker or turn.speaker == _SHORT or turn.kind is not TurnKind.PARTICIPANT:
            return False
        # "W6/W3": where two spoke at once nobody can tell whose words are whose, and both go.
        labels = {turn.speaker, *_JOINT.split(turn.speaker)}
        return any(self.mark_label(transcript.id, label) in self.marks for label in labels if label)

    def take_out(self, transcript: Transcript) -> Transcript | None:
        """A transcript without what was withdrawn; None where nobody else speaks in it as participant.

        Every stretch taken out is filled to its length, so that no other span moves.
        """
        if not self.marks:
            return transcript
        if self.mark_file(transcript.sha256) in self.marks:
            return None
        hers = [self.is_hers(transcript, turn) for turn in transcript.turns]
        if any(hers) and all(
            mine or turn.kind is not TurnKind.PARTICIPANT or is_blanked(transcript, turn)
            for mine, turn in zip(hers, transcript.turns, strict=True)
        ):
            return None
        spans: list[Span] = []
        labels: list[tuple[Span, str]] = []
        turns: list[Turn] = []
        for mine, turn in zip(hers, transcript.turns, strict=True):
            if not mine:
                spans += self._named_in(transcript, turn)
                turns.append(turn)
                continue
            spans.append(turn.span)
            label = fill(len(turn.speaker), with_=WITHDRAWN, short=_SHORT)
            start = turn.span.start - len(turn.speaker) - 2
            if start >= 0 and transcript.text.startswith(f"{turn.speaker}: ", start):
                labels.append((Span(start, start + len(turn.speaker)), label))
            turns.append(replace(turn, speaker=label.strip(), participant_id=None, started_at=None))
        spans += self._passages_in(transcript)
        if not spans:
            return transcript
        text = blank(transcript.text, spans, with_=WITHDRAWN, short=_SHORT)
        for span, label in labels:
            text = text[: span.start] + label + text[span.end :]
        return replace(transcript, text=text, turns=tuple(turns))

    def _named_in(self, transcript: Transcript, turn: Turn) -> Iterator[Span]:
        """Where somebody withdrawn is named in another's turn."""
        wanted = {
            (mark.length, mark.mark)
            for mark in self.marks
            if mark.kind == "name" and mark.transcript_id in ("", transcript.id)
        }
        if not wanted:
            return
        lengths = sorted({length for length, _ in wanted}, reverse=True)
        words = list(_WORD.finditer(transcript.words_of(turn)))
        # Possessives belong to a name: "Maria's".
        said = [re.sub(r"['\u2019]s$", "", word.group().casefold()) for word in words]
        marks: dict[tuple[str, ...], str] = {}
        for at in range(len(words)):
            for length in lengths:
                run = tuple(said[at : at + length])
                if len(run) == length:
                    if run not in marks:
                        marks[run] = self._name(run)
                    if (length, marks[run]) in wanted:
                        found = Span(words[at].start(), words[at + length - 1].end())
                        yield found.shift(turn.span.start)

    def _passages_in(self, transcript: Transcript) -> Iterator[Span]:
        text = transcript.text
        for mark in self.marks:
            if mark.kind != "passage" or mark.transcript_id != transcript.id:
                continue
            for start in range(len(text) - mark.length + 1):
                if self.mark("passage", text[start : start + mark.length]) == mark.mark:
                    yield Span(start, start + mark.length)

    def _name(self, words: Iterable[str]) -> str:
        return self.mark("name", " ".join(words))


class Traces:
    """Finds somebody's names, and runs of her words, in what others wrote.

    Args:
        names: whole words, whatever their capitals.
        said: what she said.
        run: so many of her words in a row are taken for her.
    """

    def __init__(self, names: Iterable[str], said: Iterable[str], *, run: int = RUN) -> None:
        wanted = sorted({name.strip() for name in names if names_somebody(name)}, key=len)
        alternatives = "|".join(re.escape(name) for name in reversed(wanted))
        self._names = (
            re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE) if wanted else None
        )
        self._runs: set[tuple[str, ...]] = set()
        for words in said:
            spoken = _words(words)
            self._runs.update(spoken[at : at + run] for at in range(len(spoken) - run + 1))
        self._run = run

    def find(self, text: str) -> list[Span]:
        """Where she shows in a text, in order."""
        found = [Span(*each.span()) for each in self._names.finditer(text)] if self._names else []
        words = list(_WORD.finditer(text))
        said = tuple(word.group().casefold() for word in words)
        found += [
            Span(words[at].start(), words[at + self._run - 1].end())
            for at in range(len(words) - self._run + 1)
            if said[at : at + self._run] in self._runs
        ]
        return sorted(found)

    def take_out(self, text: str) -> str:
        """A text with each place where she shows replaced by a marker."""
        pieces, last = [], 0
        for span in self.find(text):
            if span.start >= last:
                pieces += [text[last : span.start], WITHDRAWN]
            last = max(last, span.end)
        return "".join([*pieces, text[last:]])

    def take_out_of(self, value: Any) -> Any:
        """The same for every text inside lists and mappings."""
        if isinstance(value, str):
            return self.take_out(value)
        if isinstance(value, list):
            return [self.take_out_of(each) for each in value]
        if isinstance(value, dict):
            return {key: self.take_out_of(each) for key, each in value.items()}
        return value


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.group().casefold() for word in _WORD.finditer(text))
