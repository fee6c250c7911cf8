"""A transcript with other words for its names, and everything people did moved along with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, func, insert, select, text, update

from themecode.model import (
    Coding,
    Segment,
    Span,
    Transcript,
    coding_id,
    hash_words,
)
from themecode.store import (
    codings,
    keeping_schema,
    protecting_schema,
    review_schema,
    schema,
    transcripts,
)
from themecode.store.connect import insert_new
from themecode.store.marks import read_marker
from themecode.store.records import hash_speakers, write_json
from themecode.store.removal import tables_in_order

_codings = schema.codings
_current = schema.current_transcripts
_decisions = schema.decisions
_kept = schema.transcripts
_memos = schema.memos
_passes = schema.coded_passes
_carried_memos = protecting_schema.memos_carried
_marked = protecting_schema.pseudonymised
_exports = keeping_schema.exports_made
_items = review_schema.review_items
_answers = review_schema.review_answers

#: A place in what a memo is about: "segment:P07:120:168", "P07:120-168".
_PLACE = re.compile(r"(?P<id>[^\s]+?):(?P<start>\d+)(?P<gap>[:-])(?P<end>\d+)$")


@dataclass(frozen=True, slots=True)
class Pseudonymised:
    """A transcript whose names have been replaced, and how to move with it.

    Args:
        transcript: with its new words; the same turns, in the same order.
        move: where a stretch of the old text is in the new one.
        rewrite: a note with the same names replaced.
        replaced: how many places were.
    """

    transcript: Transcript
    move: Callable[[Span], Span]
    rewrite: Callable[[str], str]
    replaced: int


@dataclass(frozen=True, slots=True)
class Moved:
    """How much was moved with its words."""

    codings: int = 0
    decisions: int = 0
    memos: int = 0

    def __add__(self, other: Moved) -> Moved:
        return Moved(
            self.codings + other.codings,
            self.decisions + other.decisions,
            self.memos + other.memos,
        )


def put_in(
    connection: Connection, made: Pseudonymised, *, at: str, where: str
) -> tuple[Moved, dict[str, str]]:
    """Make the pseudonymised version the current one; codings, decisions and memos move with it.

    Returns:
        What moved, and participants' new ids by their old ones.

    Raises:
        ThemecodeError: the study holds none of that id.
        ValueError: the new version has other turns.
    """
    transcript = made.transcript
    [(_, old_seq)] = transcripts.find_current(connection, [transcript.id], where=where)
    [old] = transcripts.read(connection, [old_seq], where=where)
    _check_same_turns(old, transcript)
    version = connection.execute(
        select(func.max(_kept.c.version)).where(_kept.c.id == transcript.id)
    ).scalar_one()
    seq = transcripts.insert_version(connection, transcript, version=version + 1, at=at)
    connection.execute(
        update(_current)
        .where(_current.c.transcript_id == transcript.id)
        .values(transcript_seq=seq, speakers_sha256=hash_speakers(transcript.turns))
    )
    connection.execute(
        insert(_marked).values(
            transcript_seq=seq,
            transcript_id=transcript.id,
            replaced=made.replaced,
            made_at=at,
        )
    )
    new_ids = _move_codings(connection, old, old_seq, made, where=where)
    decisions = _move_decisions(connection, new_ids, made.rewrite)
    memos = _move_memos(connection, new_ids, made)
    _move_review(connection, old_seq, seq, new_ids, made)
    _copy_passes(connection, old_seq, seq)
    renamed = {
        before.participant_id: after.participant_id
        for before, after in zip(old.turns, transcript.turns, strict=True)
        if before.participant_id and after.participant_id
    }
    return Moved(len(new_ids), decisions, memos), renamed


def rename_in_exports(connection: Connection, renamed: dict[str, str]) -> None:
    """Let the list of exported files know people by their new ids, so that a withdrawal finds them."""
    marker = read_marker(connection)
    marks = {
        marker.mark_person(old).mark: marker.mark_person(new).mark
        for old, new in renamed.items()
        if old != new
    }
    rows = connection.execute(select(_exports)).all() if marks else []
    for row in rows:
        held = json.loads(row.people)
        known = sorted({marks.get(mark, mark) for mark in held})
        if known != held:
            connection.execute(insert(schema.door).values(open_for="rename in exports"))
            connection.execute(
                update(_exports).where(_exports.c.seq == row.seq).values(people=write_json(known))
            )
            connection.execute(delete(schema.door))


def _check_same_turns(old: Transcript, new: Transcript) -> None:
    before = [(turn.number, turn.kind, turn.started_at) for turn in old.turns]
    if before != [(turn.number, turn.kind, turn.started_at) for turn in new.turns]:
        raise ValueError(f"transcript {new.id} has other turns than the study's")


def _move_codings(
    connection: Connection, old: Transcript, old_seq: int, made: Pseudonymised, *, where: str
) -> dict[str, str]:
    """Every coding of the old version written again where its words are now; new ids by old ones."""
    rows = connection.execute(
        select(*codings.COLUMNS, _codings.c.seq, _codings.c.turn_kind)
        .where(_codings.c.transcript_seq == old_seq)
        .order_by(_codings.c.seq)
    ).all()
    places = codings.find_places(connection, [old.id])
    moved: list[dict[str, object]] = []
    new_ids: dict[str, str] = {}
    held = codings.build_codings([row[:-2] for row in rows], old.id, old.text, where=where)
    for row, coding in zip(rows, held, strict=True):
        new = move_coding(coding, made)
        moved.append(
            codings.build_row(new, places, carried_from=row.seq) | {"turn_kind": row.turn_kind}
        )
        new_ids[coding.id] = new.id
    if moved:
        connection.execute(insert_new(connection, _codings), moved)
    return new_ids


def move_coding(coding: Coding, made: Pseudonymised) -> Coding:
    """The same claim about the same words, where they are now and as they read now."""
    words = made.transcript.text
    span = made.move(coding.segment.span)
    segment = Segment(made.transcript.id, coding.segment.turn, span, span.of(words))
    evidence = []
    for item in coding.evidence:
        spans = tuple(made.move(each) for each in item.spans)
        said = tuple(each.of(words) for each in spans)
        evidence.append(replace(item, spans=spans, words=said if item.words else ()))
    return replace(
        coding,
        # From the new words: an id made from a name would give the name to whoever tries names.
        id=coding_id(segment, coding.code_sha256, coding.code_id, coding.coder),
        segment=segment,
        evidence=tuple(evidence),
    )


def _move_decisions(
    connection: Connection, new_ids: dict[str, str], rewrite: Callable[[str], str]
) -> int:
    count = 0
    for old, new in new_ids.items():
        made = connection.execute(
            select(_decisions).where(_decisions.c.coding_id == old).order_by(_decisions.c.seq)
        ).all()
        if old == new:  # nothing before it changed, nor in it
            count += len(made)
            continue
        for row in made:
            connection.execute(
                insert_new(connection, _decisions).values(
                    id=hash_words(row.id, new)[:24],
                    coding_id=new,
                    reviewer=row.reviewer,
                    verdict=row.verdict,
                    recoded_to=row.recoded_to,
                    note=rewrite(row.note),
                    decided_at=row.decided_at,
                    carried_from=row.id,
                )
            )
        count += len(made)
    return count


def _move_memos(connection: Connection, new_ids: dict[str, str], made: Pseudonymised) -> int:
    """Memos about what moved, or that say a name, written again in their own place."""
    later = select(_carried_memos.c.carried_from)
    rows = connection.execute(
        select(_memos).where(_memos.c.id.not_in(later)).order_by(_memos.c.seq)
    ).all()
    count = 0
    for row in rows:
        about = _move_about(row.about, new_ids, made)
        said = made.rewrite(row.text)
        if (about, said) == (row.about, row.text):
            continue
        new = hash_words(row.id, about, said)[:24]
        connection.execute(
            insert(_memos).values(
                id=new, about=about, author=row.author, text=said, made_at=row.made_at
            )
        )
        connection.execute(insert(_carried_memos).values(memo_id=new, carried_from=row.id))
        count += 1
    return count


def _move_about(about: str, new_ids: dict[str, str], made: Pseudonymised) -> str:
    """What a memo is about, where a coding or a place of the transcript moved."""
    head, colon, tail = about.rpartition(":")
    if tail in new_ids:
        return f"{head}{colon}{new_ids[tail]}"
    if head == "participant":
        return f"{head}{colon}{made.rewrite(tail)}"
    found = _PLACE.match(about)
    name = made.transcript.id
    if found and (found["id"] == name or found["id"].endswith((f":{name}", f"/{name}"))):
        start, end = int(found["start"]), int(found["end"])
        if start <= end:
            span = made.move(Span(start, end))
            return f"{found['id']}:{span.start}{found['gap']}{span.end}"
    return about


def _move_review(
    connection: Connection,
    old_seq: int,
    seq: int,
    new_ids: dict[str, str],
    made: Pseudonymised,
) -> None:
    """Excerpts waiting in a review, and answers about them, go on where their words are now.

    An excerpt is a place in a queue and no claim, so that it is moved and not written again.
    """
    rows = connection.execute(select(_items).where(_items.c.transcript_seq == old_seq)).all()
    if not rows:
        return
    connection.execute(insert(schema.door).values(open_for="move a review's excerpts"))
    for row in rows:
        span = made.move(Span(row.span_start, row.span_end))
        ids = [new_ids.get(each, each) for each in json.loads(row.coding_ids)]
        connection.execute(
            update(_items)
            .where(_items.c.id == row.id)
            .values(
                transcript_seq=seq,
                span_start=span.start,
                span_end=span.end,
                coding_ids=write_json(ids),
            )
        )
    mine = [row.id for row in rows]
    for row in connection.execute(
        select(_answers.c.seq, _answers.c.item_id, _answers.c.note)
    ).all():
        note = made.rewrite(row.note)
        if row.item_id in mine and note != row.note:
            connection.execute(update(_answers).where(_answers.c.seq == row.seq).values(note=note))
    connection.execute(delete(schema.door))


def _copy_passes(connection: Connection, old_seq: int, seq: int) -> None:
    """What was coded through stays so: coding it anew would put other passages beside people's."""
    for row in connection.execute(select(_passes).where(_passes.c.transcript_seq == old_seq)).all():
        connection.execute(
            insert(_passes).values(
                transcript_seq=seq,
                codebook_sha256=row.codebook_sha256,
                coder=row.coder,
                made_at=row.made_at,
            )
        )


def forget_originals(
    connection: Connection, *, rewrite: Callable[[str, str], str]
) -> dict[str, int]:
    """Remove every version from before the pseudonyms, and what was said about it. Needs the door.

    Args:
        connection: with the door open.
        rewrite: a transcript's id and a text, to the text with that transcript's names replaced.

    Returns:
        How many of what were removed.
    """
    marked = connection.execute(select(_marked.c.transcript_seq, _marked.c.transcript_id)).all()
    ids = sorted({row.transcript_id for row in marked})
    current = {
        row.transcript_id: row.transcript_seq
        for row in connection.execute(
            select(_current.c.transcript_id, _current.c.transcript_seq).where(
                _current.c.transcript_id.in_(ids)
            )
        )
    }
    old = [
        row.seq
        for row in connection.execute(select(_kept.c.seq, _kept.c.id).where(_kept.c.id.in_(ids)))
        if row.seq != current[row.id]
    ]
    gone = {"versions": len(old), "codings": 0, "decisions": 0, "memos": 0}
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    for seq in old:
        mine = select(_codings.c.seq).where(_codings.c.transcript_seq == seq)
        connection.execute(
            update(_codings).where(_codings.c.carried_from.in_(mine)).values(carried_from=None)
        )
        gone["codings"] += connection.execute(
            delete(_codings).where(_codings.c.transcript_seq == seq)
        ).rowcount
        for table in (schema.turns, _passes, _marked):
            connection.execute(delete(table).where(table.c.transcript_seq == seq))
        connection.execute(delete(_kept).where(_kept.c.seq == seq))
    gone["decisions"] = connection.execute(
        delete(_decisions).where(_decisions.c.coding_id.not_in(select(_codings.c.id)))
    ).rowcount
    superseded = select(_carried_memos.c.carried_from)
    gone["memos"] = connection.execute(delete(_memos).where(_memos.c.id.in_(superseded))).rowcount
    connection.execute(delete(_carried_memos))
    _clear_traces(connection, ids, rewrite)
    _clear_notes(connection, rewrite)
    return gone


def _clear_notes(connection: Connection, rewrite: Callable[[str, str], str]) -> None:
    """What people wrote in any table, with the names in it replaced; `removal` says where that is."""
    for table, rule in tables_in_order():
        for name in (*rule.cleared, *rule.cleared_json):
            column = table.c[name]
            for (said,) in connection.execute(select(column).distinct()).all():
                if not said:
                    continue
                if name in rule.cleared_json:
                    new = write_json(json.loads(rewrite("", said)))
                else:
                    new = json.loads(rewrite("", write_json(said)))
                if new != said:
                    connection.execute(update(table).where(column == said).values({name: new}))


def _clear_traces(
    connection: Connection, ids: list[str], rewrite: Callable[[str, str], str]
) -> None:
    """What remembers the original files: their hashes, paths and speakers' labels."""
    for row in connection.execute(
        select(_kept.c.seq, _kept.c.id, _kept.c.text).where(_kept.c.id.in_(ids))
    ).all():
        # A hash of the original words would tell whoever tries names that she has found one.
        connection.execute(
            update(_kept)
            .where(_kept.c.seq == row.seq)
            .values(sha256=hash_words("pseudonymised", row.text), source=row.id)
        )
    connection.execute(
        update(_current).where(_current.c.transcript_id.in_(ids)).values(read_with="")
    )
    options = schema.reading_options
    newest = connection.execute(
        select(options).order_by(options.c.seq.desc()).limit(1)
    ).one_or_none()
    if newest is not None:
        kept = json.loads(newest.options)
        said = json.loads(rewrite("", write_json(kept)))
        connection.execute(delete(options))
        connection.execute(insert(options).values(options=write_json(said), made_at=newest.made_at))
