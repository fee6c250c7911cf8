"""Names decided about one at a time, at a terminal or on a page; each decision is kept as it is made."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from themecode.flow.deciding import (
    UnfitDecision,
    decide_about,
    load_key,
    make_missed_row,
    save_key,
)
from themecode.flow.pseudonymising import FoundInStudy
from themecode.pseudonyms.candidates import Kind
from themecode.pseudonyms.key import Entry, join_keys
from themecode.pseudonyms.replacing import Replacer
from themecode.pseudonyms.rows import Row, suggest_again

#: What the kinds are called together, in the order they are shown in.
GROUPS: dict[str, tuple[str, frozenset[Kind]]] = {
    "people": ("People", frozenset({Kind.PERSON})),
    "places": ("Places", frozenset({Kind.PLACE, Kind.ADDRESS, Kind.POSTCODE})),
    "organisations": ("Organisations, services and schools", frozenset({Kind.ORGANISATION})),
    "reached": (
        "Telephones, e-mail and social media",
        frozenset({Kind.TELEPHONE, Kind.EMAIL, Kind.WEB, Kind.HANDLE}),
    ),
    "numbers": (
        "Numbers of people, cars and cases",
        frozenset({Kind.NHS, Kind.NINO, Kind.PRISON, Kind.PLATE, Kind.CASE, Kind.NUMBER}),
    ),
    "times": ("Dates and ages", frozenset({Kind.DATE, Kind.AGE})),
    "unknown": ("Words nobody could place", frozenset({Kind.UNKNOWN})),
}


class StaleName(Exception):
    """A decision about a name that was decided meanwhile, on another page."""


class NamesDesk:
    """The names of a study, what was decided about each, and the key all of it is kept in.

    Used from several threads. The rows keep their order while it is open, so that a name's number
    goes on meaning it.

    Args:
        found: what was found in the study.
        key: the file the decisions are kept in, outside the study.
        is_ordinary: whether a word in small letters is an everyday one.
        transcripts: ids a decision may be limited to.
        passphrase: what the key is encrypted with. None: it is not.
    """

    def __init__(
        self,
        found: FoundInStudy,
        key: Path,
        *,
        is_ordinary: Callable[[str], bool],
        transcripts: Iterable[str],
        passphrase: str | None = None,
    ) -> None:
        self.key = key
        self._passphrase = passphrase
        self.words = found.words
        self.named_files = found.named_files
        self.transcripts = tuple(transcripts)
        self._is_ordinary = is_ordinary
        self._entries = load_key(key, passphrase)
        self._rows: tuple[Row, ...] = found.rows
        self._busy = threading.RLock()

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every name, with what was decided, or what is suggested."""
        return self._rows

    @property
    def undecided(self) -> int:
        """How many names nobody has decided about."""
        return sum(row.decided is None for row in self._rows)

    def group(self, name: str) -> list[tuple[int, Row]]:
        """The names of a group, with their numbers; those often said first."""
        kinds = GROUPS[name][1]
        chosen = [(at, row) for at, row in enumerate(self._rows) if row.kind in kinds]
        return sorted(chosen, key=lambda each: (-each[1].times, each[0]))

    def only_decisions(self, row: Row) -> list[Entry]:
        """What was decided about a name for one transcript alone."""
        words = {form.casefold() for form in (*row.forms, row.words)}
        return [
            entry
            for entry in self._entries
            if entry.transcript_id is not None and entry.words.casefold() in words
        ]

    def mark_of(self, number: int) -> str:
        """What a page shows of a name, as one short mark; it changes when a decision does."""
        row = self._rows[number]
        held = "\x1f".join([row.words, repr(row.decided), *map(repr, self.only_decisions(row))])
        return hashlib.sha256(held.encode()).hexdigest()[:16]

    def decide(
        self, number: int, said: str, becomes: str, *, only: str = "", seen: str | None = None
    ) -> Row:
        """Keep a decision about one name, in the key, at once.

        Args:
            number: of the name.
            said: replace, keep or generalise.
            becomes: what takes its place.
            only: the one transcript it holds for. "": all.
            seen: the mark of what was shown. None: it cannot have changed.

        Returns:
            The name as it was decided about.

        Raises:
            UnfitDecision: the decision cannot be kept.
            StaleName: it was decided about since it was shown.
        """
        with self._busy:
            if seen is not None and seen != self.mark_of(number):
                raise StaleName
            self._keep(self._decide(self._rows[number], said, becomes, only))
            return self._rows[number]

    def add_missed(self, words: str, what: str, said: str, becomes: str) -> None:
        """Keep a decision about words that no finder saw.

        Raises:
            UnfitDecision: there are no words, or the decision cannot be kept.
        """
        row = make_missed_row(words, what)
        if not row.words or not any(each.isalnum() for each in row.words):
            raise UnfitDecision("no words are given. Write them as they stand in the transcript.")
        with self._busy:
            self._keep(self._decide(row, said, becomes, ""))

    def count_places(self, texts: Iterable[str], words: str) -> int:
        """In how many places of the talk some words stand that were decided about."""
        replacer = Replacer([each for each in self._entries if each.words == words])
        return sum(len(replacer.find(text)) for text in texts)

    def _decide(self, row: Row, said: str, becomes: str, only: str) -> Sequence[Entry]:
        return decide_about(
            row,
            said,
            becomes,
            is_ordinary=self._is_ordinary,
            only=only,
            transcripts=self.transcripts,
        )

    def _keep(self, entries: Sequence[Entry]) -> None:
        # Read again: the workbook may have been read back meanwhile.
        self._entries = join_keys(load_key(self.key, self._passphrase), entries)
        save_key(self._entries, self.key, self._passphrase)
        self._rows = suggest_again(self._rows, self._entries)
