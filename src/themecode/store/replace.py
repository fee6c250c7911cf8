"""A transcript takes the place of an earlier version, and people's work is carried over.

Carried over is only what cannot be mistaken: words that stand once in the old text and once in the
new one, and there in the mouth of the same speaker. The rest is kept where it was, and listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, exists, func, select, update

from themecode.model import (
    Coding,
    Decision,
    Segment,
    Span,
    Transcript,
    Turn,
    coding_id,
    hash_words,
)
from themecode.store import codings, decisions, schema, transcripts
from themecode.store.connect import insert_new
from themecode.store.records import KeptDecision, hash_content, hash_speakers, write_time

_codings = schema.codings
_current = schema.current_transcripts
_decisions = schema.decisions
_kept = schema.transcripts


@dataclass(frozen=True, slots=True)
class _Left:
    """A person's coding, or one a person answered, on an earlier version of a transcript."""

    seq: int
    coding: Coding
    turn: Turn
    text: str


def put_in_place(
    connection: Connection, transcript: Transcript, *, read_with: str, at: str, where: str
) -> tuple[int, int]:
    """Make `transcript` the current version; nothing happens where it is so already.

    Returns:
        How many codings were carried over, and how many decisions.

    Raises:
        ThemecodeError: the study holds none of that id.
    """
    [(_, seq)] = transcripts.find_current(connection, [transcript.id], where=where)
    before = connection.execute(
        select(_kept.c.sha256, _kept.c.content_sha256).where(_kept.c.seq == seq)
    ).one()
    if (before.sha256, before.content_sha256) == (transcript.sha256, hash_content(transcript)):
        return 0, 0
    version = connection.execute(
        select(func.max(_kept.c.version)).where(_kept.c.id == transcript.id)
    ).scalar_one()
    new_seq = transcripts.insert_version(connection, transcript, version=version + 1, at=at)
    connection.execute(
        update(_current)
        .where(_current.c.transcript_id == transcript.id)
        .values(
            transcript_seq=new_seq,
            read_with=read_with,
            speakers_sha256=hash_speakers(transcript.turns),
        )
    )
    places = codings.find_places(connection, [transcript.id])
    carried = answers = 0
    for left in _find_left(connection, where=where, transcript_id=transcript.id):
        moved = _carry_over(left, transcript)
        if isinstance(moved, str):
            continue
        row = codings.build_row(moved, places, carried_from=left.seq)
        connection.execute(insert_new(connection, _codings), [row])
        answers += _carry_decisions(connection, left.coding.id, moved.id)
        carried += 1
    return carried, answers


def list_left(
    connection: Connection, *, where: str, transcript_id: str | None = None
) -> tuple[KeptDecision, ...]:
    """What people did on earlier versions and that stands on no current one, with the reason."""
    left = _find_left(connection, where=where, transcript_id=transcript_id)
    ids = sorted({item.coding.segment.transcript_id for item in left})
    seqs = [seq for _, seq in transcripts.find_current(connection, ids, where=where)]
    now = {found.id: found for found in transcripts.read(connection, seqs, where=where)}
    listed = []
    for item in left:
        moved = _carry_over(item, now[item.coding.segment.transcript_id])
        reason = moved if isinstance(moved, str) else "it was made before these words came back"
        answers = tuple(_decisions_about(connection, item.coding.id))
        listed.append(KeptDecision(item.coding, answers, reason))
    return tuple(listed)


def _find_left(connection: Connection, *, where: str, transcript_id: str | None) -> list[_Left]:
    """People's work on versions that are no longer current, and not carried over since."""
    later = _codings.alias("later")
    query = (
        select(*codings.COLUMNS, _codings.c.seq, _kept.c.id)
        .join(_kept, _kept.c.seq == _codings.c.transcript_seq)
        .join(_current, _current.c.transcript_id == _kept.c.id)
        .where(
            _codings.c.transcript_seq != _current.c.transcript_seq,
            codings.is_peoples(),
            # Carried over already, or claimed anew at the same place of the current version.
            ~exists().where(later.c.carried_from == _codings.c.seq),
            ~exists().where(
                later.c.id == _codings.c.id,
                later.c.transcript_seq == _current.c.transcript_seq,
            ),
        )
        .order_by(_kept.c.id, _codings.c.seq)
    )
    if transcript_id is not None:
        query = query.where(_kept.c.id == transcript_id)
    rows: Sequence[Any] = connection.execute(query).all()
    old = sorted({row[0] for row in rows})
    held = dict(zip(old, transcripts.read(connection, old, where=where), strict=True))
    found = []
    for row in rows:
        transcript = held[row[0]]
        [coding] = codings.build_codings([row[:-2]], transcript.id, transcript.text, where=where)
        turn = next(turn for turn in transcript.turns if turn.number == coding.segment.turn)
        found.append(_Left(row[-2], coding, turn, transcript.text))
    return found


def _carry_over(left: _Left, to: Transcript) -> Coding | str:
    """The same claim in the new version; or why it cannot be told where that is."""
    segment = left.coding.segment
    if not segment.text:
        return "it marks a place without words"
    if _count(left.text, segment.text) > 1:
        return "its words stood more than once in the earlier version"
    found = _count(to.text, segment.text)
    if found != 1:
        return (
            "its words are not in the new version"
            if found == 0
            else "its words stand more than once in the new version"
        )
    start = to.text.index(segment.text)
    span = Span(start, start + len(segment.text))
    for turn in to.turns:
        if turn.span.start <= span.start and span.end <= turn.span.end:
            break
    else:
        return "its words run over the edge of a turn in the new version"
    if not _same_speaker(left.turn, turn):
        return "its words are another speaker's in the new version"
    evidence = []
    for item in left.coding.evidence:
        spans = [_shift(old, span.start - segment.span.start, len(to.text)) for old in item.spans]
        if any(
            new is None or new.of(to.text) != old.of(left.text)
            for new, old in zip(spans, item.spans, strict=True)
        ):
            return "words beside it that it leans on are not in the new version"
        evidence.append(replace(item, spans=tuple(new for new in spans if new is not None)))
    moved = Segment.cut(to, turn, span)
    coding = left.coding
    return replace(
        coding,
        id=coding_id(moved, coding.code_sha256, coding.code_id, coding.coder),
        segment=moved,
        evidence=tuple(evidence),
    )


def _count(text: str, words: str) -> int:
    """How often `words` stand in `text`, overlapping ones too; counts no further than two."""
    first = text.find(words)
    if first < 0:
        return 0
    return 1 if text.find(words, first + 1) < 0 else 2


def _shift(span: Span, by: int, length: int) -> Span | None:
    start, end = span.start + by, span.end + by
    return Span(start, end) if start >= 0 and end <= length else None


def _same_speaker(old: Turn, new: Turn) -> bool:
    if old.participant_id is not None and old.participant_id == new.participant_id:
        return True
    return old.speaker == new.speaker


def _decisions_about(connection: Connection, coding: str) -> list[Decision]:
    return list(
        decisions.read(connection, select(_decisions).where(_decisions.c.coding_id == coding))
    )


def _carry_decisions(connection: Connection, old: str, new: str) -> int:
    """Write what was decided about one coding as decided about another, with where it came from."""
    if old == new:  # the same words at the same place: what was decided stands
        return 0
    made = _decisions_about(connection, old)
    for decision in made:
        connection.execute(
            insert_new(connection, _decisions).values(
                id=hash_words(decision.id, new)[:24],
                coding_id=new,
                reviewer=decision.reviewer,
                verdict=decision.verdict.value,
                recoded_to=decision.recoded_to,
                note=decision.note,
                decided_at=write_time(decision.decided_at),
                carried_from=decision.id,
            )
        )
    return len(made)
