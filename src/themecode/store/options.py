"""How transcripts were asked to be read, as the study remembers it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from themecode.store import schema
from themecode.store.records import write_json

_options = schema.reading_options


def save(connection: Connection, options: Mapping[str, Any], *, at: str) -> None:
    """Keep options; those before them stay, and count no more."""
    connection.execute(insert(_options).values(options=write_json(dict(options)), made_at=at))


def read(connection: Connection) -> dict[str, Any] | None:
    """The options kept last. None: none were."""
    kept = connection.execute(
        select(_options.c.options).order_by(_options.c.seq.desc()).limit(1)
    ).scalar()
    return None if kept is None else json.loads(kept)
