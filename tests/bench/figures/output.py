"""Bytes sent to a terminal of 120x40."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

from tests.bench.looking import is_complete, shows_sessions, shows_tree
from tests.bench.measure import median
from tests.bench.report import Figure, Result
from tests.bench.screen import Screen
from tests.bench.workbench import Workbench
from tests.stores import CanonicalStore, canonical_store
from tests.stores.live_writer import SESSION

FIGURES = (
    Figure("output.start", "bytes of the start", "B", 30_000),
    Figure("output.row", "bytes of one row that changed", "B", 400),
    Figure("output.follow", "bytes of an appended and followed event", "B", 3_000),
    Figure("output.page", "bytes of a page of the activity tree", "B", 3_000),
    Figure("output.redraw", "bytes of a full redraw", "B", 30_000),
    Figure("output.live", "bytes per second at four updates a second", "B/s", 12_000),
    Figure("output.low-bandwidth", "bytes per minute of that with `--low-bandwidth`", "B", 0.5,
           "to the naive way"),
)  # fmt: skip
VARIANTS: Mapping[str, tuple[str, ...]] = {
    "ours": (), "naive": ("--no-diff",), "low": ("--low-bandwidth",)
}  # fmt: skip
"""The program as it is, with Textual's own output, and for slow links."""
QUIET = 0.7
"""Seconds of silence after which an action is over: more than a poll, less than a tick."""
RUNS = 4
HISTORY = 60
"""Events that fill the tree before anything is measured."""

Counts = dict[str, int]


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family. All variants show the same store at the same time."""
    with bench.copy("canonical", bench.small) as path, ExitStack() as stack:
        writer = stack.enter_context(canonical_store(path, "wal"))
        _begin(writer)
        screens = {
            name: stack.enter_context(bench.open(*options, path))
            for name, options in VARIANTS.items()
        }
        for screen in screens.values():
            screen.wait_until(shows_sessions)
            screen.wait_until(shows_tree)
            screen.wait_until(is_complete, 60)
            screen.wait_for_quiet(QUIET, 20)
        yield _result("start", [{name: screen.count for name, screen in screens.items()}])
        yield from _actions(bench, screens, writer)
        yield from _live(bench, screens, writer)


def _begin(writer: CanonicalStore) -> None:
    now = time.time()
    writer.add_session(SESSION, started=now - HISTORY, title="live")
    with writer.batch():
        for number in range(HISTORY):
            writer.add_event(SESSION, summary=f"event {number}", time=now - HISTORY + number)


def _actions(
    bench: Workbench, screens: Mapping[str, Screen], writer: CanonicalStore
) -> Iterator[Result]:
    rows: list[Counts] = []
    follows: list[Counts] = []
    for number in range(bench.runs(RUNS)):

        def begin(name: str = f"call-{number}") -> None:
            writer.add_event(SESSION, id=name, state="running", time=time.time())

        def end(name: str = f"call-{number}") -> None:
            writer.finish_event(name)

        _bytes_of(screens, begin)
        rows.append(_bytes_of(screens, end))

        def append(name: str = f"event {HISTORY + number}") -> None:
            writer.add_event(SESSION, summary=name, time=time.time())

        follows.append(_bytes_of(screens, append))
    yield _result("row", rows)
    yield _result("follow", follows)

    def press(*keys: str) -> Callable[[], None]:
        def all_of_them() -> None:
            for screen in screens.values():
                screen.press(*keys)

        return all_of_them

    _bytes_of(screens, press("tab"))
    pages = [_bytes_of(screens, press(key)) for key in ("pageup", "pagedown") * bench.runs(2)]
    yield _result("page", pages)
    _bytes_of(screens, press("end"))
    yield _result("redraw", [_bytes_of(screens, press("\x0c")) for _ in range(bench.runs(3))])


def _live(
    bench: Workbench, screens: Mapping[str, Screen], writer: CanonicalStore
) -> Iterator[Result]:
    seconds = 1.0 if bench.quick else 8.0
    before = {name: screen.count for name, screen in screens.items()}
    begun = time.monotonic()
    for number in range(int(seconds * 4)):
        wait = begun + number / 4 - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        with writer.batch():
            for _ in range(3):
                writer.add_event(SESSION, time=time.time())
    _wait_for_quiet(screens)
    rates = {name: (screen.count - before[name]) / seconds for name, screen in screens.items()}
    yield Result("output.live", rates["ours"], naive=rates["naive"])
    yield Result("output.low-bandwidth", rates["low"] * 60, naive=rates["ours"] * 60,
                 naive_note="without it")  # fmt: skip


def _bytes_of(screens: Mapping[str, Screen], action: Callable[[], object]) -> Counts:
    before = {name: screen.count for name, screen in screens.items()}
    action()
    for name, screen in screens.items():
        screen.wait_for_bytes(before[name])
    _wait_for_quiet(screens)
    return {name: screen.count - before[name] for name, screen in screens.items()}


def _wait_for_quiet(screens: Mapping[str, Screen]) -> None:
    """Wait until all of them have been silent for so long, at the same time."""
    for screen in screens.values():
        silent = time.monotonic() - screen.last_moment
        while silent < QUIET:
            screen.wait_for_quiet(QUIET - silent, 20)
            silent = time.monotonic() - screen.last_moment


def _result(name: str, counts: list[Counts]) -> Result:
    return Result(
        f"output.{name}",
        median([count["ours"] for count in counts]),
        naive=median([count["naive"] for count in counts]),
        runs=len(counts),
        details={"low_bandwidth": median([count["low"] for count in counts])},
    )
