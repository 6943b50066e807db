"""Finding sessions by the ids that people type."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from queries.counting.event_stream import patiently
from queries.side_tables import aggregated_tools
from queries.store import Store
from queries.text import clean

_ALL = 2**62
_COMPARED = 20_000
"""Ids compared with a mistyped one, at most."""


class UnknownSessionError(Exception):
    """There is no such session; the text is one sentence that names similar ones."""


def require_sessions(store: Store, session_ids: Iterable[str]) -> tuple[str, ...]:
    """The ids, each once and in order, when all of these sessions exist.

    Raises:
        UnknownSessionError: for the first that no row of a session, an event or a total names.
    """
    wanted = tuple(dict.fromkeys(session_ids))
    missing = set(wanted)
    # Those that are meant mostly exist, and need not be looked for among all.
    missing -= {session.id for session in patiently(lambda: store.sessions_by_id(wanted))}
    declared: set[str] = set()
    if missing:
        declared = {session.id for session in patiently(lambda: store.sessions(limit=_ALL))}
        missing -= declared
    if missing:
        named = patiently(store.event_session_ids)
        missing -= named
    if missing:
        totals = patiently(lambda: aggregated_tools(store, missing))
        missing -= {tool.session_id for tool in totals}
        for session_id in wanted:
            if session_id in missing:
                raise UnknownSessionError(_sentence(store, session_id, declared | named))
    return wanted


def _sentence(store: Store, session_id: str, known: set[str]) -> str:
    candidates = sorted(known)[:_COMPARED]
    near = [name for name in candidates if session_id and name.startswith(session_id)][:3]
    near = near or get_close_matches(session_id, candidates, 3)
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif known:
        hint = "'session-tui sessions' lists them."
    else:
        hint = "it has no sessions yet."
    return f"{store.info.path}: has no session '{clean(session_id, 80)}'; {hint}"
