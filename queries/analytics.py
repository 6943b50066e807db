"""The Python API: every number of this program, without a screen.

Everything is read in a thread of its own, so the event loop is never held up. The store is only
ever read, and looked at anew whenever it has changed.
"""

from __future__ import annotations

from queries.analytics_events import EventQueries
from queries.analytics_overviews import OverviewQueries
from queries.analytics_sessions import SessionQueries


class SessionAnalytics(SessionQueries, EventQueries, OverviewQueries):
    """One store, for use with ``async with``.

    Times are UTC epoch seconds, durations seconds, rates 0..1; ``None`` is unknown. Every
    result has ``to_dict()``, which gives what the command of the same purpose prints with
    ``--json``. Methods raise :class:`queries.StoreError` when the store cannot be read,
    :class:`queries.UnknownSessionError` for a session that is not there,
    :class:`queries.UnknownEventError` for an event, and :class:`queries.FilterError` for a filter
    that cannot be understood; the text is one sentence.
    """
