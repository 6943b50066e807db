"""Giving memory that nothing lies in back to the system."""

from __future__ import annotations

import contextlib


def give_back() -> None:
    """Ask the C library to do it, where it can be asked: on its own it keeps it for later.

    Others may go on meanwhile, unless they need more memory.
    """
    # Only long runs come to the point of needing it.
    import ctypes

    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
