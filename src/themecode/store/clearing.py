"""Rows that go, and columns that are cleared, when somebody withdraws: as `removal` says of each table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    Table,
    delete,
    or_,
    select,
    text,
    tuple_,
    update,
)

from themecode.model import Span
from themecode.store import schema
from themecode.store.records import hash_text, write_json
from themecode.store.removal import Rule, tables_in_order
from themecode.store.traces import LONG_RUN, Traces

_codings = schema.codings
_kept = schema.transcripts
_turns = schema.turns

#: Values in one IN (...): every SQLite takes this many.
_AT_ONCE = 500
#: Columns of rows that went, by table and the columns' names.
_Removed = dict[str, set[tuple[Any, ...]]]


@dataclass(slots=True)
class Withdrawn:
    """What a withdrawal takes out.

    Args:
        counts: by kind, as the receipt has them: transcripts, turns, words, codings and so on.
        transcript_ids: transcripts that go as a whole.
        masked_ids: transcripts in which others speak as well.
        exports: files that left the study and hold her: path, format, when.
        said: what was taken out, to look for in files; never kept and never shown.
        gone: transcripts that were taken out whole, what others asked in them too; never kept, never shown.
        names: her id, labels and names.
        rows: removed from each table.
        named_elsewhere: other transcripts in which a name of hers is said, and how often. They may
            be about somebody else of that name, so they are left.
    """

    counts: Counter[str] = field(default_factory=Counter)
    transcript_ids: list[str] = field(default_factory=list)
    masked_ids: list[str] = field(default_factory=list)
    exports: list[tuple[str, str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    named_elsewhere: dict[str, int] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Going:
    """What goes: whole versions of transcripts, turns of others, stretches of others."""

    versions: set[int] = field(default_factory=set)
    turns: set[tuple[int, int]] = field(default_factory=set)
    spans: dict[int, list[Span]] = field(default_factory=dict)


def take_out_of_tables(
    connection: Connection, going: Going, done: Withdrawn, *, participant_id: str | None
) -> None:
    """Remove the rows that go, and clear what stays of her names and words."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    traces = Traces(done.names, done.said)
    removed: dict[str, set[tuple[Any, ...]]] = {}
    rules = [(table, rule) for table, rule in tables_in_order() if _exists(connection, table)]
    gone_codings = _find_codings(connection, going)
    removed["memos:id"] = _take_out_memos(connection, going, done, gone_codings, participant_id)
    for table, rule in rules:
        found = _find_rows(connection, table, rule, going, removed, participant_id=participant_id)
        keys = [column.name for column in table.primary_key.columns]
        columns = {name for _, r in rules for cs, parent, ps in r.follows if parent == table.name
                   for name in ps}  # fmt: skip
        for name, values in _remember(table, found, keys, sorted(columns)).items():
            removed.setdefault(name, set()).update(values)
        if found and table.name not in ("turns", "transcripts", "current_transcripts"):
            done.counts[table.name.replace("_", " ")] += len(found)
    for table, _ in reversed(rules):
        done.rows[table.name] += _delete_rows(
            connection, table, removed.get(f"{table.name}:key", set())
        )
    _mend_codings(connection, going, traces, done)
    for table, rule in rules:
        _clear_columns(connection, table, rule, traces, done)
    _clear_codebooks(connection, Traces((), done.said, run=LONG_RUN), done)


def _find_codings(connection: Connection, going: Going) -> set[str]:
    rows = _rows_at(
        connection, _codings, ("transcript_seq", "turn", "span_start", "span_end"), going
    )
    return {row["id"] for row in rows}


def _rows_at(
    connection: Connection, table: Table, place: Sequence[str], going: Going
) -> list[RowMapping]:
    """Rows that stand at places that go."""
    seq, turn = table.c[place[0]], table.c[place[1]]
    found: list[RowMapping] = []
    for chunk in _chunks(sorted(going.versions)):
        found += _rows(connection, select(table).where(seq.in_(chunk)))
    for pairs in _chunks(sorted(going.turns)):
        found += _rows(connection, select(table).where(tuple_(seq, turn).in_(pairs)))
    for version, spans in sorted(going.spans.items()):
        if len(place) < 4:
            continue
        start, end = table.c[place[2]], table.c[place[3]]
        for some in _chunks(spans, 100):
            overlaps = [(start < span.end) & (end > span.start) for span in some]
            rows = _rows(connection, select(table).where(seq == version, or_(*overlaps)))
            # Another's passage stays, blanked, where only a name in it goes.
            found += [
                row for row in rows
                if sum(min(row[place[3]], s.end) - max(row[place[2]], s.start)
                       for s in spans
                       if s.overlaps(Span(row[place[2]], row[place[3]])))
                > (row[place[3]] - row[place[2]]) / 2
                or (table.name == "codings" and _evidence_hit(row, spans))
            ]  # fmt: skip
    return _once(found)


def _evidence_hit(row: Any, spans: Sequence[Span]) -> bool:
    """Whether what a coding leans on goes, so that nothing holds it any more."""
    leans_on = [Span(*span) for reason in json.loads(row["evidence"]) for span in reason[1]]
    return any(each.overlaps(span) for each in leans_on for span in spans)


def _find_rows(
    connection: Connection,
    table: Table,
    rule: Rule,
    going: Going,
    removed: Mapping[str, set[tuple[Any, ...]]],
    *,
    participant_id: str | None,
) -> list[Any]:
    found: list[RowMapping] = []
    if rule.place:
        found += _rows_at(connection, table, rule.place, going)
    if rule.about_transcript:
        for chunk in _chunks(sorted(going.versions)):
            found += _rows(
                connection, select(table).where(table.c[rule.about_transcript].in_(chunk))
            )
    for columns, parent, of_parent in rule.follows:
        gone = removed.get(f"{parent}:{','.join(sorted(of_parent))}", set())
        if tuple(sorted(of_parent)) != of_parent:
            order = [sorted(of_parent).index(name) for name in of_parent]
            gone = {tuple(values[at] for at in order) for values in gone}
        for chunk in _chunks(sorted(gone)):
            mine = tuple_(*(table.c[name] for name in columns))
            found += _rows(connection, select(table).where(mine.in_(chunk)))
    if rule.person and participant_id is not None:
        found += _rows(connection, select(table).where(table.c[rule.person] == participant_id))
    return _once(found)


def _remember(
    table: Table,
    rows: Sequence[Any],
    keys: Sequence[str],
    more: Sequence[str],
) -> dict[str, set[tuple[Any, ...]]]:
    said = {f"{table.name}:key": {tuple(row[name] for name in keys) for row in rows}}
    if more:
        said[f"{table.name}:{','.join(more)}"] = {tuple(row[name] for name in more) for row in rows}
    return said


def _delete_rows(connection: Connection, table: Table, keys: set[tuple[Any, ...]]) -> int:
    columns = tuple_(*table.primary_key.columns)
    for chunk in _chunks(sorted(keys)):
        connection.execute(delete(table).where(columns.in_(chunk)))
    return len(keys)


def _take_out_memos(
    connection: Connection,
    going: Going,
    done: Withdrawn,
    gone_codings: set[str],
    participant_id: str | None,
) -> set[tuple[Any, ...]]:
    """Memos about her, her transcripts, her passages and codings of them; the others are cleared."""
    memos = schema.memos
    masked = {row.seq: row.id for row in connection.execute(select(_kept.c.seq, _kept.c.id))}
    places: dict[str, list[Span]] = {}
    for seq, number in going.turns:
        span = connection.execute(
            select(_turns.c.span_start, _turns.c.span_end).where(
                _turns.c.transcript_seq == seq, _turns.c.number == number
            )
        ).one()
        places.setdefault(masked[seq], []).append(Span(span.span_start, span.span_end))
    for seq, spans in going.spans.items():
        places.setdefault(masked[seq], []).extend(spans)
    whole = {masked[seq] for seq in going.versions} & set(done.transcript_ids)
    gone = []
    ids: set[tuple[Any, ...]] = set()
    for row in connection.execute(select(memos.c.seq, memos.c.id, memos.c.about)):
        kind, _, rest = row.about.partition(":")
        rest = rest or kind
        about_her = participant_id is not None and participant_id in (row.about, rest)
        if about_her or rest in gone_codings or _stands_in(rest, whole, places):
            gone.append((row.seq,))
            ids.add((row.id,))
    done.rows["memos"] += _delete_rows(connection, memos, set(gone))
    if gone:
        done.counts["memos"] += len(gone)
    return ids


def _stands_in(rest: str, whole: set[str], places: Mapping[str, list[Span]]) -> bool:
    """Whether "TRANSCRIPT" or "TRANSCRIPT:START-END" (or with another ":") is a place that goes."""
    if rest in whole or any(rest.startswith(f"{each}:") for each in whole):
        return True
    for transcript_id, spans in places.items():
        if rest.startswith(f"{transcript_id}:"):
            numbers = [
                int(each) for each in rest[len(transcript_id) + 1 :].replace(":", "-").split("-")
                if each.isdecimal()
            ][-2:]  # fmt: skip
            if len(numbers) == 2 and numbers[0] <= numbers[1]:
                return any(span.overlaps(Span(*numbers)) for span in spans)
    return False


def _mend_codings(connection: Connection, going: Going, traces: Traces, done: Withdrawn) -> None:
    """Codings that stay, on turns in which a name went; and reasons that quote what went."""
    for seq in sorted(going.spans):
        words = connection.execute(select(_kept.c.text).where(_kept.c.seq == seq)).scalar_one()
        for row in connection.execute(
            select(_codings).where(_codings.c.transcript_seq == seq)
        ).all():
            now = words[row.span_start : row.span_end]
            if now != row.words:
                reasons = json.loads(row.evidence)
                for reason in reasons:
                    reason[2] = [words[start:end] for start, end in reason[1]]
                connection.execute(
                    update(_codings)
                    .where(_codings.c.seq == row.seq)
                    .values(words=now, evidence=write_json(reasons))
                )
    # A cue is the codebook's; other reasons may quote passages that people coded before.
    quoting = or_(*(_codings.c.evidence.contains(f'["{kind}"') for kind in ("meaning", "learned")))
    for row in connection.execute(select(_codings.c.seq, _codings.c.evidence).where(quoting)).all():
        reasons = json.loads(row.evidence)
        for reason in reasons:
            if reason[0] != "cue":
                reason[3], reason[5] = traces.take_out(reason[3]), traces.take_out(reason[5])
        now = write_json(reasons)
        if now != row.evidence:
            done.counts["reasons that quoted her"] += 1
            connection.execute(
                update(_codings).where(_codings.c.seq == row.seq).values(evidence=now)
            )


def _clear_columns(
    connection: Connection, table: Table, rule: Rule, traces: Traces, done: Withdrawn
) -> None:
    if not (rule.cleared or rule.cleared_json):
        return
    for row in _rows(connection, select(table)):
        now = {}
        for name in (*rule.cleared, *rule.cleared_json):
            held = row[name]
            if not held:
                continue
            cleared = (
                traces.take_out(held)
                if name in rule.cleared
                else write_json(traces.take_out_of(json.loads(held)))
                if traces.find(held)
                else held
            )
            if cleared != held:
                now[name] = cleared
        if now:
            keys = [column == row[column.name] for column in table.primary_key.columns]
            connection.execute(update(table).where(*keys).values(**now))
            done.counts[f"notes cleared of her ({table.name.replace('_', ' ')})"] += 1


def _exists(connection: Connection, table: Table) -> bool:
    return connection.dialect.has_table(connection, table.name)


def _clear_codebooks(connection: Connection, traces: Traces, done: Withdrawn) -> None:
    """Examples that quote her. The codebook keeps its hash, so that nothing is coded anew."""
    books = schema.codebooks
    for row in connection.execute(select(books.c.seq, books.c.source, books.c.parsed)).all():
        parsed = json.loads(row.parsed)
        if not traces.find(row.parsed):
            continue
        for theme in parsed["themes"]:
            for code in theme["codes"]:
                for name in ("examples", "non_examples"):
                    code[name] = traces.take_out_of(code[name])
        now = write_json(parsed)
        source = traces.take_out(row.source.decode("utf-8", "replace"))
        if now == row.parsed and source.encode() == row.source:
            continue
        done.counts["codebooks cleared of her"] += 1
        connection.execute(
            update(books)
            .where(books.c.seq == row.seq)
            .values(source=source.encode(), parsed=now, parsed_sha256=hash_text(now))
        )


def _rows(connection: Connection, query: Select[Any]) -> Sequence[RowMapping]:
    return connection.execute(query).mappings().all()


def _once(rows: Iterable[RowMapping]) -> list[RowMapping]:
    return list({tuple(row.values()): row for row in rows}.values())


def _chunks(values: Sequence[Any], size: int = _AT_ONCE) -> Iterable[list[Any]]:
    for at in range(0, len(values), size):
        yield list(values[at : at + size])
