"""Opening the screen where the command line says no more than which store."""

from __future__ import annotations

import os

from tui.terminal import preflight


def open_store(argument: str | None) -> int | None:
    """Open the screen on a store, with a first sign as soon as it is likely to be one.

    Args:
        argument: the store as it is named on the command line; ``None``: look for one.

    Returns:
        The exit code. ``None`` if there is no terminal, no store, or a mistake in the
        configuration: nothing was done, and whoever parses the command line says so.
    """
    if preflight.check_terminal() is not None:
        return None
    preflight.pause_gc()
    if argument is not None and preflight.looks_like_store(argument):
        preflight.first_sign(f"session-tui: opening {argument} ...")
    try:
        from pathlib import Path

        from tui import config, places
        from tui.options import ScreenOptions

        try:
            settings = config.load()
            found = places.find_stores(argument, os.environ, settings, Path.cwd(), Path.home())
        except (config.ConfigError, places.NoStoreError):
            return None
        from tui.start import open_screen

        candidates = tuple(found) if len(found) > 1 else ()
        return open_screen(found[0].path, ScreenOptions(candidates=candidates))
    finally:
        preflight.undo_first_sign()


def open_demo() -> int | None:
    """Open the screen on a store that writes itself; the same results as :func:`open_store`."""
    if preflight.check_terminal() is not None:
        return None
    preflight.pause_gc()
    preflight.first_sign("session-tui: writing the demo store ...")
    try:
        from tui import start
        from tui.options import ScreenOptions

        return start.open_demo(0, 1.0, ScreenOptions())
    finally:
        preflight.undo_first_sign()
