"""The activity tree: prompts with all that happened under them, at any depth, live.

:class:`ActivityModel` takes rows in order of arrival and keeps the tree; every change comes
out as a list of :data:`~queries.models.TreeChange`, so that a screen repaints only what
changed. A row's place is under the event its store names as parent, in whatever session that
is. Rows without a parent are roots (prompts), or belong to a group outside any prompt, or to
their own sub-agent's session. Parents may be missing, come later or form cycles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from queries.folding.joining import by_itself, finish_all, join
from queries.folding.pairing import Outcome, Pairing
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
from queries.pausing import in_turns
from queries.trees.activity_forest import Line, key_of
from queries.trees.activity_places import ActivityPlaces

EARLIER = "notice:earlier"


class ActivityModel(ActivityPlaces):
    """The tree of one session with its sub-agents' sessions, or of a stretch of a store."""

    def __init__(
        self,
        session_id: str | None,
        *,
        raw: bool = False,
        is_alive: Callable[[str], bool] = lambda _: True,
        by_time: bool = False,
        guess: bool = False,
    ) -> None:
        """Begin an empty tree.

        Args:
            session_id: whose tree it is; None for a tree over all sessions.
            raw: show start rows and end rows as they are, unpaired.
            is_alive: whether a session is running; calls of others without an end never ended.
            by_time: order siblings by time, for stores that keep events in several tables.
            guess: show a running call whose parent only its end row will tell under the
                latest prompt of its session until then.
        """
        super().__init__(session_id, by_time=by_time, guess=guess and not raw)
        self._raw = raw
        self._is_alive = is_alive
        self._pairing = Pairing()
        self._running: dict[str, dict[str, None]] = {}
        self._told: set[EventKey] = set()
        """Rows that are part of another row's line."""
        self._merged: dict[str, list[str]] = {}
        """By line: the ids of rows that had lines of their own and are part of it now."""
        self._moved: dict[EventKey, str] = {}
        """Lines by the key that their row has now, where it came again under another one."""
        self.delegation_rows: dict[EventKey, dict[EventKey, Event]] = {}
        """By the key of a delegation that several rows tell of: its first row and its end rows."""
        self.prompts = 0

    # -- feeding ----------------------------------------------------------------------------

    def load(self, events: Iterable[Event], *, earlier: str = "") -> list[ActivityNode]:
        """Take the first rows and return all nodes, parents before children.

        ``earlier``, when given, is a notice on top that older events are not loaded.
        """
        if earlier:
            self._forest.insert(Line(EARLIER, NodeKind.NOTICE, earlier), None)
        for event in in_turns(events):
            self._take(event)
        return [self._forest.node(line) for line in self._forest.settle()]

    def add(self, events: Iterable[Event]) -> list[TreeChange]:
        """Take rows that arrived; returns what changed in the tree. Known ones are passed over."""

        def work() -> None:
            for event in events:
                self._take(event)

        return self._forest.record(work)

    def update(self, events: Iterable[Event]) -> list[TreeChange]:
        """Rows taken before changed in place; unknown ones are left alone.

        A row that came again under another key is told by its id.
        """

        def work() -> None:
            for event in events:
                if event.key in self._told:
                    self._update_end(event)
                    continue
                line = self._line_of(event)
                if line is None or line.event is None:
                    continue
                if line.event.end_key is None or event.kind is EventKind.DELEGATION:
                    rows = self.delegation_rows.get(line.event.key, {})
                    if event.key in rows:
                        rows[event.key] = event
                    now = self._pairing.update(event)
                    self._change(line, self._finished(line.event.key) or now)

        return self._forest.record(work)

    def add_session(self, session: Session) -> list[TreeChange]:
        """Declare a sub-agent's session: its rows without a parent hang under its own node."""
        return self._forest.record(lambda: self._declare(session))

    def refresh(self) -> list[TreeChange]:
        """Judge calls without an end again, after sessions ended or began."""

        def work() -> None:
            for session_id in list(self._running):
                self._judge(session_id)

        return self._forest.record(work)

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

    # -- taking rows ------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        own = event.key
        key = key_of(own)
        if key in self._lines or own in self._told or own in self._moved:
            return
        if event.phase is Phase.WHOLE and event.kind is not EventKind.DELEGATION:
            self._pairing.pass_by()
            self._show(event, key)
        elif event.kind is EventKind.DELEGATION or self._raw:
            self._take_part(event, key)
        else:
            now = self._pairing.add_half(event)
            if now is event:
                self._show(event, key)
            else:
                self._told.add(own)
                self._tell(event, now)
        if event.kind is EventKind.PROMPT:
            self._last_prompt[event.session_id] = own
            self._judge(event.session_id)

    def _take_part(self, event: Event, key: str) -> None:
        """Take a row that others may belong to."""
        outcome = Outcome(shown=event) if self._raw else self._pairing.add(event)
        if outcome.shown is None:
            self._told.add(event.key)
        else:
            self._show(outcome.shown, key)
        if outcome.changed is not None:
            self._tell(event, outcome.changed)
        if outcome.hidden is not None:
            self._merge(outcome.hidden, key)

    def _tell(self, row: Event, changed: Event) -> None:
        """What is shown of an event changes by a row that belongs to it."""
        line = self._lines.get(key_of(changed.key))
        if line is not None and line.event is not None:
            if row.kind is EventKind.DELEGATION and row.phase is Phase.END:
                first = line.event
                self.delegation_rows.setdefault(first.key, {first.key: first})[row.key] = row
            self._name(row.id, line)
            self._change(line, changed)

    def _update_end(self, row: Event) -> None:
        """A row that is part of another one's line changed."""
        now = self._pairing.update(row)
        line = self._lines.get(key_of(now.key)) or self._lines.get(self._by_id.get(row.id, ""))
        if row.phase is not Phase.END or line is None or line.event is None:
            return
        rows = self.delegation_rows.get(line.event.key, {})
        if row.key in rows:
            rows[row.key] = row
        finished = self._finished(line.event.key)
        if finished is not None or now.key == line.event.key:
            self._change(line, finished or now)
        elif line.event.end_key == row.key:
            # Of the start all that counts is in the line.
            self._change(line, join(line.event, row))

    def _finished(self, key: EventKey) -> Event | None:
        """A delegation that says itself what it is, as its end rows are now; None for others.

        The pairing may have let go of it long ago.
        """
        rows = self.delegation_rows.get(key, {})
        first = rows.get(key)
        if first is None or first.phase is not Phase.WHOLE:
            return None
        return finish_all(first, (row for row in rows.values() if row is not first))

    def _show(self, event: Event, key: str) -> None:
        event = by_itself(event) if self._raw else event
        if event.kind is EventKind.PROMPT:
            self.prompts += 1
        line = Line(key, NodeKind.EVENT, event.summary, event, self._order(event))
        line.is_dead = self.never_ended(event)
        self._note_running(line)
        self._forest.insert(line, self._place(line))
        self._name(event.id, line)

    def _merge(self, hidden: EventKey, key: str) -> None:
        """A row that had a line of its own is part of another one."""
        line = self._lines.get(key_of(hidden))
        into = self._lines.get(key)
        if line is None or line.event is None or into is None:
            return
        self._told.add(hidden)
        before = self._began.pop(line.key, line.order)
        self._began[into.key] = min(before, self._began.get(into.key, into.order))
        self._running.get(line.event.session_id, {}).pop(line.key, None)
        self._guessed.discard(line.key)
        if self._forest.has_ancestor(into, line.key):
            above = None if line.parent is None else self._lines[line.parent]
            if above is None or above.kind is NodeKind.GROUP:
                above = self._group(into.order)
            self._forest.move(into, above)
        for child in list(line.children):
            self._forest.move(self._lines[child], into)
        names = [line.event.id, *self._merged.pop(line.key, ())]
        self._merged.setdefault(into.key, []).extend(names)
        self._by_id.update(dict.fromkeys(names, into.key))
        self._forest.remove(line)

    def _change(self, line: Line, event: Event) -> None:
        event = by_itself(event) if self._raw else event
        before = line.event
        if before is None or before == event:
            return
        self._forest.change(line, event, self.never_ended(event))
        self._note_running(line)
        is_guess_over = line.key in self._guessed and not self._is_guess(line)
        if event.parent_id != before.parent_id or is_guess_over:
            self._guessed.discard(line.key)
            self._adopt(line, self._place(line))

    def _judge(self, session_id: str) -> None:
        """Look again which calls of a session without an end are still running."""
        for key in list(self._running.get(session_id, ())):
            line = self._lines[key]
            if line.event is None:
                continue
            is_dead = self.never_ended(line.event)
            if is_dead != line.is_dead:
                self._forest.change(line, line.event, is_dead)
                if self._is_guess(line) != (key in self._guessed):
                    self._guessed.discard(key)
                    self._adopt(line, self._place(line))

    def _note_running(self, line: Line) -> None:
        if line.event is None:
            return
        keys = self._running.setdefault(line.event.session_id, {})
        if line.event.state is EventState.RUNNING:
            keys[line.key] = None
        else:
            keys.pop(line.key, None)

    def _line_of(self, event: Event) -> Line | None:
        """The line of a row that changed."""
        line = self._lines.get(self._moved.get(event.key, key_of(event.key)))
        if line is not None or event.key in self._told:
            return line
        line = self._lines.get(self._by_id.get(event.id, ""))
        known = None if line is None else line.event
        if line is None or known is None or (known.source, known.id) != (event.source, event.id):
            return None
        self._moved[event.key] = line.key
        return line
