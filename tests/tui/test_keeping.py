"""Totals that the program keeps for the next time."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from queries.counting.backfill import Backfill
from queries.feed import Feed
from queries.keeping import fold_cache, kept_totals, store_mark
from queries.keeping.fold_cache import FoldCache
from queries.models import Snapshot
from queries.store import Store
from tests.queries.kept import pass_a_tick
from tests.stores import canonical_store
from tests.tui.desk import desk
from tui import keeping, start
from tui.cli import main
from tui.config import Config
from tui.options import ScreenOptions
from tui.poller import Poller

PATIENCE = 60.0


@pytest.fixture
def path(folder: Path) -> Path:
    path = folder / "desk.db"
    desk(path).close()
    with canonical_store(path) as store, store.batch():
        for number in range(3000):
            store.add_event(id=f"past-{number}")
    return path


@pytest.fixture
def kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where totals are kept, even those of small stores that were just written."""
    assert FoldCache.__init__.__kwdefaults__ is not None
    monkeypatch.setitem(FoldCache.__init__.__kwdefaults__, "least_rows", 0)
    monkeypatch.setattr(store_mark, "SETTLED", 0)
    home = folder.parent / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    return home / "session-tui" / "totals"


def entries(kept: Path) -> list[str]:
    return sorted(entry.name for entry in kept.iterdir()) if kept.exists() else []


def test_the_folder_is_in_the_users_cache(kept: Path) -> None:
    cache = keeping.totals_cache(Config())
    assert cache is not None
    assert cache._files.folder == kept
    assert not kept.exists()


def test_nobody_has_to_keep_anything(kept: Path) -> None:
    assert keeping.totals_cache(Config(cache=False)) is None
    assert keeping.totals_cache(Config(), wanted=False) is None
    assert keeping.kept_of(None, kept) is None


def test_nothing_is_kept_in_a_folder_that_depends_on_where_we_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: Path("~/.cache/x"))
    assert keeping.totals_cache(Config()) is None


# -- the screen ----------------------------------------------------------------------------------


def begin(path: Path, options: ScreenOptions) -> Poller:
    poller, _, _ = start._begin_reading(path, Store(path), options)
    # As the screen asks once its first frame is painted.
    poller.count()
    return poller


def until_counted(poller: Poller) -> list[Snapshot]:
    heard: Queue[Snapshot] = Queue()
    poller.deliver_to(heard.put)
    seen = [heard.get(timeout=PATIENCE)]
    while seen[-1].totals.counted < 1.0:
        seen.append(heard.get(timeout=PATIENCE))
    return seen


def until_kept(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    is_done = threading.Event()
    keep = Feed.keep_totals

    def told(feed: Feed) -> None:
        assert threading.current_thread().name == "poller"
        keep(feed)
        is_done.set()

    monkeypatch.setattr(Feed, "keep_totals", told)
    return is_done


def test_the_screen_keeps_totals_and_takes_them_up(
    path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_a_tick(path.parent)
    is_done = until_kept(monkeypatch)
    poller = begin(path, ScreenOptions())
    first = until_counted(poller)
    assert is_done.wait(PATIENCE)
    poller.stop(PATIENCE)
    assert len(entries(kept)) == 1
    steps: list[int] = []
    step = Backfill.step

    def counted(past: Backfill, store: Store, **options: Any) -> None:
        steps.append(1)
        step(past, store, **options)

    monkeypatch.setattr(Backfill, "step", counted)
    poller = begin(path, ScreenOptions())
    second = until_counted(poller)
    poller.stop(PATIENCE)
    # What is newest comes first; then everything, without any more of the past.
    assert [snapshot.totals.counted == 1.0 for snapshot in second] == [False, True]
    assert len(steps) == 1
    assert second[-1].totals == first[-1].totals
    assert second[-1].tools == first[-1].tools


def test_who_leaves_as_soon_as_all_is_counted_does_not_lose_it(
    path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_a_tick(path.parent)
    monkeypatch.setattr(kept_totals, "GRACE", 3600.0)
    poller = begin(path, ScreenOptions())
    until_counted(poller)
    poller.stop(PATIENCE)
    assert len(entries(kept)) == 1


@pytest.mark.parametrize("way", ["option", "configuration"])
def test_the_screen_keeps_nothing_where_that_is_not_wanted(
    path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    pass_a_tick(path.parent)
    is_done = until_kept(monkeypatch)
    if way == "configuration":
        settings = path.parent / "config.toml"
        settings.write_text("cache = false\n")
        monkeypatch.setenv("SESSION_TUI_CONFIG", str(settings))
    poller = begin(path, ScreenOptions(cache=False if way == "option" else None))
    until_counted(poller)
    assert is_done.wait(PATIENCE)
    poller.stop(PATIENCE)
    assert not kept.exists()


def test_the_end_waits_no_longer_for_totals_to_be_kept(
    path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_a_tick(path.parent)
    monkeypatch.setattr(kept_totals, "GRACE", 0.0)
    has_begun, may_go_on = threading.Event(), threading.Event()
    made: list[int] = []

    def parts(fold: Any) -> Iterator[list[Any]]:
        for number in range(1000):
            made.append(number)
            yield ["counts", [number]]
            has_begun.set()
            may_go_on.wait(PATIENCE)

    monkeypatch.setattr(fold_cache, "total_parts", parts)
    poller = begin(path, ScreenOptions())
    assert has_begun.wait(PATIENCE)
    threading.Timer(0.05, may_go_on.set).start()
    poller.stop(PATIENCE)
    assert not poller.is_alive()
    assert poller.error is None
    assert len(made) < 5
    assert entries(kept) == []


# -- the commands --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["sessions", "tools", "agents", "metrics"])
def test_commands_keep_totals_and_take_them_up(
    path: Path,
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    pass_a_tick(path.parent)

    def told(*more: str) -> str:
        assert main([command, str(path), "--json", *more]) == 0
        return capsys.readouterr().out

    without = told("--no-cache")
    assert not kept.exists()
    assert told() == without
    assert len(entries(kept)) == 1
    monkeypatch.delattr(Backfill, "step")
    assert told() == without


def test_a_comparison_of_groups_takes_them_up(
    path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pass_a_tick(path.parent)
    groups = ["compare", str(path), "--a", "agent:planner", "--b", "status:failed,completed"]
    with_cache = main([*groups, "--json"])
    first = capsys.readouterr()
    assert with_cache == 0, first.err
    assert len(entries(kept)) == 1
    monkeypatch.delattr(Backfill, "step")
    assert main([*groups, "--json"]) == 0
    assert capsys.readouterr().out == first.out


def test_a_folder_that_cannot_be_made_costs_nothing(
    path: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept.parent.parent.write_text("in the way")
    pass_a_tick(path.parent)
    assert main(["tools", str(path), "--json"]) == 0
    assert capsys.readouterr().err == ""


def test_doctor_tells_what_is_kept(
    path: Path, kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_a_tick(path.parent)

    def kept_totals() -> Any:
        assert main(["doctor", str(path), "--json"]) == 0
        return json.loads(capsys.readouterr().out)["kept_totals"]

    def line() -> str:
        assert main(["doctor", str(path)]) == 0
        lines = capsys.readouterr().out.splitlines()
        return next(line for line in lines if line.startswith("kept totals"))

    def rows() -> int:
        with Store(path) as store:
            return int(store.query("SELECT count(*) FROM event")[0][0])

    # Telling keeps nothing itself.
    assert kept_totals() == kept_totals() == []
    assert line().endswith(" none")
    main(["tools", str(path)])
    capsys.readouterr()
    (entry,) = kept_totals()
    assert entry["rows"] == rows()
    assert entry["current"] is True
    assert entry["size_bytes"] == (kept / entries(kept)[0]).stat().st_size
    assert entry["counted_at"].endswith("Z")
    assert f"{rows():,} rows, counted 20" in line()
    assert "outdated" not in line()
    with canonical_store(path) as store:
        store.add_event(id="later")
    pass_a_tick(path.parent)
    (entry,) = kept_totals()
    assert entry["current"] is False
    assert entry["rows"] == rows() - 1
    assert line().endswith("bytes, outdated")
    settings = path.parent / "config.toml"
    settings.write_text("cache = false\n")
    monkeypatch.setenv("SESSION_TUI_CONFIG", str(settings))
    assert kept_totals() is None
    assert line().endswith("switched off")
