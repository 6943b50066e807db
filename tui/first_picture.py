"""The sessions as the screen will show them, drawn before Textual is loaded.

Texts, columns and widths are those of the widgets, so that the screen, once it is there, is
painted over the picture without anything moving. Only colours are missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

from queries.plain_data import dataclass
from queries.text import clean
from tui import session_order
from tui.commands import PANES, footer_hints
from tui.room import NAMES, is_single, is_too_small
from widgets.cells import Placed, layout
from widgets.glyphs import Glyphs, drawable
from widgets.line_text import Pieces, laid_out, tabs
from widgets.masking import shown_pieces
from widgets.session_cells import SORT_COLUMNS, TEXT_SORTS, columns_of, filled, session_cell
from widgets.status_text import StatusText, hint_pieces
from widgets.table_text import fitted, sign_beside, titles

if TYPE_CHECKING:
    from queries.models import SessionRow, Snapshot
    from tui.view_memory import View

_LOOKS: Final[Mapping[str, str]] = {
    "strong": "1", "key": "1", "running": "1", "error": "1", "muted": "2", "header": "2;4",
}  # fmt: skip
"""By role: what it looks like in any terminal, with colours or without."""
_CURSOR: Final = "7"
_SCROLLBAR: Final = 1
"""Cells at the right edge of a list."""
_BESIDE_TITLE: Final = 6
"""Cells of a pane's upper edge that its title leaves free."""
Run = tuple[int, int, Pieces]
"""Column and row, both from 0, and what begins there."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How the screen will begin."""

    width: int
    height: int
    glyphs: Glyphs
    keymap: Mapping[str, str]
    session: str | None = None
    """The session that has the cursor; None: the first."""


def picture(snapshot: Snapshot, view: View, frame: Frame) -> str:
    """Text that draws the screen on a terminal that is empty but for its first line.

    Returns:
        "" where the sessions will not be seen at first, or no less is to be done than to load
        the screen in order to know which ones.
    """
    return _as_text(runs(snapshot, view, frame))


def runs(snapshot: Snapshot, view: View, frame: Frame) -> list[Run]:
    """What the picture is made of; empty where there is none, see :func:`picture`."""
    width, height = frame.width, frame.height
    single = view.zoomed or is_single(width, height)
    if (
        not snapshot.sessions
        or view.filter
        or view.sort not in session_order.ORDERS
        or is_too_small(width, height)
        or (single and view.pane)
    ):
        return []
    status = StatusText(snapshot, frame.glyphs, opening=True).pieces(width)
    hints = footer_hints(
        ("any", "main", PANES[view.pane % len(PANES)]),
        frame.keymap,
        ascii_only=frame.glyphs.is_ascii,
    )
    footer = hint_pieces(tuple((hint.key, hint.title) for hint in hints), "", width)
    drawn = [(0, 0, laid_out(*status, width)), (0, height - 1, laid_out(*footer, width))]
    if not single:
        left, top = width * 2 // 5, (height - 2) * 5 // 9
        bottom = height - 2 - top
        drawn += _sessions(snapshot, view, frame, (0, 1, left, top))
        drawn += _box(NAMES[1], frame, (left, 1, width - left, top))
        drawn += _box(NAMES[2], frame, (0, 1 + top, left, bottom))
        drawn += _box(NAMES[3], frame, (left, 1 + top, width - left, bottom))
    elif view.zoomed:
        drawn += _sessions(snapshot, view, frame, (0, 1, width, height - 2))
    else:
        drawn.append((0, 1, laid_out(tabs(NAMES, 0, width), (), width)))
        drawn += _sessions(snapshot, view, frame, (0, 2, width, height - 3))
    return [
        (x, y, tuple((drawable(text, frame.glyphs), role) for text, role in pieces))
        for x, y, pieces in drawn
    ]


Place = tuple[int, int, int, int]
"""Column, row, width and height of a pane, its border included."""


def _box(title: str, frame: Frame, place: Place) -> list[Run]:
    """The border of a pane with its title."""
    x, y, width, height = place
    across, down, corners = ("-", "|", "++++") if frame.glyphs.is_ascii else ("─", "│", "╭╮╰╯")
    room = width - _BESIDE_TITLE
    if cell_len(title) > room:
        title = set_cell_size(title, room - 1) + frame.glyphs.ellipsis
    label = f" {title} " if room > 0 else ""
    upper = corners[0] + (across + label).ljust(width - 2, across)[: width - 2] + corners[1]
    lower = corners[2] + across * (width - 2) + corners[3]
    sides = [
        (x + at, y + row, ((down, ""),)) for row in range(1, height - 1) for at in (0, width - 1)
    ]
    return [(x, y, ((upper, ""),)), *sides, (x, y + height - 1, ((lower, ""),))]


def _sessions(snapshot: Snapshot, view: View, frame: Frame, place: Place) -> list[Run]:
    """The list of sessions in its border."""
    x, y, width, height = place
    rows, hidden = session_order.listed(
        snapshot.sessions, sort=view.sort, reverse=view.reverse, sub_agents=view.sub_agents
    )
    header = 1 if height - 2 >= 3 else 0
    page = height - 2 - header
    cursor = next((at for at, row in enumerate(rows) if row.id == frame.session), 0)
    top = max(0, cursor - page + 1)
    shown = rows[top : top + page]
    total = snapshot.total_sessions - hidden
    covers = f"{top + 1:,}-{top + len(shown):,} of {total:,}"
    title = session_order.sessions_title(covers, view.sort, view.reverse, hidden=hidden)
    drawn: list[Run] = []
    placed = layout(columns_of(filled(snapshot.sessions)), width - 2 - _SCROLLBAR)
    if header:
        drawn.append((x + 1, y + 1, _header(view, frame, placed)))
    for at, row in enumerate(shown):
        pieces = _line(row, view, frame, placed, snapshot.time)
        if top + at == cursor:
            pieces = (*((text, "cursor") for text, _ in pieces),)
        drawn.append((x + 1, y + 1 + header + at, pieces))
    # Last, so that the border is whole also where a terminal draws a character wider.
    return drawn + _box(title, frame, place)


def _header(view: View, frame: Frame, placed: tuple[Placed, ...]) -> Pieces:
    descending = (view.sort not in TEXT_SORTS) != view.reverse
    sign = frame.glyphs.descending if descending else frame.glyphs.ascending
    sorted_by = SORT_COLUMNS.get(view.sort, view.sort)
    cells, beside = titles(placed, sorted_by, sign), sign_beside(placed, sorted_by, sign)
    texts = fitted(cells, placed, frame.glyphs.ellipsis, beside)
    return (("".join(texts), "header"),)


def _line(
    row: SessionRow, view: View, frame: Frame, placed: tuple[Placed, ...], now: float
) -> Pieces:
    mark, glyphs = view.marks.get(row.id, ""), frame.glyphs
    cells = [
        session_cell(row, place.column.name, place.width, glyphs=glyphs, mark=mark, now=now)
        for place in placed
    ]
    roles = [role for _, role in cells for role in ("", role)]
    pieces = list(zip(fitted(cells, placed, glyphs.ellipsis), roles, strict=True))
    return tuple(shown_pieces(pieces))


def _as_text(drawn: list[Run]) -> str:
    """Control sequences and texts; ends with the plain pen."""
    parts: list[str] = []
    for x, y, pieces in drawn:
        parts.append(f"\x1b[{y + 1};{x + 1}H")
        pen = ""
        for text, role in pieces:
            look = _CURSOR if role == "cursor" else _LOOKS.get(role, "")
            if text and look != pen:
                parts.append(f"\x1b[0;{look}m" if look else "\x1b[0m")
                pen = look
            # Texts of the model are harmless; nothing else may ever act on the terminal.
            parts.append(text if text.isprintable() else clean(text))
        if pen:
            parts.append("\x1b[0m")
    return "".join(parts)
