"""Transcripts and their turns, in the study's database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from themecode.errors import DamagedStudy, ThemecodeError
from themecode.model import Span, Transcript, TranscriptKind, Turn, TurnKind
from themecode.store import schema
from themecode.store.connect import damaged
from themecode.store.records import (
    KnownTranscript,
    check_storable,
    hash_content,
    hash_speakers,
)

#: Transcripts read at a time: enough to ask seldom, few enough to hold in memory.
READ_AT_ONCE = 50

_current = schema.current_transcripts
_kept = schema.transcripts
#: Put together once: every page of the review waits for it.
_MARK = (
    select(
        _current.c.transcript_seq,
        _kept.c.content_sha256,
        _current.c.speakers_sha256,
        _current.c.read_with,
    )
    .join(_kept, _kept.c.seq == _current.c.transcript_seq)
    .where(_current.c.transcript_id == bindparam("id"))
)
_turns = schema.turns
#: Put together once, too: a large study is thousands of transcripts.
_INSERT_KEPT, _INSERT_CURRENT, _INSERT_TURNS = map(insert, (_kept, _current, _turns))
_KEPT_SHA256 = (
    select(_kept.c.sha256)
    .join(_current, _current.c.transcript_seq == _kept.c.seq)
    .where(_current.c.transcript_id == bindparam("id"))
)


def add(
    connection: Connection,
    transcripts: Iterable[Transcript],
    *,
    read_with: Mapping[str, str],
    at: str,
) -> tuple[int, int]:
    """Add those that are new; returns how many transcripts and turns that was.

    Raises:
        ThemecodeError: one of that id is there with other contents.
    """
    added = turns = 0
    for transcript in transcripts:
        before = connection.execute(_KEPT_SHA256, {"id": transcript.id}).scalar()
        if before is None:
            seq = insert_version(connection, transcript, version=1, at=at)
            connection.execute(
                _INSERT_CURRENT,
                {
                    "transcript_id": transcript.id,
                    "transcript_seq": seq,
                    "read_with": read_with.get(transcript.id, ""),
                    "speakers_sha256": hash_speakers(transcript.turns),
                },
            )
            added += 1
            turns += len(transcript.turns)
        elif before != transcript.sha256:
            raise ThemecodeError(
                f"{transcript.source}: the study already holds a transcript {transcript.id} with "
                "other contents, so it was left as it is. To put this one in its place, keeping "
                f"what people decided: `themecode import {transcript.source} --replace`."
            )
    return added, turns


def insert_version(connection: Connection, transcript: Transcript, *, version: int, at: str) -> int:
    """Write a transcript and its turns; returns the number it is known by in the database."""
    check_storable(
        f"transcript {transcript.id}",
        transcript.id,
        transcript.source,
        transcript.text,
        *(turn.speaker for turn in transcript.turns),
    )
    inserted = connection.execute(
        _INSERT_KEPT,
        {
            "id": transcript.id,
            "version": version,
            "source": transcript.source,
            "sha256": transcript.sha256,
            "kind": str(transcript.kind),
            "text": transcript.text,
            "content_sha256": hash_content(transcript),
            "turn_count": len(transcript.turns),
            "word_count": sum(len(transcript.words_of(turn).split()) for turn in transcript.turns),
            "added_at": at,
        },
    ).inserted_primary_key
    assert inserted is not None
    seq = int(inserted[0])
    if transcript.turns:
        connection.execute(
            _INSERT_TURNS,
            [
                {
                    "transcript_seq": seq,
                    "number": turn.number,
                    "speaker": turn.speaker,
                    "kind": turn.kind.value,
                    "participant_id": turn.participant_id,
                    "span_start": turn.span.start,
                    "span_end": turn.span.end,
                    "started_at": turn.started_at,
                }
                for turn in transcript.turns
            ],
        )
    return seq


def list_known(connection: Connection) -> dict[str, KnownTranscript]:
    """Every transcript in its current version, without its words, by id."""
    rows = connection.execute(
        select(_kept.c.id, _kept.c.sha256, _kept.c.source, _current.c.read_with)
        .join(_current, _current.c.transcript_seq == _kept.c.seq)
        .order_by(_kept.c.id)
    )
    return {row.id: KnownTranscript(row.sha256, row.source, row.read_with) for row in rows}


def list_speaking(connection: Connection) -> frozenset[str]:
    """Everyone who speaks as a participant in a current version."""
    rows = connection.execute(
        select(_turns.c.participant_id)
        .join_from(_current, _turns, _current.c.transcript_seq == _turns.c.transcript_seq)
        .where(_turns.c.participant_id.is_not(None))
        .distinct()
    )
    return frozenset(row.participant_id for row in rows)


def find_current(
    connection: Connection, ids: Iterable[str] | None, *, where: str
) -> list[tuple[str, int]]:
    """The current version of each transcript, in id order.

    Raises:
        ThemecodeError: the study holds none of that id.
    """
    rows = connection.execute(
        select(_current.c.transcript_id, _current.c.transcript_seq).order_by(
            _current.c.transcript_id
        )
    )
    found = {row.transcript_id: int(row.transcript_seq) for row in rows}
    if ids is None:
        return list(found.items())
    wanted = sorted(set(ids))
    for transcript_id in wanted:
        if transcript_id not in found:
            raise _unknown(transcript_id, where=where)
    return [(transcript_id, found[transcript_id]) for transcript_id in wanted]


def read(connection: Connection, seqs: Sequence[int], *, where: str) -> Iterator[Transcript]:
    """Transcripts by their numbers in the database, in the order given, each checked as read.

    Raises:
        DamagedStudy: the words or the turns are not those that were put in.
    """
    pending = iter(seqs)
    while chunk := list(islice(pending, READ_AT_ONCE)):
        rows = {
            row.seq: row for row in connection.execute(select(_kept).where(_kept.c.seq.in_(chunk)))
        }
        turns = read_turns(connection, chunk)
        for seq in chunk:
            if seq not in rows:
                raise damaged(where)
            row = rows[seq]
            transcript = Transcript(
                row.id,
                row.source,
                row.sha256,
                TranscriptKind(row.kind),
                row.text,
                turns.get(seq, ()),
            )
            if hash_content(transcript) != row.content_sha256:
                raise changed_outside(row.id, where=where)
            yield transcript


def read_mark(
    connection: Connection, transcript_id: str, *, where: str
) -> tuple[int, str, str, str]:
    """A transcript's number in the database, and hashes that change whenever it does.

    Raises:
        ThemecodeError: the study holds none of that id.
    """
    row = connection.execute(_MARK, {"id": transcript_id}).one_or_none()
    if row is None:
        raise _unknown(transcript_id, where=where)
    return int(row[0]), str(row[1]), str(row[2]), str(row[3])


def _unknown(transcript_id: str, *, where: str) -> ThemecodeError:
    return ThemecodeError(
        f"The study in {where} holds no transcript {transcript_id}. "
        "`themecode status` lists those it holds."
    )


def changed_outside(transcript_id: str, *, where: str) -> DamagedStudy:
    """The refusal for words that are not those that were put in."""
    return DamagedStudy(
        f"Transcript {transcript_id} of the study in {where} is not as it was imported: "
        "study.db was damaged, or changed by another program. "
        "Put back a copy of it (the study's backups folder may hold one)."
    )


def read_turns(
    connection: Connection,
    seqs: Sequence[int],
    *,
    coded_only: bool = False,
    among: range | None = None,
) -> dict[int, tuple[Turn, ...]]:
    """The turns of some transcripts, in the order spoken.

    Args:
        connection: to the study's database.
        seqs: the transcripts' numbers in it.
        coded_only: whether only turns with a coding are wanted.
        among: the numbers of the turns wanted. None: all.
    """
    kinds = {kind.value: kind for kind in TurnKind}  # a look-up a row, not a call
    query = (
        select(
            _turns.c.transcript_seq,
            _turns.c.number,
            _turns.c.speaker,
            _turns.c.kind,
            _turns.c.participant_id,
            _turns.c.span_start,
            _turns.c.span_end,
            _turns.c.started_at,
        )
        .where(_turns.c.transcript_seq.in_(seqs))
        .order_by(_turns.c.transcript_seq, _turns.c.number)
    )
    if coded_only:
        coded = select(schema.codings.c.transcript_seq, schema.codings.c.turn).where(
            schema.codings.c.transcript_seq.in_(seqs)
        )
        query = query.where(tuple_(_turns.c.transcript_seq, _turns.c.number).in_(coded))
    if among is not None:
        query = query.where(_turns.c.number >= among.start, _turns.c.number < among.stop)
    rows: Sequence[Any] = connection.execute(query).all()
    return {
        seq: tuple(
            [
                Turn(number, speaker, kinds[kind], participant_id, Span(start, end), started_at)
                for _, number, speaker, kind, participant_id, start, end, started_at in group
            ]
        )
        for seq, group in groupby(rows, key=lambda row: row[0])
    }


def update_speakers(
    connection: Connection, transcript: Transcript, *, read_with: str, where: str
) -> tuple[int, int]:
    """Write who is speaking in an unchanged transcript.

    Returns:
        How many turns changed, and of those how many changed from one kind of speaker to another.

    Raises:
        ValueError: the words or the turns differ from those the study holds.
    """
    [(_, seq)] = find_current(connection, [transcript.id], where=where)
    held = connection.execute(select(_kept.c.content_sha256).where(_kept.c.seq == seq)).scalar()
    if held != hash_content(transcript):
        raise ValueError(f"transcript {transcript.id} has other words or turns than the study's")
    before = {turn.number: turn for turn in read_turns(connection, [seq]).get(seq, ())}
    changed = [turn for turn in transcript.turns if turn != before[turn.number]]
    if changed:
        connection.execute(
            update(_turns)
            .where(_turns.c.transcript_seq == seq, _turns.c.number == bindparam("this"))
            .values(kind=bindparam("is_a"), participant_id=bindparam("who")),
            [
                {"this": turn.number, "is_a": turn.kind.value, "who": turn.participant_id}
                for turn in changed
            ],
        )
    kinds = sum(turn.kind is not before[turn.number].kind for turn in changed)
    if kinds:  # whoever was coded may not be who is to be coded now
        passes = schema.coded_passes
        connection.execute(delete(passes).where(passes.c.transcript_seq == seq))
    connection.execute(
        update(_current)
        .where(_current.c.transcript_id == transcript.id)
        .values(read_with=read_with, speakers_sha256=hash_speakers(transcript.turns))
    )
    return len(changed), kinds
