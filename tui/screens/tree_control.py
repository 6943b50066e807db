"""What the activity tree shows: one session's tree, read in the background, then kept live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from queries.matrix_cells import events_behind
from queries.models import (
    ActivityNode,
    Event,
    EventKey,
    NodeRemoved,
    Relation,
    SessionRow,
    Snapshot,
    StoreState,
    TreeChange,
)
from queries.store import Store
from queries.trees.activity_reader import PAGE, Ranges, SessionTree, read_tree
from tui.reader import Answer, Reader
from widgets.activity_tree import ActivityTree

SLOT = "tree"
NEWEST = 200
"""A sub-agent's session is looked for among so many, while no session is new."""
GROWN = 30_000
"""Events that are added to a tree; then what is earlier is let go, unless somebody looks at it."""


class TreeControl:
    """Keeps the tree in step with the focused session."""

    def __init__(
        self,
        view: ActivityTree,
        reader: Reader,
        *,
        is_alive: Callable[[str], bool],
        ranges_of: Callable[[str], Ranges | None],
        total_of: Callable[[str], int | None],
        why_nothing: Callable[[str], str],
    ) -> None:
        """Args: is_alive, ranges_of, total_of, why_nothing answer for a session id."""
        self._view = view
        self._reader = reader
        self._is_alive = is_alive
        self._ranges_of = ranges_of
        self._total_of = total_of
        self._why_nothing = why_nothing
        self._tree: SessionTree | None = None
        self._limit = PAGE
        self._loading = False
        self._failed = False
        self._added = 0
        """Events since the tree was read."""
        self._kept: list[Snapshot] = []
        self._alive: frozenset[str] = frozenset()
        self._known_total = 0
        self._left_out: dict[str, int] = {}
        """Sub-agents' sessions that are earlier than what was read, with their events by then."""
        self.session_id: str | None = None
        self._title = ""
        self.is_waiting = False
        """Whether the view still shows the session before, see :meth:`turn_over`."""
        self.raw = False
        self._is_past = False
        self.past_words = ""
        """As of when the session is shown; "" for the present."""
        self.news: list[ActivityNode] = []
        """The nodes that looked different after the last snapshot or answer."""

    @property
    def limit(self) -> int:
        """Newest rows of the session that are read."""
        return self._limit

    @property
    def shows_raw(self) -> bool:
        """Whether rows are shown as they are stored; in the past they are paired."""
        return self.raw and not self._is_past

    @property
    def is_reading(self) -> bool:
        """Whether more of the session is on its way."""
        return self._loading and not self._is_past

    def show_past(self, nodes: Sequence[ActivityNode]) -> None:
        """Show how the session was; what is new waits until :meth:`leave_past`."""
        self.turn_over()
        self._is_past = True
        self._view.follow(True)
        self._view.load(nodes, title=self._view.tree_title)

    def leave_past(self) -> None:
        """Show the session as it is."""
        self.past_words = ""
        if self._is_past:
            self._is_past = False
            self.reload()

    @property
    def tree(self) -> SessionTree | None:
        """What is loaded."""
        return self._tree

    def show(self, session_id: str | None, *, title: str = "") -> None:
        """Show another session's activity, as soon as it is read or :meth:`turn_over` is called."""
        if session_id == self.session_id:
            return
        self.session_id = session_id
        self._is_past = False
        self._limit = PAGE
        self._tree = None
        self._failed = False
        self._kept.clear()
        self._left_out.clear()
        self._title = title
        self.is_waiting = True
        if session_id is None:
            self.turn_over()
        self.reload()

    def turn_over(self) -> bool:
        """Show nothing of the session before any more; whether that was still shown."""
        was_waiting = self._leave_former()
        if was_waiting:
            self._view.load((), title=self._title)
            self._view.empty_text = "Reading ..." if self.session_id is not None else "No session."
        return was_waiting

    def _leave_former(self) -> bool:
        was_waiting, self.is_waiting = self.is_waiting, False
        if was_waiting:
            self._view.set_filter(None)
            self._view.follow(True)
        return was_waiting

    def reload(self) -> None:
        """Read the session's tree (again); not while the past is shown."""
        session_id = self.session_id
        if session_id is None or self._is_past:
            return
        limit, raw = self._limit, self.raw
        total = self._total_of(session_id)
        is_alive, ranges_of = self._is_alive, self._ranges_of

        is_first = self._tree is None

        def work(store: Store) -> Iterator[object]:
            for quick in (True, False) if is_first else (False,):
                tree = read_tree(
                    store,
                    session_id,
                    limit=limit,
                    raw=raw,
                    is_alive=is_alive,
                    ranges_of=ranges_of,
                    total=total,
                    quick=quick,
                )
                yield tree
                if not tree.is_rough:
                    return

        self._loading = True
        self._kept.clear()
        self._reader.request(SLOT, work)

    def load_earlier(self) -> None:
        """Read twice as far back."""
        if self._tree is not None and self._tree.has_earlier and not self._loading:
            self._limit *= 2
            self.reload()

    def take_answer(self, answer: Answer) -> str:
        """Show what was read; returns a sentence when it could not be."""
        tree = answer.value if isinstance(answer.value, SessionTree) else None
        is_rough = tree is not None and tree.is_rough
        # What happens while the rest is read may be missing in what is read then.
        self._loading = is_rough
        if self._is_past:
            return ""
        kept: list[Snapshot] = []
        if not is_rough:
            kept, self._kept = self._kept, kept
        if tree is not None:
            self._failed = False
            self._tree = tree
            self._added = 0
            # What ended while it was read may have been taken for alive.
            self._alive = frozenset()
            self._view.empty_text = self._why_nothing(self.session_id or "")
            title = self._title if self._leave_former() else self._view.tree_title
            self._view.load(tree.nodes, title=title)
            self.news = list(tree.nodes)
        else:
            self.turn_over()
            self._failed = answer.retry
            self._view.empty_text = answer.error or "Nothing could be read."
        for snapshot in kept:
            self._bring_up_to_date(snapshot)
        return answer.error

    def retry(self) -> None:
        """Read again what could not be read before, if that may help."""
        if self._failed and not self._loading:
            self._failed = False
            self.reload()

    def behind(self, relation: Relation, first: str, second: str) -> frozenset[EventKey]:
        """The loaded events that one cell of the matrix counts."""
        if self._tree is None:
            return frozenset()
        model = self._tree.model
        events = (node.event for node in model.nodes() if node.event is not None)
        return events_behind(events, relation, first, second, model.delegation_rows)

    def take(self, snapshot: Snapshot) -> None:
        """Bring the tree up to date with a newer snapshot."""
        self.news = []
        if self.session_id is None or self._is_past:
            return
        if snapshot.arrived_cut:
            self.reload()
        elif self._loading:
            self._kept.append(snapshot)
        else:
            self._bring_up_to_date(snapshot)
            if self._added > max(GROWN, self._limit) and self._view.following:
                self.reload()
        if snapshot.state is StoreState.LIVE:
            self.retry()

    def _bring_up_to_date(self, snapshot: Snapshot) -> None:
        tree = self._tree
        if tree is None or self._loading:
            return
        if self._has_late_sub_session(tree, snapshot):
            self.reload()
            return
        own: list[Event] = []
        ids: set[str] = set()
        for event in snapshot.arrived:
            if tree.model.covers(event) or event.parent_id in ids:
                own.append(event)
                ids.add(event.id)
        if own:
            self._added += len(own)
            self._show(tree.model.add(own))
        if snapshot.updated:
            self._show(tree.model.update(snapshot.updated))
        alive = frozenset(filter(self._is_alive, tree.model.sessions()))
        if alive != self._alive:
            self._alive = alive
            self._show(tree.model.refresh())

    def _has_late_sub_session(self, tree: SessionTree, snapshot: Snapshot) -> bool:
        """Add sub-agents' sessions that are new; whether one has rows that passed unseen."""
        is_new = snapshot.total_sessions != self._known_total
        self._known_total = snapshot.total_sessions
        rows = snapshot.sessions if is_new else snapshot.sessions[:NEWEST]
        known = set(tree.model.sessions())
        fresh: list[SessionRow] = []
        for row in reversed(rows):
            if row.session.parent_id in known and row.id not in known:
                known.add(row.id)
                fresh.append(row)
        if not fresh:
            return False
        arrived = Counter(event.session_id for event in snapshot.arrived)
        late = {row.id: row.totals.events for row in fresh if row.totals.events > arrived[row.id]}
        if late.items() - self._left_out.items():
            # Those that are not in what is read then are not read for again.
            self._left_out = late
            return True
        for row in fresh:
            if row.id not in late:
                self._show(tree.model.add_session(row.session))
        return False

    def _show(self, changes: Sequence[TreeChange]) -> None:
        if changes:
            self._view.apply(changes)
            self.news += [change.node for change in changes if not isinstance(change, NodeRemoved)]
