"""Asking which of several stores is meant, before the screen opens."""

from __future__ import annotations

import os
from pathlib import Path

from tui.options import ScreenOptions, wants_low_bandwidth


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
    low_bandwidth = wants_low_bandwidth(options, settings, os.environ)
    lifecycle.prepare_environment(low_bandwidth)
    from tui.screens.choose import StoreChooser
    from tui.terminal import run_app

    app = StoreChooser(options.candidates, settings, options, low_bandwidth=low_bandwidth)
    code = run_app(app)
    return code if code or app.return_value is None else app.return_value
