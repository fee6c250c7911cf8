"""A study put back from a copy: the one that is there is kept first, and who withdrew stays away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from themecode.errors import ThemecodeError
from themecode.store import backups, keys, open_study
from themecode.store.backups import Backup
from themecode.store.lock import hold, make_lock


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back.

    Args:
        source: the copy.
        kept: where the study as it was is now; whole, or as far as it could be read.
        was_damaged: whether the study as it was could not be used.
        withdrawn_again: how many people were in the copy who had withdrawn since.
    """

    source: Path
    kept: Path | None
    was_damaged: bool
    withdrawn_again: int


def list_copies(folder: Path) -> list[Backup]:
    """The copies of a study in its own backups folder, oldest first."""
    return backups.list_backups(folder / "backups")


def restore_study(
    folder: Path,
    source: Path | None,
    *,
    now: datetime,
    passphrase: Callable[[Path], str] | str | None = None,
) -> Restored:
    """Put a copy back as the study.

    Args:
        folder: the study's.
        source: the copy. None: the newest that is whole.
        now: in UTC.
        passphrase: of an encrypted study, or who to ask for it.

    Raises:
        ThemecodeError: there is no copy, or none is whole; the study is as it was.
    """
    database = folder / "study.db"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # By the marker alone: a damaged file says nothing of what it was.
    locked = (folder / keys.MARKER).exists()
    key = keys.find_passphrase(folder, passphrase) if locked else None
    with hold(make_lock(folder / "study.lock"), where=str(folder), now=now):
        chosen = source or _newest_whole(folder, key)
        fault = backups.find_fault(chosen, key)
        if fault:
            raise ThemecodeError(
                f"{chosen} cannot be put back ({fault}). "
                "`themecode restore --list` shows the copies that there are."
            )
        kept: Path | None = None
        damaged = False
        marker = None
        if database.exists() and database.stat().st_size:
            damaged = backups.find_fault(database, key) is not None
            if damaged:
                kept = backups.set_aside(database, now=now)
            else:
                with open_study(folder, passphrase=key) as study:
                    marker = study.marker()
                    kept = study.back_up(why="before-restore")
        backups.put_back(chosen, database, key)
    again = 0
    with open_study(folder, passphrase=key) as study:
        if marker is not None:
            for participant_id in sorted({*study.participants(), *study.speaking_participants()}):
                if marker.is_withdrawn(participant_id):
                    study.withdraw(participant_id)
                    again += 1
            study.add_marks(marker)
        if again:
            study.wipe()
        study.record("restore", counts={"withdrawn again": again})
    return Restored(chosen, kept, damaged, again)


def _newest_whole(folder: Path, passphrase: str | None) -> Path:
    copies = list_copies(folder)
    for copy in reversed(copies):
        if backups.find_fault(copy.path, passphrase) is None:
            return copy.path
    raise ThemecodeError(
        f"There is no whole copy of the study in {folder / 'backups'}. If you keep copies elsewhere, "
        "name one: `themecode restore FILE`."
    )
