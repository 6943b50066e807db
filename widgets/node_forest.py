"""Which activity node hangs under which: family relations only, nothing about what is drawn.

Nodes are small integers and their properties live in parallel lists, so that a hundred
thousand of them cost few Python objects. Number 0 (:data:`TOP`) is the invisible parent of
all roots. Nothing here recurses: depth is bounded by memory alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from queries.models import ActivityNode, NodeKind

TOP = 0
"""The number of the invisible parent of all roots."""

_NO_CHILDREN: tuple[int, ...] = ()


class NodeForest:
    """Activity nodes by number, with parents, children in order, and depths."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all nodes."""
        self._numbers: dict[str, int] = {}
        self._nodes: list[ActivityNode] = [ActivityNode("", None, NodeKind.GROUP, "")]
        self._parents: list[int] = [TOP]
        self._children: list[list[int] | None] = [[]]
        self._depths: list[int] = [-1]
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def capacity(self) -> int:
        """One more than the highest number that was ever given out."""
        return len(self._nodes)

    def number(self, key: str | None) -> int | None:
        """The number of the node with this key; None when there is no such node."""
        return None if key is None else self._numbers.get(key)

    def node(self, number: int) -> ActivityNode:
        """The node with this number."""
        return self._nodes[number]

    def parent(self, number: int) -> int:
        """The number of the parent; :data:`TOP` for a root."""
        return self._parents[number]

    def children(self, number: int) -> Sequence[int]:
        """The numbers of the children in order."""
        return self._children[number] or _NO_CHILDREN

    def depth(self, number: int) -> int:
        """How many ancestors it has; 0 for a root."""
        return self._depths[number]

    def load(self, nodes: Iterable[ActivityNode]) -> None:
        """Replace everything. Parents may come after their children.

        Siblings keep the order in which they come. A node whose parent is unknown becomes a
        root; of nodes that are each other's ancestors the one that comes first becomes one.
        A key that comes twice keeps its first place and its last looks.
        """
        self.clear()
        numbers, all_nodes = self._numbers, self._nodes
        for node in nodes:
            known = numbers.get(node.key)
            if known is None:
                numbers[node.key] = len(all_nodes)
                all_nodes.append(node)
            else:
                all_nodes[known] = node
        size = len(all_nodes)
        parents = self._parents = [TOP] * size
        kin: list[list[int] | None] = [None] * size
        kin[TOP] = []
        self._children, self._depths = kin, [-1] * size
        for number in range(1, size):
            key = all_nodes[number].parent
            parent = TOP if key is None else numbers.get(key, TOP)
            parents[number] = parent
            siblings = kin[parent]
            if siblings is None:
                kin[parent] = [number]
            else:
                siblings.append(number)
        if self._measure(kin[TOP] or [], 0) < size - 1:
            self._break_cycles()

    def insert(self, node: ActivityNode, before: str | None) -> int:
        """Add a node as its parent's last child, or right before one of its siblings.

        The key must be new.

        Returns:
            The node's number.
        """
        parent = self.number(node.parent) or TOP
        if self._free:
            number = self._free.pop()
            self._nodes[number] = node
            self._children[number] = None
        else:
            number = len(self._nodes)
            self._nodes.append(node)
            self._parents.append(TOP)
            self._children.append(None)
            self._depths.append(0)
        self._numbers[node.key] = number
        self._attach(number, parent, self.number(before))
        return number

    def replace(self, number: int, node: ActivityNode) -> None:
        """Give a node new looks; its key, place and children stay."""
        self._nodes[number] = node

    def can_move(self, number: int, parent: str | None) -> bool:
        """Whether the node hangs elsewhere now and may hang under ``parent``."""
        target = self.number(parent) or TOP
        return target != self._parents[number] and not self.is_within(target, number)

    def move(self, number: int, parent: str | None, before: str | None) -> None:
        """Hang a node, with all below it, under another parent."""
        self._detach(number)
        self._attach(number, self.number(parent) or TOP, self.number(before))

    def remove(self, number: int) -> list[int]:
        """Take a node and all below it away.

        Returns:
            The numbers that are free now.
        """
        self._detach(number)
        gone = [number]
        for member in gone:
            gone.extend(self.children(member))
            del self._numbers[self._nodes[member].key]
            self._nodes[member] = self._nodes[TOP]
        self._free.extend(gone)
        return gone

    def is_within(self, number: int, ancestor: int) -> bool:
        """Whether ``number`` is ``ancestor`` or somewhere below it."""
        while number != TOP and number != ancestor:
            number = self._parents[number]
        return number == ancestor

    def members(self) -> Iterator[int]:
        """All nodes, parents first."""
        stack = list(self.children(TOP))
        while stack:
            member = stack.pop()
            yield member
            stack.extend(self.children(member))

    def after(self, number: int) -> Iterator[int]:
        """All nodes behind this one in document order; behind :data:`TOP`: all there are."""
        path = [(siblings, place + 1) for _, siblings, place in self._path(number)]
        path.append((self.children(number), 0))
        while path:
            siblings, place = path.pop()
            if place < len(siblings):
                path.append((siblings, place + 1))
                yield siblings[place]
                path.append((self.children(siblings[place]), 0))

    def before(self, number: int) -> Iterator[int]:
        """All nodes in front of this one, nearest first; in front of :data:`TOP`: all."""
        path = [(owner, siblings, place - 1) for owner, siblings, place in self._path(number)]
        if number == TOP:
            roots = self.children(TOP)
            path.append((TOP, roots, len(roots) - 1))
        while path:
            owner, siblings, place = path.pop()
            if place >= 0:
                path.append((owner, siblings, place - 1))
                below = self.children(siblings[place])
                path.append((siblings[place], below, len(below) - 1))
            elif owner != TOP:
                yield owner

    def _path(self, number: int) -> list[tuple[int, Sequence[int], int]]:
        """From the root down to the node: (parent, its children, place among them)."""
        path: list[tuple[int, Sequence[int], int]] = []
        while number != TOP:
            owner = self._parents[number]
            siblings = self.children(owner)
            path.append((owner, siblings, siblings.index(number)))
            number = owner
        path.reverse()
        return path

    def _attach(self, number: int, parent: int, before: int | None) -> None:
        siblings = self._children[parent]
        if siblings is None:
            siblings = self._children[parent] = []
        if before is not None and before != number and self._parents[before] == parent:
            siblings.insert(siblings.index(before), number)
        else:
            siblings.append(number)
        self._parents[number] = parent
        self._measure([number], self._depths[parent] + 1)

    def _detach(self, number: int) -> None:
        siblings = self._children[self._parents[number]] or []
        if siblings[-1] == number:
            siblings.pop()
        else:
            siblings.remove(number)

    def _measure(self, level: list[int], depth: int) -> int:
        """Set the depths of these nodes and all below them; returns how many there are."""
        depths, kin, reached = self._depths, self._children, 0
        while level:
            reached += len(level)
            below: list[int] = []
            for number in level:
                depths[number] = depth
                if (children := kin[number]) is not None:
                    below.extend(children)
            level, depth = below, depth + 1
        return reached

    def _break_cycles(self) -> None:
        parents, depths = self._parents, self._depths
        for start in range(1, len(self._nodes)):
            if depths[start] >= 0:
                continue
            trail: dict[int, None] = {}
            number = start
            while number not in trail:
                trail[number] = None
                number = parents[number]
            members = list(trail)
            first = min(members[members.index(number) :])
            self._detach(first)
            self._attach(first, TOP, None)
