"""Where the lines of the activity tree belong: under prompts, calls, sub-agents' sessions."""

from __future__ import annotations

from queries.models import (
    ActivityNode,
    Event,
    EventKey,
    EventKind,
    EventState,
    NodeKind,
    Phase,
    Session,
)
from queries.trees.activity_forest import ActivityForest, Line, Order, key_of

OUTSIDE = "outside any prompt"


class ActivityPlaces:
    """The lines of a tree, and the rules by which they find their places."""

    def __init__(self, session_id: str | None, *, by_time: bool, guess: bool) -> None:
        self.session_id = session_id
        self._by_time = by_time
        self._guess = guess
        self._forest = ActivityForest()
        self._lines = self._forest.lines
        self._by_id: dict[str, str] = {}
        self._orphans: dict[str, list[str]] = {}
        """By the id that they wait for."""
        self._subs: dict[str, Session] = {}
        self._last_prompt: dict[str, EventKey] = {}
        self._guessed: set[str] = set()
        self._began: dict[str, Order] = {}
        """Places of lines whose first rows had lines of their own and are part of them now."""

    # -- reading ----------------------------------------------------------------------------

    def covers(self, event: Event) -> bool:
        """Whether an arriving row belongs into this tree."""
        return (
            self.session_id is None
            or event.session_id == self.session_id
            or event.session_id in self._subs
            or (event.parent_id is not None and event.parent_id in self._by_id)
        )

    def sessions(self) -> list[str]:
        """The ids of the sessions in this tree: its own first, then its sub-agents'."""
        own = [] if self.session_id is None else [self.session_id]
        return own + list(self._subs)

    def nodes(self) -> list[ActivityNode]:
        """All nodes, parents before children, siblings in order."""
        return [self._forest.node(line) for line in self._forest.walk()]

    def roots(self) -> list[Line]:
        """The top lines in order."""
        return [self._lines[key] for key in self._forest.roots]

    def children(self, line: Line) -> list[Line]:
        """The lines right under another, in order."""
        return [self._lines[key] for key in line.children]

    def key_of_id(self, event_id: str) -> str | None:
        """The node key of the event with this id, if it is in the tree."""
        return self._by_id.get(event_id)

    def __len__(self) -> int:
        return len(self._lines)

    # -- placing ----------------------------------------------------------------------------

    def _order(self, event: Event) -> Order:
        if not self._by_time:
            return (event.source, event.seq, 0.0)
        return (event.time if event.time is not None else float("inf"), event.source, event.seq)

    def _name(self, event_id: str, line: Line) -> None:
        """Let ``event_id`` stand for a line, and give it the children that waited for it."""
        self._by_id.setdefault(event_id, line.key)
        for key in self._orphans.pop(event_id, ()):
            orphan = self._lines.get(key)
            if orphan is not None and self._parent_id(orphan) == event_id:
                self._adopt(orphan, line)

    def _parent_id(self, line: Line) -> str | None:
        if line.event is not None:
            return line.event.parent_id
        session = self._subs.get(line.key.removeprefix("session:"))
        return None if session is None else session.parent_event_id

    def _adopt(self, line: Line, parent: Line | None) -> None:
        """Move a line under another, unless that is below it."""
        if parent is None or not self._forest.has_ancestor(parent, line.key):
            self._forest.move(line, parent)

    def _place(self, line: Line) -> Line | None:
        """The line that an event's line hangs under; None for a root."""
        event = line.event
        if event is None:
            return None
        if event.parent_id is not None:
            key = self._by_id.get(event.parent_id)
            if key is not None and key in self._lines and key != line.key:
                return self._lines[key]
            self._orphans.setdefault(event.parent_id, []).append(line.key)
        if self._is_guess(line):
            prompt = self._lines.get(key_of(self._last_prompt[event.session_id]))
            if prompt is not None:
                self._guessed.add(line.key)
                return prompt
        sub = self._subs.get(event.session_id)
        if sub is not None:
            return self._session_line(sub, line.order)
        return None if event.kind is EventKind.PROMPT else self._group(line.order)

    def _is_guess(self, line: Line) -> bool:
        """Whether a line is shown under the latest prompt because nothing better is known."""
        event = line.event
        return (
            self._guess
            and event is not None
            and event.phase is Phase.START
            and event.parent_id is None
            and event.state is EventState.RUNNING
            and not line.is_dead
            and event.session_id in self._last_prompt
        )

    def _group(self, order: Order) -> Line | None:
        """The group that a row outside any prompt belongs to; None before the first prompt."""
        last = self._forest.last_root(order)
        if last is None or last.kind is NodeKind.GROUP:
            return last
        if last.event is None or last.event.kind is not EventKind.PROMPT:
            return None
        key = f"group:{last.key}"
        line = self._lines.get(key)
        if line is None:
            first, second, third = last.order
            line = Line(key, NodeKind.GROUP, OUTSIDE, order=(first, second, third + 0.5))
            self._forest.insert(line, None)
        return line

    # -- sub-agents' sessions -----------------------------------------------------------------

    def _declare(self, session: Session) -> None:
        if session.id == self.session_id:
            return
        known = self._subs.get(session.id)
        self._subs[session.id] = session
        if known is not None:
            line = self._lines.get(f"session:{session.id}")
            if line is not None and line.title != _title(session):
                line.title = _title(session)
                self._forest.touch(line.key)
            return
        for line in list(self._lines.values()):
            if self._is_loose(line, session.id):
                order = min(line.order, self._began.get(line.key, line.order))
                self._adopt(line, self._session_line(session, order))
        self._regroup()

    def _is_loose(self, line: Line, session_id: str) -> bool:
        if line.event is None or line.event.session_id != session_id:
            return False
        return line.parent is None or self._lines[line.parent].kind is NodeKind.GROUP

    def _regroup(self) -> None:
        """Groups whose prompt is no root any more go into the group before them."""
        for key in list(self._forest.roots):
            group = self._lines.get(key)
            if group is None or group.kind is not NodeKind.GROUP:
                continue
            prompt = self._lines.get(key.removeprefix("group:"))
            if prompt is not None and prompt.parent is None:
                continue
            for child in list(group.children):
                line = self._lines[child]
                self._forest.move(line, self._group(_before(group.order)))

    def _session_line(self, session: Session, order: Order) -> Line:
        key = f"session:{session.id}"
        line = self._lines.get(key)
        if line is None:
            line = Line(key, NodeKind.SESSION, _title(session), order=order)
            self._forest.insert(line, self._above_session(session, order))
        elif order < line.order:
            self._forest.reorder(line, order)
            above = None if line.parent is None else self._lines[line.parent]
            if above is not None and above.kind is NodeKind.SESSION:
                self._session_line(self._subs[above.key.removeprefix("session:")], order)
        return line

    def _above_session(self, session: Session, order: Order) -> Line | None:
        """The call that started a sub-agent's session, or its parent session's line."""
        if session.parent_event_id is not None:
            call = self._lines.get(self._by_id.get(session.parent_event_id, ""))
            if call is None:
                key = f"session:{session.id}"
                self._orphans.setdefault(session.parent_event_id, []).append(key)
            elif call.event is None or call.event.session_id != session.id:
                return call
        above = self._subs.get(session.parent_id or "")
        seen = {session.id}
        at = above
        while at is not None and at.id not in seen:
            seen.add(at.id)
            at = self._subs.get(at.parent_id or "")
        if above is None or at is not None:
            return None
        return self._session_line(above, order)


def _title(session: Session) -> str:
    title = session.title or session.id
    return title if session.agent is None else f"{session.agent} · {title}"


def _before(order: Order) -> Order:
    return (order[0], order[1], order[2] - 0.25)
