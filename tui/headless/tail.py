"""``tail``: events as they are committed, one JSON line each."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from collections.abc import Iterator

import click

from queries.as_json.canonical import encode, event_json
from queries.finding.session_lookup import require_sessions
from queries.live.open_calls import Line
from queries.live.tailing import Tail
from tui.headless.arguments import store_argument
from tui.headless.output import flush, forget_stdout, say, write
from tui.headless.stores import open_store, store_path

INTERVAL = 0.25
"""Seconds between two looks at the store."""
GRACE = 1.0
"""Seconds in which lines that are being written may still get out after a signal."""


@click.command(name="tail")
@store_argument
@click.option("--session", "sessions", multiple=True, metavar="ID", help="Only these sessions.")
@click.option("--from-start", is_flag=True, help="Begin with the first event of the store.")
@click.option("--json", "-j", is_flag=True, help="JSON lines, which it prints anyway.")
def command(store: str | None, sessions: tuple[str, ...], from_start: bool, json: bool) -> int:
    """Print each event once as it is committed, as a line of JSON.

    When an event that was running finishes, its line comes again with the new state and
    "update": true. Ends on SIGTERM, SIGINT (Ctrl+C) or when nobody reads any more.
    """
    del json
    path = store_path(store)
    if sessions:
        with open_store(str(path)) as opened:
            require_sessions(opened, sessions)
    with _stopping() as stop:
        tail = Tail(path, sessions=sessions, from_start=from_start, say=say)
        try:
            while True:
                for line in tail.poll():
                    write(encode(_shape(line, tail.sources)) + "\n")
                flush()
                if stop.wait(0.0 if tail.behind else INTERVAL):
                    return 0
        except _StalledError:
            forget_stdout()
            return 0
        finally:
            tail.close()


def _shape(line: Line, sources: tuple[str, ...]) -> dict[str, object]:
    shape = event_json(line.event, sources)
    if line.update:
        shape["update"] = True
    return shape


class _StalledError(Exception):
    """Asked to stop, but stuck in a write that nobody reads."""


class _Stop:
    """Waits, until a signal comes or the reader of stdout goes away."""

    def __init__(self, woken: int) -> None:
        self._poll = select.poll()
        self._poll.register(woken, select.POLLIN)
        with contextlib.suppress(OSError, ValueError, AttributeError):
            # Without any event asked for, a pipe still tells that its other end is closed.
            self._poll.register(sys.stdout.fileno(), 0)

    def wait(self, seconds: float) -> bool:
        """Whether it is time to stop, after at most so many seconds."""
        return bool(self._poll.poll(seconds * 1000))


@contextlib.contextmanager
def _stopping() -> Iterator[_Stop]:
    """Turn SIGTERM and SIGINT into something that can be waited for."""
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)

    def note(*_: object) -> None:
        with contextlib.suppress(OSError):
            os.write(wakes, b"x")
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    def give_up(*_: object) -> None:
        raise _StalledError

    handlers = {signal.SIGTERM: note, signal.SIGINT: note, signal.SIGALRM: give_up}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield _Stop(woken)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(woken)
        os.close(wakes)
