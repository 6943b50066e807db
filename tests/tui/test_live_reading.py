from __future__ import annotations

from dataclasses import replace

from queries.models import Snapshot, StoreState, StoreTotals
from tests.tui.stage import Clock
from tui.screens.live_reading import PAUSE, LiveReading


def snapshot(generation: int, state: StoreState = StoreState.LIVE, cut: bool = False) -> Snapshot:
    return Snapshot(
        generation, 1, state, "", None, (), 0, StoreTotals(), (), (), {}, arrived_cut=cut
    )  # fmt: skip


def test_it_is_due_after_news_and_a_pause() -> None:
    clock = Clock()
    live = LiveReading(clock, lambda _: True)
    live.begin()
    assert live.is_reading
    live.take(snapshot(1))
    assert not live.is_due()
    live.end()
    assert not live.is_due()
    clock.now += PAUSE
    assert live.is_due()
    live.begin()
    live.end()
    clock.now += PAUSE
    live.take(snapshot(1))
    # The same snapshot is no news.
    assert not live.is_due()


def test_a_slow_reading_pauses_longer() -> None:
    clock = Clock()
    live = LiveReading(clock, lambda _: True)
    live.begin()
    clock.now += 4
    live.take(snapshot(1))
    live.end()
    clock.now += 19
    assert not live.is_due()
    clock.now += 1
    assert live.is_due()


def test_only_what_concerns_it_and_only_while_the_store_can_be_read() -> None:
    clock = Clock()
    live = LiveReading(clock, lambda _: False)
    live.take(snapshot(1))
    assert not live.is_due()
    live.take(snapshot(2, StoreState.LOCKED, cut=True))
    assert not live.is_due()
    live.take(snapshot(3, cut=True))
    assert live.is_due()


def test_what_failed_is_tried_again() -> None:
    clock = Clock()
    live = LiveReading(clock, lambda _: False)
    live.begin()
    live.end(retry=True)
    clock.now += PAUSE
    assert live.is_due()


def test_another_store_at_the_same_place_is_read() -> None:
    live = LiveReading(Clock(), lambda _: False)
    live.take(snapshot(1))
    assert not live.is_due()
    live.take(replace(snapshot(2), epoch=2))
    assert live.is_due()
