"""Reviewers, what they chose, how they are looked after, and the keys that let them in."""

from __future__ import annotations

import json
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import Connection, bindparam, delete, insert, select

from themecode.store import review_schema
from themecode.store.records import check_storable, read_time, write_json, write_time
from themecode.store.review_records import Care, Choices, KeyHolder, KeyRole, Reviewer

_care = review_schema.review_care
_choices = review_schema.review_choices
_keys = review_schema.review_keys
_reviewers = review_schema.reviewers

_OF_KEY = select(_keys).where(_keys.c.sha256 == bindparam("key"))

#: A key that opens once, and the one a device is given for it.
LINK, DEVICE = "link", "device"


def save_reviewer(connection: Connection, reviewer: Reviewer, *, at: str) -> bool:
    """Keep a reviewer and her group; False where that is known."""
    check_storable("the name", reviewer.name, reviewer.group)
    if read_reviewers(connection).get(reviewer.name) == reviewer:
        return False
    connection.execute(
        insert(_reviewers).values(name=reviewer.name, in_group=reviewer.group, made_at=at)
    )
    return True


def read_reviewers(connection: Connection) -> dict[str, Reviewer]:
    """Every reviewer by name, in the order they were first named."""
    rows = connection.execute(select(_reviewers).order_by(_reviewers.c.seq))
    return {row.name: Reviewer(row.name, row.in_group) for row in rows}


def save_choices(connection: Connection, reviewer: str, choices: Choices, *, at: str) -> None:
    """Keep what a reviewer chose, over what she chose before."""
    kept = {
        "opted_out": sorted(choices.opted_out),
        "hide_all": choices.hide_all,
        "started": choices.started,
    }
    connection.execute(
        insert(_choices).values(reviewer=reviewer, choices=write_json(kept), made_at=at)
    )


def read_choices(connection: Connection) -> dict[str, Choices]:
    """What each reviewer chose last."""
    found = {}
    for row in connection.execute(select(_choices).order_by(_choices.c.seq)):
        kept = json.loads(row.choices)
        found[row.reviewer] = Choices(
            frozenset(kept["opted_out"]), kept["hide_all"], kept["started"]
        )
    return found


def save_care(connection: Connection, care: Care, *, at: str) -> None:
    """Keep how reviewers are looked after."""
    check_storable("a contact", *care.contacts)
    kept = {"contacts": list(care.contacts), "daily_limit": care.daily_limit}
    connection.execute(insert(_care).values(care=write_json(kept), made_at=at))


def read_care(connection: Connection) -> Care:
    """How reviewers are looked after."""
    kept = connection.execute(select(_care.c.care).order_by(_care.c.seq.desc()).limit(1)).scalar()
    if kept is None:
        return Care()
    read = json.loads(kept)
    return Care(tuple(read["contacts"]), read["daily_limit"])


def add_key(
    connection: Connection, sha256: str, kind: str, holder: KeyHolder, *, at: str, ends_at: datetime
) -> None:
    """Keep the fingerprint of a key."""
    connection.execute(
        insert(_keys).values(
            sha256=sha256,
            kind=kind,
            name=holder.name,
            role=holder.role.value,
            made_at=at,
            ends_at=write_time(ends_at),
        )
    )


def find_key(connection: Connection, sha256: str, kind: str, *, now: datetime) -> KeyHolder | None:
    """Whom a key lets in. None: nobody, or not any more."""
    row = connection.execute(_OF_KEY, {"key": sha256}).one_or_none()
    # Found by fingerprint, which tells whoever times it nothing about the key.
    if row is None or not compare_digest(row.sha256, sha256) or row.kind != kind:
        return None
    if read_time(row.ends_at) <= now:
        return None
    return KeyHolder(row.name, KeyRole(row.role))


def end_key(connection: Connection, sha256: str) -> None:
    """Let a key open nothing any more."""
    connection.execute(delete(_keys).where(_keys.c.sha256 == sha256))


def end_keys_of(connection: Connection, name: str, *, kind: str | None = None) -> None:
    """Let none of somebody's keys (or of one kind) open anything any more."""
    query = delete(_keys).where(_keys.c.name == name)
    connection.execute(query if kind is None else query.where(_keys.c.kind == kind))


def swap_key(
    connection: Connection, link: str, device: str, *, at: str, now: datetime, ends_at: datetime
) -> KeyHolder | None:
    """Take a link's key, once and for all, and give a device one in its place."""
    holder = find_key(connection, link, LINK, now=now)
    if holder is None:
        return None
    end_key(connection, link)
    add_key(connection, device, DEVICE, holder, at=at, ends_at=ends_at)
    return holder
