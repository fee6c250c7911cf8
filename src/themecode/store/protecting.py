"""What a study does so that names stay out of it, and who answers for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

from themecode.model import Participant, hash_words
from themecode.store import codebooks, log, protecting_schema, pseudonyms_in, schema
from themecode.store.connect import reading, writing
from themecode.store.door import open_door
from themecode.store.pseudonyms_in import Moved, Pseudonymised
from themecode.store.records import read_time, write_json, write_time

_marked = protecting_schema.pseudonymised
_signatures = protecting_schema.signatures
_looks = protecting_schema.safeguarding_looks


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody answers for a study's pseudonyms.

    Args:
        undecided: how many candidates nobody had decided about when she signed.
        note: why she signed all the same, and anything else.
        stands: whether the study is still as it was then.
    """

    signed_by: str
    signed_at: datetime
    undecided: int
    note: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody has looked at a safeguarding prompt."""

    prompt_id: str
    looked_by: str
    note: str
    looked_at: datetime


class ProtectingStudy:
    """The part of a study that keeps names out of it; `Study` is one."""

    folder: Path | None
    where: str
    who: str
    _engine: Engine
    _now: Callable[[], datetime]

    # ── pseudonyms ───────────────────────────────────────────────────────────────────────────

    def put_pseudonyms_in(
        self, made: Iterable[Pseudonymised], *, participants: Iterable[Participant] | None = None
    ) -> Moved:
        """Put pseudonymised versions in the place of their transcripts, all or none.

        Every coding, decision and memo moves with its words.

        Args:
            made: the new versions.
            participants: everyone in the participants file, as they are called from now on. None:
                as before.
        """
        moved, versions, places = Moved(), 0, 0
        renamed: dict[str, str] = {}
        with writing(self._engine) as connection:
            at = write_time(self._now())
            for each in made:
                more, ids = pseudonyms_in.put_in(connection, each, at=at, where=self.where)
                moved += more
                renamed.update(ids)
                versions += 1
                places += each.replaced
            if participants is not None:
                connection.execute(delete(schema.participants))
                codebooks.save_participants(connection, participants)
            pseudonyms_in.rename_in_exports(connection, renamed)
            self._log_protecting(
                connection,
                "put pseudonyms in",
                transcripts=versions,
                places=places,
                codings=moved.codings,
                decisions=moved.decisions,
                memos=moved.memos,
            )
        return moved

    def pseudonymised_transcripts(self) -> frozenset[str]:
        """The ids of transcripts that pseudonyms were put into."""
        with reading(self._engine) as connection:
            return frozenset(connection.execute(select(_marked.c.transcript_id)).scalars())

    def forget_originals(self, rewrite: Callable[[str, str], str]) -> dict[str, int]:
        """Remove the versions from before the pseudonyms from the database and from its file.

        Args:
            rewrite: a transcript's id and a text, to the text with that transcript's names replaced.
        """
        with open_door(self._engine, "forget the originals") as connection:
            gone = pseudonyms_in.forget_originals(connection, rewrite=rewrite)
            self._log_protecting(connection, "forget the originals", **gone)
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as plain:
                # Outside any transaction: the driver's own connection, in its autocommit mode.
                driver = plain.connection.driver_connection
                assert driver is not None
                plain.rollback()
                driver.execute("VACUUM")
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return gone

    def sign_pseudonyms(self, signed_by: str, *, undecided: int, note: str) -> None:
        """Keep that a named person answers for the pseudonyms of the study as it is now."""
        with writing(self._engine) as connection:
            connection.execute(
                insert(_signatures).values(
                    state_hash=_hash_texts(connection),
                    signed_by=signed_by,
                    undecided=undecided,
                    note=note,
                    signed_at=write_time(self._now()),
                )
            )
            self._log_protecting(connection, "sign for the pseudonyms", undecided=undecided)

    def pseudonym_signature(self) -> Signature | None:
        """The last signature. None: nobody has signed."""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(_signatures).order_by(_signatures.c.seq.desc()).limit(1)
            ).one_or_none()
            if row is None:
                return None
            stands = row.state_hash == _hash_texts(connection)
        return Signature(row.signed_by, read_time(row.signed_at), row.undecided, row.note, stands)

    def transcript_hashes(self) -> dict[str, str]:
        """A fingerprint of each transcript as it is now, and of who speaks in it, in id order."""
        current, kept = schema.current_transcripts, schema.transcripts
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(current.c.transcript_id, kept.c.content_sha256, current.c.speakers_sha256)
                .join(kept, current.c.transcript_seq == kept.c.seq)
                .order_by(current.c.transcript_id)
            )
            return {row[0]: hash_words(row[1], row[2]) for row in rows}

    # ── safeguarding ─────────────────────────────────────────────────────────────────────────

    def add_look(self, prompt_id: str, *, looked_by: str, note: str) -> None:
        """Keep that somebody has looked at a safeguarding prompt."""
        with writing(self._engine) as connection:
            connection.execute(
                insert(_looks).values(
                    prompt_id=prompt_id,
                    looked_by=looked_by,
                    note=note,
                    looked_at=write_time(self._now()),
                )
            )
            self._log_protecting(connection, "look at a safeguarding prompt", prompts=1)

    def looks(self) -> Iterator[Look]:
        """Who has looked at which safeguarding prompt, oldest first."""
        with reading(self._engine) as connection:
            for row in connection.execute(select(_looks).order_by(_looks.c.seq)):
                yield Look(row.prompt_id, row.looked_by, row.note, read_time(row.looked_at))

    def _log_protecting(self, connection: Connection, what: str, **counts: int) -> None:
        log.add_entry(connection, what, counts=counts, who=self.who, now=self._now())


def _hash_texts(connection: Connection) -> str:
    """A fingerprint of every transcript as it is now: what a signature is for."""
    rows = connection.execute(
        select(schema.transcripts.c.id, schema.transcripts.c.content_sha256)
        .join(
            schema.current_transcripts,
            schema.current_transcripts.c.transcript_seq == schema.transcripts.c.seq,
        )
        .order_by(schema.transcripts.c.id)
    )
    return hash_words(write_json([list(row) for row in rows]))
