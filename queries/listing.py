"""Lines of a store's sessions: of all, or only of those that run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import takewhile

from queries.counting.event_stream import patiently
from queries.fold import Fold
from queries.live.ranking import rank
from queries.models import AggregatedTool, Session, SessionRow, SessionStatus
from queries.sessions import newest_of, session_row
from queries.store import Store

SESSIONS = 5000
"""Sessions read at once."""


def read_sessions(store: Store) -> dict[str, Session]:
    """All declared sessions by id."""
    found: dict[str, Session] = {}
    upto: int | None = patiently(store.last_session_row)
    while upto is not None:
        some, upto = patiently(partial(store.sessions_upto, upto, SESSIONS))
        found.update((session.id, session) for session in some)
    return found


def list_sessions(
    declared: Mapping[str, Session],
    fold: Fold,
    aggregated: Iterable[AggregatedTool],
    *,
    now: float,
    stale_after: float,
) -> tuple[SessionRow, ...]:
    """One line per session, newest first, unknown starts last.

    Args:
        declared: all declared sessions by id.
        fold: totals of the whole store.
        aggregated: the store's own totals per session and tool. A session that only these or the
            fold name has a line, too.
        now: epoch seconds.
        stale_after: seconds of silence after which a running session is stale.
    """
    lines = _Lines(fold, aggregated, now, stale_after)
    line = lines.of
    named = dict.fromkeys((*fold.sessions, *lines.tools))
    others = [Session(id=name, declared=False) for name in named if name not in declared]
    rows = [line(session, newest=False) for some in (declared.values(), others) for session in some]
    rows.sort(key=rank)
    latest = next((row.started for row in rows), None)
    ties = [row.id for row in takewhile(lambda row: row.started == latest, rows)]
    if latest is not None and ties[-1] in declared:
        rows[len(ties) - 1] = line(declared[ties[-1]], newest=True)
    return tuple(rows)


def running_sessions(
    store: Store,
    fold: Fold,
    names: Iterable[str],
    aggregated: Iterable[AggregatedTool] = (),
    *,
    now: float,
    stale_after: float,
) -> list[SessionRow]:
    """The lines of those of some sessions that run; no others are made.

    Args:
        store: where the sessions are declared.
        fold: totals of the whole store.
        names: the sessions that are asked for.
        aggregated: the store's own totals per session and tool.
        now: epoch seconds.
        stale_after: seconds of silence after which one that says it runs does not.
    """
    line = _Lines(fold, aggregated, now, stale_after).of
    found = {each.id: each for each in patiently(lambda: store.sessions_by_id(sorted(names)))}
    says_so = [each for each in found.values() if each.status is SessionStatus.RUNNING]
    rows = [line(session, newest=False) for session in says_so]
    running = [row for row in rows if row.session.status is SessionStatus.RUNNING]
    # The newest of all sessions is never stale, so only the newest of these may be it.
    silent = {row.id: row.started for row in rows if row.session.status is SessionStatus.STALE}
    best = newest_of(silent.items())
    if best is not None and _is_newest(store, fold, best, silent[best]):
        running.append(line(found[best], newest=True))
    return running


class _Lines:
    """Makes lines of sessions."""

    def __init__(
        self, fold: Fold, aggregated: Iterable[AggregatedTool], now: float, stale_after: float
    ) -> None:
        self._fold, self._now, self._stale_after = fold, now, stale_after
        self.tools = tools_by_session(aggregated)

    def of(self, session: Session, *, newest: bool) -> SessionRow:
        """The line of a session; whether it is the latest one."""
        return session_row(
            session,
            self._fold,
            now=self._now,
            newest=newest,
            stale_after=self._stale_after,
            aggregated=self.tools.get(session.id, ()),
        )


def _is_newest(store: Store, fold: Fold, name: str, started: float | None) -> bool:
    """Whether no other session started later; the starts of all are read for this."""
    starts = patiently(store.session_starts)

    def later(names: Iterable[str]) -> bool:
        known = ((each, _start(fold, each, starts.get(each))) for each in names)
        return newest_of(((name, started), *known)) != name

    return not later(starts) and not later(each for each in fold.sessions if each not in starts)


def _start(fold: Fold, name: str, declared: float | None) -> float | None:
    if declared is not None:
        return declared
    counted = fold.sessions.look(name)
    return None if counted is None else counted.first_time


def tools_by_session(
    aggregated: Iterable[AggregatedTool],
) -> Mapping[str, Sequence[AggregatedTool]]:
    """The store's own totals by session."""
    tools: dict[str, list[AggregatedTool]] = {}
    for tool in aggregated:
        tools.setdefault(tool.session_id, []).append(tool)
    return tools
