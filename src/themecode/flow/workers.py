"""Work shared out among several processes of this machine, in order, which stop when they are told to."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.synchronize import Event
from typing import Any, TypeVar

from themecode.errors import ThemecodeError

Piece = TypeVar("Piece")
Result = TypeVar("Result")

#: Fewer transcripts than this do not pay for a process of their own (see docs/scale.md).
LEAST_A_WORKER = 32
#: So many times as many where a process begins afresh, as on Windows and a Mac, and loads everything first.
_TIMES_AFRESH = 4

_stop: Event | None = None


def count_workers(transcripts: int) -> int:
    """How many processes pay for themselves: all cores, but none without enough to do."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))  # those this process may use
    else:
        cores = os.cpu_count() or 1
    afresh = multiprocessing.get_start_method() != "fork"
    least = LEAST_A_WORKER * (_TIMES_AFRESH if afresh else 1)
    return max(1, min(cores, 64, transcripts // least))


def share_out(
    work: Callable[[Piece], Result],
    pieces: Iterable[Piece],
    workers: int,
    *,
    begin: Callable[..., None] | None = None,
    begin_with: tuple[Any, ...] = (),
) -> Iterator[Result]:
    """The result of each piece, in the order of the pieces, a few pieces ahead of their reader.

    Args:
        work: a function of a module, as other processes must find it by name.
        pieces: read as they are needed.
        workers: how many processes.
        begin: run once in each process before its first piece.
        begin_with: what it is given.

    Raises:
        ThemecodeError: a process was stopped from outside.
    """
    waiting_pieces = iter(pieces)
    stop = multiprocessing.Event()
    pool = ProcessPoolExecutor(workers, initializer=_begin, initargs=(stop, begin, begin_with))

    def submit(number: int) -> list[Future[Result]]:
        ready = list(islice(waiting_pieces, number))
        with _interrupts_held_back():
            return [pool.submit(work, piece) for piece in ready]

    try:
        waiting = submit(2 * workers)
        while waiting:
            yield waiting.pop(0).result()
            waiting.extend(submit(1))
    except BrokenProcessPool as error:
        raise ThemecodeError(
            "One of the processes that were working was stopped from outside (the computer may have "
            "run out of memory). What was done is kept: run this again with fewer `--workers`."
        ) from error
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def is_stopping() -> bool:
    """Whether nobody waits any more for what this process is working on: asked between two of its steps."""
    return _stop is not None and _stop.is_set()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Ctrl+C waits while processes are begun: one just begun would answer it with a traceback of its own."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: what a process inherits cannot be chosen
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(stop: Event, begin: Callable[..., None] | None, begin_with: tuple[Any, ...]) -> None:
    """Begin a process that leaves Ctrl+C to the first one to answer.

    Were it to die of it halfway through handing over a result, the first would wait for the rest
    for ever.
    """
    global _stop  # noqa: PLW0603  one process, one of them
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _stop = stop
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    if begin is not None:
        begin(*begin_with)


def _leave_with_parent() -> None:
    """End this process when the one that began it is gone, which a kill does not tell its children."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
