"""Transcripts read from files into a study: what is new is added, what is known is left alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.flow.reading_options import ReadingOptions, recall_options
from themecode.flow.respondents import describe_respondents
from themecode.model import (
    Participant,
    ParticipantRow,
    Problem,
    Transcript,
    TranscriptKind,
    hash_file,
    hash_words,
)
from themecode.transcripts.utterances import Reading, SpeakerGuess

if TYPE_CHECKING:
    from themecode.store import KeptDecision, KnownTranscript, Study

#: Changes when a reader reads the same file otherwise, so that studies are read anew.
READER_VERSION = "1"
#: Transcripts are kept this many at a time: few enough for memory, enough for one commit to pay.
BATCH = 32


@dataclass(slots=True)
class Imported:
    """What an import did.

    Args:
        files: how many files there were to read.
        added: ids of transcripts added.
        updated: ids whose speakers were worked out anew.
        replaced: ids put in the place of an earlier version.
        unchanged: how many files the study had already.
        speakers: of the files that were read.
        problems: everything odd, in file order.
        lasting: of these, what is said again though nothing has changed.
        needs_a_look: what people did on replaced transcripts and could not be carried over.
    """

    files: int = 0
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: int = 0
    speakers: list[SpeakerGuess] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lasting: list[Problem] = field(default_factory=list)
    needs_a_look: list[KeptDecision] = field(default_factory=list)


def import_files(
    study: Study,
    paths: Sequence[Path],
    *,
    options: ReadingOptions,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Imported:
    """Read files and folders into a study; a file that cannot be read never stops the others.

    Args:
        study: held by its lock.
        paths: files, and folders to be walked.
        options: how to read.
        workers: processes to read in. None: as many as pay for themselves.
        progress: told how many files are done, out of how many. None: nobody is.
    """
    from themecode.transcripts import find_files

    options = recall_options(study, options)
    done = Imported()
    files, problems = find_files(paths)
    done.files = len(files)
    done.problems.extend(problems)
    keeper = _Keeper(study, done, options)
    keeper.save_listed_participants()
    looks = [keeper.look_at(path) for path in files]
    new = [look.path for look in looks if look.is_new]
    readings = _read_files(new, options, workers) if new else iter(())
    for number, look in enumerate(looks, start=1):
        keeper.take(look, next(readings) if look.is_new else None)
        if progress is not None:
            progress(number, len(files))
    keeper.flush()
    done.lasting += describe_respondents(study, options.participants)
    done.problems += done.lasting
    return done


def _read_files(
    paths: Sequence[Path], options: ReadingOptions, workers: int | None
) -> Iterator[Reading]:
    # Imported where there is something to read: a study with nothing new should say so at once.
    from themecode.flow.reading import read_files

    return read_files(paths, options, workers)


@dataclass(frozen=True, slots=True)
class _Look:
    """A file, looked at and not yet read.

    Args:
        read_with: what its transcripts depend on.
        is_new: whether it must be read in any case.
        problem: why it cannot be opened. None: it can.
    """

    path: Path
    read_with: str = ""
    is_new: bool = False
    problem: Problem | None = None


class _Keeper:
    """Holds what the study knows while files are read, and puts new transcripts in by the batch."""

    def __init__(self, study: Study, done: Imported, options: ReadingOptions) -> None:
        self.study = study
        self.done = done
        self.options = options
        self.known: dict[str, KnownTranscript] = study.known_transcripts()
        self.ids_read_with: dict[str, list[str]] = {}
        for each, known in self.known.items():
            self.ids_read_with.setdefault(known.read_with, []).append(each)
        self.id_of_sha = {known.sha256: each for each, known in self.known.items()}
        self.path_of_id: dict[str, str] = {}
        self.waiting: list[tuple[Transcript, str]] = []
        self.respondents: dict[str, Participant] = {}
        self.withdrawn = study.marker()
        self.pseudonymised = study.pseudonymised_transcripts()

    def save_listed_participants(self) -> None:
        listed = {
            row.participant.id: row.participant
            for row in self.options.participants
            if not self.withdrawn.is_withdrawn(row.participant.id)
        }
        held = self.study.participants()
        if any(held.get(each.id) != each for each in listed.values()):
            self.study.save_participants(listed.values())

    def look_at(self, path: Path) -> _Look:
        """What a file is, before it is read."""
        try:
            read_with = self._settings(path, hash_file(path))
        except OSError as error:
            reason = error.strerror or "it cannot be opened"
            message = f"the file cannot be read: {reason}."
            return _Look(path, problem=Problem(str(path), None, message))
        return _Look(path, read_with, is_new=read_with not in self.ids_read_with)

    def take(self, look: _Look, reading: Reading | None) -> None:
        """Keep what a file holds, unless the study has it as it stands and was read the same way.

        Args:
            look: at the file.
            reading: what it holds. None: it is read now, if need be.
        """
        if look.problem is not None:
            self.done.problems.append(look.problem)
            return
        path, read_with = look.path, look.read_with
        if self._is_unchanged(path, read_with):
            return
        if reading is None:
            [reading] = _read_files([path], self.options, 1)
        self.done.problems.extend(reading.problems)
        reading = self._without_withdrawn(reading, path)
        if any(
            self._is_refused(transcript, path)
            for transcript in reading.transcripts
            if transcript.id not in self.pseudonymised
        ):
            # Not kept as read, so that the researcher is told again until it is mended.
            read_with = ""
        kept = [
            transcript.id
            for transcript in reading.transcripts
            if self._keep(transcript, path, read_with)
        ]
        self.done.speakers.extend(
            guess for guess in reading.speakers if guess.transcript_id in kept
        )
        self._note_respondents(reading, kept)
        if len(self.waiting) >= BATCH:
            self.flush()

    def _without_withdrawn(self, reading: Reading, path: Path) -> Reading:
        """A reading without whoever withdrew: her file may still lie where it was."""
        if not self.withdrawn.marks:
            return reading
        kept = []
        for transcript in reading.transcripts:
            left = self.withdrawn.take_out(transcript)
            if left is None:
                self.done.problems.append(
                    Problem(
                        str(path),
                        None,
                        "it holds somebody who has withdrawn from the study, and was left out. "
                        "Remove it from this folder as well.",
                        blocks=False,
                    )
                )
            else:
                kept.append(left)
        return replace(
            reading,
            transcripts=tuple(kept),
            respondents=tuple(
                row
                for row in reading.respondents
                if not self.withdrawn.is_withdrawn(row.participant.id)
            ),
            speakers=tuple(
                guess
                for guess in reading.speakers
                if not self.withdrawn.is_withdrawn(guess.participant_id)
            ),
        )

    def _is_unchanged(self, path: Path, read_with: str) -> bool:
        """Whether the study has a file's transcripts, read the same way, so that it need not be read."""
        ids = self.ids_read_with.get(read_with, ())
        if not ids or any(each in self.path_of_id for each in ids):
            return False
        self.path_of_id.update(dict.fromkeys(ids, str(path)))
        self.done.unchanged += 1
        return True

    def _settings(self, path: Path, raw_hash: str) -> str:
        """What a file's transcripts depend on: its bytes, its name, and how it is read."""
        concerned = [
            repr((row.participant.id, row.transcript_id, row.speaker))
            for row in self.options.participants
            if row.transcript_id is None or row.transcript_id == path.stem
        ]
        return hash_words(
            READER_VERSION, path.stem, path.suffix.lower(), raw_hash, self.options.text_column or "",
            *sorted(self.options.interviewers), "participants", *concerned,
        )  # fmt: skip

    def _keep(self, transcript: Transcript, path: Path, read_with: str) -> bool:
        """Put a transcript in its place in the study; a Problem says why where it has none."""
        known = self.known.get(transcript.id)
        other = self._find_namesake(transcript, path)
        if other is not None:
            self._refuse(
                path, f"{other} is called “{transcript.id}” as well. Rename one of the two files."
            )
            return False
        self.path_of_id[transcript.id] = str(path)
        if transcript.id in self.pseudonymised:
            # Read again, the file would put the names back.
            self.done.unchanged += 1
            return False
        if known is None:
            twin = self.id_of_sha.get(transcript.sha256)
            if twin is not None:
                self._refuse(
                    path,
                    f"it is the same transcript as “{twin}”, under another name; it was left out.",
                )
                return False
            self.id_of_sha[transcript.sha256] = transcript.id
            self.waiting.append((transcript, read_with))
            self.done.added.append(transcript.id)
            return True
        if known.sha256 == transcript.sha256:
            self._read_anew(transcript, known, read_with)
            return True
        if not self.options.replace:
            self._refuse(
                path,
                f"“{transcript.id}” has changed since it was imported, so it was left as it was. If the new "
                f"version should take its place, run `themecode import {_quote(path)} --replace`.",
            )
            return False
        self.done.needs_a_look.extend(
            self.study.replace_transcript(transcript, read_with=read_with)
        )
        self.done.replaced.append(transcript.id)
        return True

    def _find_namesake(self, transcript: Transcript, path: Path) -> str | None:
        """Another file that a transcript of the same id was read from. None: there is none."""
        known = self.known.get(transcript.id)
        other = self.path_of_id.get(transcript.id)
        if other is None and known is not None and known.sha256 != transcript.sha256:
            source = Path(known.source)
            if source.name != path.name and source.is_file():
                return known.source
        return other

    def _is_refused(self, transcript: Transcript, path: Path) -> bool:
        known = self.known.get(transcript.id)
        changed = known is not None and known.sha256 != transcript.sha256
        return self._find_namesake(transcript, path) is not None or (
            changed and not self.options.replace
        )

    def _read_anew(self, transcript: Transcript, known: KnownTranscript, read_with: str) -> None:
        """Keep another reading of a file whose bytes are unchanged: who speaks, or where turns end."""
        if known.read_with == read_with:
            return
        held = self.study.transcript(transcript.id)
        if _is_cut_alike(held, transcript):
            self.study.update_speakers(transcript, read_with=read_with)
        else:
            # The researcher named an interviewer whose label had been taken for speech.
            left = self.study.replace_transcript(transcript, read_with=read_with)
            self.done.needs_a_look.extend(left)
        if transcript.kind is not TranscriptKind.SURVEY:
            self.done.updated.append(transcript.id)

    def _refuse(self, path: Path, message: str) -> None:
        self.done.problems.append(Problem(str(path), None, message))

    def _note_respondents(self, reading: Reading, kept: Collection[str]) -> None:
        for row in reading.respondents:
            if row.transcript_id is None or row.transcript_id in kept:
                self.respondents[row.participant.id] = row.participant

    def flush(self) -> None:
        """Put what is waiting into the study, all or nothing."""
        if self.waiting:
            settings = {transcript.id: read_with for transcript, read_with in self.waiting}
            self.study.add_transcripts((each for each, _ in self.waiting), read_with=settings)
            self.waiting.clear()
        if self.respondents:
            self.study.save_participants(self.respondents.values(), after=True)
            self.respondents.clear()


def _is_cut_alike(held: Transcript, now: Transcript) -> bool:
    """Whether two readings of one file have the same words in the same turns."""
    held_cut, now_cut = (
        [(turn.number, turn.speaker, turn.span, turn.started_at) for turn in each.turns]
        for each in (held, now)
    )
    return held.text == now.text and held_cut == now_cut


def _quote(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)


def list_speaking(study: Study) -> dict[str, Participant]:
    """Everyone who speaks as a participant, by id: as the participants file has them, in its order.

    Those the file does not name follow, by id, with nothing known of them.
    """
    speaking = study.speaking_participants()
    listed = study.participants()
    known = {each: participant for each, participant in listed.items() if each in speaking}
    return known | {each: Participant(each) for each in sorted(speaking - known.keys())}


def check_rows_used(
    study: Study, rows: Sequence[ParticipantRow], *, path: str
) -> Iterator[Problem]:
    """Rows of a participants file that name a transcript or speaker nobody has met."""
    speaking = study.speaking_participants()
    known = speaking | {each.partition(":")[2] for each in speaking if ":" in each}
    for row in rows:
        if row.participant.id not in known:
            yield Problem(
                path,
                row.line,
                f"{row.participant.id} speaks in no transcript of the study: check the transcript and "
                "speaker columns, or leave the row for when the transcript comes.",
                blocks=False,
            )
