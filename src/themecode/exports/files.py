"""Writing a file so that it is either the old one or the new one, never a part of either.

A file is written beside its place under a name of its own, flushed to the disk, and then put in
place in one step. A run that is killed leaves the old file as it was, and a leftover that `sweep`
removes, for it may hold participants' words.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import stat
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal, TextIO, overload

from themecode.errors import StudyNotWritable

_SUFFIX = ".themecode-tmp"
#: A leftover made on another computer (a shared folder) is only removed once it is this old.
_FOREIGN_AGE_SECONDS = 24 * 60 * 60
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.ETXTBSY}


@overload
def write_atomically(
    path: Path, *, mode: Literal["w"] = "w", lasting: bool = True
) -> AbstractContextManager[TextIO]: ...


@overload
def write_atomically(
    path: Path, *, mode: Literal["wb"], lasting: bool = True
) -> AbstractContextManager[BinaryIO]: ...


def write_atomically(path: Path, *, mode: Literal["w", "wb"] = "w", lasting: bool = True) -> Any:
    """Open a file for writing that only takes its place once every byte of it is written.

    Text is UTF-8 with line ends as given. Where anything goes wrong inside the `with`, the file
    stays as it was before and nothing else is left in the folder.

    Args:
        path: the file to make or replace; its folder must be there.
        mode: "w" for text, "wb" for bytes.
        lasting: whether it must outlive a power cut; not so for what can be made anew.

    Raises:
        StudyNotWritable: the disk is full, the folder is read-only or missing, or another program
            holds the file open.
    """
    return _write(path, mode, lasting=lasting)


@contextmanager
def open_target(target: Path | BinaryIO) -> Iterator[BinaryIO]:
    """The place bytes go to: a file written whole or not at all, or a stream such as stdout."""
    if isinstance(target, Path):
        with write_atomically(target, mode="wb") as file:
            yield file
    else:
        yield target
        target.flush()


def abandon_package(package: zipfile.ZipFile, part: IO[bytes]) -> None:
    """Let go of a Word or Excel file that will not be finished, writing nothing more to it."""
    with suppress(OSError, ValueError, RuntimeError):
        part.close()
    package.fp = None  # it would try to write its end to a closed file when it is collected


def sweep(folder: Path) -> tuple[Path, ...]:
    """Remove what killed runs left half written in a folder.

    Files that a running process is still writing are left alone.

    Returns:
        The files removed.
    """
    removed = []
    for leftover in sorted(folder.glob(f".*{_SUFFIX}")):
        if _is_abandoned(leftover):
            with suppress(OSError):  # open in a running process on Windows, or gone already
                leftover.unlink()
                removed.append(leftover)
    return tuple(removed)


@contextmanager
def _write(path: Path, mode: str, *, lasting: bool) -> Iterator[IO[Any]]:
    place = Path(os.path.realpath(path))  # a link keeps pointing where it did
    if place.exists() and not place.is_file() and not place.is_dir():
        with _open(place, mode) as device:  # /dev/null and the like cannot be replaced
            yield device
        return
    with _telling_why(path):
        if place.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder")
        # A run that was killed while it wrote here may have left participants' words beside the file.
        sweep(place.parent)
        handle, name = tempfile.mkstemp(_SUFFIX, f".{place.name[:80]}.{_owner()}.", place.parent)
    temporary = Path(name)
    try:
        with _telling_why(path, only=_DISK_FULL | {errno.EIO}), _open(handle, mode) as file:
            yield file
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        with _telling_why(path):
            _keep_permissions(place, temporary)
            temporary.replace(place)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _open(place: Path | int, mode: str) -> IO[Any]:
    if isinstance(place, Path):
        place = os.open(place, os.O_WRONLY)
    if "b" in mode:
        return os.fdopen(place, "wb")
    return os.fdopen(place, "w", encoding="utf-8", errors="replace", newline="")


def _keep_permissions(old: Path, new: Path) -> None:
    """A file the researcher opened to her team stays open to it; a new one is hers alone (0600)."""
    with suppress(FileNotFoundError):
        new.chmod(stat.S_IMODE(old.stat().st_mode) | stat.S_IWUSR)


@contextmanager
def _telling_why(path: Path, *, only: set[int] | None = None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if only is not None and error.errno not in only:
            raise
        raise StudyNotWritable(_reason(path, error)) from error


def _reason(path: Path, error: OSError) -> str:
    if error.errno in _DISK_FULL:
        return f"{path} could not be written: the disk is full. Free some space, then run it again."
    if error.errno == errno.EISDIR:
        return f"{path} is a folder. Give the name of a file."
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"{path} could not be written: there is no folder {path.parent}. Make it first."
    if error.errno in _REFUSED and path.exists() and os.access(path.parent, os.W_OK):
        return (
            f"{path} could not be replaced: another program has it open, or it is read-only. "
            "Close it (Excel and Word keep a file to themselves), then run it again."
        )
    if error.errno in _REFUSED:
        return (
            f"{path} could not be written: the folder {path.parent} is read-only for you. "
            "Choose another folder, or ask for permission to write there."
        )
    return (
        f"{path} could not be written ({error.strerror or type(error).__name__}). "
        "Check the disk, then run it again."
    )


def _owner() -> str:
    return f"{_computer()}-{os.getpid()}"


def _computer() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _is_abandoned(leftover: Path) -> bool:
    computer, _, pid = leftover.name.removesuffix(_SUFFIX).split(".")[-2].partition("-")
    if computer != _computer() or not pid.isdecimal():
        with suppress(OSError):
            return time.time() - leftover.stat().st_mtime > _FOREIGN_AGE_SECONDS
        return False
    if os.name == "nt":
        return True  # Windows itself refuses to remove a file that is being written
    return int(pid) != os.getpid() and not _is_running(int(pid))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # asks whether it is there; sends nothing
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
