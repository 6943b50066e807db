"""Text fitted to exact widths in terminal cells, and columns fitted to the width of a pane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, set_cell_size

from queries.plain_data import dataclass
from widgets.masking import forgets, shown

Align = Literal["left", "right"]

GAP = 1
"""Blank cells between two columns."""
MANY_NAMES = 1000
"""Names beyond which none is compared with all others: that would take longer than a frame."""


@forgets
@lru_cache(maxsize=8192)
def fit(text: str, width: int, align: Align = "left", ellipsis: str = "…") -> str:
    """The text in exactly ``width`` cells, cut with an ellipsis or padded with blanks.

    Args:
        text: one line; wide characters count as the two cells that they take.
        width: cells; 0 or less gives "".
        align: the side that the text stands on when it is shorter.
        ellipsis: one cell wide; stands at the cut.
    """
    if width <= 0:
        return ""
    text = shown(text)
    length = cell_len(text)
    if length > width:
        text = set_cell_size(text, width - 1).rstrip() + ellipsis
        length = cell_len(text)
    blank = " " * (width - length)
    return blank + text if align == "right" else text + blank


@forgets
@lru_cache(maxsize=64)
def shortened(names: tuple[str, ...], width: int, ellipsis: str = "…") -> tuple[str, ...]:
    """The names in at most ``width`` cells each, and still different from each other.

    A name that fits stays as it is. Of the others the beginning is kept; where that does not
    tell them apart, the beginning and the end; where even that does not, a number.
    """
    names = tuple(map(shown, names))
    result = [_cut(name, width, ellipsis) for name in names]
    for position in _repeated(result):
        if cell_len(names[position]) > width:
            result[position] = _middle_cut(names[position], width, ellipsis)
    for position in _repeated(result):
        if cell_len(names[position]) > width:
            number = str(position + 1)
            room = width - len(number) - 1
            start = _cut(names[position], room, "") + ellipsis if room > 0 else ""
            result[position] = (start + number)[:width] if room < 0 else start + number
    return tuple(result)


def shortened_alone(name: str, width: int, ellipsis: str = "…") -> str:
    """The name in at most ``width`` cells, without a look at others: its beginning and its end."""
    name = shown(name)
    return name if cell_len(name) <= width else _middle_cut(name, width, ellipsis)


def _repeated(texts: Sequence[str]) -> list[int]:
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    return [position for position, text in enumerate(texts) if counts[text] > 1]


def _cut(text: str, width: int, ellipsis: str) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - len(ellipsis))).rstrip() + ellipsis[:width]


def _middle_cut(text: str, width: int, ellipsis: str) -> str:
    tail_width = max(0, width - 1) // 2
    tail = ""
    for character in reversed(text):
        if cell_len(character + tail) > tail_width:
            break
        tail = character + tail
    head = set_cell_size(text, max(0, width - 1 - cell_len(tail))).rstrip()
    return head + ellipsis[:width] + tail


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    """Names it in code; also the name of its sort order, unless a table says otherwise."""
    title: str
    """Stands in the header."""
    width: int
    """Cells it has where there is room."""
    min_width: int = 0
    """Fewest cells that make sense; 0 means ``width``."""
    align: Align = "left"
    priority: int = 0
    """The lowest is left out first where there is no room."""
    flexible: bool = False
    """Takes the room that is left. At most one column of a table is."""
    leaves: int = 0
    """Cells that the flexible column must keep beside this one, else it is left out."""

    @property
    def least(self) -> int:
        """Cells below which it is left out."""
        return self.min_width or self.width


@dataclass(frozen=True, slots=True)
class Placed:
    """A column that is shown, with the cells it got."""

    column: Column
    width: int


def layout(columns: Sequence[Column], width: int) -> tuple[Placed, ...]:
    """The columns that fit, in their order, with their widths.

    Columns of low priority are left out until the rest has its least width; then each grows
    to its wanted width, the important first, and the flexible one takes what remains. The
    most important column is always there, however narrow. Widths and the gaps between them
    add up to at most ``width``.
    """
    if width <= 0 or not columns:
        return ()
    shown = sorted(columns, key=lambda column: -column.priority)
    while len(shown) > 1 and _needed(shown) > width:
        shown.pop()
    for column in reversed(shown[1:]):
        kept = sum(other.least for other in shown if other.flexible) + width - _needed(shown)
        if kept < column.leaves:
            shown.remove(column)
    widths = {column.name: min(width, column.least) for column in shown}
    room = max(0, width - _needed(shown))
    for column in shown:
        grown = min(room, max(0, column.width - column.least))
        widths[column.name] += grown
        room -= grown
    for column in shown:
        if column.flexible:
            widths[column.name] += room
    return tuple(Placed(column, widths[column.name]) for column in columns if column.name in widths)


def shared(placed: Sequence[Placed], needs: Mapping[str, int]) -> tuple[Placed, ...]:
    """The columns, in which those that need less give what they have too much to the others.

    The important ones are given first; what nobody needs is the flexible column's. The most
    important one may also have what the flexible one has above its wanted width.

    Args:
        placed: as :func:`layout` has them.
        needs: by the names of the columns that share: the cells of their longest text.
    """
    widths = {place.column.name: place.width for place in placed}
    sharing = [place.column for place in placed if place.column.name in needs]
    sharing.sort(key=lambda column: -column.priority)
    flexible = next((column for column in sharing if column.flexible), None)
    if flexible is None:
        return tuple(placed)
    spare = 0
    for column in sharing:
        least = min(widths[column.name], max(column.least, needs[column.name]))
        spare += widths[column.name] - least
        widths[column.name] = least
    for column in sharing:
        given = min(spare, max(0, needs[column.name] - widths[column.name]))
        widths[column.name] += given
        spare -= given
    widths[flexible.name] += spare
    first = sharing[0].name
    taken = min(needs[first] - widths[first], widths[flexible.name] - flexible.width)
    if first != flexible.name and taken > 0:
        widths[first] += taken
        widths[flexible.name] -= taken
    return tuple(Placed(place.column, widths[place.column.name]) for place in placed)


def _needed(columns: Sequence[Column]) -> int:
    return sum(column.least for column in columns) + GAP * (len(columns) - 1)
