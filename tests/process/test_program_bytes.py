"""How little is sent to the terminal: it may be at the other end of a slow line."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.process.program import PROGRAM, Home, wait_for_all_panes
from tests.process.terminal import Terminal
from tests.stores import CanonicalStore, canonical_store, start_live_writer
from tui.terminal.link import LATE

pytestmark = pytest.mark.process

LAST = "session-59"
"""Newest session, in focus at first, with more events than fit on the screen."""


@pytest.fixture
def store(home: Home) -> Iterator[CanonicalStore]:
    """Sixty sessions; the last one runs and so does its last call."""
    now = time.time() - 100_000.0
    tools, agents = ("Read", "Bash", "Grep"), ("planner", "coder")
    with canonical_store(home.folder / "stores" / "s.db", "wal") as store:
        with store.batch():
            for number in range(60):
                name, start = f"session-{number:02}", now + number * 1000
                status = "running" if name == LAST else "completed"
                store.add_session(name, title=f"Number {number}", status=status, started=start)
                for event in range(120 if name == LAST else 20):
                    store.add_event(
                        name,
                        id=f"{number}-{event}",
                        tool=tools[event % 3],
                        agent=agents[event % 2],
                        summary=f"thing number {event} was done in some words",
                        time=start + event,
                        state="running" if (name, event) == (LAST, 119) else "ok",
                        duration=1.5,
                    )
        yield store


def sent(
    terminal: Terminal, act: Callable[[], object], shown: Callable[[Terminal], object] | None = None
) -> int:
    """How many bytes come because of something; there must be some, until it is shown."""
    mark = len(terminal.raw)
    act()
    terminal.wait_for(lambda t: len(t.raw) > mark, what="any output")
    if shown is not None:
        terminal.wait_for(shown)
    terminal.wait_for_quiet(0.3)
    return len(terminal.raw) - mark


def test_starting_and_doing_nothing(home: Home) -> None:
    heist, htmlgraph = home.sample("heist-audit.db"), home.sample("htmlgraph-0.35.0.db")
    with home.open(heist) as first, home.open(htmlgraph) as second:
        marks = {}
        for terminal in (first, second):
            wait_for_all_panes(terminal)
            terminal.wait_for_quiet(0.5)
            marks[terminal] = len(terminal.raw)
            assert marks[terminal] <= 30_000
        # Time passes on purpose: nothing may tick.
        first.wait_for_quiet(2)
        for terminal, mark in marks.items():
            assert terminal.raw[mark:] == b""


@pytest.mark.parametrize("key", ["/", "ctrl+p"])
def test_waiting_for_words(home: Home, key: str) -> None:
    with home.open(home.sample("heist-audit.db")) as terminal:
        wait_for_all_panes(terminal)
        terminal.press(key, *"qu")
        terminal.wait_for(lambda t: re.search(r"\bqu\b", t.text()))
        terminal.wait_for_quiet(0.45)
        mark = len(terminal.raw)
        # Time passes on purpose: no cursor may blink.
        terminal.wait_for_quiet(1.5)
        assert terminal.raw[mark:] == b""


def test_what_changes(home: Home, store: CanonicalStore) -> None:
    now = time.time() - 40_000
    with home.open(store.path) as terminal:
        terminal.wait_for_text("thing number 119")
        terminal.wait_for_text("1,300 events")
        terminal.wait_for_quiet(0.5)
        one_row: dict[str, tuple[Callable[[], object], str]] = {
            "a call ends": (lambda: store.finish_event("59-119"), "✓ Grep thing number 119"),
            "an event in another session": (
                lambda: store.add_event("session-58", time=now),
                "1,301 events",
            ),
            "an event in a session out of sight": (
                lambda: store.add_event("session-02", time=now),
                "1,302 events",
            ),
        }
        appended: dict[str, tuple[Callable[[], object], str]] = {
            "an event that is followed": (
                lambda: store.add_event(LAST, agent="coder", time=now),
                "1,303 events",
            ),
            "by a new agent with a new tool": (
                lambda: store.add_event(LAST, agent="reviewer", tool="Write", time=now),
                "1,304 events",
            ),
        }
        too_many = {}
        for acts, most in ((one_row, 400), (appended, 3000)):
            for what, (act, text) in acts.items():
                number = sent(terminal, act, lambda t, text=text: text in t.text())  # type: ignore[misc]
                if number > most:
                    too_many[what] = number
        assert too_many == {}


def test_keys(home: Home, store: CanonicalStore) -> None:
    limits = {
        "one session on": ("down", 8000),
        "a page of sessions": ("pagedown", 9000),
        "to the tree": ("tab", 4000),
        "a line up": ("up", 500),
        "a line down": ("down", 500),
        "a page up": ("pageup", 4000),
        "follow": ("f", 4000),
        "to the tools": ("tab", 4000),
        "a tool down": ("down", 500),
        "sort": ("s", 1500),
        "to the matrix": ("tab", 4000),
        "a cell down": ("down", 500),
        "another relation": ("m", 3000),
        "times in UTC": ("u", 3000),
        "everything": ("ctrl+l", 30_000),
    }
    with home.open(store.path) as terminal:
        terminal.wait_for_text("thing number 119")
        terminal.wait_for_quiet(0.4)
        used = {}
        for what, (key, most) in limits.items():
            number = sent(terminal, lambda key=key: terminal.press(key))  # type: ignore[misc]
            if number > most:
                used[what] = number
        assert used == {}


def frames(raw: bytes) -> int:
    """How often something was sent at once."""
    return raw.count(b"\x1b[?2026h")


def test_a_busy_session_that_is_followed(home: Home) -> None:
    path: Path = home.folder / "stores" / "live.db"
    start_live_writer(path, count=50, rate=0).communicate()
    with home.open(path) as terminal, home.open("--low-bandwidth", path) as slow:
        marks = []
        for screen in (terminal, slow):
            screen.wait_for_text("50 events")
            screen.wait_for_quiet(0.6)
            marks.append(len(screen.raw))
        start_live_writer(path, count=400, rate=200).communicate()
        for screen in (terminal, slow):
            screen.wait_for_text("450 events")
            screen.wait_for_quiet(0.6)
        usual, calm = (
            screen.raw[mark:] for screen, mark in zip((terminal, slow), marks, strict=True)
        )
        # How many frames there are depends on how fast this machine is.
        for raw in (usual, calm):
            assert 0 < len(raw) <= 3000 * frames(raw)


@pytest.mark.parametrize("spared", [False, True])
def test_what_a_slow_link_is_spared(home: Home, spared: bool) -> None:
    arguments = ("--low-bandwidth",) if spared else ()
    with home.open(*arguments, home.sample("heist-audit.db")) as terminal:
        terminal.wait_for_quiet(0.5)
        assert (b"\x1b[?1003h" in terminal.raw) is not spared
        assert (b"8;2;" in terminal.raw) is not spared
        assert ("trend" in terminal.text()) is not spared
        terminal.press("L")
        terminal.wait_for(lambda t: ("trend" in t.lines()[2]) is spared)
        terminal.wait_for_quiet(0.6)
        modes = re.findall(rb"\x1b\[\?1003([hl])", terminal.raw)
        assert modes[-1:] == [b"h" if spared else b"l"]
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


def test_a_slow_link_is_noticed(home: Home) -> None:
    path: Path = home.folder / "stores" / "live.db"
    words = "slow link? --low-bandwidth"
    start_live_writer(path, count=50, rate=0).communicate()
    # More than can be written while three questions are answered.
    writer = start_live_writer(path, count=100_000, rate=50)
    try:
        with Terminal(
            [*PROGRAM, path], env=home.env, cwd=home.folder, answers_after=LATE * 1.5
        ) as terminal:
            terminal.wait_for_text(words, 60)
            terminal.press("q")
            assert terminal.wait() == 0
            assert terminal.restored() == []
    finally:
        writer.kill()
        writer.communicate()
