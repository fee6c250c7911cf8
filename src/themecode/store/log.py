"""What was done to a study, when and by whom: each entry sealed with the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from themecode.errors import DamagedStudy
from themecode.model import hash_words
from themecode.store import schema
from themecode.store.records import LogEntry, read_time, write_json, write_time


def add_entry(
    connection: Connection, what: str, *, counts: Mapping[str, int], who: str, now: datetime
) -> None:
    """Write one entry, within the transaction that does what it says was done."""
    log = schema.log
    last = connection.execute(select(log.c.sha256).order_by(log.c.seq.desc()).limit(1)).scalar()
    at, counted = write_time(now), write_json(dict(counts))
    connection.execute(
        insert(log).values(
            at=at,
            who=who,
            what=what,
            counts=counted,
            sha256=hash_words(last or "", at, who, what, counted),
        )
    )


def read_entries(connection: Connection, *, where: str) -> Iterator[LogEntry]:
    """Every entry, oldest first.

    Raises:
        DamagedStudy: an entry does not follow from the one before it.
    """
    log = schema.log
    before = ""
    for row in connection.execute(select(log).order_by(log.c.seq)):
        if row.sha256 != hash_words(before, row.at, row.who, row.what, row.counts):
            raise DamagedStudy(
                f"The log of the study in {where} was changed at entry {row.seq} ({row.at}). "
                "Put back a copy of the study from before then."
            )
        before = row.sha256
        yield LogEntry(read_time(row.at), row.who, row.what, json.loads(row.counts), row.sha256)
