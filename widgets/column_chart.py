"""Charts of columns, drawn with parts of cells; in ASCII with signs of growing weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from widgets.glyphs import Glyphs

_WIDEST: Final = 16
"""Cells of one column at most, the gap behind it included."""


def nice_top(highest: float, whole: bool) -> float:
    """A round number at or above the highest value, for the top of an axis.

    Args:
        highest: of the values.
        whole: whether only whole numbers make sense.
    """
    if highest <= 0:
        return 1.0
    power = 1.0
    while power * 10 <= highest:
        power *= 10
    while power > highest:
        power /= 10
    for step in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0):
        # A little more, as 0.3 is not three times 0.1.
        if power * step >= highest * (1 - 1e-9) and (not whole or (power * step) % 1 == 0):
            return power * step
    return power * 10


def column_width(columns: int, room: int) -> int:
    """Cells that each of so many columns gets in a room; at least 1, gaps included."""
    return max(1, min(_WIDEST, room // columns)) if columns else 1


def columns_text(
    values: Sequence[float | None], height: int, top: float, wide: int, glyphs: Glyphs
) -> list[list[str]]:
    """The rows of a chart from the top, each a list of one text per value, ``wide`` cells each.

    Anything above zero shows at least a trace. Nothing and the unknown leave their place blank.
    """
    steps = len(glyphs.sparks)
    drawn = wide - 1 if wide > 2 else wide
    heights = [0 if not value else max(1, round(value / top * height * steps)) for value in values]
    rows: list[list[str]] = []
    for row in range(height):
        below = (height - 1 - row) * steps
        cells = (min(steps, max(0, filled - below)) for filled in heights)
        rows.append([
            ((glyphs.sparks[cell - 1] if cell else " ") * drawn).ljust(wide) for cell in cells
        ])  # fmt: skip
    return rows


def placed_labels(
    labels: Sequence[tuple[int, str]], width: int, urgent: frozenset[int] = frozenset()
) -> str:
    """Labels on one line, each beginning at its cell; those that would touch are left out.

    Args:
        labels: cell and text, in order of their cells.
        width: cells of the line.
        urgent: indices of the labels that are placed before the others.
    """
    line = [" "] * width
    order = sorted(range(len(labels)), key=lambda index: index not in urgent)
    for index in order:
        start, text = labels[index]
        end = start + cell_len(text)
        around = line[max(0, start - 1) : end + 1]
        if end <= width and all(sign == " " for sign in around):
            line[start:end] = text
    return "".join(line)
