"""The newest prompts with what is under them, and nothing of older ones."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest

from queries.counting.event_stream import EventStream
from queries.finding import merged_end
from queries.models import Event, EventKind
from queries.plain_data import replace
from queries.store import Store
from queries.trees import newest_prompts
from queries.trees.newest_prompts import NewestRows, newest_from_the_end, newest_rows
from queries.trees.prompt_trees import PromptNode, read_prompt_trees
from tests.stores.base import SAMPLES
from tests.stores.canonical import CanonicalStore, canonical_store

Shape = list[object]


def shape(nodes: Iterable[PromptNode]) -> Shape:
    """Ids, those with children as ``(id, [...])``."""
    return [(node.event.id, shape(node.children)) if node.children else node.event.id
            for node in nodes]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def fill(store: CanonicalStore) -> None:
    store.add_session("main", started=1000.0)
    store.add_event("main", id="before")
    store.add_event("main", id="p1", kind="prompt")
    store.add_event("main", id="a", parent_id="p1")
    store.add_event("main", id="task", parent_id="p1", kind="delegation", state="running")
    store.add_session("sub", parent_id="main", parent_event_id="task", started=1001.0)
    store.add_event("sub", id="sub-1")
    store.add_event("main", id="between")
    store.add_event("main", id="p2", kind="prompt")
    store.add_event("sub", id="sub-2", parent_id="sub-1")
    store.add_event("sub", id="sub-3")
    store.add_event("main", id="late", parent_id="a")
    store.add_event("main", id="b", parent_id="p2")
    store.add_event("main", id="orphan", parent_id="nowhere")
    store.add_event("other", id="elsewhere", parent_id="b")
    store.add_event("third", id="p3", kind="prompt")


def test_everything(path: Path) -> None:
    with canonical_store(path) as store:
        fill(store)
    with Store(path) as opened:
        trees = read_prompt_trees(opened, None, None)
    assert shape(trees.prompts) == [
        ("p1", [("a", ["late"]), ("task", [("sub-1", ["sub-2"]), "sub-3"])]),
        ("p2", [("b", ["elsewhere"])]),
        "p3",
    ]
    assert shape(trees.outside) == ["before", "between", "orphan"]
    assert (trees.total_prompts, trees.left_out, trees.cut) == (3, 0, False)
    task = trees.prompts[0].children[1]
    assert (task.stats.calls, trees.prompts[0].stats.calls) == (3, 6)


def test_the_newest_two_without_what_belongs_to_the_older_one(path: Path) -> None:
    with canonical_store(path) as store:
        fill(store)
    with Store(path) as opened:
        trees = read_prompt_trees(opened, None, 2)
    assert shape(trees.prompts) == [("p2", [("b", ["elsewhere"])]), "p3"]
    assert shape(trees.outside) == ["orphan"]
    assert trees.total_prompts == 3
    assert trees.left_out > 0


def test_one_session_with_those_below_it(path: Path) -> None:
    with canonical_store(path) as store:
        fill(store)
    with Store(path) as opened:
        trees = read_prompt_trees(opened, "main", None)
        assert shape(trees.prompts) == [
            ("p1", [("a", ["late"]), ("task", [("sub-1", ["sub-2"]), "sub-3"])]),
            ("p2", [("b", ["elsewhere"])]),
        ]
        assert shape(trees.outside) == ["before", "between", "orphan"]
        assert trees.total_prompts == 2
        assert shape(read_prompt_trees(opened, "sub", None).outside) == [
            ("sub-1", ["sub-2"]), "sub-3",
        ]  # fmt: skip


def test_memory_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest_prompts, "ROWS_KEPT", 10)
    with canonical_store(path) as store, store.batch():
        store.add_event("s", id="p", kind="prompt")
        for number in range(30):
            store.add_event("s", id=f"e{number}", parent_id="p")
        store.add_event("s", id="q", kind="prompt")
    with Store(path) as opened:
        trees = read_prompt_trees(opened, None, 50)
        assert shape(trees.prompts) == ["q"]
        assert trees.outside == []
        assert (trees.total_prompts, trees.left_out, trees.cut) == (2, 22, True)
        assert len(read_prompt_trees(opened, None, None).prompts[0].children) == 30


def test_cycles_and_two_rows_of_a_call(path: Path) -> None:
    with canonical_store(path) as store:
        store.add_event("s", id="p", kind="prompt")
        store.add_event("s", id="start", phase="start", state="running", parent_id="p")
        store.add_event("s", id="end", phase="end", state="error", parent_id="p")
        store.add_event("s", id="x", parent_id="y")
        store.add_event("s", id="y", parent_id="x")
        store.add_event("s", id="z", parent_id="z")
    with Store(path) as opened:
        trees = read_prompt_trees(opened, None, None)
        assert shape(trees.prompts) == [("p", ["start"])]
        assert trees.prompts[0].stats.errors == 1
        below = shape(trees.outside)
        assert below in ([("x", ["y"]), "z"], [("y", ["x"]), "z"])
        raw = read_prompt_trees(opened, None, None, raw=True)
        assert shape(raw.prompts) == [("p", ["start", "end"])]


def all_taken(store: Store, limit: int) -> NewestRows:
    newest = NewestRows(limit, None)
    for row in EventStream(store):
        newest.take(row)
    return newest


def told(newest: NewestRows) -> tuple[list[Event], int, int]:
    return list(newest.rows), newest.prompts, newest.left_out


@pytest.mark.parametrize("kept", [7, 1000])
def test_reading_from_the_end_is_taking_all_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(newest_prompts, "ROWS_KEPT", kept)
    monkeypatch.setattr(newest_prompts, "PAGE", 4)
    monkeypatch.setattr(newest_prompts, "COUNTED_AT_ONCE", 5)
    random = Random(3)
    for number in range(6):
        path = tmp_path / f"{number}.db"
        with canonical_store(path) as made, made.batch():
            for _ in range(random.randrange(40)):
                kind = "prompt" if random.random() < 0.2 * number else "tool"
                made.add_event(f"s{random.randrange(3)}", kind=kind)
        with Store(path) as opened:
            for limit in (1, 2, 5, 6, 100):
                found, newest = newest_from_the_end(opened, limit), all_taken(opened, limit)
                assert told(found) == told(newest)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.db")), ids=lambda path: path.stem)
@pytest.mark.parametrize("kept", [5, 1000])
def test_of_several_sources_as_well(
    sample: Path, kept: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest_prompts, "ROWS_KEPT", kept)
    monkeypatch.setattr(newest_prompts, "ABOUT", 3)
    monkeypatch.setattr(merged_end, "STRIDE", 4)
    path = tmp_path / sample.name
    path.write_bytes(sample.read_bytes())
    with Store(path) as opened:
        for limit in (1, 3, 50):
            assert told(newest_rows(opened, limit)) == told(all_taken(opened, limit))


def test_prompts_of_several_sources_are_found_from_the_end(tmp_path: Path) -> None:
    path = tmp_path / "heist.db"
    path.write_bytes((SAMPLES / "heist-audit.db").read_bytes())
    with Store(path) as opened:
        everything = list(EventStream(opened))
        is_prompt = frozenset(event.key for event in everything[::9])

        def read(source: int, after: int, upto: int, limit: int) -> list[Event]:
            rows = Store.events_between(opened, source, after, upto, limit)
            prompt = EventKind.PROMPT
            return [replace(row, kind=prompt) if row.key in is_prompt else row for row in rows]

        def count(source: int, kind: EventKind, after: int, upto: int) -> tuple[int, int]:
            rows = [row for row in everything if row.source == source and after < row.seq <= upto]
            return len(rows), sum(row.key in is_prompt for row in rows)

        with (
            mock.patch.object(opened, "events_between", read),
            mock.patch.object(opened, "count_kind", count),
            mock.patch.object(merged_end, "STRIDE", 4),
        ):
            found, newest = newest_rows(opened, 3), all_taken(opened, 3)
    assert told(found) == told(newest)
    assert found.prompts == len(is_prompt)


def test_rows_before_the_newest_prompts_are_only_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest_prompts, "PAGE", 20)
    with canonical_store(tmp_path / "s.db") as made, made.batch():
        for number in range(2000):
            made.add_event("s1", kind="tool" if number % 10 else "prompt")
    made_of: list[int] = []
    with Store(tmp_path / "s.db") as opened:
        events = opened._events

        def noted(source: int, rows: list[tuple[Any, ...]]) -> list[Event]:
            made_of.append(len(rows))
            return events(source, rows)

        monkeypatch.setattr(opened, "_events", noted)
        trees = read_prompt_trees(opened, None, 3)
    assert (trees.total_prompts, len(trees.prompts), trees.left_out) == (200, 3, 1970)
    assert sum(made_of) == 40


@pytest.mark.parametrize("session", [None, "main"])
def test_prompts_below_what_is_too_old_are_at_the_top(path: Path, session: str | None) -> None:
    with canonical_store(path) as store:
        store.add_session("main", started=1000.0)
        for number in range(12):
            kind = "tool" if number % 3 else "prompt"
            above = f"e{number - 1}" if number else None
            store.add_event("main", id=f"e{number}", kind=kind, parent_id=above)
    with Store(path) as opened:
        trees = read_prompt_trees(opened, session, 2)
        assert trees.total_prompts == 4
        assert shape(trees.prompts) == [
            ("e6", [("e7", [("e8", [("e9", [("e10", ["e11"])])])])]),
        ]
        assert trees.outside == []
