"""The activity tree: prompts with all that happened under them, at any depth, live.

:class:`ActivityModel` takes rows in order of arrival and keeps the tree; every change comes
out as a list of :data:`~queries.models.TreeChange`, so that a screen repaints only what
changed. A row's place is under the event its store names as parent, in whatever session that
is. Rows without a parent are roots (prompts), or belong to a group outside any prompt, or to
their own sub-agent's session. Parents may be missing, come later or form cycles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from queries.activity_forest import ActivityForest, Line, key_of
from queries.models import (
    ActivityNode,
    Event,
    EventKey,
    EventKind,
    EventState,
    NodeKind,
    Phase,
    Session,
    TreeChange,
)
from queries.pairing import Outcome, Pairing

EARLIER = "notice:earlier"
OUTSIDE = "outside any prompt"


class ActivityModel:
    """The tree of one session with its sub-agents' sessions, or of a stretch of a store."""

    def __init__(
        self,
        session_id: str | None,
        *,
        raw: bool = False,
        is_alive: Callable[[str], bool] = lambda _: True,
        by_time: bool = False,
    ) -> None:
        """Begin an empty tree.

        Args:
            session_id: whose tree it is; None for a tree over all sessions.
            raw: show start rows and end rows as they are, unpaired.
            is_alive: whether a session is running; calls of others without an end never ended.
            by_time: order siblings by time, for stores that keep events in several tables.
        """
        self.session_id = session_id
        self._raw = raw
        self._is_alive = is_alive
        self._pairing = Pairing()
        self._forest = ActivityForest(by_time=by_time, never_ended=self.never_ended)
        self._lines = self._forest.lines
        self._by_id: dict[str, str] = {}
        self._orphans: dict[str, list[str]] = {}
        self._subs: dict[str, Session] = {}
        self._last_prompt: dict[str, EventKey] = {}
        self._running: dict[str, set[str]] = {}
        self._seen: set[EventKey] = set()
        self.prompts = 0

    # -- feeding ----------------------------------------------------------------------------

    def load(self, events: Iterable[Event], *, earlier: str = "") -> list[ActivityNode]:
        """Take the first rows and return all nodes, parents before children.

        ``earlier``, when given, is a notice on top that older events are not loaded.
        """
        if earlier:
            self._forest.insert(Line(EARLIER, NodeKind.NOTICE, earlier), None)
        for event in events:
            self._take(event)
        self._forest.settle()
        return self.nodes()

    def add(self, events: Iterable[Event]) -> list[TreeChange]:
        """Take rows that arrived; returns what changed in the tree."""

        def work() -> None:
            for event in events:
                self._take(event)

        return self._forest.record(work)

    def update(self, events: Iterable[Event]) -> list[TreeChange]:
        """Rows taken before changed in place; unknown ones are left alone."""

        def work() -> None:
            for event in events:
                line = self._lines.get(key_of(event.key))
                if line is None or line.event is None:
                    continue
                if line.event.end_key is None or event.kind is EventKind.DELEGATION:
                    self._change(line, self._pairing.update(event))

        return self._forest.record(work)

    def add_session(self, session: Session) -> list[TreeChange]:
        """Declare a sub-agent's session: its rows without a parent hang under its own node."""

        def work() -> None:
            known = session.id in self._subs
            self._subs[session.id] = session
            if not known:
                for line in list(self._lines.values()):
                    if self._is_loose(line, session.id):
                        self._forest.move(line, self._session_line(session))

        return self._forest.record(work)

    def refresh(self) -> list[TreeChange]:
        """Judge calls without an end again, after sessions ended or began."""

        def work() -> None:
            for keys in self._running.values():
                for key in keys:
                    self._forest.touch(key)

        return self._forest.record(work)

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

    def never_ended(self, event: Event) -> bool:
        """Whether a call without an end is known not to be running any more."""
        if event.state is not EventState.RUNNING:
            return False
        if not self._is_alive(event.session_id):
            return True
        last = self._last_prompt.get(event.session_id)
        return (
            event.phase is Phase.START
            and last is not None
            and last[0] == event.source
            and last[1] > event.seq
        )

    def __len__(self) -> int:
        return len(self._lines)

    # -- placing ----------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        if event.key in self._seen:
            return
        self._seen.add(event.key)
        outcome = Outcome(shown=event) if self._raw else self._pairing.add(event)
        if outcome.hidden is not None:
            self._hide(key_of(outcome.hidden))
        if outcome.shown is not None:
            self._show(outcome.shown)
        if outcome.changed is not None:
            line = self._lines.get(key_of(outcome.changed.key))
            if line is not None:
                self._name(event.id, line)
                self._change(line, outcome.changed)
        if event.kind is EventKind.PROMPT:
            self._last_prompt[event.session_id] = event.key
            for key in self._running.get(event.session_id, ()):
                self._forest.touch(key)

    def _show(self, event: Event) -> None:
        line = Line(key_of(event.key), NodeKind.EVENT, event.summary, event)
        if event.kind is EventKind.PROMPT:
            self.prompts += 1
        self._note_running(event)
        self._forest.insert(line, self._place(event))
        self._name(event.id, line)

    def _hide(self, key: str) -> None:
        line = self._lines.get(key)
        if line is not None and line.event is not None:
            self._running.get(line.event.session_id, set()).discard(key)
            self._forest.remove(line)

    def _change(self, line: Line, event: Event) -> None:
        before = line.event
        if before is None or before == event:
            return
        self._forest.change(line, event)
        self._note_running(event)
        if event.parent_id != before.parent_id:
            place = self._place(event)
            now = None if line.parent is None else self._lines[line.parent]
            if place is not now and (
                place is None or not self._forest.has_ancestor(place, line.key)
            ):
                self._forest.move(line, place)

    def _name(self, event_id: str, line: Line) -> None:
        """Let ``event_id`` stand for a line, and give it the children that waited for it."""
        self._by_id.setdefault(event_id, line.key)
        for key in self._orphans.pop(event_id, ()):
            orphan = self._lines.get(key)
            if orphan is not None and not self._forest.has_ancestor(line, key):
                self._forest.move(orphan, line)

    def _place(self, event: Event) -> Line | None:
        """The line an event hangs under; None for a root."""
        if event.parent_id is not None:
            key = self._by_id.get(event.parent_id)
            if key is not None and key in self._lines and key != key_of(event.key):
                return self._lines[key]
            self._orphans.setdefault(event.parent_id, []).append(key_of(event.key))
        sub = self._subs.get(event.session_id)
        if sub is not None and event.session_id != self.session_id:
            return self._session_line(sub)
        return None if event.kind is EventKind.PROMPT else self._group()

    def _group(self) -> Line | None:
        """The group that a row outside any prompt belongs to; None while no prompt came."""
        roots = (self._lines[key] for key in reversed(self._forest.roots))
        last = next((root for root in roots if root.kind is not NodeKind.SESSION), None)
        if not self.prompts or last is None or last.kind is NodeKind.GROUP:
            return last if self.prompts else None
        if last.event is None or last.event.kind is not EventKind.PROMPT:
            return None
        line = Line(f"group:{last.key}", NodeKind.GROUP, OUTSIDE)
        self._forest.insert(line, None)
        return line

    def _session_line(self, session: Session) -> Line:
        key = f"session:{session.id}"
        line = self._lines.get(key)
        if line is not None:
            return line
        title = session.title or session.id
        if session.agent is not None:
            title = f"{session.agent} · {title}"
        line = Line(key, NodeKind.SESSION, title)
        self._forest.insert(line, self._above_session(session, key))
        return line

    def _above_session(self, session: Session, key: str) -> Line | None:
        """The call that started a sub-agent's session, or its parent session's line."""
        if session.parent_event_id is not None:
            call = self._by_id.get(session.parent_event_id)
            if call is not None and call in self._lines:
                return self._lines[call]
            self._orphans.setdefault(session.parent_event_id, []).append(key)
        above = self._subs.get(session.parent_id or "")
        seen = {session.id}
        at = above
        while at is not None and at.id not in seen:
            seen.add(at.id)
            at = self._subs.get(at.parent_id or "")
        if above is None or at is not None:
            return None
        return self._session_line(above)

    def _is_loose(self, line: Line, session_id: str) -> bool:
        if line.event is None or line.event.session_id != session_id:
            return False
        return line.parent is None or self._lines[line.parent].kind is NodeKind.GROUP

    def _note_running(self, event: Event) -> None:
        keys = self._running.setdefault(event.session_id, set())
        if event.state is EventState.RUNNING:
            keys.add(key_of(event.key))
        else:
            keys.discard(key_of(event.key))


def merge_sources(pages: Sequence[Sequence[Event]]) -> list[Event]:
    """Events of several sources, each in order of arrival, as one sequence.

    Sources are merged by time; inside a source the order of arrival is never changed, also
    where its clock jumped.
    """
    if len(pages) == 1:
        return list(pages[0])
    keyed: list[tuple[float, int, int, Event]] = []
    for page in pages:
        latest = float("-inf")
        for event in page:
            if event.time is not None and event.time > latest:
                latest = event.time
            keyed.append((latest, event.source, event.seq, event))
    keyed.sort(key=lambda entry: entry[:3])
    return [entry[3] for entry in keyed]
