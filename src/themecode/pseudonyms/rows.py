"""Candidates gathered into what a person decides about: one row for each name, over the whole study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from themecode.pseudonyms.candidates import DIRECT, Candidate, Kind
from themecode.pseudonyms.gazetteers import load_nicknames
from themecode.pseudonyms.key import Action, Entry

#: How much of the talk is shown on each side of a candidate.
CONTEXT = 45
#: How alike two spellings of a name are before a person is asked whether they are one, out of 100.
ALIKE = 84
#: What takes the place of an identifier that names nobody twice.
_FIXED = {
    Kind.ADDRESS: "address",
    Kind.POSTCODE: "postcode",
    Kind.TELEPHONE: "telephone number",
    Kind.EMAIL: "e-mail address",
    Kind.WEB: "web address",
    Kind.HANDLE: "social media name",
    Kind.NHS: "NHS number",
    Kind.NINO: "National Insurance number",
    Kind.PRISON: "prison number",
    Kind.PLATE: "number plate",
    Kind.CASE: "case number",
    Kind.DATE: "date",
    Kind.AGE: "age",
    Kind.NUMBER: "number",
}
_COUNTED = {Kind.PERSON: "Person", Kind.PLACE: "Place", Kind.ORGANISATION: "Organisation"}


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place where a candidate stands.

    Args:
        words: as they stand there.
        context: a little of the talk around, the words in »guillemets«.
    """

    transcript_id: str
    turn: int
    words: str
    candidate: Candidate
    context: str


@dataclass(frozen=True, slots=True)
class Row:
    """One name or number of a study, for a person to decide about.

    Args:
        words: as they stand oftenest.
        forms: every way they are written (capitals).
        kind: what they seem to be.
        times: how often they were found.
        transcripts: in which, in order.
        finders: every finder that found them, the most telling first.
        example: where they stand first, with words around.
        same_as: another name of the study that may be the same person's. "": none.
        becomes: what is suggested to take their place, without brackets.
        decided: what was decided before. None: nothing.
    """

    words: str
    forms: tuple[str, ...]
    kind: Kind
    times: int
    transcripts: tuple[str, ...]
    finders: tuple[str, ...]
    example: str
    same_as: str = ""
    becomes: str = ""
    decided: Entry | None = None

    @property
    def is_direct(self) -> bool:
        """Whether it finds a person on its own."""
        return self.kind in DIRECT


def see(transcript_id: str, turn: int, words: str, candidate: Candidate) -> Sighting:
    """A candidate with a little of the talk around it."""
    span = candidate.span
    left = words[max(0, span.start - CONTEXT) : span.start]
    right = words[span.end : span.end + CONTEXT]
    if span.start > CONTEXT:
        left = "…" + left.partition(" ")[2]
    if span.end + CONTEXT < len(words):
        right = right.rpartition(" ")[0] + "…"
    found = span.of(words)
    return Sighting(transcript_id, turn, found, candidate, f"{left}»{found}«{right}")


def gather_rows(sightings: Iterable[Sighting], *, decided: Iterable[Entry] = ()) -> tuple[Row, ...]:
    """One row for each name: people first, then by kind and in the order they come.

    Args:
        sightings: in the order of the study.
        decided: decisions made before.
    """
    known = tuple(decided)
    grouped: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        grouped.setdefault(_fold(sighting.words), []).append(sighting)
    before = {(_fold(entry.words)): entry for entry in known if entry.transcript_id is None}
    rows = [_make_row(seen, before.get(folded)) for folded, seen in grouped.items()]
    order = list(Kind)
    rows.sort(key=lambda row: order.index(row.kind))
    return _suggest(rows, known)


def suggest_again(rows: Sequence[Row], decided: Iterable[Entry]) -> tuple[Row, ...]:
    """The same rows in the same order, after more was decided: a part of a name follows the whole.

    Args:
        rows: as `gather_rows` gave them.
        decided: every decision there is now.
    """
    known = tuple(decided)
    before = {_fold(entry.words): entry for entry in known if entry.transcript_id is None}
    fresh = [
        replace(row, decided=before.get(_fold(row.words)), same_as="", becomes="") for row in rows
    ]
    return _suggest(fresh, known)


def _fold(words: str) -> str:
    return " ".join(words.replace("’", "'").casefold().split())


def _make_row(seen: Sequence[Sighting], decided: Entry | None) -> Row:
    forms = Counter(sighting.words for sighting in seen)
    kinds = Counter(sighting.candidate.kind for sighting in seen)
    if len(kinds) > 1:
        del kinds[Kind.UNKNOWN]
    finders = Counter(finder for sighting in seen for finder in sighting.candidate.finders)
    return Row(
        max(forms, key=lambda form: (forms[form], form)),
        tuple(sorted(forms)),
        max(kinds, key=lambda kind: (kinds[kind], kind.value)),
        len(seen),
        tuple(sorted({sighting.transcript_id for sighting in seen})),
        tuple(sorted(finders, key=lambda finder: (-finders[finder], finder))),
        seen[0].context,
        decided=decided,
    )


def _suggest(rows: Sequence[Row], known: Sequence[Entry]) -> tuple[Row, ...]:
    """Rows with what could take their place; parts of one person's name get the same."""
    names = [row.words for row in rows if row.kind is Kind.PERSON]
    wholes = find_wholes(names)
    alike = find_alike(names)
    given = {_fold(entry.words): entry.becomes for entry in known if entry.becomes}
    taken = set(given.values())
    numbers = {kind: _count_free(word, taken) for kind, word in _COUNTED.items()}
    suggested: list[Row] = []
    by_whole: dict[str, str] = {}
    for row in rows:
        kind = Kind.PERSON if row.kind is Kind.UNKNOWN else row.kind
        if row.decided is not None:
            suggested.append(row)
            continue
        if kind not in _COUNTED:
            suggested.append(replace(row, becomes=_FIXED[kind]))
            continue
        whole = _fold(wholes.get(row.words, row.words))
        becomes = given.get(_fold(row.words)) or given.get(whole) or by_whole.get(whole)
        if becomes is None:
            becomes = next(numbers[kind])
        by_whole[whole] = becomes
        other = wholes.get(row.words) or alike.get(row.words, "")
        suggested.append(replace(row, becomes=becomes, same_as=other if other != row.words else ""))
    return tuple(suggested)


def _count_free(word: str, taken: Collection[str]) -> Iterator[str]:
    """Names by number, without those given already; nobody's number moves when one is given."""
    return (name for at in count(1) if (name := f"{word} {at}") not in taken)


def find_wholes(names: Sequence[str]) -> Mapping[str, str]:
    """For a part of a name, the whole name it can only belong to: "Eilidh" to "Eilidh Nicolson"."""
    longer: dict[str, set[str]] = {}
    for name in names:
        parts = name.replace("’", "'").replace(",", " ").split()
        if len(parts) > 1:
            for part in parts:
                longer.setdefault(part.casefold(), set()).add(name)
    found: dict[str, str] = {}
    for name in names:
        if " " not in name:
            wholes = longer.get(name.casefold(), set())
            if len(wholes) == 1:
                found[name] = next(iter(wholes))
    return found


def find_alike(names: Sequence[str]) -> Mapping[str, str]:
    """For a name, another of the study that may be the same: a short form or another spelling."""
    from rapidfuzz import fuzz, process

    firsts = {name: name.split()[0].casefold() for name in names}
    nicknames = load_nicknames()
    found: dict[str, str] = {}
    listed = list(names)
    lowered = [name.casefold() for name in listed]
    for at, name in enumerate(listed):
        shorts = nicknames.get(firsts[name], frozenset())
        for other in listed[:at]:
            if firsts[other] in shorts or _begins(firsts[name], firsts[other]):
                found[name] = other
                break
        else:
            if len(name) < 4:
                continue
            best = process.extractOne(
                lowered[at], lowered[:at], scorer=fuzz.ratio, score_cutoff=ALIKE
            )
            if best is not None:
                found[name] = listed[best[2]]
    return found


def _begins(one: str, other: str) -> bool:
    """Whether one name is the beginning of the other: "Temi" of "Temitope"."""
    short, long = sorted((one, other), key=len)
    return 3 <= len(short) < len(long) and long.startswith(short)


def decide_row(
    row: Row,
    action: Action,
    becomes: str,
    *,
    is_ordinary: bool,
    transcript_id: str | None = None,
) -> tuple[Entry, ...]:
    """A person's decision about a row, as the key keeps it.

    Args:
        row: what it is about.
        action: what to do.
        becomes: what takes its place, with or without brackets.
        is_ordinary: whether the words are everyday words too: only the ways they were found
            written are meant then.
        transcript_id: the one transcript it holds for. None: all.
    """
    clean = " ".join(becomes.replace("[", " ").replace("]", " ").split())
    forms = row.forms if is_ordinary else (row.words,)
    kept = "" if action is Action.KEEP else clean
    return tuple(
        Entry(form, row.kind, action, kept, transcript_id, any_case=not is_ordinary)
        for form in forms
    )
