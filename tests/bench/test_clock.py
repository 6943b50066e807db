"""The time of a run is divided among families, and whatever takes far more is stopped."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from tests.bench.clock import OVERRUN, Clock, OutOfTimeError


class Hand:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_a_family_leaves_is_for_those_after_it() -> None:
    hand = Hand()
    clock = Clock(90.0, {"a": 1, "b": 1, "c": 1}, hand)
    with clock.within("a") as part:
        assert part == 30.0
        hand.now += 10.0
        assert clock.left == 20.0
    with clock.within("b") as part:
        assert part == 40.0
        hand.now += 60.0
        assert clock.left == 0.0
    with clock.within("c") as part:
        assert part == 20.0
    assert clock.spent == 70.0


def test_when_all_time_is_used_up_nothing_is_left() -> None:
    hand = Hand()
    clock = Clock(10.0, {"a": 1, "b": 1}, hand)
    with clock.within("a"):
        hand.now += 30.0
    with clock.within("b") as part:
        assert part == clock.left == 0.0


def test_without_an_end_there_is_always_time() -> None:
    clock = Clock()
    with clock.within("a") as part, clock.stopping():
        assert part == clock.left == float("inf")
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_takes_far_longer_is_stopped() -> None:
    clock = Clock(0.05 / OVERRUN, {"a": 1})
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(OutOfTimeError), clock.within("a"), clock.stopping():
        threading.Event().wait(30)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_ends_in_time_is_not_stopped_afterwards() -> None:
    clock = Clock(1_000.0, {"a": 1, "b": 9})
    with clock.within("a"), clock.stopping():
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        assert 100.0 < left <= 100.0 * OVERRUN
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_only_the_main_thread_can_be_stopped() -> None:
    clock = Clock(0.0, {"a": 1})
    done: list[float] = []

    def work() -> None:
        with clock.within("a"), clock.stopping():
            done.append(time.monotonic())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert len(done) == 1
