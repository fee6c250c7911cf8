"""What is shown of a withdrawal, of copies, and of a study verified."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.flow.restoring import Restored
    from themecode.flow.withdrawing import Withdrawal
    from themecode.store.backups import Backup

#: Files of a list shown before the rest is only counted.
_SHOWN = 30


#: What a table's name says badly to a researcher.
_SAID = {"coded passes": "records of its coding"}


def _say_what(name: str, number: int) -> str:
    said = _SAID.get(name, name)
    return re.sub(r"\b(\w+[^s])s\b", r"\1", said, count=1) if number == 1 else said


def _list_counts(console: Console, counts: Mapping[str, int]) -> None:
    """How many of what go or went."""
    going = [(name, number) for name, number in sorted(counts.items()) if number]
    for name, number in going:
        console.print(f"  {number:>7,}  {_say_what(name, number)}")
    if not going:
        console.print("  nothing in the database")
    if any(name.startswith("models taught") for name, _ in going):
        console.print(
            "A model that learned from her words among others' is one of these: the codebook's own model "
            "codes again, and `themecode learn` can teach it anew from what is left."
        )


def print_withdrawal(done: Withdrawal, who: str, *, where: str) -> None:
    """What goes or went, what to call back, and what is left to do by hand."""
    console = _console()
    dry = done.receipt is None
    taken = done.withdrawn
    console.print(
        f"Withdrawing {who} from {where} would take out:" if dry else f"Withdrawn from {where}:"
    )
    _list_counts(console, taken.counts)
    if dry:
        _list_names(console, "Transcripts that would go as a whole", taken.transcript_ids)
        _list_names(
            console,
            "Transcripts in which others speak too, blanked where she speaks or is named"
            if taken.names
            else "Blanked, with nobody else's words moved, in",
            taken.masked_ids,
        )
        console.print(
            "The study's own copies, caches and outputs would be made anew without "
            f"{'her' if taken.names else 'it'}.",
            style="dim",
        )
    else:
        searched = f"{number_of(done.searched, 'file')} of the study {'was' if done.searched == 1 else 'were'} searched byte by byte afterwards"
        if done.traces:
            console.print(f"{searched}; something of hers is still in:", style="bold")
            for path in done.traces:
                console.print(f"  {path}", soft_wrap=True)
        else:
            console.print(f"{searched}: nothing of hers is left in them.")
    _list_recall(console, done.recall)
    if done.by_hand:
        console.print()
        console.print(
            "These files in the study's folder hold her words or her name. They are yours, so they "
            "were left: look at each, and remove it or take her out of it."
        )
        for path in done.by_hand[:_SHOWN]:
            console.print(f"  {path}", soft_wrap=True)
        _rest(console, len(done.by_hand))
    if taken.named_elsewhere:
        console.print()
        console.print(
            "A name of hers is said in other transcripts. If it is she who is meant, withdraw again with "
            "`--also-called NAME`:"
        )
        for transcript_id, number in list(taken.named_elsewhere.items())[:_SHOWN]:
            console.print(f"  {transcript_id} ({number})")
        _rest(console, len(taken.named_elsewhere))
    if not dry:
        console.print()
        console.print(f"Receipt, without personal data: {done.receipt}", soft_wrap=True)
        console.print(
            "Remove her transcript and her row from the files you import, and any copy made elsewhere. "
            "They are not read again, but they are still there."
            if taken.names
            else "The files you import still hold the passage, as does any copy made elsewhere: take it out "
            "of them too.",
            style="dim",
        )


def _list_names(console: Console, about: str, names: Sequence[str]) -> None:
    if names:
        shown = ", ".join(names[:_SHOWN])
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        console.print(f"{about}: {shown}{more}.")


def _list_recall(console: Console, recall: Sequence[tuple[str, str, str]]) -> None:
    if not recall:
        return
    console.print()
    console.print("Files written before that hold her. Call back what was sent to anybody:")
    for path, kind, at in recall[:_SHOWN]:
        console.print(f"  {at[:10]}  {kind}: {path}", soft_wrap=True)
    _rest(console, len(recall))


def _rest(console: Console, number: int) -> None:
    if number > _SHOWN:
        console.print(f"  and {number - _SHOWN} more (`--json` lists them all)")


def withdrawal_as_json(done: Withdrawal) -> dict[str, Any]:
    """A withdrawal, for scripts. Names the participant's files, so it is not for keeping."""
    taken = done.withdrawn
    return {
        "dry_run": done.receipt is None,
        "removed": {name: number for name, number in sorted(taken.counts.items()) if number},
        "transcripts": taken.transcript_ids,
        "transcripts_with_others": taken.masked_ids,
        "recall": [{"path": path, "format": kind, "made_at": at} for path, kind, at in done.recall],
        "by_hand": [str(path) for path in done.by_hand],
        "named_elsewhere": taken.named_elsewhere,
        "files_searched": done.searched,
        "files_with_traces": [str(path) for path in done.traces],
        "receipt": None if done.receipt is None else str(done.receipt),
    }


def print_copies(copies: Sequence[Backup]) -> None:
    """The copies of a study, oldest first."""
    console = _console()
    if not copies:
        console.print("There are no copies yet. `themecode backup` makes one.")
        return
    for copy in copies:
        at = f"{copy.made_at:%d %b %Y %H:%M}" if copy.made_at else " " * 17
        why = "you asked for it" if copy.by_hand else copy.why.replace("-", " ")
        line = Text(f"{at}  {copy.size / 1024 / 1024:>8,.1f} MB  {copy.path.name}  ")
        console.print(line.append(f"({why})", style="dim"), soft_wrap=True)


def copies_as_json(copies: Sequence[Backup]) -> list[dict[str, Any]]:
    """The copies of a study, for scripts."""
    return [
        {
            "path": str(copy.path),
            "why": copy.why,
            "made_at": copy.made_at.isoformat() if copy.made_at else None,
            "bytes": copy.size,
        }
        for copy in copies
    ]


def print_backup(path: Path) -> None:
    """Where a copy was put."""
    console = _console()
    console.print(f"Copied and verified: {path}", soft_wrap=True)
    console.print(
        "A copy on the same computer goes with it. Keep another where you keep consent forms.",
        style="dim",
    )


def print_restored(done: Restored, *, where: str) -> None:
    """What was put back, and where what was there is now."""
    console = _console()
    console.print(f"{where} is now as it was in {done.source.name}.", soft_wrap=True)
    if done.kept is not None:
        state = "The damaged study" if done.was_damaged else "The study as it was"
        console.print(f"{state} was kept: {done.kept}", soft_wrap=True)
    if done.withdrawn_again:
        people = "person" if done.withdrawn_again == 1 else "people"
        console.print(
            f"The copy held {done.withdrawn_again} {people} who had withdrawn since; they were taken out again."
        )
    console.print("Run `themecode apply` again to write its tables anew.", style="dim")


def _console() -> Console:
    return Console(highlight=False, emoji=False, markup=False)
