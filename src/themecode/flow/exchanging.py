"""A study to and from the projects of other programs (REFI-QDA)."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from themecode.consent import HELD_BACK, Gate
from themecode.errors import ThemecodeError, UnreadableFile
from themecode.exchange.offsets import COUNTINGS
from themecode.exchange.qdc import OUR_NAME
from themecode.exchange.variables import MEMO_ABOUT
from themecode.flow.importing import list_speaking
from themecode.flow.memo_subjects import find_subjects
from themecode.flow.outputs import settle_study
from themecode.flow.reading_options import ReadingOptions
from themecode.model import (
    Code,
    Codebook,
    Coding,
    Decision,
    Memo,
    ParticipantRow,
    Problem,
    Segment,
    Span,
    Transcript,
    Verdict,
    coding_id,
    hash_words,
)
from themecode.settle import IMPORTED, Settled, is_machine

if TYPE_CHECKING:
    from themecode.exchange.project_in import MarkedPassage, ProjectNote, ProjectSource
    from themecode.exchange.project_out import ProjectReport
    from themecode.store import Study
    from themecode.transcripts.utterances import Reading

PROGRAMS = tuple(COUNTINGS)
#: A text's name that may be a transcript's id: a survey response's has a colon.
_IS_ID = re.compile(r"[\w .:()-]+")


@dataclass(slots=True)
class ImportedProject:
    """What came into a study from another program's project.

    Args:
        origin: the program, as it names itself.
        matched: texts that are transcripts of the study already.
        added: transcripts that are new to it.
        coders: how many codings each coder brought.
        known: codings the study had already.
        memos: notes kept as memos.
        problems: what could not be brought, and why.
    """

    path: str
    origin: str = ""
    matched: int = 0
    added: list[str] = field(default_factory=list)
    coders: Counter[str] = field(default_factory=Counter)
    known: int = 0
    memos: int = 0
    problems: list[Problem] = field(default_factory=list)


def export_project(
    study: Study,
    codebook: Codebook,
    target: Path | BinaryIO,
    *,
    program: str,
    gate: Gate | None = None,
) -> ProjectReport:
    """Write a study as a project for a program of `PROGRAMS`; each counts a text in its own way.

    What the gate holds back is blanked at its length, so that every coding keeps its place.
    """
    from themecode.exchange.project_out import write_project

    settled = list(settle_study(study, codebook))
    return write_project(
        target,
        transcripts=(_let_through(each, gate) for each in study.transcripts()),
        settled=(_let_coding_through(each, gate) for each in settled),
        codebook=codebook,
        participants=list_speaking(study),
        memos=[_let_memo_through(each, study, settled, gate) for each in study.memos()],
        counting=COUNTINGS[program],
    )


def _let_through(transcript: Transcript, gate: Gate | None) -> Transcript:
    return transcript if gate is None else replace(transcript, text=gate.text(transcript))


def _let_coding_through(item: Settled, gate: Gate | None) -> Settled:
    """A coding without the words that its speaker did not agree to be quoted with.

    What a reviewer noted may repeat them, so it stays in the study too.
    """
    if gate is None or gate.override or gate.why_not(item.turn.participant_id) is None:
        return item
    silent = tuple(replace(each, note="") for each in item.decisions)
    reasons = tuple(
        replace(reason, words=(HELD_BACK,) * len(reason.words)) for reason in item.coding.evidence
    )
    return replace(item, coding=replace(item.coding, evidence=reasons), decisions=silent)


def _let_memo_through(
    memo: Memo, study: Study, settled: Sequence[Settled], gate: Gate | None
) -> Memo:
    """A memo without its text where it is about somebody who did not agree to be quoted."""
    if gate is None or gate.override:
        return memo
    if all(gate.why_not(who) is None for who in find_subjects(memo, study, settled)):
        return memo
    return replace(memo, text=HELD_BACK)


def import_project(
    study: Study,
    path: Path,
    *,
    options: ReadingOptions,
    program: str | None = None,
    made_at: datetime,
) -> ImportedProject:
    """Bring codings made in another program into a study, each under its own coder.

    A text that is a transcript of the study is matched by its words; another becomes a transcript.
    A passage over several turns becomes a coding in each.

    Args:
        study: held by its lock; it has a codebook.
        path: the .qdpx file.
        options: how to read transcripts.
        program: how it counts. None: told from the file.
        made_at: when a coding was made that bears no date; in UTC.

    Returns:
        What came in; with a problem alone where the file is no project, or a harmful one.

    Raises:
        ThemecodeError: the study has no codebook.
    """
    from themecode.exchange.project_in import read_project

    codebook = study.codebook_in_force()
    if codebook is None:
        raise ThemecodeError(
            "The study has no codebook yet, so the codes of the project mean nothing to it. Run "
            f"`themecode codebook convert {path} codebook.yaml`, look it over, then begin a study "
            "with `themecode init --codebook codebook.yaml`."
        )
    done = ImportedProject(str(path))
    try:
        project = read_project(path, counting=COUNTINGS[program] if program else None)
    except UnreadableFile as error:
        done.problems.append(Problem(str(path), None, str(error)))
        return done
    done.origin = project.origin
    done.problems += [
        Problem(str(path), None, f"not brought in: {what}.", blocks=False)
        for what in project.left_out
    ]
    options = _add_cases(study, project.cases, options)
    by_words = {_squeeze(each.text): each.id for each in study.transcripts()}
    codes = _find_codes(codebook)
    placed: list[Coding] = []
    unknown: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for source in project.sources:
        found = _find_transcript(study, source, by_words, done, options)
        if found is None:
            continue
        for passage in source.passages:
            code = codes.get(passage.code_id) or codes.get(passage.code.casefold())
            if code is None:
                unknown[passage.code or "(a code without a name)"] += 1
                continue
            segments = _place(found, source, passage)
            if not segments:
                lost[source.name] += 1
            placed += [
                _make_coding(segment, code, passage, codebook, made_at) for segment in segments
            ]
    _keep(study, placed, done)
    _keep_notes(study, project.notes, done, made_at)
    done.problems = _fold(done.problems)
    done.problems += _report(path, unknown, lost)
    return done


def _keep(study: Study, placed: Sequence[Coding], done: ImportedProject) -> None:
    ids = {each.segment.transcript_id for each in placed}
    held: set[str] = set()
    if ids:
        # A person's codings are given whichever machine is asked for.
        held = {
            coding.id for coding, _ in study.codings(machine="none", transcript_ids=sorted(ids))
        }
    new = {each.id: each for each in placed if each.id not in held}
    study.add_codings(new.values(), coded=())
    if done.origin.startswith(OUR_NAME):
        # What people said of passages put before them: they did not code all that they left uncoded.
        own = [_stand_by(coding) for coding in new.values() if not is_machine(coding.coder)]
        study.add_own_codings(([], own))
    done.coders.update(each.coder for each in new.values())
    done.known = len({each.id for each in placed} & held)


def _stand_by(coding: Coding) -> Decision:
    """A person's answer that her own coding fits."""
    made = hash_words("project", coding.id)[:24]
    return Decision(made, coding.id, coding.coder, Verdict.ACCEPT, None, "", coding.made_at)


def _add_cases(
    study: Study, cases: Sequence[ParticipantRow], options: ReadingOptions
) -> ReadingOptions:
    """Keep who speaks, as the project says, of those the study knows nothing of."""
    held = study.participants()
    new = {
        row.participant.id: row.participant
        for row in cases
        if row.participant.id not in held
        and (row.participant.role or row.participant.attributes or row.participant.consent)
    }
    if new:
        study.save_participants(new.values(), after=True)
    named = {row.participant.id for row in options.participants}
    rows = tuple(row for row in cases if row.participant.id not in named)
    return replace(options, participants=(*options.participants, *rows))


def _keep_notes(
    study: Study, notes: Sequence[ProjectNote], done: ImportedProject, made_at: datetime
) -> None:
    """Keep a project's notes as memos; those the study has already are passed over."""
    held = {memo.id for memo in study.memos()}
    for note in notes:
        if note.text in ("", HELD_BACK):
            continue
        about = note.name.removeprefix(MEMO_ABOUT) if MEMO_ABOUT in note.name else "study"
        made = note.made_at or made_at
        said = (about, note.author, note.text)
        if any((memo.about, memo.author, memo.text) == said for memo in study.memos()):
            continue
        memo = Memo(hash_words("note", note.guid, *said)[:24], *said, made)
        if memo.id not in held:
            study.add_memo(memo)
            done.memos += 1


def _fold(problems: Sequence[Problem]) -> list[Problem]:
    """Problems, with one that many texts have told once."""
    texts = Counter(problem.message for problem in problems)
    folded: list[Problem] = []
    told: set[str] = set()
    for problem in problems:
        many = texts[problem.message]
        if many <= 3:
            folded.append(problem)
        elif problem.message not in told:
            told.add(problem.message)
            folded.append(
                replace(problem, message=f"{problem.message} (So too in {many - 1} more.)")
            )
    return folded


def _report(path: Path, unknown: Counter[str], lost: Counter[str]) -> Iterator[Problem]:
    for name, count in sorted(unknown.items()):
        yield Problem(
            str(path),
            None,
            f"the codebook has no code “{name}”: {count:,} coding{'s' if count > 1 else ''} left out. "
            "Add the code (see `themecode codebook convert`), then import the project again.",
        )
    for name, count in sorted(lost.items()):
        yield Problem(
            str(path),
            None,
            f"{count:,} coding{'s' if count > 1 else ''} of “{name}” could not be placed: their words "
            "are not in the transcript as the study holds it.",
        )


def _find_codes(codebook: Codebook) -> dict[str, Code]:
    """Codes by id, and by name where no two share it."""
    names = Counter(code.name.casefold() for code in codebook.codes)
    by_name = {
        code.name.casefold(): code for code in codebook.codes if names[code.name.casefold()] == 1
    }
    return by_name | {code.id: code for code in codebook.codes}


def _squeeze(text: str) -> str:
    """The text without white space, which programs change as they please."""
    return "".join(text.split())


def _find_transcript(
    study: Study,
    source: ProjectSource,
    by_words: dict[str, str],
    done: ImportedProject,
    options: ReadingOptions,
) -> Transcript | None:
    """The study's transcript of a source's words, made if need be."""
    known = by_words.get(_squeeze(source.text))
    if known is not None:
        done.matched += 1
        return study.transcript(known)
    try:
        read, problems = _read_source(source, options, near=study.folder)
    except UnreadableFile as error:
        done.problems.append(Problem(f"{done.path} ({source.name})", None, str(error)))
        return None
    held = by_words.get(_squeeze(read.text))
    if held is not None:
        done.matched += 1
        return study.transcript(held)
    if read.id in study.known_transcripts():
        if not source.passages:
            return None
        done.matched += 1
        return study.transcript(read.id)
    read = replace(read, source=f"{done.path} ({source.name})", kind=source.kind or read.kind)
    study.add_transcripts([read], read_with={})
    by_words[_squeeze(read.text)] = read.id
    done.added.append(read.id)
    done.problems += problems
    return read


def _read_source(
    source: ProjectSource, options: ReadingOptions, *, near: Path | None
) -> tuple[Transcript, list[Problem]]:
    """A source's text read as a transcript file of its name is; put down only `near` the study.

    Raises:
        UnreadableFile: it holds no words.
    """
    from themecode.transcripts import read_file

    raw = source.text.encode("utf-8", "replace")
    name = "".join(
        letter if letter.isalnum() or letter in " -_." else "_" for letter in source.name
    )
    stem = name.strip(" .") or sha256(raw).hexdigest()[:12]
    people = [
        replace(row, transcript_id=stem) if row.transcript_id == source.name else row
        for row in options.participants
    ]
    with tempfile.TemporaryDirectory(prefix=".reading-", dir=near) as folder:
        path = Path(folder) / f"{stem}.txt"
        path.write_bytes(raw)

        def read_with(rows: Sequence[ParticipantRow]) -> Reading:
            return read_file(path, interviewers=options.interviewers, participants=rows)

        reading = read_with(people)
        speakers = _find_speakers(reading.transcripts[0], source) if reading.transcripts else {}
        if speakers:  # read again, now that it is known which label is whose
            cases = {row.participant.id: row for row in reversed(people)}
            known = [
                replace(cases[who], transcript_id=stem, speaker=label)
                for label, who in speakers.items()
                if who in cases
            ]
            reading = read_with([*known, *people])
    if not reading.transcripts:
        raise UnreadableFile("no words were found in this text.")
    read = reading.transcripts[0]
    if _IS_ID.fullmatch(source.name):
        read = replace(read, id=source.name)
    return read, [replace(problem, path=source.name, line=None) for problem in reading.problems]


def _find_speakers(transcript: Transcript, source: ProjectSource) -> dict[str, str]:
    """Which case each speaker is, by the label she has in the text: the one that most of her turns are."""
    said: dict[str, Counter[str]] = {}
    for given, who in source.said:
        alike = transcript.text == source.text
        span = given if alike else _find_words(transcript.text, source.text, given)
        for turn in transcript.turns:
            if turn.speaker and span is not None and turn.span.overlaps(span):
                said.setdefault(turn.speaker, Counter())[who] += 1
    return {label: counted.most_common(1)[0][0] for label, counted in said.items()}


def _place(transcript: Transcript, source: ProjectSource, passage: MarkedPassage) -> list[Segment]:
    """The passage's words in the transcript, a segment for each turn they are in."""
    span = passage.span
    if span is None:
        return []
    if transcript.text != source.text:
        span = _find_words(transcript.text, source.text, span)
    if span is None:
        return []
    segments = []
    for turn in transcript.turns:
        if not turn.span.overlaps(span):
            continue
        start, end = max(span.start, turn.span.start), min(span.end, turn.span.end)
        words = transcript.text[start:end]
        start += len(words) - len(words.lstrip())
        end -= len(words) - len(words.rstrip())
        if start < end:
            segments.append(Segment.cut(transcript, turn, Span(start, end)))
    return segments


def _find_words(text: str, given: str, span: Span) -> Span | None:
    """Where words of one text stand in another that has other white space, or lines left out.

    Where they stand more than once, the place nearest to where they stood, in proportion.
    """
    wanted = _squeeze(span.of(given))
    places = [at for at, letter in enumerate(text) if not letter.isspace()]
    squeezed = _squeeze(text)
    if not wanted:
        return None
    whole = len(_squeeze(given)) or 1
    expected = len(_squeeze(given[: span.start])) * len(squeezed) / whole
    best: int | None = None
    at = squeezed.find(wanted)
    while at >= 0:
        if best is None or abs(at - expected) < abs(best - expected):
            best = at
        at = squeezed.find(wanted, at + 1)
    if best is None:
        return None
    return Span(places[best], places[best + len(wanted) - 1] + 1)


def _make_coding(
    segment: Segment,
    code: Code,
    passage: MarkedPassage,
    codebook: Codebook,
    made_at: datetime,
) -> Coding:
    # A machine's claim without its evidence is not the machine's here: it is what was brought in.
    coder = passage.coder
    if is_machine(coder) and not coder.startswith(IMPORTED):
        coder = IMPORTED + coder
    return Coding(
        id=coding_id(segment, code.sha256, code.id, coder),
        segment=segment,
        code_id=code.id,
        coder=coder,
        confidence=None,
        evidence=(),
        codebook_sha256=codebook.sha256,
        code_sha256=code.sha256,
        made_at=passage.made_at or made_at,
    )
