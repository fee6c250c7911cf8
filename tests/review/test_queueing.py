"""Requests are worked on in the order they came, answers first, and none is forgotten."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from themecode.review.queueing import Queue


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not done():
        assert time.monotonic() < until
        time.sleep(0.001)


def test_those_who_wait_are_let_in_in_the_order_they_came() -> None:
    queue, entered, inside, most = Queue(2), [], 0, 0
    leave = [threading.Event() for _ in range(12)]

    def visit(number: int) -> None:
        nonlocal inside, most
        with queue.turn():
            inside += 1
            most = max(most, inside)
            entered.append(number)
            leave[number].wait(20)
            inside -= 1

    people = [threading.Thread(target=visit, args=[number]) for number in range(12)]
    for number, person in enumerate(people):
        person.start()
        wait_until(lambda came=number + 1: len(entered) + len(queue) == came)
    assert entered == [0, 1] and len(queue) == 10
    for number in range(12):
        leave[number].set()
        wait_until(lambda left=number + 1: len(entered) == min(12, left + 2))
    assert entered == list(range(12)) and len(queue) == 0
    for person in people:
        person.join(20)
    assert (inside, most) == (0, 2)


def test_whoever_fails_gives_the_place_to_the_next() -> None:
    queue = Queue(1)
    for _ in range(3):
        with pytest.raises(KeyError), queue.turn():
            raise KeyError
    with queue.turn():
        assert len(queue) == 0


def test_answers_go_before_pages_and_in_their_own_order() -> None:
    queue, entered = Queue(1), []

    def visit(name: str, *, hurried: bool) -> None:
        with queue.turn(hurried=hurried):
            entered.append(name)

    with queue.turn():
        people = []
        for name in ("page 1", "page 2", "answer 1", "page 3", "answer 2"):
            hurried = name.startswith("answer")
            people.append(threading.Thread(target=visit, args=[name], kwargs={"hurried": hurried}))
            people[-1].start()
            wait_until(lambda: len(queue) == len(people))
    for person in people:
        person.join(20)
    assert entered == ["answer 1", "answer 2", "page 1", "page 2", "page 3"]
