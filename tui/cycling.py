"""Going round: a key that chooses what comes next among a few choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


def next_of(choices: Sequence[_T], current: _T) -> _T:
    """The choice behind the current one; the first behind the last, and behind a foreign one."""
    at = choices.index(current) if current in choices else -1
    return choices[(at + 1) % len(choices)]
