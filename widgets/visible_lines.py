"""Which node of a forest is on which visible line, under open and closed branches and a filter."""

from __future__ import annotations

from collections.abc import Callable

from queries.models import ActivityNode
from widgets.node_forest import TOP, NodeForest

NodeTest = Callable[[ActivityNode], bool]


class VisibleLines:
    """The list of visible nodes, kept right while nodes come, go, open and close.

    Depths and guides are worked out for the lines that are asked for.
    For every node the line it was last seen on is kept as a hint that is checked before use,
    so that looking up a line rarely has to search.
    """

    def __init__(self) -> None:
        self._forest = NodeForest()
        self._filter: NodeTest | None = None
        self._opened = bytearray(b"\x01")
        self._shown = bytearray()
        """By number: passes the filter or has a descendant that does; only under a filter."""
        self._lines: list[int] = []
        self._hints: list[int] = [-1]
        self._deferred = False
        """While true the lines are not kept right: they are flattened anew afterwards."""

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def node_count(self) -> int:
        """All nodes, visible or not."""
        return len(self._forest)

    def node(self, line: int) -> ActivityNode:
        """The node on a visible line; IndexError when there is no such line."""
        number = self._lines[line]
        if line >= 0:
            self._hints[number] = line
        return self._forest.node(number)

    def last_child(self, line: int) -> ActivityNode | None:
        """The last child of the node on a visible line that a filter leaves; None without one."""
        child = self._last_child(self._lines[line])
        return None if child is None else self._forest.node(child)

    def depth(self, line: int) -> int:
        """How many ancestors the node on this line has."""
        return self._forest.depth(self._lines[line])

    def guides(self, line: int, levels: int) -> list[bool]:
        """For the innermost ``levels`` levels, outermost first: does a sibling follow below?

        The last entry is the line's own; roots have none, so a line at depth d has at most d.
        """
        guides: list[bool] = []
        number = self._lines[line]
        while len(guides) < levels and self._forest.depth(number) > 0:
            guides.append(self._last_child(self._forest.parent(number)) != number)
            number = self._forest.parent(number)
        guides.reverse()
        return guides

    def has_children(self, line: int) -> bool:
        """Whether the node on this line can be opened."""
        return self._last_child(self._lines[line]) is not None

    def index_of(self, key: str) -> int | None:
        """The line a node is on; None when it is unknown or inside a closed branch."""
        number = self._forest.number(key)
        return None if number is None else self._line(number)

    def nearest_line(self, key: str) -> int | None:
        """The line of the node, or of its nearest ancestor that has one."""
        number = self._forest.number(key)
        if number is None:
            return None
        trail = [number]
        while trail[-1] != TOP:
            trail.append(self._forest.parent(trail[-1]))
        visible = TOP
        for member in reversed(trail[:-1]):
            if not self._opened[visible] or not self._is_shown(member):
                break
            visible = member
        return None if visible == TOP else self._line(visible)

    def parent_line(self, line: int) -> int | None:
        """The line of the parent; None for a root."""
        parent = self._forest.parent(self._lines[line])
        return None if parent == TOP else self._line(parent)

    def parent(self, line: int) -> ActivityNode | None:
        """The node that the one on this line hangs under; None for a root."""
        parent = self._forest.parent(self._lines[line])
        return None if parent == TOP else self._forest.node(parent)

    def search(self, start: str | None, test: NodeTest, *, forward: bool = True) -> str | None:
        """The next node in document order that passes, also inside closed branches.

        Args:
            start: key to begin behind (or in front of); None begins at the end of the tree
                that lies behind in the direction of search.
            test: called with one node after the other. Nodes that a filter hides are skipped.
            forward: down if true, else up.
        """
        number = self._forest.number(start) or TOP
        for other in self._forest.after(number) if forward else self._forest.before(number):
            if self._is_shown(other) and test(self._forest.node(other)):
                return self._forest.node(other).key
        return None

    def count(self, test: NodeTest) -> int:
        """How many nodes pass, also inside closed branches, unless a filter hides them."""
        forest = self._forest
        return sum(
            1 for number in forest.members() if self._is_shown(number) and test(forest.node(number))
        )

    # Keeping them right

    def _is_shown(self, number: int) -> bool:
        return self._filter is None or bool(self._shown[number])

    def _line(self, number: int) -> int | None:
        lines, hint = self._lines, self._hints[number]
        if 0 <= hint < len(lines) and lines[hint] == number:
            return hint
        if not self._is_shown(number):
            return None
        ancestor = number
        while (ancestor := self._forest.parent(ancestor)) != TOP:
            if not self._opened[ancestor]:
                return None
        # Most nodes moved by only a few lines since they were last looked up.
        try:
            line = lines.index(number, max(0, hint - 64), hint + 65)
        except ValueError:
            line = lines.index(number)
        self._hints[number] = line
        return line

    def _last_child(self, number: int) -> int | None:
        for child in reversed(self._forest.children(number)):
            if self._is_shown(child):
                return child
        return None

    def _elder(self, number: int) -> int | None:
        """The sibling that is shown right before this one."""
        siblings = self._forest.children(self._forest.parent(number))
        place = len(siblings) - 1 if siblings[-1] == number else siblings.index(number)
        for earlier in range(place - 1, -1, -1):
            if self._is_shown(siblings[earlier]):
                return siblings[earlier]
        return None

    def _end(self, number: int) -> int:
        """The line behind the last visible one of a visible node's branch."""
        while self._opened[number] and (child := self._last_child(number)) is not None:
            number = child
        if self._lines[-1] == number:
            return len(self._lines)
        line = self._line(number)
        return 0 if line is None else line + 1

    def _below(self, number: int) -> list[int]:
        """The visible lines below a node that is open."""
        forest, opened, shown = self._forest, self._opened, self._shown
        filtered = self._filter is not None
        lines: list[int] = []
        stack = list(reversed(forest.children(number)))
        while stack:
            member = stack.pop()
            if filtered and not shown[member]:
                continue
            lines.append(member)
            if opened[member]:
                stack.extend(reversed(forest.children(member)))
        return lines

    def _flatten(self) -> None:
        self._lines = self._below(TOP)
        self._hints = [-1] * self._forest.capacity

    def _show_path(self, number: int) -> None:
        """Show a node, and those of its ancestors that a filter hid so far."""
        if self._filter is not None:
            self._shown[number] = 1
            while (parent := self._forest.parent(number)) != TOP and not self._shown[parent]:
                self._shown[parent] = 1
                number = parent
        self._show(number)

    def _show(self, number: int) -> None:
        if self._deferred:
            return
        parent, elder = self._forest.parent(number), self._elder(number)
        above = -1 if parent == TOP else self._line(parent)
        if above is None or not self._opened[parent]:
            return
        at = above + 1 if elder is None else self._end(elder)
        block = [number, *self._below(number)] if self._opened[number] else [number]
        self._hints[number] = at
        self._lines[at:at] = block

    def _hide(self, number: int) -> None:
        line = None if self._deferred else self._line(number)
        if line is not None:
            del self._lines[line : self._end(number)]

    def _childless(self, number: int) -> None:
        """Bring up to date a node that lost a child or does not pass the filter any more."""
        while number != TOP:
            if self._filter is None or not self._shown[number]:
                return
            if self._last_child(number) is not None or self._filter(self._forest.node(number)):
                return
            self._hide(number)
            self._shown[number] = 0
            number = self._forest.parent(number)
