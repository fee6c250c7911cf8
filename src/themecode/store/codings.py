"""Codings, in the study's database: added once, never edited, checked against their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    false,
    or_,
    select,
    tuple_,
)

from themecode.model import Codebook, Coding, Segment, Span, Turn
from themecode.store import schema
from themecode.store.connect import insert_new
from themecode.store.records import (
    CodedPass,
    check_storable,
    read_evidence,
    read_time,
    write_evidence,
    write_time,
)
from themecode.store.transcripts import READ_AT_ONCE, changed_outside, read_turns

#: A person's name never begins so; the machine's always does.
MACHINE = "themecode/"

#: Codings written at a time.
_WRITE_AT_ONCE = 2000

_codings = schema.codings
_current = schema.current_transcripts
_decisions = schema.decisions
_kept = schema.transcripts
_passes = schema.coded_passes
_turns = schema.turns

#: A coding's columns, in the order `build_codings` takes them.
COLUMNS = (
    _codings.c.transcript_seq,
    _codings.c.id,
    _codings.c.turn,
    _codings.c.span_start,
    _codings.c.span_end,
    _codings.c.words,
    _codings.c.code_id,
    _codings.c.coder,
    _codings.c.confidence,
    _codings.c.evidence,
    _codings.c.codebook_sha256,
    _codings.c.code_sha256,
    _codings.c.made_at,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """The current version of a transcript, as far as a coding must fit it."""

    seq: int
    text: str
    #: By number: what kind of speaker's, where its words begin, and where they end.
    turns: dict[int, tuple[str, int, int]]


def add(connection: Connection, codings: Iterable[Coding]) -> int:
    """Add codings; those that are there already are left as they are. Returns how many were given.

    Raises:
        ValueError: a coding does not fit the transcript it is about.
    """
    places: dict[str, _Place] = {}
    pending = iter(codings)
    count = 0
    while chunk := list(islice(pending, _WRITE_AT_ONCE)):
        wanted = {coding.segment.transcript_id for coding in chunk}
        if len(places) > READ_AT_ONCE:
            places = {name: place for name, place in places.items() if name in wanted}
        places.update(find_places(connection, sorted(wanted - places.keys())))
        rows = [build_row(coding, places) for coding in chunk]
        connection.execute(insert_new(connection, _codings), rows)
        count += len(chunk)
    return count


def find_places(connection: Connection, ids: Sequence[str]) -> dict[str, _Place]:
    """The texts and turns that codings of these transcripts must stand on, by transcript."""
    if not ids:
        return {}
    rows = connection.execute(
        select(_kept.c.id, _kept.c.seq, _kept.c.text)
        .join(_current, _current.c.transcript_seq == _kept.c.seq)
        .where(_current.c.transcript_id.in_(ids))
    ).all()
    places = {row.seq: (row.id, _Place(row.seq, row.text, {})) for row in rows}
    turns = connection.execute(
        select(
            _turns.c.transcript_seq,
            _turns.c.number,
            _turns.c.kind,
            _turns.c.span_start,
            _turns.c.span_end,
        ).where(_turns.c.transcript_seq.in_(list(places)))
    )
    for seq, number, kind, start, end in turns.all():
        places[seq][1].turns[number] = (kind, start, end)
    return dict(places.values())


def build_row(
    coding: Coding, places: dict[str, _Place], *, carried_from: int | None = None
) -> dict[str, Any]:
    """The row a coding is kept in."""
    segment = coding.segment
    place = places.get(segment.transcript_id)
    turn = place.turns.get(segment.turn) if place else None
    span = segment.span
    if (
        place is None
        or turn is None
        or not (
            turn[1] <= span.start
            and span.end <= turn[2]
            and place.text[span.start : span.end] == segment.text
        )
    ):
        raise ValueError(
            f"coding {coding.id} is not about words in turn {segment.turn} of the current "
            f"version of transcript {segment.transcript_id}"
        )
    evidence = write_evidence(coding.evidence)
    check_storable(f"coding {coding.id}", coding.coder, coding.code_id, evidence)
    return {
        "id": coding.id,
        "transcript_seq": place.seq,
        "turn": segment.turn,
        "turn_kind": turn[0],
        "span_start": span.start,
        "span_end": span.end,
        "words": segment.text,
        "code_id": coding.code_id,
        "coder": coding.coder,
        "by_machine": coding.coder.startswith(MACHINE),
        "confidence": coding.confidence,
        "evidence": evidence,
        "codebook_sha256": coding.codebook_sha256,
        "code_sha256": coding.code_sha256,
        "made_at": write_time(coding.made_at),
        "carried_from": carried_from,
    }


def add_passes(connection: Connection, passes: Iterable[CodedPass], *, at: str) -> int:
    """Record who has coded the whole of which transcript; returns how many were given."""
    pending = iter(passes)
    count = 0
    while chunk := list(islice(pending, READ_AT_ONCE)):
        wanted = {done.transcript_id for done in chunk}
        found = connection.execute(
            select(_current.c.transcript_id, _current.c.transcript_seq).where(
                _current.c.transcript_id.in_(sorted(wanted))
            )
        )
        current = {row.transcript_id: row.transcript_seq for row in found}
        if missing := sorted(wanted - current.keys()):
            raise ValueError(f"there is no transcript {missing[0]}")
        rows = [
            {
                "transcript_seq": current[done.transcript_id],
                "codebook_sha256": done.codebook_sha256,
                "coder": done.coder,
                "made_at": at,
            }
            for done in chunk
        ]
        connection.execute(insert_new(connection, _passes), rows)
        count += len(rows)
    return count


def read_passes(connection: Connection, coder: str) -> dict[str, frozenset[str]]:
    """With which codebooks (their hashes) a coder has coded each transcript as it is now."""
    found: dict[str, set[str]] = {}
    for row in connection.execute(
        select(_current.c.transcript_id, _passes.c.codebook_sha256)
        .join(_passes, _passes.c.transcript_seq == _current.c.transcript_seq)
        .where(_passes.c.coder == coder)
    ):
        found.setdefault(row.transcript_id, set()).add(row.codebook_sha256)
    return {transcript_id: frozenset(hashes) for transcript_id, hashes in found.items()}


def is_peoples() -> ColumnElement[bool]:
    """The condition that a coding is a person's, or that a person has answered it."""
    answered = exists().where(_decisions.c.coding_id == _codings.c.id)
    return or_(_codings.c.by_machine.is_(False), answered)


def _is_current(machine: str, codebook: Codebook | None) -> ColumnElement[bool]:
    """The condition that the machine would claim the same today."""
    codes = [(code.id, code.sha256) for code in codebook.codes] if codebook else []
    if not codes:
        return false()
    return and_(
        _codings.c.coder == machine,
        _codings.c.turn_kind == _turns.c.kind,
        tuple_(_codings.c.code_id, _codings.c.code_sha256).in_(codes),
    )


def read(
    connection: Connection,
    current: Sequence[tuple[str, int]],
    *,
    machine: str,
    codebook: Codebook | None,
    where: str,
    turns: range | None = None,
) -> Iterator[tuple[Coding, Turn]]:
    """The codings that count or may come to count, by transcript, start, end, code and id.

    Args:
        connection: to the study's database.
        current: transcripts and the numbers of their current versions, in id order.
        machine: the machine coder whose claims are wanted.
        codebook: the codebook in force.
        where: the study, for messages.
        turns: the numbers of the turns wanted. None: all.

    Raises:
        DamagedStudy: a coding's words are not at its place.
    """
    query = (
        select(*COLUMNS)
        .join(
            _turns,
            and_(
                _turns.c.transcript_seq == _codings.c.transcript_seq,
                _turns.c.number == _codings.c.turn,
            ),
        )
        .where(or_(is_peoples(), _is_current(machine, codebook)))
        .order_by(
            _codings.c.transcript_seq,
            _codings.c.span_start,
            _codings.c.span_end,
            _codings.c.code_id,
            _codings.c.id,
        )
    )
    if turns is not None:
        query = query.where(_codings.c.turn >= turns.start, _codings.c.turn < turns.stop)
    pending = iter(current)
    while chunk := list(islice(pending, READ_AT_ONCE)):
        seqs = [seq for _, seq in chunk]
        found: Sequence[Any] = connection.execute(
            query.where(_codings.c.transcript_seq.in_(seqs))
        ).all()
        rows = {seq: list(group) for seq, group in groupby(found, key=lambda row: row[0])}
        texts = _read_texts(connection, list(rows))
        coded = read_turns(connection, list(rows), coded_only=turns is None, among=turns)
        for transcript_id, seq in chunk:
            if seq not in rows:
                continue
            if seq not in texts:  # another program took it out
                raise changed_outside(transcript_id, where=where)
            spoken = {turn.number: turn for turn in coded.get(seq, ())}
            before = ""
            for coding in build_codings(rows[seq], transcript_id, texts[seq], where=where):
                if coding.segment.turn not in spoken:
                    raise changed_outside(transcript_id, where=where)
                if coding.id != before:  # once, though kept for two kinds of speaker
                    yield coding, spoken[coding.segment.turn]
                before = coding.id


def _read_texts(connection: Connection, seqs: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(select(_kept.c.seq, _kept.c.text).where(_kept.c.seq.in_(seqs)))
    return {row.seq: row.text for row in rows}


def build_codings(
    rows: Sequence[Sequence[Any]], transcript_id: str, text: str, *, where: str
) -> Iterator[Coding]:
    """The codings that rows (of `COLUMNS`) about one version of a transcript hold.

    Raises:
        DamagedStudy: a coding's words are not at its place.
    """
    evidence = read_evidence([row[9] for row in rows])
    for row, reasons in zip(rows, evidence, strict=True):
        _, id_, turn, start, end, words, code, coder, confidence, _, book, sha256, at = row
        if text[start:end] != words:
            raise changed_outside(transcript_id, where=where)
        yield Coding(
            id_,
            Segment(transcript_id, turn, Span(start, end), words),
            code,
            coder,
            confidence,
            reasons,
            book,
            sha256,
            read_time(at),
        )
