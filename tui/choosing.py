"""Asking which of several stores is meant, before the screen opens."""

from __future__ import annotations

from pathlib import Path

from tui.options import ScreenOptions


def choose_store(options: ScreenOptions) -> Path | int:
    """Let the user choose from the candidates.

    Returns:
        The path of the store, or an exit code when none was chosen.

    Raises:
        ConfigError: when the configuration cannot be used.
    """
    from tui import config
    from tui.terminal import lifecycle

    settings = config.load()
    low_bandwidth = (
        settings.low_bandwidth if options.low_bandwidth is None else options.low_bandwidth
    )
    lifecycle.prepare_environment(low_bandwidth)
    from tui.screens.choose import StoreChooser
    from tui.terminal import run_app

    app = StoreChooser(options.candidates, settings, options, low_bandwidth=low_bandwidth)
    mouse = settings.mouse if options.mouse is None else options.mouse
    code = run_app(app, mouse=mouse and not low_bandwidth)
    return code if code or app.return_value is None else app.return_value
