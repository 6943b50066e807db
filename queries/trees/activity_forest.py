"""The tree behind the activity pane: lines in order, sums over what is below, changes recorded."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from queries.models import (
    ActivityNode,
    Event,
    EventKey,
    NodeInserted,
    NodeKind,
    NodeRemoved,
    NodeReplaced,
    NodeStats,
    TreeChange,
)
from queries.plain_data import dataclass, field
from queries.trees.activity_sums import Sums

Order = tuple[float, float, float]
FIRST: Order = (float("-inf"), 0.0, 0.0)


@dataclass(slots=True, eq=False)
class Line:
    """One node with its place in the tree."""

    key: str
    kind: NodeKind
    title: str
    event: Event | None = None
    order: Order = FIRST
    """Where it belongs among its siblings."""
    parent: str | None = None
    children: list[str] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)
    """Over everything below this line."""
    is_dead: bool = False
    """A call that has no end although its session is over or has moved on."""

    def stats(self) -> NodeStats:
        """Sums over everything below this line."""
        return self.sums.stats()


def key_of(event_key: EventKey) -> str:
    """The key of the node that shows an event."""
    return f"event:{event_key[0]}:{event_key[1]}"


class ActivityForest:
    """Lines with their places.

    What changes while :meth:`record` runs is told as the difference to before, however often
    a line was moved meanwhile, and costs as much as that difference is large.
    """

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.roots: list[str] = []
        self._is_recording = False
        self._pending: dict[str, Sums] = {}
        """What the sums of a line and of all lines above it still lack."""
        self._fresh: set[str] = set()
        """Lines that the receiver of changes has never had."""
        self._out: set[str] = set()
        """Lines that it had, and that the changes recorded so far take out."""
        self._removals: list[TreeChange] = []
        self._touched: dict[str, None] = {}

    # -- reading ----------------------------------------------------------------------------

    def walk(self) -> Iterator[Line]:
        """All lines, parents before children, siblings in order."""
        return self._walk(self.roots)

    def _walk(self, keys: list[str]) -> Iterator[Line]:
        stack = list(reversed(keys))
        while stack:
            line = self.lines[stack.pop()]
            yield line
            stack.extend(reversed(line.children))

    def node(self, line: Line) -> ActivityNode:
        """A line as what a screen draws."""
        return ActivityNode(
            key=line.key,
            parent=line.parent,
            kind=line.kind,
            title=line.title,
            event=line.event,
            stats=line.stats() if line.children or line.event is None else None,
            never_ended=line.is_dead,
        )

    def has_ancestor(self, line: Line, key: str) -> bool:
        """Whether ``key`` is the line itself or above it."""
        at: Line | None = line
        while at is not None:
            if at.key == key:
                return True
            at = None if at.parent is None else self.lines[at.parent]
        return False

    def last_root(self, order: Order) -> Line | None:
        """The last top line that stands before a place, sub-agents' sessions left aside."""
        at = bisect_right(self.roots, order, key=self._order)
        while at > 0:
            at -= 1
            line = self.lines[self.roots[at]]
            if line.kind is not NodeKind.SESSION:
                return line
        return None

    def _order(self, key: str) -> Order:
        return self.lines[key].order

    # -- changing ---------------------------------------------------------------------------

    def insert(self, line: Line, parent: Line | None) -> None:
        """Put a line under another (None: as a root), where its order among siblings is."""
        self.lines[line.key] = line
        siblings = self.roots if parent is None else parent.children
        if siblings and line.order < self._order(siblings[-1]):
            siblings.insert(bisect_right(siblings, line.order, key=self._order), line.key)
        else:
            siblings.append(line.key)
        line.parent = None if parent is None else parent.key
        if self._is_recording:
            if line.key not in self._out:
                self._fresh.add(line.key)
            self._owe(line, 1)

    def move(self, line: Line, parent: Line | None) -> None:
        """Put a line with all below it under another."""
        if line.parent == (None if parent is None else parent.key):
            return
        self._detach(line)
        self.insert(line, parent)

    def reorder(self, line: Line, order: Order) -> None:
        """Give a line another place among its siblings."""
        parent = None if line.parent is None else self.lines[line.parent]
        self._detach(line, keep_parent=True)
        line.order = order
        self.insert(line, parent)

    def remove(self, line: Line) -> None:
        """Take a line out that has nothing below it."""
        self._detach(line)
        del self.lines[line.key]
        self._pending.pop(line.key, None)

    def change(self, line: Line, event: Event, is_dead: bool) -> None:
        """The line's event is now this one."""
        if self._is_recording:
            owed = Sums()
            owed.add_event(line.event, line.is_dead, -1)
            owed.add_event(event, is_dead, 1)
            if line.parent is not None and owed:
                self._pending.setdefault(line.parent, Sums()).add(owed)
            self.touch(line.key)
        line.event, line.title, line.is_dead = event, event.summary, is_dead

    def touch(self, key: str) -> None:
        """Draw this line again."""
        if self._is_recording:
            self._touched[key] = None

    def settle(self) -> list[Line]:
        """Sum up everything from the leaves, after lines were inserted without recording.

        Returns:
            All lines, parents before children, siblings in order.
        """
        order = list(self.walk())
        for line in order:
            if line.sums:
                line.sums = Sums()
        for line in reversed(order):
            if line.parent is not None:
                sums = self.lines[line.parent].sums
                if line.children:
                    sums.add(line.sums)
                sums.add_event(line.event, line.is_dead, 1)
        return order

    def _detach(self, line: Line, *, keep_parent: bool = False) -> None:
        parent = None if line.parent is None else self.lines[line.parent]
        siblings = self.roots if parent is None else parent.children
        at = bisect_left(siblings, line.order, key=self._order)
        if at == len(siblings) or siblings[at] != line.key:
            at = siblings.index(line.key)
        if self._is_recording:
            if line.key not in self._fresh and line.key not in self._out:
                self._removals.append(NodeRemoved(line.key))
                self._out.update(
                    below.key for below in self._walk([line.key]) if below.key not in self._fresh
                )
            self._owe(line, -1)
        del siblings[at]
        line.parent = None
        if parent is not None:
            self.touch(parent.key)
            if not parent.children and parent.event is None and not keep_parent:
                self.remove(parent)

    def _owe(self, line: Line, sign: int) -> None:
        if line.parent is not None:
            owed = self._pending.setdefault(line.parent, Sums())
            owed.add(line.sums, sign)
            owed.add_event(line.event, line.is_dead, sign)
            self.touch(line.parent)

    # -- recording --------------------------------------------------------------------------

    def record(self, work: Callable[[], None]) -> list[TreeChange]:
        """Run ``work`` and return the changes it made, in order."""
        self._is_recording = True
        try:
            work()
        finally:
            self._is_recording = False
        self._pay()
        changes = self._removals
        self._insertions(changes)
        known = self._fresh | self._out
        changes += [
            NodeReplaced(self.node(self.lines[key]))
            for key in self._touched
            if key in self.lines and key not in known
        ]
        self._removals, self._touched = [], {}
        self._fresh, self._out = set(), set()
        return changes

    def _pay(self) -> None:
        """Bring all sums up to date, the deepest lines first."""
        depths: dict[str | None, int] = {None: -1}
        levels: dict[int, set[str]] = {}
        for key in self._pending:
            path: list[str] = []
            at: str | None = key
            while at is not None and at not in depths and at in self.lines:
                path.append(at)
                at = self.lines[at].parent
            for above in reversed(path):
                depths[above] = depths[self.lines[above].parent] + 1
            if key in depths:
                levels.setdefault(depths[key], set()).add(key)
        for depth in range(max(levels, default=-1), -1, -1):
            for key in levels.get(depth, ()):
                owed = self._pending.pop(key)
                if not owed:
                    continue
                line = self.lines[key]
                line.sums.add(owed)
                self._touched[key] = None
                if line.parent is not None:
                    self._pending.setdefault(line.parent, Sums()).add(owed)
                    levels.setdefault(depth - 1, set()).add(line.parent)
        self._pending = {}

    def _insertions(self, changes: list[TreeChange]) -> None:
        missing = {key for key in (*self._fresh, *self._out) if key in self.lines}
        tops: dict[str | None, set[str]] = {}
        for key in missing:
            parent = self.lines[key].parent
            if parent not in missing:
                tops.setdefault(parent, set()).add(key)
        for parent, keys in tops.items():
            siblings = self.roots if parent is None else self.lines[parent].children
            placed: list[tuple[str, str | None]] = []
            before: str | None = None
            for key in reversed(siblings):
                if key in keys:
                    placed.append((key, before))
                    if len(placed) == len(keys):
                        break
                else:
                    before = key
            for key, before in reversed(placed):
                for line in self._walk([key]):
                    where = before if line.key == key else None
                    changes.append(NodeInserted(self.node(line), where))
