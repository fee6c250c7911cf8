"""Decisions carried out on a text: the longest name first, whole words only, possessives kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from themecode.model import Span
from themecode.pseudonyms.candidates import Kind
from themecode.pseudonyms.key import Action, Entry
from themecode.pseudonyms.span_map import Replacement

_APOSTROPHES = "'’ʼ"
#: What may follow an apostrophe after a whole name: "Morag's", "Morag'll".
_ENDINGS = re.compile(rf"[{_APOSTROPHES}](?:s|d|ll|ve|re|m)?(?![\w])", re.IGNORECASE)
#: The first letter of a surname after a replaced first name: "Christina M", "Christina M."
_INITIAL = re.compile(r" [A-Z](?:\.(?=\s+[a-z]|,|\s*$)|(?![\w'’.]))")
_BRACKETED = re.compile(r"\[[^\]\n]{0,200}\]")


def blank_brackets(text: str) -> str:
    """A text with what stands in [square brackets] blanked out, every other word in its place."""
    return _BRACKETED.sub(lambda found: " " * len(found[0]), text) if "[" in text else text


class Replacer:
    """Finds where decided words stand in a text.

    Args:
        entries: the decisions; one for a single transcript goes before one for the study.
        transcript_id: the transcript whose text it is.
    """

    def __init__(self, entries: Iterable[Entry], *, transcript_id: str | None = None) -> None:
        from ahocorasick_rs import AhoCorasick

        chosen: dict[str, Entry] = {}
        for entry in entries:
            if entry.transcript_id not in (None, transcript_id) or not entry.words.strip():
                continue
            before = chosen.get(entry.words)
            if before is None or before.transcript_id is None:
                chosen[entry.words] = entry
        by_low: dict[str, list[Entry]] = {}
        for entry in chosen.values():
            by_low.setdefault(_lower(_plain(entry.words)), []).append(entry)
        self._entries: Sequence[list[Entry]] = list(by_low.values())
        self._finder = AhoCorasick(list(by_low)) if by_low else None

    def find(self, text: str) -> list[Replacement]:
        """What is to be replaced in a text, in order; what stands in brackets already is left."""
        claimed: list[Replacement] = []
        taken = bytearray(len(text))
        for start, found_end, entry in sorted(self._find_all(text), key=_longest_first):
            if any(taken[start:found_end]):
                continue
            end = found_end
            if entry.action is not Action.KEEP and entry.kind is Kind.PERSON:
                end = self._with_initial(text, end, taken)
            taken[start:end] = b"\x01" * (end - start)
            if entry.action is not Action.KEEP:
                claimed.append(Replacement(Span(start, end), f"[{entry.becomes}]"))
        return sorted(claimed, key=lambda each: each.span)

    def replace(self, text: str) -> str:
        """A text with the decisions carried out, where nothing has to be moved with it."""
        from themecode.pseudonyms.span_map import replace_words

        return replace_words(text, self.find(text))[0]

    def _find_all(self, text: str) -> Iterator[tuple[int, int, Entry]]:
        if self._finder is None:
            return
        searched = _lower(_plain(blank_brackets(text)))
        for number, start, end in self._finder.find_matches_as_indexes(searched, overlapping=True):
            if not _is_whole(text, start, end):
                continue
            said = _plain(text[start:end])
            entries = self._entries[number]
            exact = [entry for entry in entries if _plain(entry.words) == said]
            loose = [entry for entry in entries if entry.any_case]
            for entry in (exact or loose)[:1]:
                yield start, end, entry

    @staticmethod
    def _with_initial(text: str, end: int, taken: bytearray) -> int:
        found = _INITIAL.match(text, end)
        if found and found[0].strip() != "I" and not any(taken[end : found.end()]):
            return found.end() - (1 if found[0].endswith(".") and found.end() == len(text) else 0)
        return end


def _longest_first(found: tuple[int, int, Entry]) -> tuple[int, int, int]:
    start, end, entry = found
    # Among equals a decision about this transcript alone comes before one about the study.
    return -(end - start), start, 0 if entry.transcript_id else 1


def _plain(text: str) -> str:
    """Curly apostrophes and odd spaces made plain, every character in its place."""
    return text.replace("’", "'").replace("ʼ", "'").replace("\u00a0", " ")


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := each.lower()) == 1 else each for each in text)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a stretch is whole words: "Ann" is not in "Anna", in "Mary-Ann" or in "O'Ann"."""
    if start and (text[start].isalnum()):
        before = text[start - 1]
        if before.isalnum() or before == "_":
            return False
        if before in f"-{_APOSTROPHES}" and start > 1 and text[start - 2].isalnum():
            return False
    if end < len(text) and text[end - 1].isalnum():
        after = text[end]
        if after.isalnum() or after == "_":
            return False
        if after == "-" and end + 1 < len(text) and text[end + 1].isalnum():
            return False
        if after in _APOSTROPHES and end + 1 < len(text) and text[end + 1].isalnum():
            return _ENDINGS.match(text, end) is not None
    return True
