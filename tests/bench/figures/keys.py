"""From a key to the frame in which the cursor has moved."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.bench.beside import Writer
from tests.bench.looking import (
    SESSIONS_PLACE,
    TREE_PLACE,
    is_complete,
    shows_ready,
    shows_sessions,
    shows_tree,
)
from tests.bench.measure import percentile
from tests.bench.report import Figure, Result
from tests.bench.rows import insert_into
from tests.bench.screen import Screen
from tests.bench.workbench import Workbench
from tests.stores import canonical_store
from tests.stores.live_writer import SESSION

WHERE = {
    "idle": "in the session list, idle",
    "tree": "in the activity tree, idle",
    "live": "while 1,000 events/s arrive",
    "nodes": "in a tree of 100,000 nodes, four updates a second",
    "backfill": "during the back-fill of a large store",
}
REASONS = {
    "idle": "The cursor is painted first; a key that comes while the other panes follow it waits"
    " for their frame.",
    "backfill": "Another process counts, on the same cores; what it has counted is put together"
    " here.",
}
FIGURES = (
    *(Figure(f"keys.{name}-{part}", f"key to paint {where}, {part}", "ms", budget,
             line=f"key to paint {where}, p50 / p99", reason=REASONS.get(name, ""))
      for name, where in WHERE.items() for part, budget in (("p50", 10), ("p99", 50))),
    Figure("keys.control-p99", "the same to a program that only echoes, p99 of all", "ms", 15),
)  # fmt: skip
KEYS = 150
IDLE_KEYS = 100
NODES = 100_000
PROMPT_EVERY = 25
"""Events of the large tree; each prompt has the others below it."""
NODE = insert_into("event", "id session_id parent_id time agent kind tool summary state")
GIVE_UP = 3.0
"""Seconds after which a key counts as that slow."""
RATE = 1_000.0
UPDATES = 4.0
"""Commits a second while the large tree is walked in."""


@dataclass(slots=True)
class Latencies:
    """Seconds from keys to frames, and beside each one from a key to its echo."""

    ours: list[float] = field(default_factory=list)
    control: list[float] = field(default_factory=list)

    def results(self, name: str, planned: int) -> Iterator[Result]:
        """p50 and p99, with those of the echo as the floor; unknown without any key."""
        if not self.ours:
            yield from (Result(f"keys.{name}-{label}", None) for label in ("p50", "p99"))
            return
        for part, label in ((0.5, "p50"), (0.99, "p99")):
            yield Result(
                f"keys.{name}-{label}",
                percentile(self.ours, part) * 1000,
                floor=percentile(self.control, part) * 1000,
                runs=len(self.ours),
                planned=planned,
                details={"most": max(self.ours) * 1000},
            )


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family; keys to the program and to the echo take turns."""
    control: list[float] = []
    with bench.screen(bench.module("empty", "echo")) as echo:
        echo.wait_until(shows_ready)
        for name, found in _each(bench, echo):
            control += found.control
            planned = IDLE_KEYS if name in ("idle", "tree") else KEYS
            yield from found.results(name, bench.many(planned))
    yield Result("keys.control-p99", percentile(control, 0.99) * 1000, runs=len(control))


def _each(bench: Workbench, echo: Screen) -> Iterator[tuple[str, Latencies]]:
    yield from _idle(bench, echo)
    yield "live", _live(bench, echo)
    yield "nodes", _nodes(bench, echo)
    yield "backfill", _back_fill(bench, echo)


def _idle(bench: Workbench, echo: Screen) -> Iterator[tuple[str, Latencies]]:
    with bench.open(bench.store("canonical", bench.small)) as screen:
        screen.wait_until(is_complete, 60)
        screen.wait_until(shows_tree)
        screen.wait_for_quiet(1.5, 20)
        keys = bench.many(IDLE_KEYS)
        yield "idle", _latencies(screen, echo, SESSIONS_PLACE, ("down", "up"), keys)
        screen.press("tab", "up", "up")
        screen.wait_for_quiet(0.5)
        screen.catch_up()
        yield "tree", _latencies(screen, echo, TREE_PLACE, ("up", "down"), keys)


def _live(bench: Workbench, echo: Screen) -> Latencies:
    keys = bench.many(KEYS)
    with bench.copy("canonical", bench.small) as path:
        with canonical_store(path, "wal") as store:
            store.add_session(SESSION, started=time.time(), title="live")
            for _ in range(60):
                store.add_event(SESSION, time=time.time())
        with bench.open(path) as screen:
            screen.wait_until(is_complete, 60)
            screen.wait_until(shows_tree)
            screen.wait_for_quiet(0.5, 20)
            screen.press("tab", "up", "up")
            # Longer than the keys can take: it is stopped when they are done.
            with Writer(path, RATE, 1_000_000) as writer:
                writer.wait_for(int(RATE / 2))
                screen.catch_up()
                return _latencies(screen, echo, TREE_PLACE, ("up", "down"), keys)


def _nodes(bench: Workbench, echo: Screen) -> Latencies:
    nodes, keys = bench.many(NODES), bench.many(KEYS)
    with bench.copy("canonical", bench.small) as path:
        with canonical_store(path, "wal") as store:
            store.add_session(SESSION, started=time.time(), title="live")
            with store.batch():
                store.connection.executemany(NODE, _tree_of(nodes, time.time() - nodes))
        with bench.open(path) as screen:
            screen.wait_until(is_complete, 60)
            screen.wait_until(shows_tree)
            screen.wait_for_quiet(0.5, 20)
            screen.press("tab", "up", "up")
            with Writer(path, UPDATES, 1_000_000) as writer:
                writer.wait_for(int(UPDATES))
                screen.catch_up()
                return _latencies(screen, echo, TREE_PLACE, ("up", "down"), keys)


def _tree_of(nodes: int, begun: float) -> Iterator[tuple[object, ...]]:
    """Prompts, each with the same number of calls below it, one event a second."""
    for number in range(nodes):
        prompt, below = divmod(number, PROMPT_EVERY)
        top = f"node-prompt-{prompt}"
        name, parent = (f"node-{number}", top) if below else (top, None)
        kind, tool = ("tool", "Read") if below else ("prompt", None)
        yield (name, SESSION, parent, begun + number, "agent", kind, tool, "summary", "ok")


def _back_fill(bench: Workbench, echo: Screen) -> Latencies:
    found = Latencies()
    path = bench.store("canonical", bench.huge or bench.big)
    keys = bench.many(KEYS)
    deadline = time.monotonic() + bench.clock.left
    for number in range(10):
        if len(found.ours) >= keys or time.monotonic() > deadline:
            break
        # A home that knows nothing of earlier openings: everything is counted again.
        with bench.open(path, home=bench.scratch / f"home-{number}") as screen:
            screen.wait_until(shows_sessions)
            screen.wait_for_quiet(0.05)
            screen.catch_up()
            left = keys - len(found.ours)
            some = _latencies(screen, echo, SESSIONS_PLACE, ("down", "up"), left, counting=True)
        found.ours += some.ours
        found.control += some.control
    return found


def _latencies(
    screen: Screen,
    echo: Screen,
    place: tuple[int, int, int],
    pair: tuple[str, str],
    count: int,
    *,
    counting: bool = False,
) -> Latencies:
    """Press two keys in turn, the second of which undoes the first.

    Args:
        screen: the program.
        echo: the program that only echoes.
        place: where the cursor is looked for.
        pair: the keys.
        count: how many to press.
        counting: stop as soon as everything is counted.
    """
    found = Latencies()
    dice = Random(0)
    first = screen.cursor_row(*place)
    if first is None:
        raise LookupError("no cursor:\n" + "\n".join(screen.shown()))
    steps = {"up": -1, "down": 1}
    rows = (first + steps[pair[0]], first)
    for number in range(count):
        if counting and is_complete(screen):
            break
        found.ours.append(_latency(screen, pair[number % 2], place, rows[number % 2]))
        begun = time.monotonic()
        before = echo.count
        echo.press("x")
        echo.wait_for_bytes(before)
        found.control.append(echo.last_moment - begun)
        # Anywhere between two polls.
        time.sleep(0.015 + 0.04 * dice.random())
    return found


def _latency(screen: Screen, key: str, place: tuple[int, int, int], row: int) -> float:
    screen.catch_up()
    begun = time.monotonic()
    screen.press(key)
    try:
        return screen.when(lambda seen: seen.cursor_row(*place) == row, GIVE_UP) - begun
    except TimeoutError:
        return GIVE_UP
