"""Which sessions are listed, and in which order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import compress, count
from typing import TYPE_CHECKING

from queries.models import SessionRow
from queries.sessions import sort_rows

if TYPE_CHECKING:
    from queries.finding.filters import Filter

MARK = "●"
ORDERS = (
    "started", "active", "title", "component", "project", "status", "duration", "quality",
    "events", "calls", "errors", "tokens",
)  # fmt: skip
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
    parents = {row.id: row.session.parent_id for row in rows if row.session.parent_id is not None}
    return [rows[at] for at in places_below([row.id for row in rows], parents)]


def places_below(names: Sequence[str], parents: Mapping[str, str]) -> list[int]:
    """Where sessions are taken from so that each sub-agent's comes right below its parent.

    Costs little for those that have to do with no other one.

    Args:
        names: the ids of all sessions, in the order in which they come.
        parents: by the ids of those that name one: the id of the parent, known or not.
    """
    at = dict(zip(names, count(), strict=False))
    is_top = bytearray(b"\1") * len(names)
    below: dict[int, list[int]] = {}
    for name, parent in parents.items():
        above = at.get(parent)
        if above is not None and parent != name:
            is_top[at[name]] = 0
            below.setdefault(above, []).append(at[name])
    for children in below.values():
        # The first one is taken from the end.
        children.sort(reverse=True)
    tops = list(compress(count(), is_top))
    placed: list[int] = []
    done = 0
    for parent_at in sorted(filter(is_top.__getitem__, below)):
        upto = bisect_right(tops, parent_at, done)
        placed += tops[done:upto]
        done = upto
        _put_below(parent_at, below, placed)
    placed += tops[done:]
    if len(placed) < len(names):
        _put_rest(below, placed, len(names))
    return placed


def _put_below(parent: int, below: Mapping[int, list[int]], placed: list[int]) -> None:
    stack = [*below[parent]]
    while stack:
        placed.append(stack.pop())
        stack += below.get(placed[-1], ())


def _put_rest(below: Mapping[int, list[int]], placed: list[int], number: int) -> None:
    """Sessions that are each other's parents hang under no top: they come last, as they are."""
    seen = set(placed)
    stack = list(range(number - 1, -1, -1))
    while stack:
        place = stack.pop()
        if place not in seen:
            seen.add(place)
            placed.append(place)
            stack += below.get(place, ())
