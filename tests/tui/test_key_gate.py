from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.tui.desk import desk, desk_clock
from tests.tui.stage import Clock, on_stage
from tui import key_gate
from tui.key_gate import LONGEST, MOST, RECENT, KeyGate


class Waiting:
    """Takes the place of the event that is waited for: time passes at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._is_set = True
        self.waited: list[float] = []

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True

    def clear(self) -> None:
        self._is_set = False

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        self._clock.now += seconds
        return False


def gate_and_waiting() -> tuple[KeyGate, Waiting, Clock]:
    clock = Clock(0.0)
    gate, waiting = KeyGate(clock), Waiting(clock)
    gate._open = waiting  # type: ignore[assignment]  # behaves like an event
    return gate, waiting, clock


def test_nothing_waits_without_a_key() -> None:
    gate, waiting, _ = gate_and_waiting()
    gate.wait()
    assert waiting.waited == []
    assert not gate.is_recent


def test_it_knows_whether_a_key_waits_or_is_only_to_be_painted() -> None:
    gate, _, _ = gate_and_waiting()
    states = []
    for step in (gate.done, gate.came, gate.done, gate.handled, gate.done, gate.painted):
        step()
        states.append((gate.is_waiting, gate.is_answering))
    waits, paints, rests = (True, False), (False, True), (False, False)
    assert states == [rests, waits, waits, waits, paints, rests]


def test_a_frame_opens_the_gate_only_once_the_key_was_handled() -> None:
    gate, waiting, _ = gate_and_waiting()
    gate.came()
    gate.painted()
    assert not waiting.is_set()
    gate.handled()
    assert not waiting.is_set()
    gate.painted()
    assert waiting.is_set()
    gate.wait()
    assert waiting.waited == []


def test_a_key_that_changes_nothing_is_waited_for_once() -> None:
    gate, waiting, _ = gate_and_waiting()
    gate.handled()
    gate.wait()
    gate.wait()
    assert waiting.waited == [LONGEST]
    assert gate.waits == 1


def test_keys_never_stop_the_counting() -> None:
    gate, waiting, clock = gate_and_waiting()
    for _ in range(100):
        gate.handled()
        gate.wait()
    assert sum(waiting.waited) == MOST
    clock.now += 1.0
    gate.handled()
    gate.wait()
    assert waiting.waited[-1] == LONGEST


def test_a_key_is_recent_for_a_while() -> None:
    gate, _, clock = gate_and_waiting()
    gate.handled()
    gate.painted()
    assert gate.is_recent
    clock.now += RECENT
    assert not gate.is_recent


def test_who_waits_goes_on_as_soon_as_the_frame_is_painted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Longer than the test can take: only the frame lets it go on.
    monkeypatch.setattr(key_gate, "LONGEST", 3600.0)
    monkeypatch.setattr(key_gate, "MOST", 3600.0)
    gate = KeyGate()
    gate.handled()
    thread = threading.Thread(target=gate.wait, daemon=True)
    thread.start()
    gate.painted()
    thread.join(60.0)
    assert not thread.is_alive()


async def test_the_program_closes_the_gate_for_a_key_and_opens_it_with_the_frame(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk()
    async with on_stage(Path("desk.db"), clock=desk_clock(), paint=True) as stage:
        told: list[str] = []
        gate = stage.poller.gate
        handled, painted = gate.handled, gate.painted

        def handling() -> None:
            told.append("key")
            handled()

        def painting() -> None:
            told.append("frame")
            painted()

        monkeypatch.setattr(gate, "handled", handling)
        monkeypatch.setattr(gate, "painted", painting)
        await stage.press("down")
        assert told[0] == "key"
        assert "frame" in told
        assert gate._open.is_set()
