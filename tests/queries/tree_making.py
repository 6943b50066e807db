"""A receiver of tree changes that does only what it is told, and ways to look at trees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from queries.activity import ActivityModel
from queries.models import (
    ActivityNode,
    Event,
    NodeInserted,
    NodeRemoved,
    NodeReplaced,
    TreeChange,
)


class NaiveTree:
    """Lists of children by parent, changed step by step; says so when a step makes no sense."""

    def __init__(self, nodes: Iterable[ActivityNode] = ()) -> None:
        self._nodes: dict[str, ActivityNode] = {}
        self._children: dict[str | None, list[str]] = {None: []}
        for node in nodes:
            self._insert(NodeInserted(node))

    def apply(self, changes: Iterable[TreeChange]) -> None:
        for change in changes:
            if isinstance(change, NodeInserted):
                self._insert(change)
            elif isinstance(change, NodeReplaced):
                assert self._nodes[change.node.key].parent == change.node.parent
                self._nodes[change.node.key] = change.node
            else:
                assert isinstance(change, NodeRemoved)
                self._remove(change.key)

    def _insert(self, change: NodeInserted) -> None:
        node = change.node
        assert node.key not in self._nodes, f"{node.key} is there already"
        siblings = self._children[node.parent]
        at = len(siblings) if change.before is None else siblings.index(change.before)
        siblings.insert(at, node.key)
        self._nodes[node.key] = node
        self._children[node.key] = []

    def _remove(self, key: str) -> None:
        self._children[self._nodes[key].parent].remove(key)
        stack = [key]
        while stack:
            gone = stack.pop()
            del self._nodes[gone]
            stack += self._children.pop(gone)

    def nodes(self) -> list[ActivityNode]:
        return list(self._walk())

    def _walk(self) -> Iterator[ActivityNode]:
        stack = list(reversed(self._children[None]))
        while stack:
            key = stack.pop()
            yield self._nodes[key]
            stack += reversed(self._children[key])


def outline(nodes: Iterable[ActivityNode]) -> list[str]:
    """One line a node: two blanks a level, the title, and what is noteworthy."""
    depths: dict[str | None, int] = {None: -1}
    lines = []
    for node in nodes:
        depths[node.key] = depths[node.parent] + 1
        lines.append("  " * depths[node.key] + node.title)
    return lines


def apart(first: list[ActivityNode], second: list[ActivityNode]) -> str:
    """Where two trees differ, for a message; "" when they do not."""
    if first == second:
        return ""
    for one, two in zip(first, second, strict=False):
        if one != two:
            return f"\n{one}\n{two}"
    return f"{len(first)} and {len(second)} nodes"


def tree(*rows: Event, **options: object) -> list[str]:
    """The outline of the tree that these rows make."""
    model = ActivityModel("s1", **options)  # type: ignore[arg-type]  # tests name options freely
    return outline(model.load(rows))
