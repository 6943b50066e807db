"""Long work that makes room for others now and then: for those that it knows, and any others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_T = TypeVar("_T")
TURN = 64
"""Things that are done between two moments at which others may have the processor."""


def no_pause() -> None:
    """The pause that long work calls by default: go on at once."""


yield_processor: Callable[[], object] = getattr(os, "sched_yield", no_pause)
"""Lets whoever waits for this processor have it; goes on at once where nobody does.

For a writer beside us: when its commit comes back from the disk to the core on which we run, it
would wait until our slice is over, which is some milliseconds. So work of more than a fraction of
that calls this in between.
"""


def in_turns(things: Iterable[_T]) -> Iterator[_T]:
    """The same things; others may have the processor after every :data:`TURN` of them."""
    for number, thing in enumerate(things, 1):
        yield thing
        if not number % TURN:
            yield_processor()
