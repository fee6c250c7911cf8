"""Requests take turns: answers before pages, and each in the order they came."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Queue:
    """Lets a few through at a time; those in a hurry first, and otherwise in the order they came.

    A lock of Python's own lets whoever comes next overtake those who wait, so that with eight people
    one in twenty waits several times as long as the rest.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._hurried: deque[threading.Lock] = deque()
        self._waiting: deque[threading.Lock] = deque()
        self._door = threading.Lock()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._hurried) + len(self._waiting)

    @contextmanager
    def turn(self, *, hurried: bool = False) -> Iterator[None]:
        """Wait for a place, and give it to the next at the end."""
        called = threading.Lock()
        with self._door:
            if self._free:
                self._free -= 1
            else:
                called.acquire()
                (self._hurried if hurried else self._waiting).append(called)
        called.acquire()  # lets through at once, unless there is somebody before
        try:
            yield
        finally:
            with self._door:
                line = self._hurried or self._waiting
                if line:
                    line.popleft().release()
                else:
                    self._free += 1
