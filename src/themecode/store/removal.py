"""What becomes of each table when somebody withdraws: the one list, checked against the schema.

Every table of a study has a rule here, and every column that could hold somebody's words or point
at her is named in it. A table without a rule stops the tests (tests/protecting) and, because a
withdrawal that forgets something is worse than none, stops the withdrawal as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Table, Text

from themecode.errors import ThemecodeError
from themecode.store import keeping_schema, protecting_schema, review_schema
from themecode.store.schema import metadata


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a table's rows when somebody withdraws.

    Args:
        place: rows go that stand at her places: the columns of the transcript's version and the
            turn, and where there are such of the span's start and end.
        about_transcript: rows go that are about a transcript that goes as a whole (its version).
        follows: rows go whose columns name a row that goes: (columns, table, its columns).
        person: rows go whose column is her id.
        cleared: free text in which her names and quotations of her are taken out, row by row.
        cleared_json: the same for columns that hold JSON.
        by_hand: columns that `withdrawing` sees to itself.
        holds_nobody: columns that can hold neither words nor names of a participant.
        keep_seq: named for the tables that number their rows.
    """

    place: tuple[str, ...] = ()
    about_transcript: str | None = None
    follows: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()
    person: str | None = None
    cleared: tuple[str, ...] = ()
    cleared_json: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    holds_nobody: tuple[str, ...] = ()

    def named(self) -> frozenset[str]:
        """Every column the rule speaks of."""
        names = {*self.place, *self.cleared, *self.cleared_json, *self.by_hand, *self.holds_nobody}
        names |= {column for columns, _, _ in self.follows for column in columns}
        names |= {name for name in (self.person, self.about_transcript) if name}
        return frozenset(names)


#: Rows are removed in this order, so that what follows a table is found after it.
RULES: Mapping[str, Rule] = {
    "transcripts": Rule(
        about_transcript="seq",
        by_hand=("text", "content_sha256"),
        # `sha256` and `id` stay only where somebody else speaks in the file as well.
        holds_nobody=("id", "source", "sha256", "kind", "added_at"),
    ),
    "turns": Rule(
        about_transcript="transcript_seq",
        by_hand=("speaker", "participant_id"),
        holds_nobody=("kind",),
    ),
    "current_transcripts": Rule(
        about_transcript="transcript_seq",
        by_hand=("speakers_sha256",),
        holds_nobody=("transcript_id", "read_with"),
    ),
    "coded_passes": Rule(
        about_transcript="transcript_seq", holds_nobody=("codebook_sha256", "coder", "made_at")
    ),
    "codings": Rule(
        place=("transcript_seq", "turn", "span_start", "span_end"),
        by_hand=("words", "evidence"),
        holds_nobody=("id", "turn_kind", "code_id", "coder", "codebook_sha256", "code_sha256",
                      "made_at"),
    ),
    "decisions": Rule(
        follows=((("coding_id",), "codings", ("id",)),),
        cleared=("note",),
        holds_nobody=("id", "reviewer", "verdict", "recoded_to", "decided_at", "carried_from"),
    ),
    "memos": Rule(
        by_hand=("about",), cleared=("text",), holds_nobody=("id", "author", "made_at")
    ),
    "participants": Rule(person="id", holds_nobody=("role", "attributes", "consent")),
    "reading_options": Rule(by_hand=("options",), holds_nobody=("made_at",)),
    "codebooks": Rule(
        by_hand=("source", "parsed", "parsed_sha256"),
        holds_nobody=("sha256", "title", "version", "added_at"),
    ),
    "codebooks_in_force": Rule(holds_nobody=("since",)),
    "door": Rule(holds_nobody=("open_for",)),
    "log": Rule(holds_nobody=("at", "who", "what", "counts", "sha256")),
    "outputs_made": Rule(holds_nobody=("state_hash", "made_at")),
    "secrets": Rule(holds_nobody=("name", "value")),
    "withdrawals": Rule(holds_nobody=("kind", "began_at", "ended_at", "counts")),
    "withdrawn_marks": Rule(holds_nobody=("kind", "transcript_id", "mark")),
    "exports_made": Rule(
        by_hand=("people",), cleared=("path",), holds_nobody=("format", "who", "made_at")
    ),
    "exceptions_made": Rule(cleared=("about", "reason"), holds_nobody=("who", "made_at")),
    # Pseudonyms and safeguarding: which version, which memo, and what people noted.
    "pseudonymised": Rule(
        about_transcript="transcript_seq", holds_nobody=("transcript_id", "made_at")
    ),
    "pseudonym_signatures": Rule(
        cleared=("note",), holds_nobody=("state_hash", "signed_by", "signed_at")
    ),
    "memos_carried": Rule(
        follows=((("memo_id",), "memos", ("id",)), (("carried_from",), "memos", ("id",)))
    ),
    "safeguarding_looks": Rule(
        cleared=("note",), holds_nobody=("prompt_id", "looked_by", "looked_at")
    ),
    # A model taught by the study's decisions has learned from her words too; one of the codebook has not.
    "models": Rule(by_hand=("file",), holds_nobody=("sha256", "added_at")),
    "machines_in_force": Rule(
        by_hand=("model_sha256",), holds_nobody=("coder", "suggested", "why", "since")
    ),
    # Reviews: places, and what reviewers wrote about them.
    "reviewers": Rule(holds_nobody=("name", "in_group", "made_at")),
    "review_choices": Rule(holds_nobody=("reviewer", "choices", "made_at")),
    "review_care": Rule(holds_nobody=("care", "made_at")),
    "review_plans": Rule(
        cleared_json=("options", "strata"), holds_nobody=("id", "made_by", "made_at")
    ),
    "review_items": Rule(
        place=("transcript_seq", "turn", "span_start", "span_end"),
        holds_nobody=("id", "transcript_id", "stratum", "code_id", "coding_ids", "topics"),
    ),
    "review_assignments": Rule(
        follows=((("plan_seq", "number"), "review_items", ("plan_seq", "number")),),
        holds_nobody=("reviewer", "because", "made_at"),
    ),
    "review_answers": Rule(
        follows=((("item_id",), "review_items", ("id",)),),
        cleared=("note",),
        holds_nobody=("id", "reviewer", "reply", "codes", "came_by", "answered_at"),
    ),
    "review_keys": Rule(
        holds_nobody=("sha256", "kind", "name", "role", "made_at", "ends_at")
    ),
}  # fmt: skip


def tables_in_order() -> list[tuple[Table, Rule]]:
    """The study's tables with their rules, in the order rows are removed.

    Raises:
        ThemecodeError: a table has no rule.
    """
    # Naming them puts their tables among the metadata's.
    assert all(each is not None for each in (keeping_schema, protecting_schema, review_schema))
    missing = metadata.tables.keys() - RULES.keys()
    if missing:
        raise ThemecodeError(
            "This themecode does not know what a withdrawal should take out of "
            f"{', '.join(sorted(missing))}, so it took out nothing. Please report this as a fault."
        )
    return [
        (metadata.tables[name], rule) for name, rule in RULES.items() if name in metadata.tables
    ]


def find_uncovered() -> list[str]:
    """Columns that could hold words or point at somebody, and of which no rule speaks."""
    uncovered = []
    for name, table in metadata.tables.items():
        rule = RULES.get(name)
        if rule is None:
            uncovered.append(name)
            continue
        for column in table.columns:
            telling = isinstance(column.type, Text) or column.name in _POINTERS
            telling = telling or not isinstance(column.type.python_type(), (int, float, bool))
            if telling and column.name not in rule.named():
                uncovered.append(f"{name}.{column.name}")
    return uncovered


_POINTERS = frozenset({"transcript_seq", "transcript_id", "participant_id", "coding_id"})
