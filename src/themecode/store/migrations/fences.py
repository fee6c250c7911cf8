"""Triggers that make a table append-only, inside the database itself.

A study is edited with other tools too; what a person said or decided must outlive them. The one
way past is a row in the table `door` within the same transaction (see themecode/store/door.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

_REFUSAL = "nothing in a study is changed or removed: it is append-only"
_CLOSED = "NOT EXISTS (SELECT 1 FROM door)"


def fence(table: str, *, columns: Sequence[str] = (), door: bool = True) -> None:
    """Refuse every change to rows of `table`, and every removal.

    Args:
        table: the table.
        columns: only changes of these are refused. Empty: any change is.
        door: whether a withdrawal may pass.
    """
    of = f" OF {', '.join(columns)}" if columns else ""
    for event, name in ((f"UPDATE{of}", "update"), ("DELETE", "delete")):
        if op.get_bind().dialect.name == "sqlite":
            when = f" WHEN {_CLOSED}" if door else ""
            op.execute(
                f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table}{when} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        else:
            _fence_on_postgresql(table, event, name, closed=_CLOSED if door else "TRUE")


def _fence_on_postgresql(table: str, event: str, name: str, *, closed: str) -> None:
    """The same on PostgreSQL, whose triggers call a function and cannot look at other tables."""
    function = f"{table}_no_{name}"
    kept = "OLD" if name == "delete" else "NEW"
    op.execute(
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {closed} THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; RETURN {kept}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {function} BEFORE {event} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
