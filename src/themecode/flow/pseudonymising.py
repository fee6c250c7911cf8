"""A study's names found, and other words put in their place with everything people did moved along."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.flow.cache import CACHE, read_cached, write_cached
from themecode.model import Participant, Transcript, hash_words
from themecode.pseudonyms.candidates import Candidate, Hit, Kind
from themecode.pseudonyms.key import Action, Entry
from themecode.pseudonyms.replacing import Replacer, blank_brackets
from themecode.pseudonyms.rows import Row, Sighting, gather_rows, see
from themecode.pseudonyms.span_map import Replacement, replace_words
from themecode.store.pseudonyms_in import Moved, Pseudonymised

if TYPE_CHECKING:
    from themecode.store import Study

#: Changes when a finder finds otherwise, so that what was kept is found anew.
FINDERS_VERSION = "2"
LABEL = "speaker's label"
_FOUND = "candidates"
#: Turns looked through at a time: enough for the name finder to work in batches.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class FoundInStudy:
    """What may tell who somebody is in a study.

    Args:
        rows: one for each name or number.
        by_finder: how many sightings each finder found, the most first.
        by_kind: how many sightings there are of each kind.
        words: how many words were looked through.
        named_files: transcripts whose own name may be somebody's.
    """

    rows: tuple[Row, ...]
    by_finder: Mapping[str, int]
    by_kind: Mapping[Kind, int]
    words: int
    named_files: tuple[str, ...]

    @property
    def undecided(self) -> tuple[Row, ...]:
        """The rows nobody has decided about."""
        return tuple(row for row in self.rows if row.decided is None)


@dataclass(frozen=True, slots=True)
class Applied:
    """What putting pseudonyms in did.

    Args:
        transcripts: how many have a new version.
        places: how many places were replaced.
        moved: what moved with its words.
        undecided: names still in the study that nobody decided about.
        forgotten: how many of what were removed. Empty: the originals are kept.
        named_files: transcripts whose own name holds a replaced name.
    """

    transcripts: int
    places: int
    moved: Moved
    undecided: tuple[Row, ...]
    forgotten: Mapping[str, int]
    named_files: tuple[str, ...]


def check_outside(path: Path, study: Study, *, what: str) -> None:
    """Refuse a place inside the study for what names people.

    Raises:
        ThemecodeError: the path is in the study's folder.
    """
    if study.folder is None:
        return
    home = study.folder.resolve()
    if path.resolve().is_relative_to(home):
        raise ThemecodeError(
            f"{path} is inside the study, and {what} must be kept apart from it: whoever has both can "
            f"undo the pseudonyms. Give a place outside {study.folder}."
        )


def find_in_study(
    study: Study,
    *,
    decided: Iterable[Entry] = (),
    progress: Callable[[int, int], None] | None = None,
    workers: int = 1,
) -> FoundInStudy:
    """Everything in a study that may tell who somebody is, gathered for a person to decide about.

    Args:
        study: the study.
        decided: decisions made before; their names are looked for too.
        progress: told how many turns were looked through, out of how many. None: nobody is.
        workers: processes to look in.
    """
    from themecode.language.lexicon import is_english
    from themecode.pseudonyms.capitals import Talk
    from themecode.pseudonyms.find import join_found, learn_names

    decided = tuple(decided)
    held = list(study.transcripts())
    turns = [(each, turn) for each in held for turn in each.turns]
    words = [blank_brackets(each.words_of(turn)) for each, turn in turns]
    hits = _find_turn_by_turn(study, words, progress, workers)
    talk = Talk(is_english, lambda _: None)
    known = learn_names(
        words, hits, roster=_list_roster(study, held, decided), is_ordinary=talk.is_ordinary
    )
    joined = join_found(words, hits, known, is_ordinary=talk.is_ordinary)
    sightings = [*_see_labels(held)]
    for (transcript, turn), candidates in zip(turns, joined, strict=True):
        said = transcript.words_of(turn)
        sightings.extend(see(transcript.id, turn.number, said, each) for each in candidates)
    return FoundInStudy(
        gather_rows(sightings, decided=decided),
        _count(sighting.candidate.finders for sighting in sightings),
        dict(Counter(sighting.candidate.kind for sighting in sightings).most_common()),
        sum(len(each.split()) for each in words),
        _find_named_files((each.id for each in held), known.kind_of, talk.is_ordinary),
    )


def _count(finders: Iterable[Sequence[str]]) -> dict[str, int]:
    counted = Counter(finder for each in finders for finder in each)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _find_turn_by_turn(
    study: Study,
    words: Sequence[str],
    progress: Callable[[int, int], None] | None,
    workers: int,
) -> list[tuple[Hit, ...]]:
    """What each turn gives away by itself; looked for once, for it depends on its words alone."""
    kept: dict[str, list[_KeptHit]] = (
        read_cached(study.folder, _FOUND, made_from=FINDERS_VERSION) or {}
    )
    names = [hash_words(each)[:24] for each in words]
    wanted = {name: each for name, each in zip(names, words, strict=True) if name not in kept}
    done = 0
    for chunk in _find_chunks(list(wanted.items()), workers):
        kept.update(chunk)
        done += len(chunk)
        if progress is not None:
            progress(done, len(wanted))
    if wanted:
        standing = {name: kept[name] for name in names}
        write_cached(study.folder, _FOUND, standing, made_from=FINDERS_VERSION)
    return [tuple(_read_hit(hit) for hit in kept[name]) for name in names]


_KeptHit = list[object]
_Named = list[tuple[str, str]]


def _find_chunks(wanted: _Named, workers: int) -> Iterator[dict[str, list[_KeptHit]]]:
    """Turns looked through a few hundred at a time, in this process or in several."""
    chunks = [wanted[first : first + _AT_ONCE] for first in range(0, len(wanted), _AT_ONCE)]
    if workers <= 1 or len(chunks) < 2 * workers:
        yield from map(_find_chunk, chunks)
        return
    from themecode.flow.workers import share_out

    yield from share_out(_find_chunk, chunks, workers)


def _find_chunk(chunk: _Named) -> dict[str, list[_KeptHit]]:
    from themecode.language.lexicon import is_english
    from themecode.language.names import find_names
    from themecode.pseudonyms.find import Language, find_in_turns

    found = find_in_turns([words for _, words in chunk], Language(is_english, find_names))
    return {
        name: [[hit.start, hit.end, hit.kind.value, hit.finder, hit.rank] for hit in hits]
        for (name, _), hits in zip(chunk, found, strict=True)
    }


def _read_hit(kept: Sequence[object]) -> Hit:
    start, end, kind, finder, rank = kept
    return Hit(int(str(start)), int(str(end)), Kind(str(kind)), str(finder), int(str(rank)))


def _list_roster(study: Study, held: Iterable[Transcript], decided: Iterable[Entry]) -> list[str]:
    """Every name the study itself has for people."""
    from themecode.pseudonyms.find import find_names_in_label

    labels = {blank_brackets(turn.speaker) for each in held for turn in each.turns}
    labels.update(blank_brackets(each) for each in study.participants())
    names = {span.of(label) for label in labels for span in find_names_in_label(label)}
    names.update(entry.words for entry in decided if entry.kind is Kind.PERSON)
    return sorted(names)


def _see_labels(held: Iterable[Transcript]) -> Iterable[Sighting]:
    """Speakers' labels that are names rather than roles or numbers."""
    from themecode.pseudonyms.find import find_names_in_label

    for transcript in held:
        labels = Counter(turn.speaker for turn in transcript.turns if turn.speaker)
        for label, times in labels.items():
            for span in find_names_in_label(blank_brackets(label)):
                candidate = Candidate(span, Kind.PERSON, (LABEL,))
                said = see(transcript.id, 0, label, candidate)
                yield replace(said, context=f"{said.context} (a speaker, {times} turns)")


def _find_named_files(
    ids: Iterable[str],
    kind_of: Callable[[str], Kind | None],
    is_ordinary: Callable[[str], bool],
) -> tuple[str, ...]:
    """Transcripts called after somebody: their names stand in every table."""
    from themecode.pseudonyms.capitals import cut_words

    return tuple(
        transcript_id
        for transcript_id in ids
        if any(
            kind_of(word.low) is Kind.PERSON and not is_ordinary(word.low)
            for word in cut_words(transcript_id.replace("_", " "))
        )
    )


# ── putting them in ──────────────────────────────────────────────────────────────────────────


def apply_key(study: Study, entries: Sequence[Entry], *, forget: bool = False) -> Applied:
    """Put pseudonyms in the place of names, as decided; every coding, decision and memo moves along.

    Args:
        study: held by its lock.
        entries: the decisions.
        forget: whether the words that were there before are removed from the study for good.

    Raises:
        ThemecodeError: a decision says nothing to put in a name's place.
    """
    _check_entries(entries)
    everywhere = Replacer(entries)
    made: list[Pseudonymised] = []
    for transcript in study.transcripts():
        done = pseudonymise(transcript, entries, everywhere)
        if done is not None:
            made.append(done)
    before = study.participants()
    after = [_rename(each, everywhere) for each in before.values()]
    moved = Moved()
    if made or after != list(before.values()):
        renamed = after if after != list(before.values()) else None
        moved = study.put_pseudonyms_in(made, participants=renamed)
    forgotten: Mapping[str, int] = {}
    if forget:
        forgotten = forget_originals(study, entries)
    found = find_in_study(study, decided=entries)
    return Applied(
        len(made),
        sum(each.replaced for each in made),
        moved,
        found.undecided,
        forgotten,
        _list_files_named(study, entries),
    )


def pseudonymise(
    transcript: Transcript, entries: Sequence[Entry], everywhere: Replacer
) -> Pseudonymised | None:
    """A transcript with its names replaced, labels and participants too. None: it holds none.

    Args:
        transcript: as it is.
        entries: the decisions.
        everywhere: those for the whole study, made ready.
    """
    alone = any(entry.transcript_id == transcript.id for entry in entries)
    replacer = Replacer(entries, transcript_id=transcript.id) if alone else everywhere
    found = _inside_turns(transcript, replacer.find(transcript.text))
    ids = {turn.participant_id for turn in transcript.turns if turn.participant_id}
    renamed = {each: _rename_id(each, transcript.id, replacer, everywhere) for each in ids}
    if not found and all(old == new for old, new in renamed.items()):
        return None
    text, moves = replace_words(transcript.text, found)
    turns = []
    for turn in transcript.turns:
        span = moves.move(turn.span)
        turns.append(
            replace(
                turn,
                span=span,
                speaker=replacer.replace(turn.speaker),
                participant_id=renamed.get(turn.participant_id or "", turn.participant_id),
            )
        )
    return Pseudonymised(
        replace(transcript, text=text, turns=tuple(turns)),
        moves.move,
        replacer.replace,
        len(found),
    )


def _inside_turns(transcript: Transcript, found: Sequence[Replacement]) -> tuple[Replacement, ...]:
    """Replacements that keep to one turn's words or label: a name does not run over two turns."""
    edges = [turn.span for turn in transcript.turns]
    kept: list[Replacement] = []
    at = 0
    for each in found:
        while at < len(edges) and edges[at].end <= each.span.start:
            at += 1
        crosses = at < len(edges) and (
            each.span.start < edges[at].start < each.span.end
            or edges[at].start <= each.span.start < edges[at].end < each.span.end
        )
        if not crosses:
            kept.append(each)
    return tuple(kept)


def _rename_id(
    participant_id: str, transcript_id: str, replacer: Replacer, everywhere: Replacer
) -> str:
    """A participant's id: "group/Anna" after her transcript's decisions, others after the study's."""
    if participant_id == transcript_id:
        return participant_id
    head = f"{transcript_id}/"
    if participant_id.startswith(head):
        return head + replacer.replace(participant_id.removeprefix(head))
    return everywhere.replace(participant_id)


def _rename(participant: Participant, replacer: Replacer) -> Participant:
    return replace(
        participant,
        id=replacer.replace(participant.id),
        role=None if participant.role is None else replacer.replace(participant.role),
        attributes={
            title: replacer.replace(cell) for title, cell in participant.attributes.items()
        },
    )


def _check_entries(entries: Iterable[Entry]) -> None:
    for entry in entries:
        if entry.action is not Action.KEEP and not entry.becomes:
            raise ThemecodeError(
                "The key has a decision that says nothing to put in a name's place. "
                "Fill it in the workbook, then run `themecode pseudonymise decide` again."
            )


def _list_files_named(study: Study, entries: Iterable[Entry]) -> tuple[str, ...]:
    people = [
        replace(entry, transcript_id=None)
        for entry in entries
        if entry.kind is Kind.PERSON and entry.action is not Action.KEEP
    ]
    replacer = Replacer(people)
    return tuple(
        each for each in study.known_transcripts() if replacer.find(each.replace("_", " "))
    )


def forget_originals(study: Study, entries: Sequence[Entry]) -> dict[str, int]:
    """Remove what the study keeps of the words before: versions, caches, and its own backups."""

    def rewrite(transcript_id: str, text: str) -> str:
        # JSON is rewritten cell by cell, so that no name breaks its quotation marks.
        replacer = Replacer(entries, transcript_id=transcript_id or None)
        return json.dumps(_rewrite_cells(json.loads(text), replacer), ensure_ascii=False)

    gone = study.forget_originals(rewrite)
    if study.folder is not None:
        gone["cached files"] = _remove_files(study.folder / CACHE)
        gone["backups"] = _remove_files(study.folder / "backups")
    return gone


def _rewrite_cells(value: object, replacer: Replacer) -> object:
    if isinstance(value, str):
        return replacer.replace(value)
    if isinstance(value, list):
        return [_rewrite_cells(each, replacer) for each in value]
    if isinstance(value, dict):
        return {key: _rewrite_cells(each, replacer) for key, each in value.items()}
    return value


def _remove_files(folder: Path) -> int:
    """Overwrite and remove every file of a folder of the study; how many there were."""
    count = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_symlink() or not path.is_file():
            continue
        try:
            with path.open("r+b") as stream:
                stream.write(b"\0" * path.stat().st_size)
            path.unlink()
        except OSError as error:
            raise ThemecodeError(
                f"{path} holds the words from before and could not be removed "
                f"({error.strerror}). Close what has it open, then run this again."
            ) from error
        count += 1
    return count
