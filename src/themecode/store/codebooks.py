"""Codebooks and participants, in the study's database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select

from themecode.model import Codebook, Consent, Participant
from themecode.store import schema
from themecode.store.records import (
    check_storable,
    hash_text,
    read_codebook,
    write_codebook,
    write_json,
)

_codebooks = schema.codebooks
_in_force = schema.codebooks_in_force
_participants = schema.participants


def save(connection: Connection, codebook: Codebook, source: bytes, *, at: str) -> bool:
    """Keep a codebook and put it in force; returns whether that changed anything."""
    parsed = write_codebook(codebook)
    check_storable("the codebook", parsed)
    parsed_sha256 = hash_text(parsed)
    seq = connection.execute(
        select(_codebooks.c.seq).where(
            _codebooks.c.sha256 == codebook.sha256, _codebooks.c.parsed_sha256 == parsed_sha256
        )
    ).scalar()
    if seq is None:
        inserted = connection.execute(
            insert(_codebooks).values(
                sha256=codebook.sha256,
                title=codebook.title,
                version=codebook.version,
                source=source,
                parsed=parsed,
                parsed_sha256=parsed_sha256,
                added_at=at,
            )
        ).inserted_primary_key
        assert inserted is not None
        seq = inserted[0]
    if seq == connection.execute(_newest_in_force()).scalar():
        return False
    connection.execute(insert(_in_force).values(codebook_seq=seq, since=at))
    return True


def _newest_in_force() -> Select[tuple[int]]:
    return select(_in_force.c.codebook_seq).order_by(_in_force.c.seq.desc()).limit(1)


def read_in_force(connection: Connection) -> Codebook | None:
    """The codebook that was put in force last."""
    stored = connection.execute(
        select(_codebooks.c.parsed).where(_codebooks.c.seq == _newest_in_force().scalar_subquery())
    ).scalar()
    return None if stored is None else read_codebook(stored)


def read_by_hash(connection: Connection, sha256: str) -> Codebook | None:
    """The codebook of that hash, as it was read last."""
    stored = connection.execute(
        select(_codebooks.c.parsed)
        .where(_codebooks.c.sha256 == sha256)
        .order_by(_codebooks.c.seq.desc())
        .limit(1)
    ).scalar()
    return None if stored is None else read_codebook(stored)


def list_versions(connection: Connection) -> dict[str, str]:
    """The version of every codebook the study has used, by its hash."""
    rows = connection.execute(select(_codebooks.c.sha256, _codebooks.c.version))
    return {row.sha256: row.version for row in rows}


def save_participants(
    connection: Connection, participants: Iterable[Participant], *, after: bool = False
) -> int:
    """Write participants over those of the same id, in the order given; returns how many.

    Args:
        connection: writing.
        participants: as their file has them.
        after: whether they follow everyone the study knows, instead of coming in their own order.
    """
    last = connection.execute(select(func.max(_participants.c.place))).scalar()
    first = 0 if not after or last is None else last + 1
    rows: dict[str, dict[str, Any]] = {
        participant.id: {
            "id": participant.id,
            "place": place,
            "role": participant.role,
            "attributes": write_json(dict(participant.attributes)),
            "consent": None if participant.consent is None else participant.consent.value,
        }
        for place, participant in enumerate(participants, start=first)
    }
    for row in rows.values():
        check_storable("the participants file", row["id"], row["role"], row["attributes"])
    if rows:
        connection.execute(
            delete(_participants).where(_participants.c.id == bindparam("this")),
            [{"this": participant_id} for participant_id in rows],
        )
        connection.execute(insert(_participants), list(rows.values()))
    return len(rows)


def read_participants(connection: Connection) -> dict[str, Participant]:
    """Every participant by id, in the file's order."""
    rows = connection.execute(
        select(_participants).order_by(_participants.c.place, _participants.c.id)
    )
    return {
        row.id: Participant(
            row.id,
            row.role,
            json.loads(row.attributes),
            None if row.consent is None else Consent(row.consent),
        )
        for row in rows
    }
