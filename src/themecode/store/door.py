"""The one way past the append-only triggers: a withdrawal that the law asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, delete, insert

from themecode.store import schema
from themecode.store.connect import writing


@contextmanager
def open_door(engine: Engine, why: str) -> Iterator[Connection]:
    """A connection on which rows may be changed and removed, in one transaction.

    The door is a row in the table `door` that is gone again before the transaction ends, so that
    nobody else ever finds it open. The log stays closed: whoever opens the door writes there what
    was done.

    Args:
        engine: the study's.
        why: what for, without a participant's name.
    """
    with writing(engine) as connection:
        connection.execute(insert(schema.door).values(open_for=why))
        yield connection
        connection.execute(delete(schema.door))
