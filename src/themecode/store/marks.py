"""The study's own number, what it has marked as withdrawn, and the files that left it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from themecode.store import keeping_schema
from themecode.store.records import check_storable, read_time, write_json
from themecode.store.traces import Mark, Marker

_secrets = keeping_schema.secrets
_marks = keeping_schema.withdrawn_marks
_exports = keeping_schema.exports_made
_exceptions = keeping_schema.exceptions_made


@dataclass(frozen=True, slots=True)
class Export:
    """A file that left the study.

    Args:
        path: where it was put; "(printed)" where it went to the screen or another program.
        format: what was written.
        people: how many participants' words it holds.
    """

    path: str
    format: str
    people: int
    who: str
    made_at: datetime


def read_marker(connection: Connection) -> Marker:
    """What was withdrawn from the study, and its number; made at need where the connection writes."""
    salt = connection.execute(select(_secrets.c.value).where(_secrets.c.name == "marks")).scalar()
    if salt is None:
        if not connection.get_execution_options().get("writes", False):
            return Marker("")
        salt = secrets.token_hex(16)
        connection.execute(insert(_secrets).values(name="marks", value=salt))
    rows = connection.execute(
        select(_marks.c.kind, _marks.c.transcript_id, _marks.c.length, _marks.c.mark)
    )
    return Marker(salt, frozenset(Mark(*row) for row in rows))


def take_over(connection: Connection, marker: Marker) -> None:
    """Keep another state's number and marks in place of this one's, which was copied before them."""
    if not marker.salt:
        return
    held = read_marker(connection)
    if held.salt != marker.salt:
        connection.execute(
            update(_secrets).where(_secrets.c.name == "marks").values(value=marker.salt)
        )
    for mark in sorted(
        marker.marks - (held.marks if held.salt == marker.salt else frozenset()),
        key=lambda each: (each.kind, each.mark),
    ):
        connection.execute(
            insert(_marks).values(
                kind=mark.kind,
                transcript_id=mark.transcript_id,
                length=mark.length,
                mark=mark.mark,
            )
        )


def add_export(
    connection: Connection, path: str, kind: str, people: Iterable[str], *, who: str, at: str
) -> None:
    """Keep that a file left the study, and by their marks whose words are in it."""
    check_storable("the export's path", path)
    marker = read_marker(connection)
    marks = sorted({marker.mark_person(each).mark for each in people})
    before = connection.execute(
        select(_exports.c.format, _exports.c.people)
        .where(_exports.c.path == path)
        .order_by(_exports.c.seq.desc())
        .limit(1)
    ).one_or_none()
    if before is not None and (before.format, before.people) == (kind, write_json(marks)):
        return  # the same file of the same people again: it need be called back once
    connection.execute(
        insert(_exports).values(
            path=path, format=kind, people=write_json(marks), who=who, made_at=at
        )
    )


def list_exports(connection: Connection) -> Iterator[Export]:
    """Every file that left the study, oldest first."""
    for row in connection.execute(select(_exports).order_by(_exports.c.seq)):
        yield Export(row.path, row.format, len(json.loads(row.people)), row.who,
                     read_time(row.made_at))  # fmt: skip


def add_exception(connection: Connection, about: str, reason: str, *, who: str, at: str) -> None:
    """Keep why consent was set aside."""
    check_storable("the reason", about, reason)
    connection.execute(insert(_exceptions).values(about=about, reason=reason, who=who, made_at=at))


def list_exceptions(connection: Connection) -> list[tuple[str, str, str, str]]:
    """Each time consent was set aside: what about, why, who, when."""
    return [
        (row.about, row.reason, row.who, row.made_at)
        for row in connection.execute(select(_exceptions).order_by(_exceptions.c.seq))
    ]
