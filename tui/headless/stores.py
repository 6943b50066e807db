"""From the argument STORE to an open store."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from queries.counting.event_stream import patiently
from queries.keeping.fold_cache import FoldCache
from queries.store import Store
from queries.text import clean
from tui import config, keeping, places

NAMED = 5
"""How many stores are named where there are too many."""
QUIET = 1.0
"""Seconds of work before progress is shown."""


def store_path(argument: str | None) -> Path:
    """The file that is meant.

    Raises:
        NoStoreError, ConfigError: with a sentence; also when there are several, since a
            script must not read another store only because that was written to last.
    """
    found = places.find_stores(argument, os.environ, config.load(), Path.cwd(), Path.home())
    if len(found) > 1:
        names = ", ".join(clean(candidate.path) for candidate in found[:NAMED])
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise places.NoStoreError(f"{len(found)} stores were found: {names}{more}; name one.")
    return found[0].path


NEW_OBJECTS = 20_000
"""Objects after which a command looks for garbage among them."""
PATIENCE = 120.0
"""Seconds that one query of a command may take: giving up helps nobody who waits for an answer."""


@contextmanager
def open_store(argument: str | None) -> Iterator[Store]:
    """The open store. Raises StoreError, NoStoreError or ConfigError with a sentence."""
    path = store_path(argument)
    with patiently(lambda: Store(path)) as store, _seldom_collecting():
        store.patience = PATIENCE
        yield store


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Look for garbage seldom: there is next to none among the rows that make for most objects."""
    before = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def stale_after() -> float:
    """Seconds of silence after which a running session is stale, as configured."""
    return config.load().stale_minutes * 60.0


def totals_cache(no_cache: bool) -> FoldCache | None:
    """Where totals are kept; None where the command line or the configuration says nowhere."""
    return keeping.totals_cache(config.load(), wanted=not no_cache)


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
