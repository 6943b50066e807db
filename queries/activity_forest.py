"""The tree behind the activity pane: lines in order, sums over what is below, changes recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from queries.models import (
    ActivityNode,
    Event,
    EventKey,
    EventState,
    NodeInserted,
    NodeKind,
    NodeRemoved,
    NodeReplaced,
    NodeStats,
    TreeChange,
)


@dataclass(slots=True)
class Line:
    """One node with its place in the tree."""

    key: str
    kind: NodeKind
    title: str
    event: Event | None = None
    parent: str | None = None
    children: list[str] = field(default_factory=list)
    calls: int = 0
    errors: int = 0
    running: int = 0
    duration: float = 0.0
    timed: int = 0
    tokens: int = 0
    counted_tokens: int = 0
    events: int = 0

    def take_event(self, event: Event | None, sign: int) -> None:
        """Add (or with -1 take back) one event below this line."""
        if event is None:
            return
        self.events += sign
        if event.is_call:
            self.calls += sign
            self.running += sign * (event.state is EventState.RUNNING)
            if event.duration is not None:
                self.duration += sign * event.duration
                self.timed += sign
        self.errors += sign * (event.state is EventState.ERROR)
        if event.tokens is not None:
            self.tokens += sign * event.tokens
            self.counted_tokens += sign

    def take(self, other: Line, sign: int) -> None:
        """Add (or take back) the sums of a line below this one."""
        self.events += sign * other.events
        self.calls += sign * other.calls
        self.errors += sign * other.errors
        self.running += sign * other.running
        self.duration += sign * other.duration
        self.timed += sign * other.timed
        self.tokens += sign * other.tokens
        self.counted_tokens += sign * other.counted_tokens

    def clear(self) -> None:
        """Forget the sums."""
        self.events = self.calls = self.errors = self.running = 0
        self.duration = 0.0
        self.timed = self.tokens = self.counted_tokens = 0

    def stats(self) -> NodeStats:
        """Sums over everything below this line."""
        return NodeStats(
            calls=self.calls,
            errors=self.errors,
            running=self.running,
            duration=self.duration if self.timed else None,
            tokens=self.tokens if self.counted_tokens else None,
            events=self.events,
        )


def key_of(event_key: EventKey) -> str:
    """The key of the node that shows an event."""
    return f"event:{event_key[0]}:{event_key[1]}"


class ActivityForest:
    """Lines with their places. Sums are kept per change while recording, else by settle()."""

    def __init__(self, *, by_time: bool, never_ended: Callable[[Event], bool]) -> None:
        """Args: by_time: order siblings by time first; never_ended: judges calls without end."""
        self._by_time = by_time
        self._never_ended = never_ended
        self.lines: dict[str, Line] = {}
        self.roots: list[str] = []
        self._changes: list[TreeChange] | None = None
        self._touched: dict[str, None] = {}

    # -- reading ----------------------------------------------------------------------------

    def walk(self) -> Iterator[Line]:
        """All lines, parents before children, siblings in order."""
        stack = list(reversed(self.roots))
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
            never_ended=line.event is not None and self._never_ended(line.event),
        )

    def has_ancestor(self, line: Line, key: str) -> bool:
        """Whether ``key`` is the line itself or above it."""
        at: Line | None = line
        while at is not None:
            if at.key == key:
                return True
            at = None if at.parent is None else self.lines[at.parent]
        return False

    # -- changing ---------------------------------------------------------------------------

    def insert(self, line: Line, parent: Line | None) -> None:
        """Put a line under another (None: as a root), where its order among siblings is."""
        self.lines[line.key] = line
        siblings = self.roots if parent is None else parent.children
        at = len(siblings)
        order = self._order(line)
        while at > 0 and order < self._order(self.lines[siblings[at - 1]]):
            at -= 1
        before = siblings[at] if at < len(siblings) else None
        siblings.insert(at, line.key)
        line.parent = None if parent is None else parent.key
        if self._changes is not None:
            self._spread(line, 1)
            self._changes.append(NodeInserted(self.node(line), before))

    def move(self, line: Line, parent: Line | None) -> None:
        """Put a line with all below it under another."""
        self._detach(line)
        self.insert(line, parent)
        if self._changes is not None:
            stack = list(reversed(line.children))
            while stack:
                below = self.lines[stack.pop()]
                self._changes.append(NodeInserted(self.node(below)))
                stack.extend(reversed(below.children))

    def remove(self, line: Line) -> None:
        """Take a line out; what is below it becomes roots."""
        for child in list(line.children):
            self.move(self.lines[child], None)
        self._detach(line)
        del self.lines[line.key]

    def change(self, line: Line, event: Event) -> None:
        """The line's event is now this one."""
        if self._changes is None:
            line.event, line.title = event, event.summary
            return
        self._count(line, -1)
        line.event, line.title = event, event.summary
        self._count(line, 1)
        self.touch(line.key)

    def touch(self, key: str) -> None:
        """Draw this line again."""
        if self._changes is not None:
            self._touched[key] = None

    def record(self, work: Callable[[], None]) -> list[TreeChange]:
        """Run ``work`` and return the changes it made, in order."""
        self._changes, self._touched = [], {}
        work()
        changes = self._changes
        self._changes = None
        for key in self._touched:
            if key in self.lines:
                changes.append(NodeReplaced(self.node(self.lines[key])))
        return changes

    def settle(self) -> None:
        """Sum up everything from the leaves, after lines were inserted without recording."""
        order = list(self.walk())
        for line in order:
            line.clear()
        for line in reversed(order):
            if line.parent is not None:
                parent = self.lines[line.parent]
                parent.take(line, 1)
                parent.take_event(line.event, 1)

    # -- inside -----------------------------------------------------------------------------

    def _detach(self, line: Line) -> None:
        parent = None if line.parent is None else self.lines[line.parent]
        (self.roots if parent is None else parent.children).remove(line.key)
        if self._changes is not None:
            self._spread(line, -1)
            self._changes.append(NodeRemoved(line.key))
        line.parent = None
        if parent is not None and parent.kind is NodeKind.GROUP and not parent.children:
            self._detach(parent)
            del self.lines[parent.key]

    def _above(self, line: Line) -> Iterator[Line]:
        at = line.parent
        while at is not None:
            above = self.lines[at]
            yield above
            at = above.parent

    def _spread(self, line: Line, sign: int) -> None:
        for above in self._above(line):
            above.take(line, sign)
            above.take_event(line.event, sign)
            self.touch(above.key)

    def _count(self, line: Line, sign: int) -> None:
        for above in self._above(line):
            above.take_event(line.event, sign)
            self.touch(above.key)

    def _order(self, line: Line) -> tuple[float, float, int]:
        event = line.event
        if event is not None:
            if not self._by_time:
                return (event.source, event.seq, 0)
            time = event.time if event.time is not None else float("inf")
            return (time, event.source, event.seq)
        if line.kind is NodeKind.NOTICE:
            return (float("-inf"), 0, 0)
        if line.kind is NodeKind.GROUP:
            prompt = self.lines.get(line.key.removeprefix("group:"))
            if prompt is not None and prompt.event is not None:
                first, second, third = self._order(prompt)
                return (first, second, third + 1)
        return (float("inf"), 0, 0)
