"""Curves drawn with braille dots, or with their own signs in ASCII."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from widgets.glyphs import Glyphs

SIGNS: Final = "123456789abcdefghijklmnopqrstuvwxyz"
"""What curves are told apart by, in order; further ones share "+"."""
_DOTS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_EVERY: Final = 12
"""Cells between two signs on a curve."""

Line = tuple[Sequence[float], Sequence[float]]
"""Where a curve has points: x, ascending, and y. Between two points it stays level."""


def sign_of(index: int) -> str:
    """The sign of curve number ``index``."""
    return SIGNS[index] if index < len(SIGNS) else "+"


def height_at(line: Line, x: float) -> float | None:
    """The curve's height at ``x``; None before it begins and after it ended."""
    xs, ys = line
    if not xs or x < xs[0] or x > xs[-1]:
        return None
    return ys[bisect_right(xs, x) - 1]


def samples(line: Line, columns: int, x_max: float) -> list[float | None]:
    """The curve's height in each of so many columns, up to its last point."""
    xs, ys = line
    if not xs or columns <= 0:
        return [None] * columns
    scale = x_max / max(1, columns - 1)
    last = min(columns - 1, round(xs[-1] / scale)) if scale else 0
    heights = [height_at(line, min(column * scale, xs[-1])) for column in range(last)]
    # Between two columns there may be more: the end is never left out.
    return [*heights, ys[-1], *[None] * (columns - 1 - last)]


def plot(
    lines: Sequence[Line], width: int, height: int, x_max: float, y_max: float, glyphs: Glyphs
) -> list[str]:
    """The curves in ``height`` rows of ``width`` cells, from 0 to ``x_max`` and ``y_max``.

    Each curve carries its sign in intervals and at its end, so that no colour is needed.
    """
    if width <= 0 or height <= 0:
        return []
    x_max, y_max = x_max or 1.0, y_max or 1.0
    if glyphs.is_ascii:
        rows = [[" "] * width for _ in range(height)]
    else:
        rows = [[chr(0x2800 + mask) if mask else " " for mask in row]
                for row in _braille(lines, width, height, x_max, y_max)]  # fmt: skip
    for index, line in enumerate(lines):
        _put_signs(rows, line, index, len(lines), x_max, y_max, glyphs.is_ascii)
    return ["".join(row) for row in rows]


def _braille(
    lines: Sequence[Line], width: int, height: int, x_max: float, y_max: float
) -> list[list[int]]:
    cells = [[0] * width for _ in range(height)]
    top = height * 4 - 1
    for line in lines:
        before: int | None = None
        for column, y in enumerate(samples(line, width * 2, x_max)):
            if y is None:
                before = None
                continue
            level = round(y / y_max * top)
            first = level if before is None else min(before, level)
            for dot in range(first, max(level, first if before is None else before) + 1):
                row = top - dot
                cells[row // 4][column // 2] |= _DOTS[row % 4][column % 2]
            before = level
    return cells


def _put_signs(
    rows: list[list[str]],
    line: Line,
    index: int,
    curves: int,
    x_max: float,
    y_max: float,
    everywhere: bool,
) -> None:
    height, width = len(rows), len(rows[0])
    last: tuple[int, int] | None = None
    # Where curves lie on each other their signs stand side by side.
    phase = index * max(1, _EVERY // max(1, curves)) % _EVERY
    for column, y in enumerate(samples(line, width, x_max)):
        if y is None:
            continue
        place = (height - 1 - round(y / y_max * (height - 1)), column)
        if (everywhere and rows[place[0]][column] == " ") or column % _EVERY == phase:
            rows[place[0]][column] = sign_of(index)
        last = place
    if last is not None:
        rows[last[0]][last[1]] = sign_of(index)
