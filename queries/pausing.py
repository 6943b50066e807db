"""Long work that makes room for others now and then: it calls a pause, which is this by default."""

from __future__ import annotations


def no_pause() -> None:
    """Go on at once."""
