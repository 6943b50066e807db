"""What is read of a long session before it can be shown: no more than a screen takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.live import scope
from queries.live.scope import ScopeCounter
from queries.models import Scope
from queries.reading import indexed_rows
from queries.store import Store
from queries.trees import activity_reader
from queries.trees.activity_reader import FIRST, read_tree
from tests.stores import canonical_store, heist_audit_store

LONG = 3 * FIRST


def test_a_quick_tree_is_the_end_of_the_whole_one(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "s.db") as made, made.batch():
        made.add_session("long")
        for number in range(LONG):
            made.add_event("long", summary=f"src/{number}.py")
    with Store(tmp_path / "s.db") as opened:
        quick, whole = (read_tree(opened, "long", quick=each) for each in (True, False))
    assert (quick.events, quick.has_earlier, quick.is_rough) == (FIRST, True, True)
    assert (whole.events, whole.has_earlier, whole.is_rough) == (LONG, False, False)
    told = [[node.event and node.event.key for node in tree.nodes] for tree in (quick, whole)]
    assert told[0][-FIRST:] == told[1][-FIRST:]


def test_a_short_session_is_read_once(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "s.db") as made, made.batch():
        made.add_session("short")
        made.add_session("agent", parent_id="short")
        for name in ("short", "agent") * 20:
            made.add_event(name)
    with Store(tmp_path / "s.db") as opened:
        quick, whole = (read_tree(opened, "short", quick=each) for each in (True, False))
    assert not quick.is_rough
    assert [node.key for node in quick.nodes] == [node.key for node in whole.nodes]


def test_a_long_sub_session_makes_a_tree_rough(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "s.db") as made, made.batch():
        made.add_session("short")
        made.add_session("agent", parent_id="short")
        for name in ("short", *["agent"] * LONG):
            made.add_event(name)
    with Store(tmp_path / "s.db") as opened:
        quick, whole = (read_tree(opened, "short", quick=each) for each in (True, False))
    assert quick.is_rough
    assert len(quick.nodes) < len(whole.nodes)


def test_rows_that_only_repeat_are_not_walked_over_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An action that repeats a message is no event, and a session may have nothing else."""
    for module in (indexed_rows, activity_reader):
        monkeypatch.setattr(module, "WINDOW", 50)
    with heist_audit_store(tmp_path / "a.db") as made, made.batch():
        made.add_session("short", status="active")
        made.add_message("short", turn_id=0)
        made.add_action("short", turn_number=0)
        made.add_session("long", status="active")
        made.add_action("long", action_type="alone")
        for number in range(500):
            made.add_message("long", turn_id=number)
            made.add_action("long", turn_number=number)
    with Store(tmp_path / "a.db") as opened:
        # With the first page it is found out once how its rows are best looked up.
        read_tree(opened, "short", limit=20, quick=True)
        before = opened.statements
        quick = read_tree(opened, "long", limit=20, quick=True)
        after = opened.statements
        whole = read_tree(opened, "long", limit=20)
        assert after - before < (opened.statements - after) / 2, "a window, not all of them"
    assert quick.is_rough
    assert not whole.is_rough
    assert [node.key for node in quick.nodes] == [node.key for node in whole.nodes]


def test_the_pages_of_a_scope_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "PAGE", 2 * scope.FIRST)
    with canonical_store(tmp_path / "s.db") as made, made.batch():
        made.add_session("long")
        for _ in range(LONG + scope.FIRST):
            made.add_event("long", tokens=2)
    with Store(tmp_path / "s.db") as opened:
        counter = ScopeCounter(opened, Scope(("long",)))
        counts = [counter.fold.events for _ in counter.read(opened)]
        figures = counter.figures(lambda _: False)
    assert counts[:2] == [scope.FIRST, 3 * scope.FIRST]
    assert counts[-1] == LONG + scope.FIRST
    assert (figures.tools[0].calls, figures.tools[0].tokens) == (counts[-1], 2 * counts[-1])
