"""The interaction matrix as lines of text, with whole names."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len

from widgets.cells import fit
from widgets.glyphs import Glyphs
from widgets.matrix_figures import (
    LEAST_CELL,
    TOTAL_NAME,
    TOTAL_WIDTH,
    VALUE_TITLES,
    MatrixFigures,
    ValueMode,
)

_MOST_SQUARE: Final = 200
"""Names up to which there is a cell for each two of them: nearly all are empty beyond."""


def matrix_lines(figures: MatrixFigures, mode: ValueMode, glyphs: Glyphs) -> list[str]:
    """The whole matrix; a large one as a list of its counts."""
    names = figures.names
    if len(names) > _MOST_SQUARE:
        return _pair_lines(figures, mode, glyphs)
    first = max(cell_len(name) for name in (*names, TOTAL_NAME))
    widths = [max(LEAST_CELL, cell_len(name) + 1) for name in names]
    titles = [
        fit(glyphs.arrow + name, width, "right") for name, width in zip(names, widths, strict=True)
    ]
    lines = [" ".join([" " * first, *titles, fit(TOTAL_NAME, TOTAL_WIDTH, "right")])]
    for index in range(len(names) + 1):
        cells = [
            fit(figures.cell(index, column, mode, glyphs)[0], width, "right")
            for column, width in enumerate(widths)
        ]
        total = fit(figures.row_total(index, mode), TOTAL_WIDTH, "right")
        lines.append(" ".join([fit(figures.row_name(index), first), *cells, total]))
    return [line.rstrip() for line in lines]


def _pair_lines(figures: MatrixFigures, mode: ValueMode, glyphs: Glyphs) -> list[str]:
    width = figures.longest
    lines = [f"{fit('from', width)} {fit('to', width)} {VALUE_TITLES[mode]}"]
    targets = figures.by_row()
    for source in figures.names:
        for target in targets.get(source, ()):
            value = figures.text(source, target, mode) or glyphs.dash
            lines.append(f"{fit(source, width)} {fit(target, width)} {value}")
    return lines
