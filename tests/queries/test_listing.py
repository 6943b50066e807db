"""Totals without a list of sessions are those with one, at the cost of what they depend on."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from queries import listing, sessions, whole_store
from queries.finding.session_lookup import require_sessions
from queries.folding.session_shelf import SessionShelf
from queries.keeping import store_mark
from queries.keeping.fold_cache import FoldCache
from queries.listing import running_sessions
from queries.models import Relation, Session, SessionRow
from queries.reading.connection import Rows
from queries.store import Store
from queries.whole_store import CountedStore, count_sessions, count_store, count_totals
from tests.queries.kept import cache_in
from tests.queries.samples import HEIST, HTMLGRAPH, sample
from tests.stores import canonical_store

NOW = 10_000.0
STATUSES = ("running", "running", "completed", "failed", None)


def random_store(path: Path, seed: int) -> Path:
    """A store of sessions that run, are silent, over, undeclared, or begun who knows when."""
    dice = Random(seed)
    with canonical_store(path) as store, store.batch():
        for number in range(dice.randint(1, 9)):
            name = f"s{number}"
            if dice.random() < 0.8:
                started = dice.choice([None, 7000.0, 9000.0, 9500.0, NOW + 5000])
                ended = dice.choice([None, None, 9600.0])
                # Without a start, add_session() would give it one.
                store.insert(
                    "session", id=name, status=dice.choice(STATUSES), started=started, ended=ended
                )
            for _ in range(dice.randint(0, 3)):
                store.add_event(
                    name, time=dice.choice([7100.0, 9400.0, 9900.0]),
                    state=dice.choice(["running", "ok"]), phase=dice.choice(["whole", "start"]),
                )  # fmt: skip
    return path


def figures(counted: CountedStore) -> list[object]:
    return [
        counted.tools(), counted.agents(), *map(counted.interactions, Relation),
        counted.problems, counted.info.path,
    ]  # fmt: skip


def running(rows: tuple[SessionRow, ...] | list[SessionRow]) -> list[SessionRow]:
    return sorted((row for row in rows if row.session.status == "running"), key=lambda row: row.id)


@pytest.mark.parametrize("seed", range(60))
def test_totals_are_the_same_without_a_list(tmp_path: Path, seed: int) -> None:
    path = random_store(tmp_path / "a.db", seed)
    with Store(path) as store:
        whole = count_store(store, now=NOW)
        totals = count_totals(store, now=NOW)
        assert figures(totals) == figures(whole)
        assert totals.alive <= whole.alive
        _, names = store.session_signs()
        found = running_sessions(store, totals.fold, names, now=NOW, stale_after=1800.0)
        assert running(found) == running(whole.rows)


@pytest.mark.parametrize("name", [*HEIST, *HTMLGRAPH])
def test_kept_totals_are_the_same_without_a_list(tmp_path: Path, name: str) -> None:
    path, cache = sample(tmp_path, name), cache_in(tmp_path / "cache")
    with Store(path) as store:
        for now in (1e9, 1.77e9, 2e9):
            expected = figures(count_store(store, now=now))
            for each in (None, cache, cache):
                assert figures(count_totals(store, now=now, cache=each)) == expected


# -- counted work ----------------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(store_mark, "SETTLED", 0)
    with canonical_store(tmp_path / "many.db") as store, store.batch():
        for number in range(400):
            name = f"s{number:03d}"
            is_running = number in (7, 300)
            store.add_session(name, started=1000.0 + number,
                              status="running" if is_running else "completed")  # fmt: skip
            store.add_event(name, time=1500.0, state="running" if is_running else "ok")
    return tmp_path / "many.db"


class Work:
    """Counts lines that are made, rows that are read of the table of sessions, and fetches."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lines = self.rows = self.fetched = 0
        line, query, fetch = sessions.session_row, Store.query, SessionShelf.fetch_later

        def counted(session: Session, *rest: object, **named: object) -> SessionRow:
            self.lines += 1
            return line(session, *rest, **named)  # type: ignore[arg-type]  # passed on

        def asked(store: Store, sql: str, *rest: object, **named: object) -> Rows:
            rows = query(store, sql, *rest, **named)  # type: ignore[arg-type]  # passed on
            self.rows += len(rows) if "session_rows" in sql else 0
            return rows

        def later(shelf: SessionShelf, texts: object) -> None:
            def fetching() -> object:
                self.fetched += 1
                return texts()  # type: ignore[operator]  # what gives them

            fetch(shelf, fetching)  # type: ignore[arg-type]  # passed on

        for module in (listing, whole_store):
            monkeypatch.setattr(module, "session_row", counted)
        monkeypatch.setattr(Store, "query", asked)
        monkeypatch.setattr(SessionShelf, "fetch_later", later)


def test_totals_make_no_line_that_they_do_not_depend_on(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FoldCache(tmp_path / "cache", least_rows=0)
    for is_kept in (False, True):
        with monkeypatch.context() as patch, Store(many) as store:
            work = Work(patch)
            counted = count_totals(store, now=1600.0, cache=cache)
            assert counted.alive == {"s007", "s300"}
            assert counted.tools()[0].running == 2
            assert counted.agents()[0].sessions == 400
            assert (work.lines, work.rows) == (2, 2)
            assert work.fetched == 0
            assert len(counted.fold.sessions) == 400
            assert work.fetched == int(is_kept)


def test_a_list_of_kept_totals_fetches_the_sessions_once(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FoldCache(tmp_path / "cache", least_rows=0)
    with Store(many) as store:
        expected = count_store(store, now=1600.0, cache=cache)
        work = Work(monkeypatch)
        again = count_store(store, now=1600.0, cache=cache)
    assert again.rows == expected.rows
    # One more for the newest, which is judged by itself.
    assert (work.lines, work.fetched) == (401, 1)


def test_single_sessions_are_counted_without_reading_all(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(many) as store:
        work = Work(monkeypatch)
        ids = require_sessions(store, ["s010", "s020"])
        counted = count_sessions(store, ids, now=1600.0)
    assert [row.id for row in counted.rows] == ["s010", "s020"]
    assert (work.lines, work.rows) == (2, 4)
