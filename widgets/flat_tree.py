"""The activity tree flattened to the list of its visible lines.

Appending at the end is O(1) amortised, opening and closing a branch is one slice operation.
Knows nothing about how it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from queries.models import (
    ActivityNode,
    EventKind,
    NodeInserted,
    NodeKind,
    NodeReplaced,
    TreeChange,
)
from widgets.node_forest import TOP
from widgets.visible_lines import NodeTest, VisibleLines

_BULK = 500
"""So many changes at once are cheaper with one new flattening than one by one."""


def opens_by_default(node: ActivityNode) -> bool:
    """Whether a branch is open until the user says otherwise: all but groups of our own."""
    if node.kind is NodeKind.EVENT and node.event is not None:
        return node.event.kind is not EventKind.OTHER
    return node.kind is NodeKind.SESSION


class FlatTree(VisibleLines):
    """Activity nodes as a list of visible lines; ``len()`` is their number.

    Which branches the user opened or closed is remembered by key, also over :meth:`load`.
    """

    def __init__(self, open_by_default: NodeTest = opens_by_default) -> None:
        """Start empty; ``open_by_default`` decides for branches the user never touched."""
        super().__init__()
        self._open_by_default = open_by_default
        self._choices: dict[str, bool] = {}
        self._plain_opened = self._opened

    # Opening and closing

    def is_open(self, key: str) -> bool:
        """Whether the children of this node are visible as soon as itself is."""
        number = self._forest.number(key)
        return number is not None and bool(self._opened[number])

    def open(self, key: str) -> bool:
        """Open one branch. Returns whether anything changed."""
        return self._set_open(self._forest.number(key), True)

    def close(self, key: str) -> bool:
        """Close one branch. Returns whether anything changed."""
        return self._set_open(self._forest.number(key), False)

    def toggle(self, key: str) -> bool:
        """Open or close one branch. Returns whether anything changed."""
        return self._set_open(self._forest.number(key), not self.is_open(key))

    def open_all(self) -> None:
        """Open the whole tree."""
        self._set_all(True)

    def close_all(self) -> None:
        """Close the whole tree."""
        self._set_all(False)

    def reveal(self, key: str) -> int | None:
        """Open the ancestors of a node. Returns its line; None if unknown or filtered out."""
        number = self._forest.number(key)
        if number is None or not self._is_shown(number):
            return None
        ancestor = self._forest.parent(number)
        closed: list[int] = []
        while ancestor != TOP:
            if not self._opened[ancestor]:
                closed.append(ancestor)
            ancestor = self._forest.parent(ancestor)
        if closed:
            outermost = closed.pop()
            for inner in closed:
                self._remember(inner, True)
            self._set_open(outermost, True)
        return self._line(number)

    # Changing the nodes

    def load(self, nodes: Iterable[ActivityNode]) -> None:
        """Replace all nodes (see :meth:`NodeForest.load` for odd input)."""
        self._forest.load(nodes)
        opened = bytearray(b"\x01")
        for number in range(1, self._forest.capacity):
            opened.append(self._starts_open(self._forest.node(number)))
        self._plain_opened = opened
        self._refilter_all()

    def set_filter(self, test: NodeTest | None) -> None:
        """Show only nodes that pass, and their ancestors; None shows all again.

        Under a filter all branches start open; what the user closes there is forgotten with
        the filter.
        """
        self._filter = test
        self._refilter_all()

    def apply(self, changes: Sequence[TreeChange]) -> list[str]:
        """Carry out changes in order.

        A node that is inserted with a known key replaces that node and moves it when its
        parent is another one. Changes of unknown nodes do nothing.

        Returns:
            The keys of the nodes that are new, visible or not.
        """
        inserted: list[str] = []
        self._deferred = len(changes) > _BULK
        for change in changes:
            if isinstance(change, NodeInserted):
                if self._insert(change.node, change.before):
                    inserted.append(change.node.key)
            elif isinstance(change, NodeReplaced):
                number = self._forest.number(change.node.key)
                if number is not None:
                    self._replace(number, change.node)
            else:
                number = self._forest.number(change.key)
                if number is not None:
                    self._remove(number)
        if self._deferred:
            self._deferred = False
            self._flatten()
        return inserted

    def _insert(self, node: ActivityNode, before: str | None) -> bool:
        """Returns whether the node is new."""
        number = self._forest.number(node.key)
        if number is not None:
            if self._forest.can_move(number, node.parent):
                self._hide(number)
                former = self._forest.parent(number)
                self._forest.move(number, node.parent, before)
                if self._is_shown(number):
                    self._show_path(number)
                self._childless(former)
            self._replace(number, node)
            return False
        number = self._forest.insert(node, before)
        while number >= len(self._hints):
            self._hints.append(-1)
            self._plain_opened.append(0)
            if self._filter is not None:
                self._opened.append(0)
                self._shown.append(0)
        self._plain_opened[number] = self._starts_open(node)
        if self._filter is not None:
            self._opened[number] = 1
            self._shown[number] = 0
            if self._filter(node):
                self._show_path(number)
        else:
            self._show(number)
        return True

    def _replace(self, number: int, node: ActivityNode) -> None:
        self._forest.replace(number, node)
        if self._filter is not None:
            if not self._shown[number]:
                if self._filter(node):
                    self._show_path(number)
            elif not self._filter(node):
                self._childless(number)

    def _remove(self, number: int) -> None:
        self._hide(number)
        parent = self._forest.parent(number)
        for gone in self._forest.remove(number):
            self._hints[gone] = -1
        self._childless(parent)

    def _starts_open(self, node: ActivityNode) -> bool:
        choice = self._choices.get(node.key)
        return self._open_by_default(node) if choice is None else choice

    def _remember(self, number: int, is_open: bool) -> None:
        self._opened[number] = is_open
        if self._filter is None:
            self._choices[self._forest.node(number).key] = is_open

    def _refilter_all(self) -> None:
        test, forest = self._filter, self._forest
        if test is None:
            self._opened, self._shown = self._plain_opened, bytearray()
        else:
            shown = self._shown = bytearray(forest.capacity)
            self._opened = bytearray(b"\x01") * forest.capacity
            for number in forest.members():
                if test(forest.node(number)):
                    while number != TOP and not shown[number]:
                        shown[number] = 1
                        number = forest.parent(number)
        self._flatten()

    def _set_open(self, number: int | None, is_open: bool) -> bool:
        if number is None or bool(self._opened[number]) == is_open:
            return False
        line = self._line(number)
        if line is not None and not is_open:
            del self._lines[line + 1 : self._end(number)]
        self._remember(number, is_open)
        if line is not None and is_open:
            self._lines[line + 1 : line + 1] = self._below(number)
        return True

    def _set_all(self, is_open: bool) -> None:
        for member in self._forest.members():
            if self._forest.children(member):
                self._remember(member, is_open)
        self._flatten()
