"""Opening the screen: a first sign of life, the store, then the app."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tui.options import ScreenOptions
from tui.terminal import preflight


def open_screen(path: Path, options: ScreenOptions) -> int:
    """Show the screen on a store; returns the exit code.

    Raises StoreError when there is no usable store at the path, before anything is drawn.
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
    preflight.first_sign(f"session-tui: opening {path} ...")
    try:
        from queries.feed import Feed
        from tui import config, keymap
        from tui.poller import Poller

        settings = config.load()
        refresh = settings.refresh_seconds
        low_bandwidth = (
            settings.low_bandwidth if options.low_bandwidth is None else options.low_bandwidth
        )
        if low_bandwidth:
            refresh = max(refresh, 0.5)
        _check_store(path)
        sys.setswitchinterval(0.0005)
        feed = Feed(path, stale_after=settings.stale_minutes * 60)
        poller = Poller(feed, refresh)
        poller.start()
    except BaseException:
        preflight.undo_first_sign()
        raise
    try:
        from tui.terminal import lifecycle

        lifecycle.prepare_environment(low_bandwidth)
        from tui.app import SessionApp
        from tui.terminal import run_app

        app = SessionApp(path, poller, settings, options, low_bandwidth=low_bandwidth)
        mouse = settings.mouse if options.mouse is None else options.mouse
        keymap.validate(settings.keys)
        return run_app(app, mouse=mouse and not low_bandwidth)
    finally:
        preflight.undo_first_sign()
        poller.stop()


def open_demo(seed: int, speed: float, options: ScreenOptions) -> int:
    """Show the screen on a store that writes itself; returns the exit code."""
    problem = preflight.check_terminal()
    if problem is not None:
        print(f"session-tui: {problem}", file=sys.stderr)  # noqa: T201 - the command line's voice
        return 2
    preflight.first_sign("session-tui: writing the demo store ...")
    try:
        from tui.demo import demo_store

        with demo_store(seed, speed) as path:
            return open_screen(path, options)
    finally:
        preflight.undo_first_sign()


def _check_store(path: Path) -> None:
    """Refuse what is not a store before the screen opens; a locked one may be waited for."""
    from queries.opening import StoreError
    from queries.store import Store

    if not os.path.lexists(path):
        from queries.opening import examine

        examine(path)
    try:
        Store(path).close()
    except StoreError as error:
        if not error.retry:
            raise
