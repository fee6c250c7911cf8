"""Somebody, or a passage, taken out of every table of a study, within one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from themecode.errors import ThemecodeError
from themecode.model import Span, Transcript, TurnKind
from themecode.store import keeping_schema, schema, transcripts
from themecode.store.clearing import Going, Withdrawn, take_out_of_tables
from themecode.store.marks import read_marker
from themecode.store.records import hash_content, hash_speakers, write_json
from themecode.store.traces import WITHDRAWN, Mark, Marker, Traces, names_somebody

_codings = schema.codings
_current = schema.current_transcripts
_kept = schema.transcripts
_turns = schema.turns

#: What a machine in force says of itself where the study's decisions taught it (`machines`).
TAUGHT_BY_STUDY = "study"


def take_out_person(
    connection: Connection, participant_id: str, *, also_called: Sequence[str], where: str
) -> Withdrawn:
    """Take a participant out of every table.

    Args:
        connection: with the door open.
        participant_id: as the study calls her.
        also_called: names of hers that others say, to be taken out of every transcript.
        where: the study, for messages.

    Raises:
        ThemecodeError: the study knows nobody of that id.
    """
    marker = read_marker(connection)
    done = Withdrawn()
    spoken = _find_spoken(connection, participant_id)
    known = connection.execute(
        select(schema.participants.c.id).where(schema.participants.c.id == participant_id)
    ).scalar()
    if not spoken and known is None:
        raise _nobody(connection, participant_id, where=where)
    marks = {marker.mark_person(participant_id)}
    labels = {label for of_one in spoken.values() for label in of_one if label}
    done.names = sorted({participant_id, *labels, *also_called} - {""})
    for transcript_id, of_one in spoken.items():
        marks |= {marker.mark_label(transcript_id, label) for label in of_one if label}
        for name in sorted({participant_id, *of_one}):
            if names_somebody(name):
                marks.add(marker.mark_name(name, transcript_id))
    marks |= {marker.mark_name(name) for name in also_called if names_somebody(name)}
    going = Going()
    everything = Marker(marker.salt, marker.marks | marks)
    for transcript_id in _transcripts_to_mask(connection, spoken, also_called=also_called):
        marks |= _take_out_of_transcript(connection, transcript_id, everything, going, done)
    _find_exports(connection, marker.mark_person(participant_id).mark, done)
    take_out_of_tables(connection, going, done, participant_id=participant_id)
    _forget_options(connection, participant_id, done)
    _forget_taught(connection, done)
    _add_marks(connection, marks)
    done.named_elsewhere = _count_names(connection, done)
    return done


#: What a withdrawal counts, as it is called where one passage goes and not a person.
_OF_A_PASSAGE = {
    "passages in other turns": "passages",
    "transcripts in which others speak too": "transcripts it stands in",
}


def take_out_passage(
    connection: Connection, transcript_id: str, span: Span, *, where: str
) -> Withdrawn:
    """Take a stretch of one transcript out of every table; raises ThemecodeError where it is none."""
    marker = read_marker(connection)
    [(_, seq)] = transcripts.find_current(connection, [transcript_id], where=where)
    [now] = transcripts.read(connection, [seq], where=where)
    if span.end > len(now.text) or len(span) < 2:
        raise ThemecodeError(
            f"Transcript {transcript_id} has {len(now.text):,} characters: there is no passage "
            f"{span.start}-{span.end} in it. Places are as `themecode export --format text` counts them."
        )
    turns = [turn for turn in now.turns if turn.span.overlaps(span)]
    if not any(t.span.start <= span.start and span.end <= t.span.end for t in turns):
        raise ThemecodeError(
            f"The passage {span.start}-{span.end} of {transcript_id} is not inside one turn. "
            "Withdraw it turn by turn; `themecode export --format turns` shows where they are."
        )
    done, going = Withdrawn(), Going()
    marks = {marker.mark_passage(transcript_id, span.of(now.text))}
    everything = Marker(marker.salt, marker.marks | marks)
    _take_out_of_transcript(connection, transcript_id, everything, going, done)
    for counted, called in _OF_A_PASSAGE.items():
        done.counts[called] += done.counts.pop(counted, 0)
    take_out_of_tables(connection, going, done, participant_id=None)
    _forget_taught(connection, done)
    who = {turn.participant_id for turn in turns if turn.participant_id}
    for each in sorted(who):
        _find_exports(connection, marker.mark_person(each).mark, done, forget=False)
    _add_marks(connection, marks)
    return done


def _nobody(connection: Connection, participant_id: str, *, where: str) -> ThemecodeError:
    known = sorted(
        {row.participant_id for row in connection.execute(
            select(_turns.c.participant_id).where(_turns.c.participant_id.is_not(None)).distinct()
        )}
        | {row.id for row in connection.execute(select(schema.participants.c.id))}
    )  # fmt: skip
    listed = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
    return ThemecodeError(
        f"The study in {where} knows no participant “{participant_id}”, so nothing was withdrawn. "
        + (f"It knows {listed}." if known else "It holds no participants.")
    )


def _find_spoken(connection: Connection, participant_id: str) -> dict[str, set[str]]:
    """In which transcripts, of whatever version, somebody speaks, and under which labels."""
    found: dict[str, set[str]] = {}
    for row in connection.execute(
        select(_kept.c.id, _turns.c.speaker)
        .join(_turns, _turns.c.transcript_seq == _kept.c.seq)
        .where(_turns.c.participant_id == participant_id)
        .distinct()
    ):
        found.setdefault(row.id, set()).add(row.speaker)
    return found


def _transcripts_to_mask(
    connection: Connection, spoken: Mapping[str, set[str]], *, also_called: Sequence[str]
) -> list[str]:
    if not also_called:
        return sorted(spoken)
    return sorted(connection.execute(select(_current.c.transcript_id)).scalars())


def _take_out_of_transcript(
    connection: Connection, transcript_id: str, marker: Marker, going: Going, done: Withdrawn
) -> set[Mark]:
    """Blank every version of a transcript, or let all of them go; returns marks to keep besides."""
    seqs = [
        row.seq
        for row in connection.execute(
            select(_kept.c.seq).where(_kept.c.id == transcript_id).order_by(_kept.c.seq)
        )
    ]
    held = list(transcripts.read(connection, seqs, where="this study"))
    masked = [marker.take_out(version) for version in held]
    current = connection.execute(
        select(_current.c.transcript_seq).where(_current.c.transcript_id == transcript_id)
    ).scalar_one()
    whole = masked[seqs.index(current)] is None
    marks: set[Mark] = set()
    for seq, before, after in zip(seqs, held, masked, strict=True):
        counted = seq == current
        if whole or after is None:  # an earlier version that was all hers goes with the rest
            marks.add(marker.mark_file(before.sha256))
            going.versions.add(seq)
            done.gone.append(before.text)
            done.said += [before.words_of(turn) for turn in before.turns
                          if turn.kind is TurnKind.PARTICIPANT]  # fmt: skip
            if counted:
                done.counts["turns"] += len(before.turns)
                done.counts["words"] += len(
                    " ".join(before.words_of(t) for t in before.turns).split()
                )
        elif after != before:
            _write_masked(connection, seq, before, after, going, done, counted=counted)
    if whole:
        done.transcript_ids.append(transcript_id)
        done.counts["transcripts"] += 1
        done.counts["earlier versions of transcripts"] += len(seqs) - 1
    elif any(after != before for before, after in zip(held, masked, strict=True)):
        done.masked_ids.append(transcript_id)
        done.counts["transcripts in which others speak too"] += 1
    return marks


def _write_masked(
    connection: Connection,
    seq: int,
    before: Transcript,
    after: Transcript,
    going: Going,
    done: Withdrawn,
    *,
    counted: bool,
) -> None:
    for old, new in zip(before.turns, after.turns, strict=True):
        words, now = before.words_of(old), after.words_of(new)
        if words == now and old == new:
            continue
        if now.startswith((WITHDRAWN, "withdrawn", "—")) and new.participant_id is None:
            going.turns.add((seq, old.number))
            done.said.append(words)
            done.counts["turns"] += counted
        else:
            changed = _changed_spans(words, now)
            going.spans.setdefault(seq, []).extend(span.shift(old.span.start) for span in changed)
            done.said += [span.of(words) for span in changed]
            done.counts["passages in other turns"] += counted * len(changed)
        done.counts["words"] += counted * (len(words.split()) - len(now.split()))
    connection.execute(
        update(_kept)
        .where(_kept.c.seq == seq)
        .values(
            text=after.text,
            content_sha256=hash_content(after),
            word_count=sum(len(after.words_of(turn).split()) for turn in after.turns),
        )
    )
    connection.execute(
        update(_turns)
        .where(_turns.c.transcript_seq == seq, _turns.c.number == bindparam("this"))
        .values(
            speaker=bindparam("label"), participant_id=bindparam("who"), started_at=bindparam("at")
        ),
        [
            {
                "this": turn.number,
                "label": turn.speaker,
                "who": turn.participant_id,
                "at": turn.started_at,
            }
            for turn in after.turns
        ],
    )
    connection.execute(
        update(_current)
        .where(_current.c.transcript_seq == seq)
        .values(speakers_sha256=hash_speakers(after.turns))
    )


def _changed_spans(before: str, after: str) -> list[Span]:
    """Where two texts of one length differ, as few stretches."""
    spans: list[Span] = []
    for at, (old, new) in enumerate(zip(before, after, strict=True)):
        if old != new:
            if spans and at - spans[-1].end <= 3:
                spans[-1] = Span(spans[-1].start, at + 1)
            else:
                spans.append(Span(at, at + 1))
    return spans


def _forget_options(connection: Connection, participant_id: str, done: Withdrawn) -> None:
    """How files are read names every participant: hers goes, from the newest row; the others go."""
    options = schema.reading_options
    newest = connection.execute(select(func.max(options.c.seq))).scalar()
    if newest is None:
        return
    connection.execute(delete(options).where(options.c.seq != newest))
    kept = json.loads(
        connection.execute(select(options.c.options).where(options.c.seq == newest)).scalar_one()
    )
    rows = kept.get("participants", [])
    kept["participants"] = [row for row in rows if row["participant"]["id"] != participant_id]
    connection.execute(
        update(options).where(options.c.seq == newest).values(options=write_json(kept))
    )
    gone = len(rows) - len(kept["participants"])
    if gone:
        done.counts["rows of the participants file"] += gone


def _forget_taught(connection: Connection, done: Withdrawn) -> None:
    """Models that the study's decisions taught go: they learned from her words among others'.

    The machine before them is in force again; `themecode learn` can teach another from what is left.
    """
    in_force, models = (schema.metadata.tables[name] for name in ("machines_in_force", "models"))
    taught = in_force.c.why == TAUGHT_BY_STUDY
    hashes = connection.execute(select(in_force.c.model_sha256).where(taught)).scalars().all()
    connection.execute(delete(in_force).where(taught))
    connection.execute(delete(models).where(models.c.sha256.in_([each for each in hashes if each])))
    if hashes:
        done.counts["models taught by the study's decisions"] += len(set(hashes))


def _find_exports(
    connection: Connection, mark: str, done: Withdrawn, *, forget: bool = True
) -> None:
    """Files that left the study and hold her; from then on the list no longer names her."""
    exports = keeping_schema.exports_made
    for row in connection.execute(select(exports).order_by(exports.c.seq)).all():
        people = json.loads(row.people)
        if mark not in people:
            continue
        done.exports.append((row.path, row.format, row.made_at))
        if forget:
            connection.execute(
                update(exports)
                .where(exports.c.seq == row.seq)
                .values(people=write_json([each for each in people if each != mark]))
            )


def _add_marks(connection: Connection, marks: Iterable[Mark]) -> None:
    rows = [
        {"kind": m.kind, "transcript_id": m.transcript_id, "length": m.length, "mark": m.mark}
        for m in sorted(marks, key=lambda m: (m.kind, m.transcript_id, m.length, m.mark))
    ]
    if rows:
        connection.execute(insert(keeping_schema.withdrawn_marks), rows)


def _count_names(connection: Connection, done: Withdrawn) -> dict[str, int]:
    """Other transcripts in which a name of hers is said; they may speak of somebody else."""
    traces = Traces(done.names, ())
    names = [name for name in done.names if names_somebody(name)]
    if not names:
        return {}
    said = or_(
        *(func.lower(_kept.c.text).contains(name.lower(), autoescape=True) for name in names)
    )
    found = {}
    for row in connection.execute(
        select(_kept.c.id, _kept.c.text)
        .join(_current, _current.c.transcript_seq == _kept.c.seq)
        .where(said)
        .order_by(_kept.c.id)
    ):
        number = len(traces.find(row.text))
        if number:
            found[row.id] = number
    return found
