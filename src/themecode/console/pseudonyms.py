"""What was found and replaced, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from themecode.console.tables import make_table, out
from themecode.pseudonyms.candidates import NO_GUARANTEE
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.flow.pseudonymising import Applied, FoundInStudy
    from themecode.pseudonyms.rows import Row

#: How many rows are listed where nobody asks for all.
SHOWN = 40


def print_candidates(found: FoundInStudy, *, show_all: bool, workbook: Path | None) -> None:
    """What may tell who somebody is: name by name, finder by finder."""
    console = out()
    rows = found.undecided
    decided = len(found.rows) - len(rows)
    sightings = sum(row.times for row in rows)
    console.print(
        f"{number_of(len(rows), 'name or number', 'names and numbers')} to decide about, seen "
        f"{number_of(sightings, 'time')} in {number_of(found.words, 'word')}"
        + (f"; {decided:,} decided before." if decided else ".")
    )
    if rows and workbook is None:
        console.print()
        shown = rows if show_all else rows[:SHOWN]
        table = make_table("Words", "What", "Times", "Where", right=("Times",))
        for row in shown:
            table.add_row(
                Text(row.words, style="bold"), row.kind.value, f"{row.times:,}", _mark(row.example)
            )
        console.print(table)
        if len(rows) > len(shown):
            console.print(
                f"… and {len(rows) - len(shown):,} more: `--all` shows them, `-o FILE.xlsx` writes them."
            )
    if found.by_finder:
        console.print()
        table = make_table("Found by", "Sightings", right=("Sightings",))
        for finder, number in found.by_finder.items():
            table.add_row(finder, f"{number:,}")
        console.print(table)
    print_named_files(found.named_files)
    console.print()
    console.print(Text(NO_GUARANTEE, style="yellow"))


def print_named_files(named: Sequence[str]) -> None:
    """Transcripts that are called after somebody."""
    if named:
        console = out()
        console.print()
        console.print(
            f"{number_of(len(named), 'transcript is', 'transcripts are')} called after somebody: "
            f"{', '.join(named[:8])}{' …' if len(named) > 8 else ''}. The name stands in every table. "
            "Rename the file and import it under its new name before you go on."
        )


def _mark(example: str) -> Text:
    left, _, rest = example.partition("»")
    words, _, right = rest.partition("«")
    return Text(left, style="dim") + Text(words, style="bold") + Text(right, style="dim")


def print_row(row: Row, at: int, total: int) -> None:
    """One name, for a decision at the terminal."""
    console = out()
    console.print()
    console.print(
        Text(f"{at} of {total}  ", style="dim")
        + Text(row.words, style="bold")
        + Text(f"  ({row.kind.value}, {number_of(row.times, 'time')})")
    )
    console.print(Text("  ") + _mark(row.example))
    if row.same_as:
        console.print(f"  Maybe the same as {row.same_as}.")


def print_pseudonyms_in(applied: Applied) -> None:
    """What putting pseudonyms in did, and what it leaves to do."""
    console = out()
    if not applied.places:
        console.print("Every decision is carried out already: nothing was changed.")
    else:
        console.print(
            f"{number_of(applied.places, 'place')} replaced in {number_of(applied.transcripts, 'transcript')}. "
            f"Moved with their words: {number_of(applied.moved.codings, 'coding')}, "
            f"{number_of(applied.moved.decisions, 'decision')}, {number_of(applied.moved.memos, 'memo')}."
        )
    if applied.forgotten:
        said = ", ".join(f"{number:,} {what}" for what, number in applied.forgotten.items())
        console.print(f"The words from before are gone from the study: {said}.")
        console.print(
            "Copies elsewhere are yours to destroy: the transcript files, recordings, e-mail, backups of "
            "this computer. A solid-state disk may keep a trace that no program can reach."
        )
    elif applied.places:
        console.print(
            "The versions from before are kept inside the study, so that a mistake can be put right. "
            "`themecode pseudonymise apply --forget-originals` removes them for good."
        )
    if applied.undecided:
        console.print(
            f"Still to decide about: {number_of(len(applied.undecided), 'name or number', 'names and numbers')} "
            "(`themecode pseudonymise find`)."
        )
    print_named_files(applied.named_files)
    console.print()
    console.print(Text(NO_GUARANTEE, style="yellow"))
    console.print(
        "Nothing is exported until a named person has signed: `themecode pseudonymise sign`."
    )


def candidates_as_json(found: FoundInStudy) -> dict[str, Any]:
    """What was found, for scripts."""
    return {
        "not_a_guarantee": NO_GUARANTEE,
        "words": found.words,
        "by_finder": dict(found.by_finder),
        "by_kind": {kind.value: number for kind, number in found.by_kind.items()},
        "named_files": list(found.named_files),
        "rows": [
            {
                "words": row.words,
                "forms": list(row.forms),
                "kind": row.kind.value,
                "direct": row.is_direct,
                "times": row.times,
                "transcripts": list(row.transcripts),
                "found_by": list(row.finders),
                "example": row.example,
                "same_as": row.same_as or None,
                "becomes": row.decided.becomes if row.decided else row.becomes,
                "decision": row.decided.action.value if row.decided else None,
            }
            for row in found.rows
        ],
    }
