"""Work shared out among several processes comes back in order, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from themecode.errors import ThemecodeError
from themecode.flow.workers import is_stopping, share_out

_begun_with = ""


def _begin(word: str) -> None:
    global _begun_with  # noqa: PLW0603
    _begun_with = word


def _tell(number: int) -> tuple[int, str]:
    time.sleep(0.03 if number % 3 == 0 else 0)  # those after it are done before it
    return number, _begun_with


def _fail(number: int) -> int:
    if number == 5:
        raise ValueError("the fifth")
    return number


def _die(number: int) -> int:
    if number == 5:
        os._exit(9)
    return number


def _wait(_: int) -> bool:
    for _ in range(600):
        if is_stopping():
            return True
        time.sleep(0.05)
    return False


def test_results_come_in_the_order_of_the_pieces_and_only_a_few_are_read_ahead() -> None:
    read: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(40):
            read.append(number)
            yield number

    done = []
    for result in share_out(_tell, pieces(), 2, begin=_begin, begin_with=("ready",)):
        done.append(result)
        assert len(read) <= len(done) + 4
    assert done == [(number, "ready") for number in range(40)]


def test_what_goes_wrong_in_a_piece_is_told_where_its_result_would_be() -> None:
    results = share_out(_fail, range(20), 2)
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="the fifth"):
        next(results)


def test_a_process_that_is_gone_is_told_of_plainly() -> None:
    with pytest.raises(ThemecodeError, match="stopped from outside"):
        list(share_out(_die, range(20), 2))


def test_whoever_stops_reading_waits_for_no_piece_that_asks() -> None:
    begun = time.monotonic()
    results = share_out(_wait, range(8), 2)

    def give_up(*_: object) -> None:
        raise KeyboardInterrupt

    if hasattr(signal, "setitimer"):
        before = signal.signal(signal.SIGALRM, give_up)
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        try:
            with pytest.raises(KeyboardInterrupt):
                next(results)
        finally:
            signal.signal(signal.SIGALRM, before)
        assert time.monotonic() - begun < 10  # a piece by itself would take thirty seconds
    else:
        results.close()
    assert not is_stopping()  # of this process nobody asks it


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send a Ctrl+C to one process")
def test_ctrl_c_is_left_to_the_first_process() -> None:
    results = share_out(_interrupt_itself, range(4), 2)
    assert list(results) == [0, 1, 2, 3]


def _interrupt_itself(number: int) -> int:
    signal.raise_signal(signal.SIGINT)
    return number
