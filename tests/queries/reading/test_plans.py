"""What a store says of its own sizes does not change how its rows are found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from queries.comparing.arguments import read_inputs
from queries.delegations import read_delegations
from queries.reading.bounded_queries import BoundedQueries
from queries.reading.session_pages import SessionPages
from queries.store import Store
from queries.trees.prompt_trees import read_prompt_trees
from queries.whole_store import count_store
from tests.queries.samples import DATA
from tests.stores import CanonicalStore, canonical_store

Plans = dict[str, list[str]]


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Plans:
    """By statement: the steps of its plan, of all that are run."""
    found: Plans = {}
    run = BoundedQueries._run

    def noted(self: BoundedQueries, sql: str, parameters: Sequence[object]) -> object:
        if sql not in found and not sql.startswith("EXPLAIN"):
            steps = self.connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
            found[sql] = [str(step[-1]) for step in steps]
        return run(self, sql, parameters)

    monkeypatch.setattr(BoundedQueries, "_run", noted)
    return found


def sampled(name: str) -> Callable[[Path], None]:
    def copy(path: Path) -> None:
        with sqlite3.connect(DATA / f"{name}.db") as source, sqlite3.connect(path) as target:
            source.backup(target)

    return copy


def canonical(path: Path) -> None:
    with canonical_store(path) as store, store.batch():
        for number in range(60):
            _fill(store, f"s{number % 6}", number)


def _fill(store: CanonicalStore, session: str, number: int) -> None:
    kind = ("prompt", "tool", "delegation", "tool")[number % 4]
    state = "running" if number % 7 == 0 else "ok"
    store.add_event(session, id=f"e{number}", kind=kind, state=state, target_agent="a",
                    parent_id=f"e{number - number % 4}")  # fmt: skip


def told_of_ten_rows(path: Path) -> None:
    """Statistics from when every table had ten rows."""
    with sqlite3.connect(path) as connection:
        connection.execute("ANALYZE")
        rows = connection.execute("SELECT rowid, stat FROM sqlite_stat1").fetchall()
        for rowid, stat in rows:
            numbers = " ".join("10" for _ in stat.split())
            connection.execute("UPDATE sqlite_stat1 SET stat = ? WHERE rowid = ?", (numbers, rowid))


def read_all(path: Path) -> None:
    """As good as everything that is read of a store."""
    with Store(path) as store:
        found = count_store(store)
        ids = [row.id for row in found.rows]
        store.sessions_by_id(ids)
        read_delegations(store, is_alive=found.is_alive)
        read_prompt_trees(store, None, limit=3)
        for session_id in ids[:3]:
            read_prompt_trees(store, session_id, limit=3)
        for source in range(len(store.mapping.sources)):
            events = []
            for session_id in ids:
                newest = store.session_page(source, session_id, limit=5)
                events += newest
                if newest:
                    store.session_page(source, session_id, limit=5, before=newest[0].seq)
            store.events_by_key(event.key for event in events)
            if store.parent_indexed[source]:
                # Many ids at once are those of parents.
                store.events_by_id(event.id for event in events)
            store.children(source, [event.id for event in events], 100)
            store.children_elsewhere(source, [event.id for event in events], ids[0])
            read_inputs(store, events)


@pytest.mark.parametrize(
    "make",
    [
        canonical, sampled("htmlgraph-0.26.1"), sampled("htmlgraph-0.35.0"),
        sampled("heist-audit"), sampled("heist-session"),
    ],
)  # fmt: skip
def test_statistics_from_when_there_were_ten_rows_have_nothing_gone_through_whole(
    make: Callable[[Path], None], tmp_path: Path, plans: Plans
) -> None:
    path = tmp_path / "store.db"
    make(path)
    read_all(path)
    plain = dict(plans)
    plans.clear()
    told_of_ten_rows(path)
    read_all(path)
    assert len(plans) > 20
    for sql, steps in plans.items():
        assert not any("BLOOM" in step for step in steps), sql
        if sql in plain:
            assert whole(steps) == whole(plain[sql]), sql


def whole(steps: list[str]) -> list[str]:
    """The tables that are gone through from end to end."""
    return [step for step in steps if step.startswith("SCAN")]


def test_sessions_are_found_by_their_index(tmp_path: Path, plans: Plans) -> None:
    path = tmp_path / "store.db"
    canonical(path)
    told_of_ten_rows(path)
    with SessionPages(path) as store:
        store.sessions_by_id(["s1", "s2", "s3", "s4"])
    [steps] = [steps for sql, steps in plans.items() if "AS chosen" in sql]
    assert not whole(steps)
