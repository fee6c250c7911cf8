"""Which machine codes a study, and the trained models it was ever coded with."""

from __future__ import annotations

import json
from hashlib import sha256

from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, Text, insert, select

from themecode.store.connect import reading
from themecode.store.keeping import KeepingStudy
from themecode.store.records import Machine, write_json, write_time
from themecode.store.schema import metadata

models = Table(
    "models",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("file", LargeBinary, nullable=False),
    Column("added_at", Text, nullable=False),
)

machines_in_force = Table(
    "machines_in_force",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("coder", Text, nullable=False),
    Column("suggested", Text, nullable=False),
    Column("model_sha256", Text),
    Column("why", Text, nullable=False),
    Column("since", Text, nullable=False),
    sqlite_autoincrement=True,
)


def save(connection: Connection, machine: Machine, raw: bytes | None, *, at: str) -> bool:
    """Keep a machine and put it in force; returns whether that changed anything."""
    if read_in_force(connection) == machine:
        return False
    if raw is not None:
        kept = sha256(raw).hexdigest()
        known = select(models.c.sha256).where(models.c.sha256 == kept)
        if connection.execute(known).scalar() is None:
            connection.execute(insert(models).values(sha256=kept, file=raw, added_at=at))
    connection.execute(
        insert(machines_in_force).values(
            coder=machine.coder,
            suggested=write_json(dict(machine.suggested)),
            model_sha256=machine.model_sha256,
            why=machine.why,
            since=at,
        )
    )
    return True


def read_in_force(connection: Connection) -> Machine | None:
    """The machine that was put in force last. None: none ever was."""
    return next(iter(read_all(connection)), None)


def read_all(connection: Connection) -> tuple[Machine, ...]:
    """Every machine that was ever put in force, the newest first."""
    rows = connection.execute(select(machines_in_force).order_by(machines_in_force.c.seq.desc()))
    return tuple(
        Machine(row.coder, json.loads(row.suggested), row.model_sha256, row.why) for row in rows
    )


class MachineStudy(KeepingStudy):
    """What a study knows of the machine that codes it; `Study` inherits it."""

    def save_machine(self, machine: Machine, raw: bytes | None = None) -> None:
        """Put a machine in force, and keep its model's file with the study."""
        with self._writing() as connection:
            if save(connection, machine, raw, at=write_time(self._now())):
                what = "code with cues alone"
                if machine.model_sha256 is not None:
                    what = f"code with the model {machine.model_sha256[:12]} ({machine.why})"
                self._log(connection, what)

    def machine_in_force(self) -> Machine | None:
        """The machine whose codings count. None: cues alone, as ever."""
        with reading(self._engine) as connection:
            return read_in_force(connection)

    def machines(self) -> tuple[Machine, ...]:
        """Every machine that ever coded the study, the newest first."""
        with reading(self._engine) as connection:
            return read_all(connection)

    def model_file(self, sha256: str) -> bytes | None:
        """The file of a model the study was coded with. None: it has none of that hash."""
        with reading(self._engine) as connection:
            kept = connection.execute(select(models.c.file).where(models.c.sha256 == sha256))
            return kept.scalar()
