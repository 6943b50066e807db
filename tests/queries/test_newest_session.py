"""Sessions asked for by themselves are judged as in a count of the whole store."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.comparing.run_reading import read_runs
from queries.newest_session import NewestSession
from queries.store import Store
from queries.whole_store import count_sessions, count_store
from tests.queries.test_listing import NOW, random_store
from tests.stores import CanonicalStore, canonical_store


def silent(writer: CanonicalStore, name: str, **columns: object) -> None:
    """A session that says it runs."""
    writer.insert("session", id=name, status="running", **columns)


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize("seed", range(30))
def test_sessions_by_themselves_have_the_status_of_the_whole(
    tmp_path: Path, seed: int, indexed: bool
) -> None:
    path = random_store(tmp_path / "a.db", seed)
    if not indexed:
        with canonical_store(path) as writer:
            writer.connection.execute("DROP INDEX event_session")
    with Store(path) as store:
        assert all(store.session_indexed) is indexed
        rows = count_store(store, now=NOW).rows
        names = [row.id for row in rows]
        alone = [count_sessions(store, [name], now=NOW).rows[0] for name in names]
        assert [row.session for row in alone] == [row.session for row in rows]
        runs = read_runs(store, names, now=NOW)
        assert [run.row.session for run in runs] == [row.session for row in rows]


def test_a_session_that_only_its_events_tell_of_may_be_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer, writer.batch():
        silent(writer, "a", started=1000.0)
        writer.add_event("b", time=3000.0)
        writer.add_event("b", time=900.0)
        writer.add_event("c", time=2000.0)
        writer.add_event("d", time="when?")
    with Store(path) as store:
        newest = NewestSession(store)
        assert [newest.is_it(name) for name in "abcd"] == [False, False, True, False]


def test_nothing_is_looked_for_where_nothing_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer, writer.batch():
        silent(writer, "a", started=NOW - 5)
        writer.add_session("b", started=2000.0, status="completed")
    with Store(path) as store:
        before = store.statements
        count_sessions(store, ["b"], now=NOW)
        without = store.statements - before
        count_sessions(store, ["a"], now=NOW)
        assert store.statements - before == 2 * without
