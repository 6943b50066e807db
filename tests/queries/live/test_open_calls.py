from __future__ import annotations

from queries.live.open_calls import OpenCalls
from queries.models import EventState
from tests.queries.events import event


def test_rows_that_run_are_kept_in_order_and_not_sorted_at_each_commit() -> None:
    calls = OpenCalls()
    for seq in (3, 1, 2):
        calls.take(event(seq, state=EventState.RUNNING))
    order = calls.running.in_order()
    assert order == [(0, 1), (0, 2), (0, 3)]
    calls.take(event(4, state=EventState.RUNNING))
    calls.take(event(5))
    calls.changed([(0, 2)], [event(2)])
    calls.changed([(0, 1)], [])
    assert calls.running.in_order() is order
    assert order == [(0, 3), (0, 4)]
