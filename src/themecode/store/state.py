"""How much a study holds, and whether its outputs still say what it holds."""

from __future__ import annotations

from sqlalchemy import Connection, case, func, insert, select

from themecode.model import TranscriptKind, hash_words
from themecode.store import schema
from themecode.store.records import StudyCounts, read_time, write_json

_current = schema.current_transcripts
_kept = schema.transcripts
_turns = schema.turns
_outputs = schema.outputs_made


def count(connection: Connection) -> StudyCounts:
    """How much the study holds."""
    held = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(_kept.c.turn_count), 0),
            func.coalesce(func.sum(_kept.c.word_count), 0),
            func.coalesce(func.sum(case((_kept.c.kind == TranscriptKind.SURVEY, 1), else_=0)), 0),
        ).join_from(_current, _kept, _current.c.transcript_seq == _kept.c.seq)
    ).one()
    speaking = connection.execute(
        select(func.count(func.distinct(_turns.c.participant_id))).join_from(
            _current, _turns, _current.c.transcript_seq == _turns.c.transcript_seq
        )
    ).scalar_one()
    rows = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (schema.codings, schema.decisions, schema.memos)
    }
    latest = [
        connection.execute(select(column).order_by(seq.desc()).limit(1)).scalar()
        for column, seq in (
            (schema.log.c.at, schema.log.c.seq),
            (schema.decisions.c.decided_at, schema.decisions.c.seq),
            (schema.memos.c.made_at, schema.memos.c.seq),
        )
    ]
    changed_at = max((at for at in latest if at is not None), default=None)
    return StudyCounts(
        transcripts=held[0],
        turns=held[1],
        words=held[2],
        responses=held[3],
        participants=speaking,
        codings=rows["codings"],
        decisions=rows["decisions"],
        memos=rows["memos"],
        changed_at=None if changed_at is None else read_time(changed_at),
    )


def hash_state(connection: Connection, machine: str) -> str:
    """A fingerprint of everything the outputs depend on: the same only where they would be."""
    transcripts = connection.execute(
        select(
            _current.c.transcript_id, _current.c.transcript_seq, _current.c.speakers_sha256
        ).order_by(_current.c.transcript_id)
    )
    participants = connection.execute(
        select(schema.participants).order_by(schema.participants.c.id)
    )
    # These are only ever added to, so that the newest row tells of all of them.
    newest = [
        connection.execute(select(func.max(table.c.seq))).scalar()
        for table in (schema.codebooks_in_force, schema.codings, schema.decisions)
    ]
    return hash_words(
        machine,
        write_json([list(row) for row in transcripts]),
        write_json([list(row) for row in participants]),
        write_json(newest),
    )


def read_outputs(connection: Connection) -> str | None:
    """The fingerprint of the state that the outputs were made from last."""
    return connection.execute(
        select(_outputs.c.state_hash).order_by(_outputs.c.seq.desc()).limit(1)
    ).scalar()


def add_outputs(connection: Connection, state_hash: str, *, at: str) -> None:
    """Keep the fingerprint of the state that the outputs were made from."""
    connection.execute(insert(_outputs).values(state_hash=state_hash, made_at=at))
