"""The board of work items: true order, every word, one item whole."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from queries.models import WorkItem
from queries.models.work_items import WorkBoard
from queries.side_tables import work_items
from queries.store import Store
from queries.work_items import (
    priority_order,
    work_board,
    work_item_detail,
)
from tests.queries.samples import DATA, sample, truth
from tests.stores.canonical import canonical_store
from tests.stores.heist import heist_audit_store


def item(name: str, **fields: object) -> WorkItem:
    known: dict[str, object] = {"type": "feature", "title": name, "status": "todo", **fields}
    return WorkItem(name, **known)  # type: ignore[arg-type]  # tests name fields freely


def board_of(store: Store) -> WorkBoard:
    return work_board(work_items(store), has_table=store.mapping.work_items is not None)


@pytest.mark.parametrize("name", ["htmlgraph-0.26.1", "htmlgraph-0.35.0"])
def test_samples(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        board = board_of(store)
    found = Counter((item.type, item.status) for column in board.columns for item in column.items)
    assert found == {(row["type"], row["status"]): row["n"] for row in truth(name)["features"]}
    assert [column.title for column in board.columns] == ["todo", "in progress", "blocked", "done"]
    assert board.total == board.shown == found.total()
    assert board.has_table


def test_statuses_go_from_left_to_right_whatever_their_version() -> None:
    words = ("todo", "in_progress", "in-progress", "blocked", "done", "cancelled", "active",
             "ended", "stale", "someday", None)  # fmt: skip
    board = work_board(item(f"i{n}", status=word) for n, word in enumerate(words))
    assert [column.title for column in board.columns] == [
        "todo", "active", "in progress", "blocked", "stale", "done", "ended", "cancelled",
        "(no status)", "someday",
    ]  # fmt: skip
    assert len(board.columns[2].items) == 2


def test_priorities_are_not_in_the_order_of_their_letters() -> None:
    words = ["medium", "low", None, "high", "odd", "critical"]
    board = work_board(item(f"i{n}", priority=word) for n, word in enumerate(words))
    [column] = board.columns
    assert [each.priority for each in column.items] == [
        "critical", "high", "medium", "low", "odd", None,
    ]  # fmt: skip
    assert [name for name, _ in board.priorities] == ["critical", "high", "medium", "low", "odd"]
    assert priority_order("critical") < priority_order("low") < priority_order(None)


def test_ties_go_by_the_latest_update() -> None:
    [column] = work_board(
        [item("a", updated=1.0), item("b", updated=3.0), item("c", created=2.0), item("d")]
    ).columns
    assert [each.id for each in column.items] == ["b", "c", "a", "d"]


def test_filters() -> None:
    items = [
        item("a", type="bug", status="in_progress", priority="high", assigned_to="Codex"),
        item("b", type="bug", status="done", priority="low"),
        item("c", type="spike", status="in-progress", priority="high"),
    ]

    def ids(**chosen: object) -> set[str]:
        board = work_board(items, **chosen)  # type: ignore[arg-type]  # by name
        assert board.total == 3
        assert dict(board.types) == {"bug": 2, "spike": 1}
        found = {each.id for column in board.columns for each in column.items}
        assert board.shown == len(found)
        return found

    assert ids(types=["Bug"]) == {"a", "b"}
    assert ids(statuses=["in-progress"]) == {"a", "c"}
    assert ids(priorities=["high"], types=["spike"]) == {"c"}
    assert ids(assigned_to="code") == {"a"}
    assert ids(types=["epic"]) == set()


def test_one_item_whole(tmp_path: Path) -> None:
    path = sample(tmp_path, "htmlgraph-0.35.0")
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO tracks (id, title, status) VALUES ('trk-1', 'UI', 'todo')")
        connection.execute("UPDATE features SET track_id = 'trk-1' WHERE id = 'bug-1818e811'")
        connection.execute(
            "UPDATE features SET parent_feature_id = 'bug-1818e811', tags = 'x, y' WHERE id"
            " = 'task-3898d190'"
        )
    with Store(path) as store:
        by_id = {each.id: each for each in work_items(store)}
        bug = work_item_detail(store, by_id["bug-1818e811"])
        child = work_item_detail(store, by_id["task-3898d190"])
        gone = work_item_detail(store, item("nowhere"))
    assert bug.description == "Activity feed is empty after a restart."
    assert (bug.track, bug.children, bug.tags) == ("UI", ("task-3898d190",), ("demo", "bug"))
    assert ("priority", "critical") in bug.raw
    assert (child.parent_id, child.tags) == ("bug-1818e811", ("x", "y"))
    assert (gone.description, gone.raw) == ("", ())


def test_stores_of_their_own_and_without_any(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    with canonical_store(path) as made:
        made.add_work_item("Task", priority="high")
    with Store(path) as store:
        [only] = work_items(store)
        assert work_item_detail(store, only).description == ""
        assert dict(work_item_detail(store, only).raw)["title"] == "Task"
    other = tmp_path / "heist.db"
    with heist_audit_store(other) as heist:
        heist.add_session()
    with Store(other) as store:
        board = board_of(store)
        assert (board.has_table, board.columns, board.total) == (False, (), 0)
        assert work_item_detail(store, only).raw == ()
