"""Programs that do nothing, to compare with: ``python -m tests.bench.empty app`` or ``echo``."""

from __future__ import annotations

import os
import sys

READY = "ready"


def echo() -> None:
    """Send back what is typed: how long a key takes without any program to speak of."""
    import tty

    tty.setraw(0)
    os.write(1, READY.encode())
    while (data := os.read(0, 64)) != b"q":
        os.write(1, data)


def app() -> None:
    """A Textual app that shows one word."""
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Empty(App[None]):
        def compose(self) -> ComposeResult:
            yield Static(READY)

    Empty().run()


if __name__ == "__main__":
    {"app": app, "echo": echo}[sys.argv[1]]()
