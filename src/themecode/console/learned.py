"""What a study's decisions would teach its machine, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from themecode.console.tables import make_table, out
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.evaluate import Figures
    from themecode.flow.learning import Learned


def print_learned(learned: Learned) -> None:
    """The gain on answers held out, and what to do with it."""
    console = out()
    console.print(
        f"{number_of(learned.answers, 'decision')} about the words of "
        f"{number_of(learned.people, 'person', 'people')}, each person held out in turn:"
    )
    console.print()
    numbers = ("Agreed", "Precision", "Recall", "Kappa", "Surprise (bits)")
    table = make_table("The machine", *numbers, right=numbers)
    table.add_row("as it is", *_cells(learned.before), f"{learned.loss_before:.3f}")
    table.add_row("as it would be", *_cells(learned.after), f"{learned.loss_after:.3f}")
    console.print(table)
    console.print()
    if learned.used:
        console.print(
            "It codes with what it learned from now on. Run `themecode apply` with your transcripts to code "
            "anew: the exports will change. `themecode learn --undo` takes it back."
        )
    elif learned.helps:
        console.print("Learning would help. Nothing has changed; `themecode learn --use` uses it.")
    else:
        console.print("Learning would not help yet, so it is best left. Nothing has changed.")


def _cells(figures: Figures) -> tuple[str, ...]:
    total = figures.both + figures.missed + figures.extra + figures.neither
    agreed = (figures.both + figures.neither) / total if total else None
    return tuple(
        "–" if value is None else f"{value:.2f}"
        for value in (agreed, figures.precision, figures.recall, figures.kappa)
    )
