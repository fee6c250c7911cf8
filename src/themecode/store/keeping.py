"""What a study does for the people who spoke in it: withdrawal, copies, a list of what left it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update

from themecode.errors import StudyBusy, ThemecodeError
from themecode.model import Span, Transcript
from themecode.store import backups, keeping_schema, log, marks, schema, verify
from themecode.store.clearing import Withdrawn
from themecode.store.connect import explain, reading, writing
from themecode.store.door import open_door
from themecode.store.marks import Export
from themecode.store.records import write_json, write_time
from themecode.store.traces import Marker
from themecode.store.withdrawing import take_out_passage, take_out_person

_withdrawals = keeping_schema.withdrawals


class _OnlyLooking(Exception):
    """Rolls a dry run back."""


class KeepingStudy:
    """The part of a study that protects people; `Study` is one."""

    folder: Path | None
    where: str
    who: str
    passphrase: str | None
    _engine: Engine
    _now: Callable[[], datetime]

    # ── withdrawal ───────────────────────────────────────────────────────────────────────────

    def withdraw(
        self, participant_id: str, *, also_called: Sequence[str] = (), dry_run: bool = False
    ) -> Withdrawn:
        """Take somebody out of the database, all or nothing; `end_withdrawal` sees to the rest.

        Args:
            participant_id: as the study calls her.
            also_called: names of hers that others say, taken out of every transcript.
            dry_run: only say what would go.

        Raises:
            ThemecodeError: the study knows nobody of that id.
        """
        return self._take_out(
            "participant",
            lambda connection: take_out_person(
                connection, participant_id, also_called=also_called, where=self.where
            ),
            dry_run=dry_run,
        )

    def withdraw_passage(
        self, transcript_id: str, span: Span, *, dry_run: bool = False
    ) -> Withdrawn:
        """Take one passage out of the database, all or nothing; raises as `withdraw` does."""
        return self._take_out(
            "passage",
            lambda connection: take_out_passage(connection, transcript_id, span, where=self.where),
            dry_run=dry_run,
        )

    def _take_out(
        self, kind: str, remove: Callable[[Connection], Withdrawn], *, dry_run: bool
    ) -> Withdrawn:
        done: Withdrawn | None = None
        try:
            with open_door(self._engine, f"withdraw a {kind}") as connection:
                done = remove(connection)
                if dry_run:
                    raise _OnlyLooking  # noqa: TRY301  leaves the transaction, and nothing else
                counts = {name: number for name, number in sorted(done.counts.items()) if number}
                rows = {f"table {name}": number for name, number in sorted(done.rows.items())}
                connection.execute(
                    insert(_withdrawals).values(
                        kind=kind,
                        began_at=write_time(self._now()),
                        ended_at=None,
                        counts=write_json({**counts, **rows}),
                    )
                )
                self._log(connection, f"withdraw a {kind}", **counts)
        except _OnlyLooking:
            pass
        assert done is not None
        return done

    def unfinished_withdrawals(self) -> int:
        """How many withdrawals have left the database, and perhaps not yet every copy."""
        with reading(self._engine) as connection:
            return len(
                connection.execute(
                    select(_withdrawals.c.seq).where(_withdrawals.c.ended_at.is_(None))
                ).all()
            )

    def wipe(self) -> None:
        """Rewrite the database's file without what was removed, and empty the log beside it.

        Raises:
            StudyBusy: another program has the study open, so that its log could not be emptied.
        """
        if self._engine.dialect.name != "sqlite":
            return
        self._engine.dispose()
        raw = self._engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.close()
        except Exception as error:
            raise explain(error, where=self.where) or error from error
        finally:
            raw.close()
        if busy:
            raise StudyBusy(
                f"Another program has the study in {self.where} open (perhaps `themecode review "
                "serve`), so that traces may be left in study.db-wal. Close it, then run "
                "`themecode withdraw --finish`."
            )

    def end_withdrawal(self) -> None:
        """Note that no copy is left in the study's folder."""
        with self._writing() as connection:
            connection.execute(
                update(_withdrawals)
                .where(_withdrawals.c.ended_at.is_(None))
                .values(ended_at=write_time(self._now()))
            )

    def without_withdrawn(self, transcript: Transcript) -> Transcript | None:
        """A transcript as it was read, without what was withdrawn from it; None: all of it was."""
        return self.marker().take_out(transcript)

    def is_withdrawn(self, participant_id: str) -> bool:
        """Whether somebody of that id withdrew."""
        return self.marker().is_withdrawn(participant_id)

    def add_marks(self, marker: Marker) -> None:
        """Keep what another state of this study had marked as withdrawn."""
        with self._writing() as connection:
            marks.take_over(connection, marker)

    def marker(self) -> Marker:
        """What was withdrawn, by its marks."""
        with reading(self._engine) as connection:
            return marks.read_marker(connection)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Id and text of every version of every transcript, unchecked: to look for words, not to show."""
        kept = schema.transcripts.c
        with reading(self._engine) as connection:
            for row in connection.execute(select(kept.id, kept.text)):
                yield row.id, row.text

    # ── what left the study ──────────────────────────────────────────────────────────────────

    def record_export(self, path: Path | str | None, kind: str, people: Iterable[str]) -> None:
        """Keep that a file left the study, so that it can be called back.

        Args:
            path: the file. None: it was printed, or read by another program.
            kind: what was written ("coded segments as xlsx").
            people: the ids of those whose words or codings are in it.
        """
        place = "(printed)" if path is None else self._name_place(Path(path))
        with self._writing() as connection:
            marks.add_export(
                connection, place, kind, people, who=self.who, at=write_time(self._now())
            )

    def record_exports(self, written: Mapping[Path, str], people: Iterable[str]) -> None:
        """The same for several files of the same people."""
        everyone = list(people)
        with self._writing() as connection:
            for path, kind in written.items():
                marks.add_export(
                    connection,
                    self._name_place(path),
                    kind,
                    everyone,
                    who=self.who,
                    at=write_time(self._now()),
                )

    def _name_place(self, path: Path) -> str:
        """Where a file is: beside the study's own files by its place in the study, which may move."""
        whole = path.absolute()
        if self.folder is not None and whole.is_relative_to(self.folder.absolute()):
            return str(whole.relative_to(self.folder.absolute()))
        return str(whole)

    def exports(self) -> tuple[Export, ...]:
        """Every file that left the study, oldest first."""
        with reading(self._engine) as connection:
            return tuple(marks.list_exports(connection))

    def record_exception(self, about: str, reason: str) -> None:
        """Keep why consent was set aside, and that it was."""
        with self._writing() as connection:
            marks.add_exception(connection, about, reason, who=self.who, at=write_time(self._now()))
            self._log(connection, "set consent aside")

    def exceptions(self) -> list[tuple[str, str, str, str]]:
        """Each time consent was set aside: what about, why, who, when."""
        with reading(self._engine) as connection:
            return marks.list_exceptions(connection)

    # ── copies ───────────────────────────────────────────────────────────────────────────────

    @property
    def database(self) -> Path | None:
        """The database's file. None: it is on a server."""
        return None if self.folder is None else self.folder / "study.db"

    def back_up(self, *, why: str = backups.BY_HAND, folder: Path | None = None) -> Path:
        """Copy the study, even while others write it; the copy is verified.

        Args:
            why: what it is made before, in words parted by "-".
            folder: None: the study's own `backups`.

        Raises:
            ThemecodeError: the study is on a server, or the copy could not be written.
            DamagedStudy: the study is not whole.
        """
        if self.folder is None or self.database is None:
            raise ThemecodeError(
                f"The study in {self.where} is on a database server: ask its keeper for a copy."
            )
        return backups.back_up(
            self.database,
            folder or self.folder / "backups",
            why=why,
            now=self._now(),
            passphrase=self.passphrase,
        )

    # ── verification ─────────────────────────────────────────────────────────────────────────

    def faults(self) -> Iterator[verify.Fault]:
        """Everything in the database that is not as it was written."""
        with reading(self._engine) as connection:
            yield from verify.find_faults(connection, where=self.where)

    def repair(self) -> tuple[str, ...]:
        """Mend what can be worked out again from the rest; returns what was mended."""
        with open_door(self._engine, "repair") as connection:
            mended = verify.repair(connection)
            if mended:
                self._log(connection, "repair", **dict.fromkeys(mended, 1))
        return mended

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with writing(self._engine) as connection:
            yield connection

    def _log(self, connection: Connection, what: str, **counts: int) -> None:
        log.add_entry(connection, what, counts=counts, who=self.who, now=self._now())
