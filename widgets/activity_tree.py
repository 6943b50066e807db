"""The activity tree: what happened in a session, live, as a tree of any depth and length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from typing import Unpack

from textual.reactive import var

from queries.models import ActivityNode, NodeInserted, NodeKind, TreeChange
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.tree_pane import TreePane

_HELD = 20_000
"""Changes kept while paused; with more the tree has to be read anew afterwards."""


class ActivityTree(TreePane):
    """Activity nodes as a tree that grows at its end.

    While :attr:`following` the last line stays in view; moving or scrolling up ends that.
    While :attr:`paused` nothing on screen moves and what comes is counted in :attr:`pending`.
    """

    following: var[bool] = var(True, init=False)
    """Whether the view sticks to the end. Set it with :meth:`follow`."""
    pending: var[int] = var(0, init=False)
    """How many nodes came that the user cannot have seen yet."""
    paused: var[bool] = var(False, init=False)
    """Whether the view is frozen."""

    class Opened(Pane.Opened):
        """An event shall be shown in full."""

        def __init__(self, pane: Pane, index: int, node: ActivityNode) -> None:
            self.node = node
            super().__init__(pane, index)

    class EarlierWanted(Pane.PaneMessage):
        """The user reached a notice in place of nodes that are not loaded."""

        def __init__(self, pane: Pane, node: ActivityNode) -> None:
            self.node = node
            super().__init__(pane)

    class PendingChanged(Pane.PaneMessage):
        """More nodes wait below the window, or none any more."""

        def __init__(self, pane: Pane, pending: int) -> None:
            self.pending = pending
            super().__init__(pane)

    class ReloadWanted(Pane.PaneMessage):
        """More came while paused than is kept: the nodes must be loaded anew."""

    _own_move = False
    """Whether the view is being moved by us and not by the user."""
    _overflowed = False

    def __init__(self, *, zone: tzinfo | None = None, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty tree that follows; see :class:`TreePane`."""
        self.tree_title = ""
        self._held: list[TreeChange] = []
        super().__init__(zone=zone, **options)

    # Data

    def load(self, nodes: Iterable[ActivityNode], *, title: str = "") -> None:
        """Show these nodes instead of all others.

        What the user opened and closed stays so for nodes with the same keys, and the cursor
        stays on its node where that still exists. What was held while paused is dropped.
        """
        self.tree_title = title
        self._held.clear()
        self._overflowed = False
        with self._keeping_place():
            self._tree.load(nodes)
        self.pending = 0

    def apply(self, changes: Sequence[TreeChange]) -> None:
        """Carry out changes, or hold them while paused.

        Lines in the window stay where they are unless the view is following.
        """
        if self.paused:
            self._hold(changes)
            return
        with self._keeping_place():
            inserted = self._tree.apply(changes)
        if inserted and not self.following:
            _, end = self.visible_range()
            below = (self._tree.nearest_line(key) for key in inserted)
            self.pending += sum(line is not None and line >= end for line in below)

    def tick(self, now: float) -> None:
        """Tell the time: repaints running lines whose age reads differently now.

        Args:
            now: epoch seconds.
        """
        self._now = now
        if not self.paused:
            self.repaint_changed()

    # Commands

    def follow(self, on: bool) -> None:
        """Begin or end following; beginning goes to the end."""
        self.following = on
        if on:
            self._stick()

    def watch_paused(self, paused: bool) -> None:
        """Carry out what was held."""
        if paused:
            return
        held, self._held = self._held, []
        self.pending = 0
        if self._overflowed:
            self._overflowed = False
            self.post_message(self.ReloadWanted(self))
        elif held:
            self.apply(held)
        else:
            self.repaint_changed()
        self._tell_view()

    def watch_pending(self, pending: int) -> None:
        """Tell that the number changed."""
        self.post_message(self.PendingChanged(self, pending))
        self._tell_view()

    def watch_following(self) -> None:
        """Tell that the title changed."""
        self._tell_view()

    def move_bottom(self) -> None:
        """Go to the end and follow from there on."""
        self.follow(True)

    def move_to(self, index: int) -> None:
        """Move the cursor to a line; up from the very top asks for what came earlier."""
        was_at_top = self.cursor == 0
        super().move_to(index)
        if index <= 0 and was_at_top:
            self._reached_top()

    def open_current(self) -> None:
        """Open the event (:class:`Opened`); a notice asks for its nodes, a group toggles."""
        if not self.line_count:
            return
        node = self._tree.node(self.cursor)
        if node.kind is NodeKind.NOTICE:
            self.post_message(self.EarlierWanted(self, node))
        elif node.event is None:
            self.toggle_branch()
        else:
            self.post_message(self.Opened(self, self.cursor, node))

    # What it tells about itself

    def covers(self) -> str:
        """Which lines are visible, and whether more come: ``1-18 of 412 · following``."""
        parts = [super().covers()]
        if self.filter_label:
            parts.append(f"only {self.filter_label}")
        if self.paused:
            parts.append("paused")
        if self.pending:
            parts.append(f"+{self.pending:,} new")
        elif self.following and not self.paused:
            parts.append("following")
        return " · ".join(parts)

    # Plumbing

    def set_view(self, line_count: int, cursor: int | None = None, top: int | None = None) -> None:
        """See :meth:`Pane.set_view`; leaving the last line ends following."""
        before = self.cursor
        super().set_view(line_count, cursor, top)
        if not self._own_move:
            self._looked()
            if self.cursor == 0 and before:
                self._reached_top()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """End following when scrolled up; ask for what came earlier at the very top."""
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value:
            # A window that grows scrolls too, but the last line stays in it.
            if self.visible_range()[1] < self.line_count:
                self.following = False
            if not round(new_value):
                self._reached_top()
        self._looked()

    def _looked(self) -> None:
        if self.following and self.cursor < self.line_count - 1:
            self.following = False
        if not self.paused and self.visible_range()[1] >= self.line_count:
            self.pending = 0

    def _reached_top(self) -> None:
        if self.line_count and (node := self._tree.node(0)).kind is NodeKind.NOTICE:
            self.post_message(self.EarlierWanted(self, node))

    def _stick(self) -> None:
        self._own_move = True
        last = len(self._tree) - 1
        self.set_view(last + 1, last, last)
        self._own_move = False
        if not self.paused:
            self.pending = 0

    @contextmanager
    def _keeping_place(self) -> Iterator[None]:
        """Change the tree inside; afterwards the same lines are in the window, or the end."""
        if self.following:
            yield
            self._stick()
        else:
            self._own_move = True
            try:
                with super()._keeping_place():
                    yield
            finally:
                self._own_move = False

    def _hold(self, changes: Sequence[TreeChange]) -> None:
        if len(self._held) + len(changes) > _HELD:
            self._overflowed = True
            self._held.clear()
        if not self._overflowed:
            self._held.extend(changes)
        self.pending += sum(isinstance(change, NodeInserted) for change in changes)
