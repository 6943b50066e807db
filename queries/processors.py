"""The machine's processors: how many processes can count at a time, and how others get theirs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_T = TypeVar("_T")
MOST = 4
"""Processes that one of ours starts at most: each takes some 60 MB."""
TURN = 64
"""Things that are done between two moments at which others may have the processor."""


def processors() -> int:
    """How many processes of ours can run at the same time; 1 where none can be started."""
    if not sys.executable or getattr(sys, "frozen", False):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), MOST)
    return min(os.cpu_count() or 1, MOST)


def _nobody() -> None:
    """Where no system call is there for it."""


yield_processor: Callable[[], object] = getattr(os, "sched_yield", _nobody)
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
