"""A whole study verified: the file, each span against its words, each hash, each link, the log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from themecode.errors import DamagedStudy, ThemecodeError
from themecode.store import codebooks, keeping_schema, log, schema, transcripts
from themecode.store.records import hash_speakers, hash_text
from themecode.wording import number_of

_codings = schema.codings
_current = schema.current_transcripts
_kept = schema.transcripts

#: Tables whose rows are numbered without gaps and never removed, except by a withdrawal. (A coding
#: that is there already uses up a number.)
_NUMBERED = ("transcripts", "memos", "log")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written.

    Args:
        message: in a sentence, without a participant's words.
        mends: what `repair` would do about it. None: it can only come from a copy.
    """

    message: str
    mends: str | None = None


def find_faults(connection: Connection, *, where: str) -> Iterator[Fault]:
    """Everything wrong, one fault after another; one never hides the others."""
    yield from _check_file(connection)
    for check in (_check_transcripts, _check_codings, _check_links, _check_log, _check_codebooks):
        try:
            yield from check(connection, where)
        except (ThemecodeError, DBAPIError, ValueError, KeyError, TypeError) as error:
            said = str(error) if isinstance(error, ThemecodeError) else type(error).__name__
            yield Fault(said)


def _check_file(connection: Connection) -> Iterator[Fault]:
    if connection.dialect.name != "sqlite":
        return
    for row in connection.execute(text("PRAGMA quick_check(20)")):
        if row[0] != "ok":
            yield Fault(
                f"The database's file is damaged: {str(row[0]).splitlines()[0]}.", "reindex"
            )
    for table in connection.execute(text("PRAGMA foreign_key_check")):
        yield Fault(f"A row of the table {table[0]} points at one that is not there.")


def _check_transcripts(connection: Connection, where: str) -> Iterator[Fault]:
    held = connection.execute(select(_kept.c.seq, _kept.c.id, _kept.c.version)).all()
    speakers = {
        row.transcript_seq: row.speakers_sha256 for row in connection.execute(select(_current))
    }
    for row in held:
        try:
            [transcript] = transcripts.read(connection, [row.seq], where=where)
        except (ThemecodeError, ValueError):
            yield Fault(f"Transcript {row.id} (version {row.version}) is not as it was imported.")
            continue
        for turn in transcript.turns:
            if turn.span.end > len(transcript.text):
                yield Fault(f"Turn {turn.number} of {row.id} runs past the transcript's end.")
        hashed = speakers.get(row.seq)
        if hashed is not None and hashed != hash_speakers(transcript.turns):
            yield Fault(f"Who speaks in {row.id} was changed by another program.", "speakers")
    versions = Counter(row.id for row in held)
    current = set(connection.execute(select(_current.c.transcript_id)).scalars())
    for transcript_id in sorted(versions.keys() - current):
        yield Fault(
            f"No version of transcript {transcript_id} is marked as the one in use.", "current"
        )


def _check_codings(connection: Connection, _where: str) -> Iterator[Fault]:
    wrong: Counter[str] = Counter()
    for seq, transcript_id, words in connection.execute(
        select(_kept.c.seq, _kept.c.id, _kept.c.text)
    ).all():
        for coding in connection.execute(
            select(
                _codings.c.span_start, _codings.c.span_end, _codings.c.words, _codings.c.evidence
            ).where(_codings.c.transcript_seq == seq)
        ):
            if words[coding.span_start : coding.span_end] != coding.words:
                wrong[transcript_id] += 1
                continue
            for reason in json.loads(coding.evidence):
                if any(
                    words[s:e] != said for (s, e), said in zip(reason[1], reason[2], strict=False)
                ):
                    wrong[transcript_id] += 1
                    break
    for transcript_id, number in sorted(wrong.items()):
        codings = number_of(number, "coding")
        stand = "is not on its words" if number == 1 else "are not on their words"
        yield Fault(f"{codings} of transcript {transcript_id} {stand}.")


def _check_links(connection: Connection, _where: str) -> Iterator[Fault]:
    queries: tuple[tuple[str, Any], ...] = (
        (
            "{n:,} decisions are about codings that are not there.",
            select(func.count()).select_from(schema.decisions).where(
                schema.decisions.c.coding_id.not_in(select(_codings.c.id))
            ),
        ),
        (
            "{n:,} codings are of a turn that is not there.",
            select(func.count()).select_from(_codings).where(
                ~select(schema.turns.c.number)
                .where(
                    schema.turns.c.transcript_seq == _codings.c.transcript_seq,
                    schema.turns.c.number == _codings.c.turn,
                )
                .exists()
            ),
        ),
        (
            "The door for withdrawals was left open.",
            select(func.count()).select_from(schema.door),
        ),
    )  # fmt: skip
    for message, query in queries:
        number = connection.execute(query).scalar_one()
        if number:
            mends = "door" if "door" in message else None
            yield Fault(message.format(n=number), mends)
    yield from _check_numbers(connection)


def _check_numbers(connection: Connection) -> Iterator[Fault]:
    """Rows taken out by another program leave a gap in the numbers; a withdrawal says how many."""
    if connection.dialect.name != "sqlite":
        return
    withdrawn: Counter[str] = Counter()
    for row in connection.execute(select(keeping_schema.withdrawals.c.counts)):
        withdrawn.update(json.loads(row.counts))
    given = {
        row[0]: row[1] for row in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
    }
    for name in _NUMBERED:
        table = schema.metadata.tables[name]
        held = connection.execute(select(func.count()).select_from(table)).scalar_one()
        gone = given.get(name, 0) - held
        allowed = withdrawn[f"table {name}"]
        if gone > allowed:
            yield Fault(
                f"{gone - allowed:,} rows of the table {name} are missing, and no withdrawal took them."
            )


def _check_log(connection: Connection, where: str) -> Iterator[Fault]:
    try:
        list(log.read_entries(connection, where=where))
    except DamagedStudy as error:
        yield Fault(str(error))


def _check_codebooks(connection: Connection, _where: str) -> Iterator[Fault]:
    books = schema.codebooks
    held = select(books.c.version, books.c.parsed, books.c.parsed_sha256)
    for row in connection.execute(held):
        if hash_text(row.parsed) != row.parsed_sha256:
            yield Fault(f"The codebook, version {row.version}, was changed by another program.")
    if (
        codebooks.read_in_force(connection) is None
        and connection.execute(select(func.count()).select_from(books)).scalar_one()
    ):
        yield Fault("No codebook is marked as the one in use.")


def repair(connection: Connection) -> tuple[str, ...]:
    """Mend what can be worked out again: indexes, which version is in use, who speaks, the door."""
    mended: list[str] = []
    if connection.dialect.name == "sqlite":
        before = [row[0] for row in connection.execute(text("PRAGMA quick_check(20)"))]
        if before != ["ok"]:
            connection.execute(text("REINDEX"))
            if [row[0] for row in connection.execute(text("PRAGMA quick_check(20)"))] == ["ok"]:
                mended.append("indexes made anew")
    current = {row.transcript_id: row for row in connection.execute(select(_current))}
    newest: dict[str, int] = {}
    for row in connection.execute(select(_kept.c.id, _kept.c.seq).order_by(_kept.c.version)):
        newest[row.id] = row.seq
    for transcript_id, seq in newest.items():
        if transcript_id not in current:
            [held] = transcripts.read(connection, [seq], where="this study")
            connection.execute(
                insert(_current).values(
                    transcript_id=transcript_id,
                    transcript_seq=seq,
                    read_with="",
                    speakers_sha256=hash_speakers(held.turns),
                )
            )
            mended.append(f"the newest version of {transcript_id} put in use")
        else:
            mended += _mend_speakers(connection, current[transcript_id])
    return tuple(mended)


def _mend_speakers(connection: Connection, row: object) -> list[str]:
    """Have who speaks worked out anew at the next import, where somebody else has changed it."""
    seq, transcript_id = row.transcript_seq, row.transcript_id  # type: ignore[attr-defined]
    turns = transcripts.read_turns(connection, [seq]).get(seq, ())
    if row.speakers_sha256 == hash_speakers(turns):  # type: ignore[attr-defined]
        return []
    connection.execute(
        update(_current)
        .where(_current.c.transcript_id == transcript_id)
        .values(read_with="", speakers_sha256=hash_speakers(turns))
    )
    return [f"who speaks in {transcript_id} will be worked out anew at the next import"]
