"""A study that is open: everything the other parts of themecode may ask of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Connection, Engine

from themecode.model import Codebook, Coding, Decision, Memo, Participant, Transcript, Turn
from themecode.store import codebooks, codings, decisions, log, options, replace, state, transcripts
from themecode.store.connect import reading
from themecode.store.door import open_door
from themecode.store.lock import hold, make_lock
from themecode.store.machines import MachineStudy
from themecode.store.protecting import ProtectingStudy
from themecode.store.records import (
    CodedPass,
    KeptDecision,
    KnownTranscript,
    LogEntry,
    StudyCounts,
    write_time,
)
from themecode.store.reviewing import ReviewingStudy

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from themecode.store.server import ServerLock


class Study(ReviewingStudy, ProtectingStudy, MachineStudy):
    """A study: its transcripts, its codebooks, and what was coded and decided in it.

    Nothing in it is edited or removed; `open_study` opens one. May be used from several threads.

    Args:
        engine: the way to its database.
        folder: where it is on this computer. None: on a database server.
        where: the study as the researcher named it, for messages.
        now: the clock.
        who: whose name the log takes.
        passphrase: of an encrypted study. None: it is not encrypted.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path | None,
        *,
        where: str,
        now: Callable[[], datetime],
        who: str,
        passphrase: str | None = None,
    ) -> None:
        self.folder = folder
        self.where = where
        self.who = who
        self.passphrase = passphrase
        self._engine = engine
        self._now = now
        self._lock: BaseFileLock | None = None
        self._server_lock: ServerLock | None = None
        self._transcripts_read = {}
        self._sittings_read = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; the study may be copied as files from then on."""
        self._engine.dispose()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other themecodes from importing, coding and writing outputs here meanwhile.

        Decisions may still be recorded. Whoever holds it may take it again.

        Raises:
            StudyBusy: another process holds it.
        """
        if self._lock_path is None:
            from themecode.store.server import ServerLock

            self._server_lock = self._server_lock or ServerLock(self._engine)
            with self._server_lock.hold(now=self._now()):
                yield
            return
        self._lock = self._lock or make_lock(self._lock_path)
        with hold(self._lock, where=self.where, now=self._now()):
            yield

    @property
    def _lock_path(self) -> Path | None:
        if self.folder is not None:
            return self.folder / "study.lock"
        url = self._engine.url
        if url.get_backend_name() == "sqlite" and url.database:
            return Path(url.database).with_suffix(".lock")
        return None

    # ── transcripts ──────────────────────────────────────────────────────────────────────────

    def add_transcripts(self, added: Iterable[Transcript], *, read_with: Mapping[str, str]) -> int:
        """Add transcripts, all or none; those the study has already are passed over.

        Args:
            added: read one by one, so that they need not all be in memory.
            read_with: by transcript id, what its speakers were worked out from.

        Returns:
            How many were added.

        Raises:
            ThemecodeError: the study has one of that id with other contents.
        """
        with self._writing() as connection:
            count, turns = transcripts.add(
                connection, added, read_with=read_with, at=write_time(self._now())
            )
            if count:
                self._log(connection, "add transcripts", transcripts=count, turns=turns)
        return count

    def known_transcripts(self) -> dict[str, KnownTranscript]:
        """Every transcript without its words, by id."""
        with reading(self._engine) as connection:
            return transcripts.list_known(connection)

    def transcripts(self, ids: Iterable[str] | None = None) -> Iterator[Transcript]:
        """Transcripts in id order, a few in memory at a time.

        Args:
            ids: which. None: all of them.

        Raises:
            ThemecodeError: the study holds none of that id.
            DamagedStudy: one is not as it was imported.
        """
        with reading(self._engine) as connection:
            found = transcripts.find_current(connection, ids, where=self.where)
            yield from transcripts.read(connection, [seq for _, seq in found], where=self.where)

    def transcript(self, transcript_id: str) -> Transcript:
        """One transcript; raises as `transcripts` does."""
        [found] = self.transcripts([transcript_id])
        return found

    def replace_transcript(
        self, transcript: Transcript, *, read_with: str = ""
    ) -> tuple[KeptDecision, ...]:
        """Put a changed transcript in the place of the one of its id, keeping what people did.

        The earlier version stays in the study. People's codings, and what they decided, are
        carried over where their exact words stand once in the new text, said by the same speaker.

        Returns:
            The rest, which somebody should look at.

        Raises:
            ThemecodeError: the study holds none of that id.
        """
        with self._writing() as connection:
            carried, answers = replace.put_in_place(
                connection,
                transcript,
                read_with=read_with,
                at=write_time(self._now()),
                where=self.where,
            )
            left = replace.list_left(connection, where=self.where, transcript_id=transcript.id)
            self._log(
                connection,
                "replace a transcript",
                codings_carried=carried,
                decisions_carried=answers,
                codings_left=len(left),
            )
        return left

    def needs_a_look(self) -> tuple[KeptDecision, ...]:
        """What people did on earlier versions of transcripts and that could not be carried over."""
        with reading(self._engine) as connection:
            return replace.list_left(connection, where=self.where)

    def update_speakers(self, transcript: Transcript, *, read_with: str) -> None:
        """Write who is speaking in a transcript whose words are unchanged.

        Where a turn becomes another kind of speaker's, the transcript counts as not yet coded.

        Raises:
            ThemecodeError: the study holds none of that id.
            ValueError: the words or the turns differ from those the study holds.
        """
        with self._writing() as connection:
            changed, kinds = transcripts.update_speakers(
                connection, transcript, read_with=read_with, where=self.where
            )
            self._log(connection, "update speakers", turns=changed, kinds=kinds)

    # ── participants and codebooks ───────────────────────────────────────────────────────────

    def save_participants(
        self, participants: Iterable[Participant], *, after: bool = False
    ) -> None:
        """Keep participants as their file describes them, over what it said of them before.

        Args:
            participants: in their file's order.
            after: whether they follow everyone the study knows (a survey's respondents).
        """
        with self._writing() as connection:
            count = codebooks.save_participants(connection, participants, after=after)
            self._log(connection, "save participants", participants=count)

    def participants(self) -> dict[str, Participant]:
        """Every participant by id, in the order of their file."""
        with reading(self._engine) as connection:
            return codebooks.read_participants(connection)

    def speaking_participants(self) -> frozenset[str]:
        """The ids of everyone who speaks as a participant in the transcripts as they are now."""
        with reading(self._engine) as connection:
            return transcripts.list_speaking(connection)

    def reading_options(self) -> dict[str, Any] | None:
        """How transcripts were last asked to be read, as it was kept. None: nothing was."""
        with reading(self._engine) as connection:
            return options.read(connection)

    def save_reading_options(self, kept: Mapping[str, Any]) -> None:
        """Keep how transcripts are to be read from now on."""
        with self._writing() as connection:
            options.save(connection, kept, at=write_time(self._now()))

    def save_codebook(self, codebook: Codebook, source: bytes) -> None:
        """Keep a codebook and its file, and put it in force."""
        with self._writing() as connection:
            if codebooks.save(connection, codebook, source, at=write_time(self._now())):
                self._log(connection, "put a codebook in force", codes=len(codebook.codes))

    def codebook_in_force(self) -> Codebook | None:
        """The codebook the study is coded with now. None: there is none yet."""
        with reading(self._engine) as connection:
            return codebooks.read_in_force(connection)

    def codebook_with(self, sha256: str) -> Codebook | None:
        """The codebook whose file has that hash. None: the study never had it."""
        with reading(self._engine) as connection:
            return codebooks.read_by_hash(connection, sha256)

    def codebook_versions(self) -> dict[str, str]:
        """The version of every codebook the study has been coded with, by its hash."""
        with reading(self._engine) as connection:
            return codebooks.list_versions(connection)

    # ── codings, decisions, memos ────────────────────────────────────────────────────────────

    def add_codings(self, added: Iterable[Coding], *, coded: Iterable[CodedPass]) -> None:
        """Keep codings, and that transcripts were coded through, all or nothing.

        A coding the study has already is passed over.

        Raises:
            ValueError: a coding is not about the words at its place.
        """
        with self._writing() as connection:
            count = codings.add(connection, added)
            passes = codings.add_passes(connection, coded, at=write_time(self._now()))
            if count or passes:
                self._log(connection, "add codings", codings=count, passes=passes)

    def coded_passes(self, coder: str) -> dict[str, frozenset[str]]:
        """By transcript, the hashes of the codebooks a coder has coded it through with."""
        with reading(self._engine) as connection:
            return codings.read_passes(connection, coder)

    def codings(
        self,
        *,
        machine: str,
        transcript_ids: Iterable[str] | None = None,
        turns: range | None = None,
        codebook: Codebook | None = None,
    ) -> Iterator[tuple[Coding, Turn]]:
        """The codings that count or may, by transcript, start, end, code and id.

        They are what the machine claims under the codebook in force, every person's coding, and
        every coding somebody has answered; all on the transcripts as they are now.

        Args:
            machine: the machine coder, as `themecode/<method>@<version>`.
            transcript_ids: of which transcripts. None: of all.
            turns: the numbers of the turns wanted. None: all.
            codebook: the one in force, where it was read a moment ago.

        Raises:
            DamagedStudy: a coding's words are not at its place.
        """
        with reading(self._engine) as connection:
            yield from codings.read(
                connection,
                transcripts.find_current(connection, transcript_ids, where=self.where),
                machine=machine,
                codebook=codebook or codebooks.read_in_force(connection),
                where=self.where,
                turns=turns,
            )

    def add_decision(self, decision: Decision) -> None:
        """Keep a reviewer's answer; once this returns, no crash or power cut loses it.

        Raises:
            ThemecodeError: the study holds no such coding.
        """
        with self._writing() as connection:
            decisions.add(connection, decision, where=self.where)

    def decisions(self) -> Iterator[Decision]:
        """Every decision, oldest first."""
        with reading(self._engine) as connection:
            yield from decisions.read(connection)

    def add_memo(self, memo: Memo) -> None:
        """Keep a researcher's note."""
        with self._writing() as connection:
            decisions.add_memo(connection, memo)

    def memos(self) -> Iterator[Memo]:
        """Every memo, oldest first."""
        with reading(self._engine) as connection:
            yield from decisions.read_memos(connection)

    # ── the study as a whole ─────────────────────────────────────────────────────────────────

    def counts(self) -> StudyCounts:
        """How much the study holds."""
        with reading(self._engine) as connection:
            return state.count(connection)

    def state_hash(self, machine: str) -> str:
        """A fingerprint of everything the outputs depend on."""
        with reading(self._engine) as connection:
            return state.hash_state(connection, machine)

    def outputs_made_from(self) -> str | None:
        """The fingerprint the outputs were last made from. None: none were made."""
        with reading(self._engine) as connection:
            return state.read_outputs(connection)

    def record_outputs(self, state_hash: str) -> None:
        """Keep the fingerprint that the outputs have just been made from."""
        with self._writing() as connection:
            state.add_outputs(connection, state_hash, at=write_time(self._now()))
            self._log(connection, "write outputs")

    def record(self, what: str, *, counts: Mapping[str, int]) -> None:
        """Write in the log that a command was run. Holds nobody's words."""
        with self._writing() as connection:
            self._log(connection, what, **counts)

    def log(self) -> Iterator[LogEntry]:
        """What was done to the study, oldest first.

        Raises:
            DamagedStudy: the log was changed.
        """
        with reading(self._engine) as connection:
            yield from log.read_entries(connection, where=self.where)

    @contextmanager
    def open_door(self, why: str) -> Iterator[Connection]:
        """The one way to remove anything: for a withdrawal the law asks for (see door.py)."""
        with open_door(self._engine, why) as connection:
            yield connection
            self._log(connection, why)
