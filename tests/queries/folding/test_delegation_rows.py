"""Rows that tell of one delegation are found together."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from queries.activity import ActivityModel
from queries.folding.delegation_rows import delegation_rows
from queries.models import Event, EventKind, Phase
from tests.queries.events import event, sequences


def test_a_delegation_and_its_end_rows() -> None:
    task = event(1, kind=EventKind.DELEGATION, call_key="k")
    ends = [replace(task, seq=seq, id=f"e{seq}", phase=Phase.END) for seq in (3, 4)]
    alone = event(5, kind=EventKind.DELEGATION, call_key="other")
    found = delegation_rows([task, event(2), *ends, alone])
    assert found == {task.key: {row.key: row for row in (task, *ends)}}


@given(sequences())
def test_they_are_those_of_the_tree(rows: list[Event]) -> None:
    model = ActivityModel(None)
    shown = {node.event.key for node in model.load(rows) if node.event is not None}
    in_tree = {key: own for key, own in model.delegation_rows.items() if key in shown}
    assert {key: own for key, own in delegation_rows(rows).items() if key in shown} == in_tree
