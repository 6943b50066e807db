"""What arrives in a scope is counted as if it had been there from the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.fold import Fold
from queries.live.scope import ScopeCounter
from queries.models import Event, Scope
from queries.store import Store
from tests.stores import CanonicalStore, canonical_store

SCOPE = Scope(("s1", "s3"), "two")


def fill(writer: CanonicalStore, first: int, number: int) -> None:
    with writer.batch():
        for at in range(first, first + number):
            kind = ("prompt", "tool", "message", "tool", "delegation")[at % 5]
            tool = {"tool": ("Read", "Bash")[at % 2]} if kind == "tool" else {"tool": None}
            writer.add_event(
                f"s{at % 4}", id=f"e{at}", kind=kind, agent=f"a{at % 3}", target_agent=f"a{at % 2}",
                state=("ok", "error", "running")[at % 3], time=1e9 + at, duration=float(at), **tool,
            )  # fmt: skip


def counted(store: Store) -> ScopeCounter:
    counter = ScopeCounter(store, SCOPE)
    for _ in counter.read(store):
        pass
    return counter


def newest(store: Store, number: int) -> list[Event]:
    return store.events_between(0, 20, 20 + number, number)


def test_as_if_it_had_been_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.db"
    with canonical_store(path, "wal") as writer:
        fill(writer, 0, 20)
        with Store(path) as store:
            counter = counted(store)
        fill(writer, 20, 60)
        with Store(path) as store:
            whole, arrived = counted(store), newest(store, 60)
    batches: list[int] = []
    add_all = Fold.add_all

    def noted(fold: Fold, events: list[Event]) -> None:
        batches.append(len(events))
        add_all(fold, events)

    monkeypatch.setattr(Fold, "add_all", noted)
    assert counter.add(arrived)
    assert batches == [30]
    assert counter.figures(lambda _: True) == whole.figures(lambda _: True)


@pytest.mark.parametrize("pages", range(1, 12))
def test_it_goes_on_where_it_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    monkeypatch.setattr("queries.live.scope.FIRST", 3)
    monkeypatch.setattr("queries.live.scope.PAGE", 7)
    path = tmp_path / "own.db"
    with canonical_store(path) as writer:
        fill(writer, 0, 60)
    with Store(path) as store:
        whole, left = counted(store), ScopeCounter(store, SCOPE)
        statements = 0
        while left.counted < 1.0:
            reading = left.read(store)
            before = store.statements
            for _ in zip(range(pages), reading, strict=False):
                pass
            statements += store.statements - before
        before = store.statements
        counted(store)
        assert statements == store.statements - before, "nothing is read twice"
        assert left.figures(lambda _: True) == whole.figures(lambda _: True)


def test_what_was_read_or_is_of_others_is_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    with canonical_store(path, "wal") as writer:
        fill(writer, 0, 40)
    with Store(path) as store:
        counter, arrived = counted(store), newest(store, 20)
    before = counter.figures(lambda _: True)
    assert not counter.add(arrived)
    assert counter.figures(lambda _: True) == before
