"""The border titles of the main screen: what each pane covers."""

from __future__ import annotations

from datetime import tzinfo

from rich.cells import cell_len, set_cell_size

from tui import session_order
from tui.screens.scope_control import ScopeControl
from tui.screens.session_control import SessionControl
from tui.screens.tree_control import TreeControl
from widgets.activity_tree import ActivityTree
from widgets.glyphs import Glyphs, drawable
from widgets.interaction_matrix import InteractionMatrix
from widgets.line_text import shorten_end
from widgets.pane import Pane
from widgets.session_list import ALERT, SessionList

EDGES = 4
"""Cells beside a title, within the pane's own width."""
SHORTEST = 8
"""Cells that are left of a name."""


def drawn(title: str, pane: Pane, glyphs: Glyphs) -> str:
    """A title as it is drawn. Textual would cut it with a sign that is not ASCII."""
    room = pane.size.width - EDGES
    if glyphs.is_ascii and 0 < room < cell_len(title):
        title = set_cell_size(title, room - 1) + "…"
    return drawable(title, glyphs)


def sessions_title(sessions: SessionControl, view: SessionList, zone: tzinfo | None) -> str:
    """Which part of the list is visible, its order, and what is left out.

    Moments are those of a zone; None: the reader's own.
    """
    return session_order.sessions_title(
        view.covers(),
        sessions.sort,
        sessions.reverse,
        matching="" if sessions.filter is None else sessions.filter.text(zone),
        alerts=f"{ALERT} in {len(view.alerts):,}" if view.alerts else "",
        hidden=sessions.hidden,
    )


def activity_title(activity: TreeControl, sessions: SessionControl, view: ActivityTree) -> str:
    """Whose activity, which part of it is visible, and whether that changes by itself."""
    shown = activity.session_id
    name = "no session" if shown is None else sessions.title(shown)
    after = [activity.past_words, view.covers(), *(["raw rows"] if activity.shows_raw else [])]
    return _with_name("Activity", name, after, view)


def tools_title(figures: ScopeControl, view: Pane) -> str:
    """Which sessions are covered, and how far they are counted."""
    return _with_name("Tools", figures.label, [figures.progress], view)


def interactions_title(figures: ScopeControl, view: InteractionMatrix) -> str:
    """Which sessions are covered, how far they are counted, and what is counted."""
    return _with_name("Interactions", figures.label, [figures.progress, view.covers()], view)


def _with_name(pane: str, name: str, after: list[str], view: Pane) -> str:
    """A title in which a long name gives way to what stands behind it."""
    rest = [part for part in after if part]
    taken = cell_len(" · ".join([pane, "", *rest]))
    room = max(SHORTEST, view.size.width - EDGES - taken)
    return " · ".join([pane, shorten_end(name, room), *rest])
