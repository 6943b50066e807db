"""From the argument STORE to an open store."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from queries.event_stream import patiently
from queries.store import Store
from queries.text import clean
from tui import config, places
from tui.headless.output import say

QUIET = 1.0
"""Seconds of work before progress is shown."""


def store_path(argument: str | None) -> Path:
    """The file that is meant; of several found, the most recently changed, which is said.

    Raises:
        NoStoreError, ConfigError: with a sentence.
    """
    found = places.find_stores(argument, os.environ, config.load(), Path.cwd(), Path.home())
    if len(found) > 1:
        others = ", ".join(clean(candidate.path) for candidate in found[1:4])
        more = f" and {len(found) - 4} more" if len(found) > 4 else ""
        say(f"reading {clean(found[0].path)}, the latest of those found (not {others}{more}).")
    return found[0].path


@contextmanager
def open_store(argument: str | None) -> Iterator[Store]:
    """The open store. Raises StoreError, NoStoreError or ConfigError with a sentence."""
    path = store_path(argument)
    with patiently(lambda: Store(path)) as store:
        yield store


def stale_after() -> float:
    """Seconds of silence after which a running session is stale, as configured."""
    return config.load().stale_minutes * 60.0


@contextmanager
def progress() -> Iterator[Callable[[float], None] | None]:
    """Shows on stderr how far a long reading is; None where stderr is no terminal."""
    if not (sys.stderr is not None and sys.stderr.isatty()):
        yield None
        return
    begun = time.monotonic()
    shown = ""

    def tell(part: float) -> None:
        nonlocal shown
        text = f"reading events: {part * 100:.0f} %"
        if time.monotonic() - begun > QUIET and text != shown:
            sys.stderr.write(f"\r{text}")
            sys.stderr.flush()
            shown = text

    try:
        yield tell
    finally:
        if shown:
            sys.stderr.write("\r" + " " * len(shown) + "\r")
            sys.stderr.flush()
