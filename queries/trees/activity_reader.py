"""Reading what the activity tree shows: a session's newest events, its sub-agents' sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from queries.activity import ActivityModel
from queries.counting.event_stream import merge_sources
from queries.folding.pairing import paired
from queries.garbage import no_collection
from queries.models import ActivityNode, Event, EventKey, Session
from queries.plain_data import dataclass, field
from queries.store import WINDOW, Store
from queries.trees.other_halves import other_halves

PAGE = 2000
"""Events of the session itself that are read at first."""
FIRST = 300
"""Events of the session itself that fill any screen: what can be shown at once."""
SUB_SESSIONS = 50
"""Sub-agents' sessions that are read, at most; the newest."""
SUB_PAGE = 1000
"""Newest events read of each sub-agent's session, if the page is not larger."""
BELOW = 20_000
"""Rows of other sessions that are read, about."""
LEVELS = 100
"""How often rows under rows that were just found are looked for."""

Ranges = Mapping[int, tuple[int, int]]
"""Per source, the lowest and highest seq known to hold a session's rows."""


@dataclass(slots=True)
class SessionTree:
    """A loaded tree, ready to be drawn and to be kept up to date."""

    model: ActivityModel
    nodes: list[ActivityNode]
    events: int
    """Rows read of the session itself."""
    has_earlier: bool
    """Whether older rows of the session were left unread."""
    is_rough: bool = False
    """Whether it was read quickly, and reading it wholly would show more."""


def read_events(
    store: Store, session_id: str, limit: int, ranges: Ranges | None = None, *, quick: bool = False
) -> tuple[list[Event], bool]:
    """The newest ``limit`` rows of a session in order, and whether there are older ones.

    ``quick``: where a table repeats what others tell, look only at its newest rows for those
    that it alone has; there may be older ones then.
    """
    pages = []
    cut = False
    for source in range(len(store.mapping.sources)):
        within = None if ranges is None else ranges.get(source)
        if ranges is not None and within is None and not store.session_indexed[source]:
            continue
        is_long = (
            quick and store.hides(source) and store.session_indexed[source]
            and store.has_more_rows(source, session_id, WINDOW)
        )  # fmt: skip
        cut |= is_long
        windows = 1 if is_long else None
        pages.append(
            store.session_page(source, session_id, limit=limit + 1, within=within, windows=windows)
        )
    events = merge_sources(pages) if pages else []
    return events[-limit:], cut or len(events) > limit


@no_collection()
def read_tree(
    store: Store,
    session_id: str,
    *,
    limit: int = PAGE,
    raw: bool = False,
    is_alive: Callable[[str], bool] = lambda _: True,
    ranges_of: Callable[[str], Ranges | None] = lambda _: None,
    total: int | None = None,
    quick: bool = False,
) -> SessionTree:
    """The activity tree of one session.

    Args:
        store: an open store.
        session_id: the session.
        limit: newest rows of the session itself to read.
        raw: leave start and end rows unpaired.
        is_alive: whether a session is running.
        ranges_of: where a session's rows are known to lie (spares a scan without an index).
        total: how many events the session has, for the notice about earlier ones.
        quick: read what fills a screen, and as little of sub-agents' sessions; see
            :attr:`SessionTree.is_rough`.
    """
    if quick:
        limit = min(limit, FIRST)
    events, more = read_events(store, session_id, limit, ranges_of(session_id), quick=quick)
    page = limit if quick else max(limit // 2, SUB_PAGE)
    below = _Below(store, session_id, page, ranges_of, quick, raw)
    below.read(events)
    if more:
        below.leave_out_before(events)
    by_time = len(store.mapping.sources) > 1
    model = ActivityModel(session_id, raw=raw, is_alive=is_alive, by_time=by_time, guess=True)
    for session in below.sessions.values():
        model.add_session(session)
    rows = [*events, *below.rows.values()]
    if by_time:
        rows = merge_sources([events, *below.by_source()])
    elif below.rows:
        rows.sort(key=lambda event: event.key)
    notice = below.notice()
    if more:
        known = total is not None and not raw
        rest = max((total or 0) - len(paired(events)), 1) if known else 0
        notice.insert(0, f"{rest:,} earlier events" if rest else "earlier events")
    nodes = model.load(rows, earlier=" · ".join(notice))
    is_rough = quick and (more or below.cut > 0 or below.is_full)
    return SessionTree(model, nodes, len(events), more, is_rough)


@dataclass(slots=True)
class _Below:
    """Sub-agents' sessions of any depth, and the rows of other sessions under known ones."""

    store: Store
    session_id: str
    page: int
    ranges_of: Callable[[str], Ranges | None]
    quick: bool = False
    raw: bool = False
    sessions: dict[str, Session] = field(default_factory=dict)
    rows: dict[EventKey, Event] = field(default_factory=dict)
    not_read: int = 0
    """Sub-agents' sessions beyond those that are read."""
    cut: int = 0
    """Sub-agents' sessions of which older rows are left unread."""
    is_full: bool = False
    """Whether there may be more rows further below."""

    def read(self, events: list[Event]) -> None:
        own = {event.key for event in events}
        level = [self.session_id]
        parents = [event.id for event in events]
        for _ in range(LEVELS):
            found = self._sub_sessions(level)
            level = [session.id for session in found]
            fresh: list[Event] = []
            for session in found:
                page, more = read_events(
                    self.store, session.id, self.page, self.ranges_of(session.id),
                    quick=self.quick,
                )  # fmt: skip
                self.cut += more
                fresh += page
            known = own.union(self.rows, (row.key for row in fresh))
            for source in range(len(self.store.mapping.sources)):
                below = self.store.children_elsewhere(source, parents, self.session_id, known)
                fresh += below
                if not self.raw:
                    fresh += other_halves(self.store, source, below, self.sessions, self.page)
            new = [row for row in fresh if row.key not in self.rows and row.key not in own]
            self.rows.update((row.key, row) for row in new)
            parents = [row.id for row in new]
            if not (level or parents):
                return
            if len(self.rows) > (FIRST if self.quick else BELOW):
                self.is_full = True
                return

    def _sub_sessions(self, level: list[str]) -> list[Session]:
        found = [
            session
            for session in self.store.sub_sessions_of(level)
            if session.id not in self.sessions and session.id != self.session_id
        ]
        room = SUB_SESSIONS - len(self.sessions)
        self.not_read += max(len(found) - room, 0)
        found = found[-room:] if room > 0 else []
        self.sessions.update((session.id, session) for session in found)
        return found

    def leave_out_before(self, events: list[Event]) -> None:
        """Sub-agents' sessions from before the first of these events are earlier events, too."""
        first: dict[int, int] = {}
        for event in events:
            first[event.source] = min(first.get(event.source, event.seq), event.seq)
        known = {event.id for event in events}
        present = {
            row.session_id
            for row in self.rows.values()
            if row.seq >= first.get(row.source, row.seq) or row.parent_id in known
        }
        kept = {name for name in self.sessions if name in present}
        for name in list(kept):
            # What a session that is shown belongs to is shown as well.
            at = self.sessions.get(self.sessions[name].parent_id or "")
            while at is not None and at.id not in kept:
                kept.add(at.id)
                at = self.sessions.get(at.parent_id or "")
        gone = self.sessions.keys() - kept
        self.sessions = {name: self.sessions[name] for name in self.sessions if name in kept}
        self.rows = {key: row for key, row in self.rows.items() if row.session_id not in gone}

    def by_source(self) -> list[list[Event]]:
        """The rows, each source's and session's in order of arrival."""
        pages: dict[tuple[int, str], list[Event]] = {}
        for row in sorted(self.rows.values(), key=lambda row: row.key):
            pages.setdefault((row.source, row.session_id), []).append(row)
        return list(pages.values())

    def notice(self) -> list[str]:
        """What was left unread, in words."""
        words = []
        if self.not_read:
            words.append(f"{self.not_read:,} earlier sub-agents' sessions")
        if self.cut:
            words.append(f"the newest {self.page:,} events of {self.cut:,} sub-agents' sessions")
        return words
