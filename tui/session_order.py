"""Which sessions are listed, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from queries.models import SessionRow
from queries.sessions import sort_rows

if TYPE_CHECKING:
    from queries.filters import Filter

MARK = "●"
ORDERS = ("started", "active", "title", "status", "duration", "events", "calls", "errors", "tokens")
"""Sort orders in the order in which one key goes through them."""


def listed(
    sessions: Sequence[SessionRow],
    *,
    sort: str,
    reverse: bool,
    sub_agents: bool,
    filter: Filter | None = None,  # noqa: A002 - what it is
) -> tuple[list[SessionRow], int]:
    """The sessions to list.

    Args:
        sessions: all that are known, newest first.
        sort: one of :data:`ORDERS`.
        reverse: whether that order is turned round.
        sub_agents: whether sessions that sub-agents ran for another one are listed.
        filter: what they must match.

    Returns:
        The sessions in order, and how many of sub-agents are left out.
    """
    rows, hidden = list(sessions), 0
    if filter is not None:
        rows = [row for row in rows if filter.matches_session(row)]
    if not sub_agents:
        known = {row.id for row in sessions}
        own = [row for row in rows if row.session.parent_id not in known]
        hidden, rows = len(rows) - len(own), own
    if sort != "started" or reverse:
        rows = sort_rows(rows, sort, reverse)
    elif filter is None:
        rows = under_parents(rows)
    return rows, hidden


def sessions_title(
    covers: str,
    sort: str,
    reverse: bool,
    *,
    matching: str = "",
    alerts: str = "",
    hidden: int = 0,
) -> str:
    """What stands above the list.

    Args:
        covers: which part of it is visible.
        sort: its order.
        reverse: whether that is turned round.
        matching: the filter that the sessions match; "" for no filter.
        alerts: how many have an alert, in words; "" for none.
        hidden: how many of sub-agents are left out.
    """
    order = {"started": "newest", "active": "last active"}.get(sort, sort)
    parts = [f"Sessions {covers}", f"{order} reversed" if reverse else order, matching, alerts]
    if hidden:
        parts.append(f"{hidden:,} of sub-agents hidden")
    return " · ".join(part for part in parts if part)


def under_parents(rows: list[SessionRow]) -> list[SessionRow]:
    """The rows in the same order, but each sub-agent's session right below its parent."""
    ids = {row.id for row in rows}
    below: dict[str, list[SessionRow]] = {}
    tops: list[SessionRow] = []
    for row in rows:
        parent = row.session.parent_id
        if parent is None or parent not in ids or parent == row.id:
            tops.append(row)
        else:
            below.setdefault(parent, []).append(row)
    if not below:
        return rows
    placed: list[SessionRow] = []
    seen: set[str] = set()
    # Sessions that are each other's parents hang under no top: they come last, as they are.
    for start in (tops, rows):
        stack = list(reversed(start))
        while stack:
            row = stack.pop()
            if row.id not in seen:
                seen.add(row.id)
                placed.append(row)
                stack.extend(reversed(below.get(row.id, ())))
    return placed
