"""Opening the screen: a first sign of life, the store, then the app."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from queries.plain_data import replace
from tui.options import TRACE_VARIABLE, ScreenOptions, wants_low_bandwidth
from tui.terminal import preflight

if TYPE_CHECKING:
    from queries.store import Store
    from tui.config import Config
    from tui.poller import Poller
    from tui.view_memory import ViewMemory

FIRST_READ = 0.25
"""Seconds that the first look into the store may take for the sessions to be drawn at once."""


def open_screen(path: Path, options: ScreenOptions, *, remembers: bool = True) -> int:
    """Show the screen on a store; returns the exit code.

    Args:
        path: of the store.
        options: the command line's.
        remembers: whether to begin as the screen was left, and to remember how it is left now.

    Raises:
        StoreError: there is no usable store at the path; told before anything is drawn.
    """
    problem = preflight.check_terminal()
    if problem is not None:
        print(f"session-tui: {problem}", file=sys.stderr)  # noqa: T201 - the command line's voice
        return 2
    if len(options.candidates) > 1:
        from tui.choosing import choose_store

        chosen = choose_store(options)
        if isinstance(chosen, int):
            return chosen
        path = chosen
    try:
        store = _open_store(path)
        preflight.first_sign(f"session-tui: opening {path} ...")
        poller, settings, low_bandwidth = _begin_reading(path, store, options)
    except BaseException:
        preflight.undo_first_sign()
        raise
    try:
        from tui.view_memory import ViewMemory

        memory = ViewMemory(path) if remembers else None
        has_picture = not low_bandwidth and _show_picture(poller, settings, options, memory)
        from tui.terminal import lifecycle

        lifecycle.prepare_environment(low_bandwidth)
        from tui.app import SessionApp
        from tui.terminal import run_app

        app = SessionApp(
            path, poller, settings, options, low_bandwidth=low_bandwidth,
            memory=memory, has_picture=has_picture,
        )  # fmt: skip
        return run_app(app, report_messages=bool(os.environ.get(TRACE_VARIABLE)))
    finally:
        preflight.undo_first_sign()
        poller.stop()


def open_demo(seed: int, speed: float, options: ScreenOptions, scenario: str = "agents") -> int:
    """Show the screen on a store that writes itself; returns the exit code."""
    problem = preflight.check_terminal()
    if problem is not None:
        print(f"session-tui: {problem}", file=sys.stderr)  # noqa: T201 - the command line's voice
        return 2
    preflight.first_sign("session-tui: writing the demo store ...")
    try:
        from tui.demo import demo_store
        from tui.demo.writer import GROUPS

        options = replace(options, groups=GROUPS.get(scenario, ()))
        with demo_store(seed, speed, scenario) as path:
            return open_screen(path, replace(options, cache=False), remembers=False)
    finally:
        preflight.undo_first_sign()


def _show_picture(
    poller: Poller, settings: Config, options: ScreenOptions, memory: ViewMemory | None
) -> bool:
    """Draw the sessions before Textual is loaded, if they are read soon.

    Returns:
        Whether they are on the screen.
    """
    snapshot = None if options.groups else poller.first(FIRST_READ)
    if snapshot is None:
        return False
    from tui import first_picture
    from tui.view_memory import View
    from widgets.glyphs import ASCII, UNICODE

    if settings.mask_screen:
        from queries.credentials import cover
        from widgets import masking

        masking.use(cover)
    try:
        width, height = os.get_terminal_size(2)
    except OSError:
        return False
    is_ascii = settings.ascii if options.ascii is None else options.ascii
    frame = first_picture.Frame(
        width, height, ASCII if is_ascii else UNICODE, settings.keys, options.session
    )
    text = first_picture.picture(snapshot, memory.recall() if memory else View(), frame)
    preflight.show_picture(text)
    return bool(text)


def _open_store(path: Path) -> Store | None:
    """Open the store, before anything is drawn; None for one that is locked at the moment."""
    from queries.opening.files import StoreBusyError
    from queries.store import Store

    try:
        return Store(path)
    except StoreBusyError:
        return None


def _begin_reading(
    path: Path, store: Store | None, options: ScreenOptions
) -> tuple[Poller, Config, bool]:
    """Start the thread that reads, while there is still much to load before it can be shown.

    Returns:
        The thread, the user's settings, and whether to send as little as possible.
    """
    try:
        from queries.feed import Feed
        from queries.processors import processors
        from tui import config, keeping
        from tui.poller import Poller

        settings = config.load()
        low_bandwidth = wants_low_bandwidth(options, settings, os.environ)
        sys.setswitchinterval(0.0005)
        cache = keeping.totals_cache(settings, wanted=options.cache is not False)
        feed = Feed(
            path,
            stale_after=settings.stale_minutes * 60,
            store=store,
            cache=cache,
            # One is enough to keep the counting out of the way of keys.
            processes=1 if processors() > 1 else 0,
        )
    except BaseException:
        if store is not None:
            store.close()
        raise
    poller = Poller(feed, settings.refresh_seconds, counts=False)
    poller.start()
    return poller, settings, low_bandwidth
