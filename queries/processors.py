"""How many processes can count at the same time."""

from __future__ import annotations

import os
import sys

MOST = 4
"""Processes that one of ours starts at most: each takes some 60 MB."""


def processors() -> int:
    """How many processes of ours can run at the same time; 1 where none can be started."""
    if not sys.executable or getattr(sys, "frozen", False):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), MOST)
    return min(os.cpu_count() or 1, MOST)
