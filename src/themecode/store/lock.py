"""One worker a study: whoever imports, codes or writes outputs keeps the others waiting outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.errors import StudyBusy
from themecode.store.connect import not_writable

if TYPE_CHECKING:
    from filelock import BaseFileLock


def make_lock(path: Path) -> BaseFileLock:
    """The operating system's lock on `path`: gone with the process, however that ended."""
    from filelock import FileLock

    return FileLock(path, timeout=0, mode=0o600)


@contextmanager
def hold(lock: BaseFileLock, *, where: str, now: datetime) -> Iterator[None]:
    """Hold a study's lock; the one who holds it may take it again.

    Raises:
        StudyBusy: another process holds it.
        StudyNotWritable: the study's folder refuses to be written.
    """
    from filelock import Timeout

    # Beside the lock, not in it: whoever merely tries the lock empties its file on some systems.
    since = Path(lock.lock_file).with_suffix(".since")
    try:
        lock.acquire()
    except Timeout:
        raise StudyBusy(
            f"Another themecode is working on this study{_read_since(since, now)}. "
            "Wait until it has finished, then run this again."
        ) from None
    except OSError as error:
        raise not_writable(where) from error
    try:
        if lock.lock_counter == 1:
            _write_since(since, now)
        yield
    finally:
        if lock.lock_counter == 1:
            with suppress(OSError):
                since.unlink(missing_ok=True)
        lock.release()


def _write_since(path: Path, now: datetime) -> None:
    try:
        handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(now.isoformat())
    except OSError:
        pass  # only for the message; a full disk is told of by what needs it


def _read_since(path: Path, now: datetime) -> str:
    """Since when, as someone would say it; "" where that cannot be told."""
    try:
        return say_since(datetime.fromisoformat(path.read_text(encoding="utf-8")), now)
    except (OSError, ValueError):
        return ""


def say_since(since: datetime, now: datetime) -> str:
    """Since when a study has been worked on, as someone would say it."""
    since = since.astimezone()
    if since.date() == now.astimezone().date():
        return f" (since {since:%H:%M})"
    return f" (since {since:%H:%M} on {since.day} {since:%B})"
