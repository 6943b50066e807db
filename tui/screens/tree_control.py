"""What the activity tree shows: one session's tree, read in the background, then kept live."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from queries.activity_reader import PAGE, Ranges, SessionTree, read_tree
from queries.models import Event, EventKey, EventKind, Relation, Snapshot
from queries.store import Store
from tui.reader import Answer, Reader
from widgets.activity_tree import ActivityTree

SLOT = "tree"


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
    ) -> None:
        """Args: is_alive, ranges_of, total_of answer for a session id."""
        self._view = view
        self._reader = reader
        self._is_alive = is_alive
        self._ranges_of = ranges_of
        self._total_of = total_of
        self._tree: SessionTree | None = None
        self._limit = PAGE
        self._loading = False
        self._kept: list[tuple[tuple[Event, ...], tuple[Event, ...]]] = []
        self._was_alive = False
        self.session_id: str | None = None
        self.raw = False

    @property
    def tree(self) -> SessionTree | None:
        """What is loaded."""
        return self._tree

    def show(self, session_id: str | None, *, title: str = "") -> None:
        """Show another session's activity."""
        if session_id == self.session_id:
            return
        self.session_id = session_id
        self._limit = PAGE
        self._tree = None
        self._view.set_filter(None)
        self._view.load((), title=title)
        self._view.empty_text = "Reading ..." if session_id is not None else "No session."
        self._view.follow(True)
        self.reload()

    def reload(self) -> None:
        """Read the session's tree (again)."""
        session_id = self.session_id
        if session_id is None:
            return
        limit, raw = self._limit, self.raw
        total = self._total_of(session_id)
        is_alive, ranges_of = self._is_alive, self._ranges_of

        def work(store: Store) -> Iterator[object]:
            yield read_tree(
                store,
                session_id,
                limit=limit,
                raw=raw,
                is_alive=is_alive,
                ranges_of=ranges_of,
                total=total,
            )

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
        self._loading = False
        if not isinstance(answer.value, SessionTree):
            self._view.empty_text = answer.error or "Nothing could be read."
            self._view.load(())
            return answer.error
        self._tree = answer.value
        self._view.empty_text = "Nothing happened in this session yet."
        self._view.load(answer.value.nodes, title=self._view.tree_title)
        for arrived, updated in self._kept:
            self._apply(arrived, updated)
        self._kept.clear()
        return ""

    def behind(self, relation: Relation, first: str, second: str) -> frozenset[EventKey]:
        """The loaded events that one cell of the matrix counts."""
        if self._tree is None:
            return frozenset()
        events = [node.event for node in self._tree.model.nodes() if node.event is not None]
        events.sort(key=lambda event: event.key)
        found: set[EventKey] = set()
        last: dict[str, Event] = {}
        in_messages = any(event.kind is EventKind.MESSAGE for event in events)
        for event in events:
            if relation is Relation.DELEGATES:
                is_handing = event.kind in (EventKind.DELEGATION, EventKind.HANDOFF)
                if is_handing and event.target_agent == second:
                    found.add(event.key)
                continue
            name = event.tool if relation is Relation.TOOLS else event.agent
            if name is None or (relation is Relation.TOOLS and not event.is_call):
                continue
            speaks = event.kind is EventKind.MESSAGE or not in_messages
            if relation is not Relation.TOOLS and not speaks:
                continue
            before = last.get(event.session_id)
            last[event.session_id] = event
            if before is None or name != second:
                continue
            if first == (before.tool if relation is Relation.TOOLS else before.agent):
                found |= {before.key, event.key}
        return frozenset(found)

    def take(self, snapshot: Snapshot) -> None:
        """Bring the tree up to date with a newer snapshot."""
        if self.session_id is None:
            return
        if snapshot.arrived_cut:
            self.reload()
            return
        if self._loading:
            self._kept.append((snapshot.arrived, snapshot.updated))
            return
        if self._tree is None:
            return
        self._add_sub_sessions(snapshot)
        self._apply(snapshot.arrived, snapshot.updated)
        alive = self._is_alive(self.session_id)
        if alive != self._was_alive:
            self._was_alive = alive
            self._view.apply(self._tree.model.refresh())

    def _add_sub_sessions(self, snapshot: Snapshot) -> None:
        tree = self._tree
        if tree is None:
            return
        known = set(tree.model.sessions())
        for row in snapshot.sessions[:50]:
            if row.session.parent_id in known and row.id not in known:
                self._view.apply(tree.model.add_session(row.session))

    def _apply(self, arrived: tuple[Event, ...], updated: tuple[Event, ...]) -> None:
        tree = self._tree
        if tree is None:
            return
        model = tree.model
        own: list[Event] = []
        ids: set[str] = set()
        for event in arrived:
            if model.covers(event) or event.parent_id in ids:
                own.append(event)
                ids.add(event.id)
        if own:
            self._view.apply(model.add(own))
        if updated:
            changes = model.update(updated)
            if changes:
                self._view.apply(changes)
