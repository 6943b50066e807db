"""Writes a scenario into a store in the canonical schema, as agents would."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from threading import Event
from typing import Any, Final

from tui.demo.ab import ab_history, ab_live
from tui.demo.scenario import history, scenario
from tui.demo.steps import (
    AddEvent,
    ChangeEvent,
    Operation,
    PutHandoff,
    PutSession,
    PutText,
    PutWorkItem,
    Step,
)

SCENARIOS: Final[dict[str, tuple[Callable[[int], Iterator[Step]], ...]]] = {
    "agents": (history, scenario),
    "ab": (ab_history, ab_live),
}
"""What can be played, by name: what happened before the start, and what happens live."""
GROUPS: Final = {"ab": (("A", "component:standard"), ("B", "component:extended"))}
"""What is compared at first: groups, and the filters that their sessions match."""
DEFAULT_SCENARIO: Final = "agents"
LONGEST_WAIT = 0.25
"""Seconds after which a writer that has nothing to do looks up again."""


def _upsert(table: str, kind: type[Any]) -> str:
    names = kind.__slots__
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "
        f"ON CONFLICT (id) DO UPDATE SET {changes}"
    )


_EVENT_COLUMNS = AddEvent.__slots__
_ADD_EVENT = (
    f"INSERT INTO event ({', '.join(_EVENT_COLUMNS)}) "
    f"VALUES ({', '.join('?' * len(_EVENT_COLUMNS))})"
)
_CHANGE_EVENT = "UPDATE event SET state = ?, duration = ? WHERE id = ?"
_PUT_TEXT = (
    "INSERT INTO event_text (seq, input, output) SELECT seq, ?, ? FROM event WHERE id = ? "
    "ON CONFLICT (seq) DO UPDATE SET input = coalesce(excluded.input, input), "
    "output = coalesce(excluded.output, output)"
)
_PUT_SESSION = _upsert("session", PutSession)
_PUT_HANDOFF = _upsert("handoff", PutHandoff)
_PUT_WORK_ITEM = _upsert("work_item", PutWorkItem)
_INSTANTS = frozenset(("time", "started", "ended", "created", "updated", "completed"))


class DemoWriter:
    """Creates a store and plays a scenario into it, one commit a step.

    Use it in one thread at a time.

    Args:
        path: of the store; must not exist yet.
        seed: decides everything that is written.
        speed: how many seconds of the scenario pass in one second. What happens live is
            written with its times and durations shortened accordingly.
        clock: seconds that pass evenly; used for pacing only.
        start: the instant (epoch seconds) at which the scenario is at 0; ``None``: now.
        name: of the scenario, one of :data:`SCENARIOS`.

    Raises:
        FileExistsError: there is something at the path.
        ValueError: the speed is not a positive, finite number.
        sqlite3.Error: the store cannot be written.
    """

    def __init__(
        self,
        path: Path,
        seed: int = 0,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        start: float | None = None,
        name: str = DEFAULT_SCENARIO,
    ) -> None:
        if not 0 < speed < float("inf"):
            raise ValueError(f"speed must be a positive number, not {speed}")
        # Created here, so that an existing file is refused without a race and others cannot read.
        path.touch(mode=0o600, exist_ok=False)
        self._seed, self._speed, self._clock = seed, speed, clock
        self._start = time.time() if start is None else start
        self._history, live = SCENARIOS[name]
        self._steps: Iterator[Step] = live(seed)
        self._next = next(self._steps)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # A file that is thrown away need not survive a power cut.
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")
        schema = files("queries").joinpath("dialects", "canonical.sql").read_text("utf-8")
        self._connection.executescript(schema)

    def seed_history(self) -> int:
        """Write all that happened before the start, in one commit; returns the events added."""
        events = 0
        self._connection.execute("BEGIN")
        for step in self._history(self._seed):
            events += self._write(step)
        while self._next.at <= 0:
            events += self._write(self._next)
            self._next = next(self._steps)
        self._connection.execute("COMMIT")
        return events

    def apply_until(self, scenario_time: float, stop: Event | None = None) -> int:
        """Write all steps up to a time of the scenario.

        Args:
            scenario_time: seconds since the start of the scenario.
            stop: ends it early, between two steps.

        Returns:
            The number of steps written, each in a commit of its own.
        """
        written = 0
        while self._next.at <= scenario_time and not (stop and stop.is_set()):
            self._connection.execute("BEGIN")
            self._write(self._next)
            self._connection.execute("COMMIT")
            self._next = next(self._steps)
            written += 1
        return written

    def run(self, stop: Event) -> None:
        """Write live until told to stop; from the first call on, time passes."""
        begun = self._clock()
        while not stop.is_set():
            now = (self._clock() - begun) * self._speed
            self.apply_until(now, stop)
            stop.wait(min(LONGEST_WAIT, max(0.001, (self._next.at - now) / self._speed)))

    def close(self) -> None:
        """Close the store; nothing can be written after that."""
        self._connection.close()

    def _instant(self, at: float) -> float:
        return round(self._start + (at / self._speed if at > 0 else at), 6)

    def _length(self, duration: float | None, end: float) -> float | None:
        if duration is None:
            return None
        return round(self._instant(end) - self._instant(end - duration), 6)

    def _write(self, step: Step) -> int:
        """Write all of a step; returns how many events it added."""
        for operation in step.operations:
            self._connection.execute(*self._statement(operation, step.at))
        return sum(isinstance(operation, AddEvent) for operation in step.operations)

    def _statement(self, operation: Operation, at: float) -> tuple[str, tuple[object, ...]]:
        match operation:
            case AddEvent():
                return _ADD_EVENT, self._values(operation, at)
            case ChangeEvent():
                length = self._length(operation.duration, at)
                return _CHANGE_EVENT, (operation.state, length, operation.id)
            case PutText():
                return _PUT_TEXT, (operation.input, operation.output, operation.event_id)
            case PutSession():
                return _PUT_SESSION, self._values(operation, at)
            case PutHandoff():
                return _PUT_HANDOFF, self._values(operation, at)
            case PutWorkItem():
                return _PUT_WORK_ITEM, self._values(operation, at)

    def _values(self, operation: Operation, at: float) -> tuple[object, ...]:
        values: list[object] = []
        for name in operation.__slots__:
            value = getattr(operation, name)
            if value is not None:
                if name in _INSTANTS:
                    value = self._instant(value)
                elif name == "duration":
                    value = self._length(value, at)
            values.append(value)
        return tuple(values)
