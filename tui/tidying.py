"""Giving back the memory of what was shown and is not any more.

Screens, toasts and search boxes refer to themselves in circles, so that only a look through all
that is alive finds those that are over. The interpreter would hardly ever take one, since it keeps
keys waiting (:func:`tui.terminal.lifecycle.settle_gc`); here it is taken while nobody types.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from typing import Final

MUCH: Final = 50_000
"""Blocks of memory more than after the last look, some 5 MB, from which on one is worth it."""
TOO_MUCH: Final = 200_000
"""Blocks from which on one is taken also while somebody types."""
REST: Final = 20.0
"""A look comes no sooner than after so many times as long as the one before took."""


class Tidying:
    """Decides when to look."""

    def __init__(
        self,
        blocks: Callable[[], int] = sys.getallocatedblocks,
        collect: Callable[[], object] = gc.collect,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with what there is.

        Args:
            blocks: how many blocks of memory are taken.
            collect: gives back those that nobody can reach any more.
            monotonic: seconds that never go back.
        """
        self._blocks = blocks
        self._collect = collect
        self._monotonic = monotonic
        self._after = blocks()
        """Blocks that were taken after the last look."""
        self._due = float("-inf")

    def tick(self, *, is_quiet: bool) -> bool:
        """Look now if it is worth it and nobody types; whether that was done."""
        begun = self._monotonic()
        if begun < self._due:
            return False
        blocks = self._blocks()
        self._after = min(self._after, blocks)
        if blocks - self._after < (MUCH if is_quiet else TOO_MUCH):
            return False
        self._collect()
        done = self._monotonic()
        self._after = self._blocks()
        self._due = done + REST * (done - begun)
        return True
