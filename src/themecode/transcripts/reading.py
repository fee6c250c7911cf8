"""One file of any kind into its transcripts, speakers and problems."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from themecode.errors import UnreadableFile
from themecode.model import (
    ParticipantRow,
    Problem,
    Transcript,
    TranscriptKind,
    TurnKind,
    hash_file,
    hash_words,
)
from themecode.transcripts.assemble import assemble_transcript, clean_words, guess_kind
from themecode.transcripts.files import READERS, REFUSED, SHEETS, explain_suffix
from themecode.transcripts.guards import check_file
from themecode.transcripts.labels import is_note, part_turns
from themecode.transcripts.speakers import Cast, cast_speakers
from themecode.transcripts.utterances import Parsed, Reading, SpeakerGuess, Utterance

#: What stands before the first named speaker is a notice if it is no longer than this.
_MOST_LEAD_WORDS = 60


def read_file(
    path: Path,
    *,
    interviewers: Collection[str] = (),
    participants: Sequence[ParticipantRow] = (),
    text_column: str | None = None,
) -> Reading:
    """Read one file into its transcripts.

    Args:
        path: the file.
        interviewers: labels the researcher says are interviewers.
        participants: the rows of the participants file.
        text_column: for a survey sheet, the column with the responses. None: found by its name.

    Returns:
        A reading with a problem that blocks, and no transcripts, where the file cannot be read.
    """
    path = Path(path)
    sha256 = ""
    try:
        check_file(path)
        sha256 = _hash(path)
        parsed = _parse(path, text_column)
        return _make_reading(path, sha256, parsed, interviewers, participants)
    except UnreadableFile as fault:
        return Reading(str(path), sha256, problems=(Problem(str(path), None, str(fault)),))


def _hash(path: Path) -> str:
    try:
        return hash_file(path)
    except OSError:
        raise UnreadableFile("this file could not be read to its end. Copy it again.") from None


def _parse(path: Path, text_column: str | None) -> Parsed:
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise UnreadableFile(REFUSED.get(suffix, explain_suffix(suffix)))
    module, function = READERS[suffix]
    reader: Callable[..., Parsed] = getattr(
        importlib.import_module(f"themecode.transcripts.{module}"), function
    )
    try:
        if suffix in SHEETS:
            return reader(path, text_column=text_column)
        return reader(path)
    except RecursionError:
        raise UnreadableFile(
            "the file nests its parts far deeper than any transcript. Save it afresh."
        ) from None
    except OSError:
        raise UnreadableFile("this file could not be read to its end. Copy it again.") from None


def _make_reading(
    path: Path,
    sha256: str,
    parsed: Parsed,
    interviewers: Collection[str],
    participants: Sequence[ParticipantRow],
) -> Reading:
    if parsed.kind is TranscriptKind.SURVEY:
        return _read_survey(path, sha256, parsed, participants)
    problems = list(parsed.problems)
    utterances, header = parsed.utterances, dict(parsed.header)
    title = header.get("title", "")
    if parsed.lines:
        names = [*interviewers, *_labels_of(participants, path.stem)]
        parted = part_turns(parsed.lines, names=names)
        utterances = parted.utterances
        header = {**parted.header, **header}
        title = title or parted.title
        problems += _report_parting(str(path), parted.preamble, parted.notes)
    else:
        utterances, notes = _drop_nobodys(utterances)
        problems += _report_parting(str(path), 0, notes)
    if not utterances:
        raise UnreadableFile(
            "no words were found in the file. If it is a scan or pictures of pages, have it typed."
        )
    cast = cast_speakers(
        path.stem, utterances, interviewers=interviewers, participants=participants, header=header
    )
    problems += _report_cast(str(path), cast)
    kind = parsed.kind or guess_kind(path, title, cast)
    transcript = assemble_transcript(path.stem, str(path), sha256, utterances, cast, kind=kind)
    return Reading(
        str(path),
        sha256,
        (transcript,),
        cast.guesses,
        tuple(problems),
        parsed.respondents,
    )


def _drop_nobodys(utterances: Sequence[Utterance]) -> tuple[tuple[Utterance, ...], int]:
    """Leave out what nobody says in a file that names its speakers, and empty turns.

    That is a notice before the first of them, and a note such as "[laughter]" between them.
    """
    spoken = [one for one in utterances if clean_words(one.text)]
    first = next((at for at, one in enumerate(spoken) if one.speaker), None)
    if first is None:
        return tuple(spoken), 0
    lead = sum(one.text.count(" ") + 1 for one in spoken[:first])
    if lead > _MOST_LEAD_WORDS:
        first = 0
    kept = tuple(one for one in spoken[first:] if one.speaker or not is_note(one.text))
    return kept, len(spoken) - len(kept)


def _labels_of(participants: Sequence[ParticipantRow], transcript_id: str) -> list[str]:
    return [
        label
        for row in participants
        if row.transcript_id in (None, transcript_id)
        for label in (row.speaker or row.participant.id,)
        if label
    ]


def _report_parting(path: str, preamble: int, notes: int) -> list[Problem]:
    left: list[str] = []
    if preamble:
        left.append(f"{preamble} {_lines(preamble)} of details at the head or foot of the file")
    if notes:
        left.append(f"{notes} {_lines(notes)} with only a note or heading, such as [laughter]")
    if not left:
        return []
    return [Problem(path, None, f"not read as speech: {' and '.join(left)}.", blocks=False)]


def _lines(count: int) -> str:
    return "line" if count == 1 else "lines"


def _report_cast(path: str, cast: Cast) -> list[Problem]:
    if len(cast.guesses) == 1 and not cast.guesses[0].label:
        return [
            Problem(
                path,
                None,
                "no speakers' labels were found, so everything is read as one participant's words. "
                'If more people speak, begin each turn with a label, such as "INT:" and "P01:".',
                blocks=False,
            )
        ]
    if cast.uncertain:
        names = ", ".join(guess.label or "(no label)" for guess in cast.guesses[:6])
        return [
            Problem(
                path,
                None,
                f"nothing shows who is the interviewer among {names}, so all are read as "
                "participants. Name the interviewer with --interviewer LABEL.",
                blocks=False,
            )
        ]
    if not any(guess.kind is TurnKind.PARTICIPANT for guess in cast.guesses):
        return [
            Problem(
                path,
                None,
                "every speaker is read as an interviewer or a support worker, so there is nothing "
                "to code. Say who takes part in a participants file.",
                blocks=False,
            )
        ]
    return []


def _read_survey(
    path: Path, sha256: str, parsed: Parsed, participants: Sequence[ParticipantRow]
) -> Reading:
    """One transcript a response, each of one turn."""
    transcripts: list[Transcript] = []
    guesses: list[SpeakerGuess] = []
    people = {row.speaker or row.participant.id: row for row in parsed.respondents}
    for response in parsed.utterances:
        words = clean_words(response.text)
        if not words:
            continue
        transcript_id = f"{path.stem}:{response.speaker}"
        cast = _cast_response(transcript_id, response, words, people, participants)
        row = people.get(response.speaker)
        cells = [] if row is None else [*map(str, row.participant.attributes.items())]
        transcripts.append(
            assemble_transcript(
                transcript_id,
                str(path),
                hash_words(response.speaker, words, *cells),
                [Utterance("", words, response.line, response.started_at)],
                cast,
                kind=TranscriptKind.SURVEY,
            )
        )
        guesses += cast.guesses
    problems = parsed.problems
    if not transcripts:
        raise UnreadableFile(
            "no response in the sheet has any words. Check which column they are in."
        )
    return Reading(
        str(path), sha256, tuple(transcripts), tuple(guesses), problems, parsed.respondents
    )


def _cast_response(
    transcript_id: str,
    response: Utterance,
    words: str,
    people: dict[str, ParticipantRow],
    participants: Sequence[ParticipantRow],
) -> Cast:
    """A response's one speaker: whoever the participants file or the sheet says gave it."""
    named = next((row for row in participants if row.transcript_id == transcript_id), None)
    own = people.get(response.speaker)
    participant_id = (named or own).participant.id if named or own else transcript_id  # type: ignore[union-attr]
    guess = SpeakerGuess(
        transcript_id,
        "",
        TurnKind.PARTICIPANT,
        f"row {response.line} of the sheet",
        participant_id,
        1,
        len(words.split()),
    )
    return Cast((guess,), False, {"": guess})
