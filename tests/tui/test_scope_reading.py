"""How a scope is counted: told now and then, and not begun again when something else goes first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest

from queries.live.scope import ScopeCounter
from queries.models import Scope, ScopeFigures
from queries.store import Store
from tests.stores import canonical_store
from tui.reader import NOTHING_YET, Reader, Work
from tui.screens import scope_reading
from tui.screens.scope_control import ScopeControl

SCOPE = Scope(("s",), "one")
TICK = 2**-10
"""Seconds from one look at the clock to the next."""


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()
    now = SimpleNamespace(monotonic=lambda: next(ticks) * TICK)
    monkeypatch.setattr(scope_reading, "time", now)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr("queries.live.scope.FIRST", 5)
    monkeypatch.setattr("queries.live.scope.PAGE", 10)
    with canonical_store(tmp_path / "a.db") as writer, writer.batch():
        for _ in range(100):
            writer.add_event("s")
    with Store(tmp_path / "a.db") as opened:
        yield opened


def asked() -> Work:
    """What the control asks a reader for when it is to cover the scope."""
    reader = mock.Mock(spec=Reader)
    control = ScopeControl(
        mock.Mock(),
        mock.Mock(),
        reader,
        is_alive=lambda _: False,
        ranges_of=lambda _: None,
        title_of=str,
    )
    control.set_scope("focused", SCOPE)
    work: Work = reader.request.call_args.args[1]
    return work


def calls(answer: object) -> int:
    assert isinstance(answer, ScopeFigures)
    return answer.tools[0].calls


def whole(store: Store) -> ScopeFigures:
    counter = ScopeCounter(store, SCOPE)
    assert list(counter.read(store))
    return counter.figures(lambda _: False)


def test_it_is_told_at_once_and_then_now_and_then(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    *answers, counted = asked()(store)
    assert [calls(answer) for answer in answers if answer is not NOTHING_YET] == [5]
    assert isinstance(counted, scope_reading.Counted)
    assert counted.counter.figures(lambda _: False) == whole(store)
    monkeypatch.setattr(scope_reading, "TOLD_EVERY", 0.0)
    *answers, _ = asked()(store)
    assert [calls(answer) for answer in answers[:3]] == [5, 15, 25]


def test_what_was_counted_before_something_else_went_first_is_kept(store: Store) -> None:
    work = asked()
    reading = work(store)
    assert calls(next(reading)) == 5
    assert [next(reading), next(reading)] == [NOTHING_YET, NOTHING_YET]
    del reading
    *answers, counted = work(store)
    assert [calls(answer) for answer in answers if answer is not NOTHING_YET] == [35]
    assert isinstance(counted, scope_reading.Counted)
    assert counted.counter.figures(lambda _: False) == whole(store)


def test_another_store_is_counted_from_its_end(store: Store) -> None:
    work = asked()
    assert calls(next(work(store))) == 5
    with Store(store.path) as other:
        assert calls(next(work(other))) == 5
