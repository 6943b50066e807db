from __future__ import annotations

from tests.queries.feeding import Clock
from tui.pause import LONGEST, Pause


def test_it_lasts_a_share_of_what_the_reading_took() -> None:
    clock = Clock()
    pause = Pause(clock, 2.0, 5.0)
    assert pause.is_over()
    pause.begin()
    assert (pause.is_reading, pause.is_over()) == (True, False)
    clock.now += 3.0
    pause.end()
    clock.now += 14.9
    assert not pause.is_over()
    clock.now += 0.1
    assert pause.is_over()


def test_a_clock_that_is_put_back_ends_it() -> None:
    clock = Clock()
    pause = Pause(clock, 2.0, 5.0)
    pause.begin()
    clock.now -= 3600
    pause.end()
    assert not pause.is_over()
    clock.now -= 3600
    assert pause.is_over()


def test_a_machine_that_slept_while_it_read_waits_no_longer() -> None:
    clock = Clock()
    pause = Pause(clock, 2.0, 5.0)
    pause.begin()
    clock.now += 100_000
    pause.end()
    clock.now += LONGEST
    assert pause.is_over()
