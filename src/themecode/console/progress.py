"""One line of progress on stderr, only where a person is watching."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

_WHAT = {
    "reading": "Reading transcripts",
    "coding": "Coding",
    "writing": "Writing tables",
}


def _tell_nobody(_what: str, _done: int, _total: int) -> None:
    """A pipe is told nothing."""


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Gives a function that is told what is being done, how much is done, and out of how much."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _tell_nobody
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bars = Progress(
        TextColumn("{task.description:<20}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    tasks = {}
    with bars:

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(_WHAT.get(what, what), total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield tell
