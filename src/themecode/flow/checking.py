"""A study verified: the file, every span against its words, every hash, every link, the log's chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.flow.coders import find_coder

if TYPE_CHECKING:
    from themecode.store import Study


@dataclass(frozen=True, slots=True)
class Checked:
    """What was verified and what was found wrong.

    Args:
        counts: what was read and found whole, by kind.
        faults: what is not as it was written, each in a sentence.
        warnings: what is whole and had better be otherwise, each in a sentence.
    """

    counts: dict[str, int]
    faults: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults


def check_study(study: Study) -> Checked:
    """Verify everything a study holds, on every version of every transcript, and where it lies."""
    counts: dict[str, int] = {}
    faults = [fault.message for fault in study.faults()]
    everything: dict[str, Callable[[], Iterable[object]]] = {
        "transcripts": study.transcripts,
        "codings": lambda: study.codings(machine=find_coder(study).name),
        "decisions": study.decisions,
        "memos": study.memos,
        "log entries": study.log,
    }
    for kind, read in everything.items():
        try:
            counts[kind] = sum(1 for _ in read())
        except ThemecodeError as error:
            faults.append(str(error))
    return Checked(counts, tuple(dict.fromkeys(faults)), tuple(_find_warnings(study)))


def repair_study(study: Study) -> tuple[str, ...]:
    """Mend what can be worked out again, a copy having been made first; returns what was mended."""
    with study.lock():
        if study.folder is not None:
            try:
                study.back_up(why="before-repair")
            except ThemecodeError:
                from themecode.store import backups, utc_now

                backups.set_aside(study.folder / "study.db", now=utc_now())
        return study.repair()


def _find_warnings(study: Study) -> Iterable[str]:
    unfinished = study.unfinished_withdrawals()
    if unfinished:
        yield (
            f"{unfinished} withdrawal was cut short: traces may be left in the study's folder. "
            "End it with `themecode withdraw --finish`."
        )
    if study.folder is not None:
        from themecode.store.places import find_exposure

        exposure = find_exposure(study.folder)
        if exposure:
            yield exposure
