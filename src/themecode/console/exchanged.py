"""What came from another program, and how two codebooks differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from rich.text import Text

from themecode.console.tables import make_table, out
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.flow.comparing import Difference
    from themecode.flow.exchanging import ImportedProject
    from themecode.settle import Settled


def print_brought(brought: Sequence[ImportedProject]) -> None:
    """Whose codings each project brought."""
    console = out()
    for each in brought:
        if any(problem.blocks for problem in each.problems) and not (each.matched or each.added):
            continue
        console.print(
            f"{each.path}: made by {each.origin or 'a program that gives no name'}; "
            f"{number_of(each.matched, 'text')} matched, {number_of(len(each.added), 'new transcript')}.",
            soft_wrap=True,
        )
        for coder, number in sorted(each.coders.items()):
            console.print(f"  {coder}: {number_of(number, 'coding')}")
        if each.known:
            console.print(f"  {number_of(each.known, 'coding')} the study had already")
        if each.memos:
            console.print(f"  {number_of(each.memos, 'note')} kept as memos")
        if not each.coders and not each.known:
            console.print("  no codings")


def print_differences(differences: Sequence[Difference], touched: Mapping[str, int] | None) -> None:
    """What changed between two codebooks, words that went and came, and the codings `touched`."""
    console = out()
    if not differences:
        console.print("The two codebooks say the same.")
        return
    for each in differences:
        line = Text()
        line.append(f"{each.change}  ", style="bold")
        line.append(f"{each.what} ")
        line.append(each.id, style="cyan")
        line.append(f"  {each.name}" if each.name != each.id else "")
        if touched and touched.get(each.id):
            line.append(
                f"  ({number_of(touched[each.id], 'coding')} to look at again)", style="yellow"
            )
        console.print(line, soft_wrap=True)
        for name, (before, after) in each.fields.items():
            console.print(_show_change(name, before, after), soft_wrap=False)


def _show_change(name: str, before: str, after: str) -> Text:
    """One part, what went in square brackets with a minus and what came with a plus."""
    shown = Text(f"    {name}: ")
    old, new = before.split(), after.split()
    for step, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            words = old[a:b]
            if len(words) > 12:
                words = [*words[:5], "…", *words[-5:]]
            shown.append(" ".join(words) + " ")
            continue
        if b > a:
            shown.append(f"[-{' '.join(old[a:b])}-] ", style="red")
        if d > c:
            shown.append(f"{{+{' '.join(new[c:d])}+}} ", style="green")
    return shown


def print_stale(stale: Sequence[Settled]) -> None:
    """The codings made under a definition that has changed since."""
    console = out()
    if not stale:
        console.print("Every coding was made under its code as it stands now.")
        return
    table = make_table("Transcript", "Turn", "Code", "By", "Status", right=("Turn",))
    for each in stale:
        table.add_row(
            each.coding.segment.transcript_id,
            str(each.coding.segment.turn),
            each.coding.code_id,
            each.coding.coder,
            str(each.status),
        )
    console.print(table)
    console.print(
        f"{number_of(len(stale), 'coding')} to look at again: the code's definition changed."
    )
