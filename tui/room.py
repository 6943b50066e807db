"""Which panes of the main screen there is room for."""

from __future__ import annotations

from typing import Final

NAMES: Final = ("Sessions", "Activity", "Tools", "Interactions")
WIDE: Final = 100
"""Columns from which the panes stand side by side."""
TALL: Final = 16
"""Rows from which they do."""
LEAST: Final = (20, 6)
"""Columns and rows below which nothing sensible can be shown."""


def is_single(width: int, height: int) -> bool:
    """Whether there is room for one pane only."""
    return width < WIDE or height < TALL


def is_too_small(width: int, height: int) -> bool:
    """Whether there is room for none."""
    return width < LEAST[0] or height < LEAST[1]
