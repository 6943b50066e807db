"""A pane over a tree: moving, opening and closing, filtering and searching in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from typing import Unpack

from rich.segment import Segment
from textual import events

from queries.models import ActivityNode, EventKey, EventKind, NodeKind
from queries.text import UNKNOWN
from widgets.activity_line import (
    WIDE,
    ActivityLine,
    arrow_column,
    is_failure,
    is_running,
    line_segments,
    names_in,
    plain_text,
    running_age,
)
from widgets.flat_tree import FlatTree
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.visible_lines import NodeTest


class TreePane(Pane):
    """Activity nodes as a tree with a cursor."""

    def __init__(self, *, zone: tzinfo | None = None, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty tree; ``zone``: in which times are shown, None the user's."""
        options.setdefault("empty_text", "No activity yet.")
        self.filter_label = ""
        self._tree = FlatTree()
        self._zone = zone
        self._now = 0.0
        super().__init__(**options)

    # Data

    @property
    def node_count(self) -> int:
        """All nodes, visible or not."""
        return self._tree.node_count

    @property
    def zone(self) -> tzinfo | None:
        """In which times are shown; None is the user's own."""
        return self._zone

    @zone.setter
    def zone(self, zone: tzinfo | None) -> None:
        self._zone = zone
        self.repaint_changed()

    # Commands

    def move_right(self) -> None:
        """Open the branch, or go to its first child."""
        if self.line_count and self._tree.has_children(self.cursor):
            key = self._tree.node(self.cursor).key
            if self._tree.open(key):
                self.set_line_count(len(self._tree))
            else:
                self.move_to(self.cursor + 1)

    def move_left(self) -> None:
        """Close the branch, or go to the parent."""
        if not self.line_count:
            return
        key = self._tree.node(self.cursor).key
        if self._tree.has_children(self.cursor) and self._tree.close(key):
            self.set_line_count(len(self._tree))
        elif (parent := self._tree.parent_line(self.cursor)) is not None:
            self.move_to(parent)

    def toggle_branch(self) -> None:
        """Open or close the branch under the cursor."""
        if self.line_count and self._tree.has_children(self.cursor):
            self._tree.toggle(self._tree.node(self.cursor).key)
            self.set_line_count(len(self._tree))

    def open_all(self) -> None:
        """Open all branches."""
        with self._keeping_place():
            self._tree.open_all()

    def close_all(self) -> None:
        """Close all branches."""
        with self._keeping_place():
            self._tree.close_all()

    def next_error(self, direction: int) -> bool:
        """Move to the next (1) or previous (-1) failure, opening the branches it is in.

        Returns:
            Whether there is one.
        """
        return self._go_to(self._tree.search(self._key(), is_failure, forward=direction >= 0))

    def go_to(self, key: str) -> bool:
        """Move the cursor to a node, opening the branches it is in.

        Returns:
            Whether there is such a node and no filter hides it.
        """
        return self._go_to(key)

    def go_to_event(self, key: EventKey) -> bool:
        """The same for an event, by one of its rows: the end of a call is found as the call."""
        return self._go_to(f"event:{key[0]}:{key[1]}") or self._go_to(
            self._tree.search(
                None, lambda node: node.event is not None and node.event.end_key == key
            )
        )

    def set_filter(self, test: NodeTest | None, label: str = "") -> None:
        """Show only nodes that pass, with their ancestors; None shows all again.

        Args:
            test: called with every node, also with those that come later.
            label: says what is shown, in :meth:`covers`.
        """
        self.filter_label = label if test is not None else ""
        with self._keeping_place():
            self._tree.set_filter(test)
        self._tell_view()

    def filter_tool(self, tool: str | None) -> None:
        """Show only the calls of one tool; None shows all again."""
        if tool is None:
            self.set_filter(None)
        else:
            self.set_filter(lambda node: node.event is not None and node.event.tool == tool, tool)

    def find(self, text: str) -> int:
        """Search all nodes, also those in closed branches; see :meth:`Pane.find`."""
        self._needle = text
        self._pattern = re.compile(re.escape(text), re.IGNORECASE) if text else None
        count = self._tree.count(self._finds) if text else 0
        if count and not self._finds(self._tree.node(self.cursor)):
            self.find_next(1)
        self.repaint_changed()
        return count

    def find_next(self, direction: int) -> bool:
        """Move to the next (1) or previous (-1) node that holds the text, round the end."""
        if self._pattern is None:
            return False
        forward = direction >= 0
        key = self._tree.search(self._key(), self._finds, forward=forward)
        return self._go_to(key or self._tree.search(None, self._finds, forward=forward))

    # What it tells about itself

    def visible_event_keys(self) -> list[EventKey]:
        """The rows of the events on screen, top to bottom."""
        nodes = (self._tree.node(line) for line in range(*self.visible_range()))
        events = [node.event for node in nodes if node.event is not None]
        return [key for event in events for key in (event.key, event.end_key) if key is not None]

    def current_node(self) -> ActivityNode | None:
        """The node under the cursor; None in an empty tree."""
        return self._tree.node(self.cursor) if self.line_count else None

    # Drawing

    def empty_words(self) -> str:
        """What a filter hides is there all the same."""
        is_hidden = bool(self.filter_label and self.node_count)
        return "No event here matches the filter." if is_hidden else super().empty_words()

    def line_key(self, index: int) -> ActivityLine:
        """All that the line depends on."""
        return self._line_at(index, max(0, self.text_width // 6))

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """The line laid out in ``width`` cells."""
        del is_cursor
        return line_segments(self.line_key(index), width, self.glyphs, self.role)

    def line_text(self, index: int) -> str:
        """The whole line as text."""
        return plain_text(self._line_at(index, 100), self.glyphs)

    def _line_at(self, index: int, levels: int) -> ActivityLine:
        tree = self._tree
        node = tree.node(index)
        event, agent, age = node.event, None, ""
        if event is not None:
            parent = tree.parent(index)
            above = None if parent is None else parent.event
            if event.kind in (EventKind.MESSAGE, EventKind.HANDOFF):
                agent = None
            elif self.text_width >= WIDE:
                agent = event.agent or UNKNOWN
            elif above is not None and above.agent != event.agent:
                agent = event.agent
            if is_running(node) and event.time is not None and self._now:
                age = running_age(self._now - event.time)
        guides = tuple(tree.guides(index, levels))
        branch = tree.is_open(node.key) if tree.has_children(index) else None
        latest = tree.last_child(index) if node.kind is NodeKind.GROUP and not branch else None
        is_cut = len(guides) < tree.depth(index)
        return ActivityLine(node, guides, is_cut, branch, agent, age, self._zone, latest)

    # Plumbing

    def on_click(self, event: events.Click) -> None:
        """Open or close a branch whose sign was clicked; all else is up to the pane."""
        offset = event.get_content_offset(self)
        index = -1 if offset is None else offset.y + self.top
        if offset is None or not 0 <= index < self.line_count:
            return
        line = self.line_key(index)
        if line.branch is not None and offset.x == arrow_column(line):
            event.stop()
            event.prevent_default()
            self.move_to(index)
            self.toggle_branch()

    def _key(self) -> str | None:
        return self._tree.node(self.cursor).key if self.line_count else None

    def _finds(self, node: ActivityNode) -> bool:
        if self._pattern is None:
            return False
        found = self._pattern.search
        return bool(found(node.title)) or any(found(name) for name in names_in(node))

    def _go_to(self, key: str | None) -> bool:
        line = None if key is None else self._tree.reveal(key)
        if line is None:
            return False
        self.set_line_count(len(self._tree))
        self.move_to(line)
        return True

    @contextmanager
    def _keeping_place(self) -> Iterator[None]:
        """Change the tree inside; afterwards the same lines are in the window."""
        count, cursor, top = self.line_count, self.cursor, self.top
        first, end = self.visible_range()
        anchor = cursor if first <= cursor < end else min(top, count - 1)
        if count > 1 and anchor == 0 and self._tree.node(0).kind is NodeKind.NOTICE:
            # What came earlier appears between the notice and the first event.
            anchor = 1
            cursor = max(cursor, 1)
        keys = [self._tree.node(line).key for line in (anchor, cursor)] if count else []
        yield
        lines = [self._tree.nearest_line(key) for key in keys]
        if lines and lines[0] is not None:
            top += lines[0] - anchor
        if lines and lines[1] is not None:
            cursor = lines[1]
        self.set_view(len(self._tree), cursor, top)
