from __future__ import annotations

from tests.tui.stage import Clock
from tui.terminal.link import LATE, NEEDED, RARELY, SOON, LinkMeter


def meter() -> tuple[LinkMeter, Clock]:
    """A meter of a terminal that answered what Textual asked."""
    clock = Clock()
    made = LinkMeter(clock)
    made.begin()
    assert not made.answered(clock())
    return made, clock


def ask(link: LinkMeter, clock: Clock, seconds: float) -> bool:
    """Ask as soon as it is time, and answer after so long; whether that made the link slow."""
    waited = 0.0
    while not link.ask():
        clock.now += SOON / 4
        waited += SOON / 4
        assert waited <= RARELY + SOON
    clock.now += seconds
    return link.answered(clock())


def test_three_late_answers_in_a_row_are_a_slow_link() -> None:
    link, clock = meter()
    assert [ask(link, clock, LATE * 2) for _ in range(NEEDED)] == [False, False, True]
    assert link.is_slow
    clock.now += 10 * RARELY
    assert not link.ask(), "nothing is asked any more"


def test_a_terminal_that_was_stopped_once_is_not_a_slow_link() -> None:
    link, clock = meter()
    for _ in range(20):
        assert not ask(link, clock, 3600.0)
        assert not ask(link, clock, LATE * 0.9)
        assert not ask(link, clock, LATE * 2)
        assert not ask(link, clock, 0.0)
    assert not link.is_slow


def test_a_fast_link_is_asked_rarely() -> None:
    link, clock = meter()
    asked = 0
    for _ in range(4 * 600):
        clock.now += 0.25
        if link.ask():
            asked += 1
            clock.now += 0.01
            link.answered(clock())
    assert 9 <= asked <= 11


def test_one_question_at_a_time() -> None:
    link, clock = meter()
    assert link.ask()
    assert link.is_waiting
    clock.now += RARELY * 2
    assert not link.ask()
    link.answered(clock())
    assert not link.is_waiting


def test_a_terminal_that_answers_nothing_is_never_asked() -> None:
    clock = Clock()
    link = LinkMeter(clock)
    link.begin()
    assert not link.ask()
    # Frames that have to wait tell there.
    assert not link.held_up(LATE)
    assert not link.held_up(LATE * 2)
    clock.now += RARELY + 1
    assert not link.held_up(LATE * 2), "the one before is too long ago"
    assert not link.held_up(LATE * 2)
    assert link.held_up(LATE * 2)
    assert link.is_slow
    assert not link.held_up(LATE * 2), "told once"


def test_answers_tell_better_than_waiting() -> None:
    link, _ = meter()
    assert not any(link.held_up(10.0) for _ in range(2 * NEEDED))


def test_nothing_is_known_of_a_terminal_that_was_given_back() -> None:
    link, clock = meter()
    assert link.ask()
    link.begin()
    assert not link.is_waiting
    clock.now += 3600
    assert not link.ask(), "before Textual's own question is answered"
    assert not link.answered(clock())
    assert link.ask()
