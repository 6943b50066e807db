"""What is kept of a store comes back while nothing was committed to it, and never else."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from queries.counting.backfill import Backfill
from queries.feed import Feed
from queries.fold import Fold
from queries.keeping import fold_cache, kept_totals, store_mark
from queries.keeping.entry_files import proof_of
from queries.keeping.fold_cache import FoldCache
from queries.keeping.kept_totals import BY_SLICES, KeptTotals
from queries.live import changing_rows, counting
from queries.live.roster import Roster
from queries.models import Problem, Snapshot
from queries.reading.connection import Rows
from queries.store import Store
from queries.whole_store import count_store
from tests.queries.feeding import Clock, count_all, snap
from tests.queries.files import settle
from tests.queries.kept import cache_in, opened, pass_a_tick
from tests.queries.samples import HEIST, HTMLGRAPH, sample
from tests.stores import CanonicalStore, canonical_store

ROWS = 60


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stores of a few rows take several steps, as large ones do."""
    monkeypatch.setattr(store_mark, "SETTLED", 0)
    monkeypatch.setattr(changing_rows, "REREAD_NEWEST", 5)
    with mock.patch.object(Backfill.step, "__defaults__", (4,)):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with canonical_store(tmp_path / "a.db", "wal") as store:
        fill(store)
    # Just written, it would be read anew as soon as another write would be dated differently.
    settle(tmp_path / "a.db")
    return tmp_path / "a.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "totals"


def fill(store: CanonicalStore) -> None:
    with store.batch():
        for number in range(ROWS):
            store.add_event(f"s{number % 7}", id=f"e{number}", duration=number / 3,
                            state="error" if number % 9 == 0 else "ok",
                            agent=f"agent{number % 3}", tool=f"tool{number % 4}",
                            tokens=number, summary=f"text {number}")  # fmt: skip
        for number in range(5):
            store.add_session(f"s{number}")


def shown(snapshot: Snapshot) -> Snapshot:
    """What two feeds must agree on.

    Not which running rows were read again: a copy of a store is made anew after a while.
    """
    assert snapshot.info is not None
    info = replace(snapshot.info, opened_as="", journal_mode="")
    return replace(snapshot, generation=0, epoch=0, time=0.0, updated=(), info=info)


class Reading:
    """Counts the rows of events that are read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows = 0
        query = Store.query

        def counted(store: Store, sql: str, *rest: object, **named: object) -> Rows:
            rows = query(store, sql, *rest, **named)  # type: ignore[arg-type]  # passed on
            if "event_rows_" in sql:
                self.rows += len(rows)
            return rows

        monkeypatch.setattr(Store, "query", counted)


# -- what comes back -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*HEIST, *HTMLGRAPH])
def test_the_second_opening_shows_the_same(tmp_path: Path, folder: Path, name: str) -> None:
    path = sample(tmp_path, name)
    cache = cache_in(folder)
    first = opened(path, cache)
    assert shown(opened(path, cache)) == shown(first) == shown(opened(path, None))


def test_the_second_opening_reads_few_rows(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with canonical_store(path, "wal") as store, store.batch():
        for number in range(1000):
            store.add_event(f"s{number % 7}")
    opened(path, cache_in(folder))
    reading = Reading(monkeypatch)
    again = opened(path, cache_in(folder))
    assert again.totals.events == 1000 + ROWS
    assert again.totals.counted == 1.0
    assert all(row.complete for row in again.sessions)
    assert reading.rows < 20
    reading.rows = 0
    opened(path, None)
    assert reading.rows > 1000


def test_a_session_keeps_its_id_and_its_times_once(path: Path, folder: Path) -> None:
    with canonical_store(path, "wal") as store:
        store.connection.execute("UPDATE session SET started = 0.0")
        store.connection.execute("UPDATE event SET time = rowid - 1")
        store.connection.commit()
    opened(path, cache_in(folder))
    feed = Feed(path, clock=Clock(), cache=cache_in(folder))
    snap(feed)
    feed.backfill(0.0)
    rows = {row.id: row for row in snap(feed).sessions}
    keys = {name: name for name in feed.fold.sessions}
    assert all(row.id is keys[row.id] for row in rows.values() if row.session.declared)
    assert rows["s0"].started == 0.0
    assert rows["s0"].session.started is rows["s0"].totals.first_time
    assert rows["s1"].totals.first_time == 1.0
    feed.close()


def test_the_first_step_after_the_first_look_knows_everything(path: Path, folder: Path) -> None:
    opened(path, cache_in(folder))
    feed = Feed(path, clock=Clock(), cache=cache_in(folder))
    assert snap(feed).totals.counted < 1.0
    assert feed.backfill(0.0)
    snapshot = snap(feed)
    assert (snapshot.totals.counted, snapshot.totals.events) == (1.0, ROWS)
    feed.close()


def test_what_comes_later_is_counted_on(path: Path, folder: Path) -> None:
    opened(path, cache_in(folder))
    with canonical_store(path, "wal") as store:
        feed = Feed(path, clock=Clock(), cache=cache_in(folder))
        snap(feed)
        assert feed.backfill(0.0)
        store.add_event("s1", id="new", state="running")
        store.update("event", "id", f"e{ROWS - 1}", state="unknown")
        now = snap(feed)
        store.finish_event("new", "error")
        assert snap(feed).totals.errors == now.totals.errors + 1
        later = snap(feed)
        feed.close()
        assert shown(replace(later, arrived=())) == shown(opened(path, None))


def test_the_screen_and_the_commands_share_what_is_kept(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(path, cache_in(folder))
    reading = Reading(monkeypatch)
    counted = count_store(path, now=1.0, cache=cache_in(folder))
    assert reading.rows == 0
    plain = count_store(path, now=1.0)
    assert counted.rows == plain.rows
    assert counted.tools() == plain.tools()
    assert counted.agents() == plain.agents()


@pytest.mark.parametrize("name", [*HEIST, *HTMLGRAPH])
def test_commands_print_the_same_again(tmp_path: Path, folder: Path, name: str) -> None:
    path = sample(tmp_path, name)
    cache = cache_in(folder)
    runs = [count_store(path, now=1e9, cache=each) for each in (None, cache, cache)]
    for run in runs[1:]:
        assert run.rows == runs[0].rows
        assert run.tools() == runs[0].tools()
        assert run.agents() == runs[0].agents()
    assert len(list(folder.iterdir())) == 1


def test_the_store_and_its_folder_stay_as_they_were(path: Path, folder: Path) -> None:
    def state() -> dict[str, tuple[bytes, int]]:
        return {each.name: (each.read_bytes(), each.stat().st_mtime_ns)
                for each in path.parent.iterdir() if each.is_file()}  # fmt: skip

    before = state()
    opened(path, cache_in(folder))
    opened(path, cache_in(folder))
    count_store(path, cache=cache_in(folder))
    assert state() == before


# -- what does not ---------------------------------------------------------------------------------


def test_what_changed_while_it_was_counted_is_not_kept(path: Path, folder: Path) -> None:
    with canonical_store(path, "wal") as store:
        feed = Feed(path, clock=Clock(), cache=cache_in(folder))
        snap(feed)
        pass_a_tick(path.parent)
        store.update("event", "id", "e1", state="unknown")
        count_all(feed)
        feed.keep_totals()
        feed.close()
        assert not folder.exists()


def test_a_commit_between_the_first_look_and_the_look_up_is_seen(path: Path, folder: Path) -> None:
    opened(path, cache_in(folder))
    feed = Feed(path, clock=Clock(), cache=cache_in(folder))
    snap(feed)
    pass_a_tick(path.parent)
    with canonical_store(path, "wal") as store:
        store.update("event", "id", "e1", state="error")
        assert not feed.backfill(0.0)
        count_all(feed)
        feed.close()
        assert shown(opened(path, cache_in(folder))) == shown(opened(path, None))


def test_a_commit_during_the_look_up_is_seen(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = cache_in(folder)
    opened(path, cache)
    load = FoldCache.load

    def late(*given: object) -> object:
        kept = load(*given)  # type: ignore[arg-type]  # passed on
        pass_a_tick(path.parent)
        with canonical_store(path, "wal") as store:
            store.update("event", "id", "e1", state="error")
        return kept

    monkeypatch.setattr(FoldCache, "load", late)
    with Store(path) as store:
        assert KeptTotals(cache, store).look_up(store) is None


def test_stores_with_rows_that_cannot_be_read_are_not_kept(tmp_path: Path, folder: Path) -> None:
    with canonical_store(tmp_path / "a.db") as writer:
        fill(writer)
        path = writer.path
    problem = Problem("event", "rows left out", 1)
    with mock.patch.object(Store, "problems", return_value=(problem,)):
        feed = Feed(path, clock=Clock(), cache=cache_in(folder))
        snap(feed)
        count_all(feed)
        feed.keep_totals()
        feed.close()
    assert not folder.exists()


def test_small_stores_are_not_kept(path: Path, folder: Path) -> None:
    count_store(path, cache=FoldCache(folder, least_rows=ROWS + 1))
    assert not folder.exists()
    count_store(path, cache=FoldCache(folder, least_rows=ROWS))
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(("grace", "entries"), [(0.0, 0), (3600.0, 1)])
def test_whoever_leaves_keeps_what_is_counted_for_a_moment_only(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, grace: float, entries: int
) -> None:
    monkeypatch.setattr(kept_totals, "GRACE", grace)
    feed = Feed(path, clock=Clock(), cache=cache_in(folder))
    snap(feed)
    count_all(feed)
    feed.leave()
    feed.keep_totals()
    feed.close()
    assert folder.exists() == (entries > 0)
    assert len(list(folder.glob("*"))) == entries


def test_leaving_stops_keeping_that_is_under_way(path: Path, folder: Path) -> None:
    mark = store_mark.mark_of(path)
    assert mark is not None
    answers = iter((True, True, False))
    with Store(path) as store:
        fold = Fold(messages_only=False)
        kept = cache_in(folder).save(
            store, mark, BY_SLICES, fold, {}, goes_on=lambda: next(answers)
        )
    assert not kept
    assert not folder.exists()


@pytest.mark.parametrize(
    ("name", "value"), [("_code", lambda: "other"), ("LAYOUT", "other"), ("FORMAT", 3)]
)
def test_what_another_version_kept_is_not_used(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    opened(path, cache_in(folder))
    monkeypatch.setattr(fold_cache, name, value)
    with Store(path) as store:
        assert KeptTotals(cache_in(folder), store).look_up(store) is None
    opened(path, cache_in(folder))
    with Store(path) as store:
        assert KeptTotals(cache_in(folder), store).look_up(store) is not None
    assert len(list(folder.iterdir())) == 1


def test_what_was_read_in_another_zone_is_not_used(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sample(tmp_path, "htmlgraph-0.26.1")
    monkeypatch.setenv("SESSION_TUI_NAIVE_ZONE", "Asia/Tokyo")
    opened(path, cache_in(folder))
    monkeypatch.setenv("SESSION_TUI_NAIVE_ZONE", "America/Lima")
    assert shown(opened(path, cache_in(folder))) == shown(opened(path, None))


def test_a_copy_of_a_store_is_another_one(path: Path, folder: Path, tmp_path: Path) -> None:
    opened(path, cache_in(folder))
    other = tmp_path / "b.db"
    other.write_bytes(path.read_bytes())
    with Store(other) as store:
        assert KeptTotals(cache_in(folder), store).look_up(store) is None
    opened(other, cache_in(folder))
    assert len(list(folder.iterdir())) == 2


# -- entries that are wrong -----------------------------------------------------------------------


def damaged(content: bytes) -> Iterator[bytes]:
    yield b""
    yield b"x"
    yield content[:-1]
    yield content[: len(content) // 2]
    yield content + b"\0"
    yield b"\x80\x04N." + content
    for at in range(0, len(content), 7):
        yield content[:at] + bytes((content[at] ^ 1 << at % 8,)) + content[at + 1 :]


def test_damaged_entries_are_ignored_and_written_anew(path: Path, folder: Path) -> None:
    opened(path, cache_in(folder))
    (entry,) = folder.iterdir()
    content = entry.read_bytes()
    with Store(path) as store:
        for wrong in damaged(content):
            entry.write_bytes(wrong)
            assert KeptTotals(cache_in(folder), store).look_up(store) is None
            assert cache_in(folder).info(path, BY_SLICES) is None
        expected = shown(opened(path, None))
        assert shown(opened(path, cache_in(folder))) == expected
        assert KeptTotals(cache_in(folder), store).look_up(store) is not None


@pytest.mark.parametrize(
    "line",
    ["[]", "1", "null", "{", '{"key": 1}', "[" * 100_000, '["sessions", 7]', '["open", [["s", 1]]]',
     '["counts", [1]]', '["running", [[]]]'],
)  # fmt: skip
def test_entries_of_nonsense_are_ignored(path: Path, folder: Path, line: str) -> None:
    """Though their checksum is right."""
    opened(path, cache_in(folder))
    (entry,) = folder.iterdir()
    start = len(proof_of())
    head = entry.read_bytes()[start:].partition(b"\n")[0]
    body = zlib.compress(line.encode())
    for content in (head + b"\n" + body, line.encode() + b"\n" + body, head + b"\n" + b"x"):
        entry.write_bytes(proof_of(content) + content)
        with Store(path) as store:
            assert KeptTotals(cache_in(folder), store).look_up(store) is None


def test_something_else_in_the_place_of_an_entry_is_left_alone(
    path: Path, folder: Path, tmp_path: Path
) -> None:
    opened(path, cache_in(folder))
    (entry,) = folder.iterdir()
    target = tmp_path / "target"
    target.write_bytes(entry.read_bytes())
    entry.unlink()
    entry.symlink_to(target)
    with Store(path) as store:
        assert KeptTotals(cache_in(folder), store).look_up(store) is None
    entry.unlink()
    os.mkfifo(entry)
    with Store(path) as store:
        assert KeptTotals(cache_in(folder), store).look_up(store) is None
    entry.unlink()
    entry.mkdir()
    assert shown(opened(path, cache_in(folder))) == shown(opened(path, None))
    assert entry.is_dir()
    assert not list(folder.glob("*.new"))


def test_without_a_usable_folder_nothing_is_kept_and_nothing_is_said(
    path: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    expected = shown(opened(path, None))
    assert shown(opened(path, cache_in(tmp_path / "file" / "below"))) == expected
    assert shown(opened(path, cache_in(Path("/proc/nowhere")))) == expected


def test_a_full_disk_leaves_nothing_behind(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    opened(path, cache_in(folder))
    assert list(folder.iterdir()) == []


# -- the folder ------------------------------------------------------------------------------------


def test_an_entry_larger_than_everything_is_not_kept(path: Path, folder: Path) -> None:
    opened(path, cache_in(folder, most_bytes=100))
    assert not folder.exists()


def test_it_can_be_told_what_is_kept(path: Path, folder: Path) -> None:
    cache = cache_in(folder)
    assert cache.info(path, BY_SLICES) is None
    opened(path, cache)
    info = cache.info(path, BY_SLICES)
    assert info is not None
    (entry,) = folder.iterdir()
    assert (info.rows, info.written, info.size) == (ROWS, 1000.0, entry.stat().st_size)


def test_folders_need_not_be_named_in_ascii(path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="ä\udcff") as odd:
        other = Path(odd) / "store \udcfe.db"
        other.write_bytes(path.read_bytes())
        cache = cache_in(Path(odd) / "cache")
        opened(other, cache)
        assert cache.info(other, BY_SLICES) is not None


# -- many sessions ---------------------------------------------------------------------------------


def test_totals_are_known_before_all_sessions_are_listed(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that run are listed at once, since figures depend on them; no figure changes later."""
    path = tmp_path / "many.db"
    with canonical_store(path, "wal") as store, store.batch():
        for number in range(60):
            name = f"s{number:02d}"
            is_running = number in (3, 30, 59)
            if number != 40:
                store.add_session(name, started=1000.0 + number,
                                  status="running" if is_running else "completed")  # fmt: skip
            for _ in range(3):
                store.add_event(name, time=1500.0, state="running" if is_running else "ok")
    settle(path)
    clock = Clock(1600.0)
    whole = opened(path, None, clock)
    opened(path, cache_in(folder), clock)
    monkeypatch.setattr(counting, "FIRST_SESSIONS", 5)
    monkeypatch.setattr(Roster.load_more, "__defaults__", (7,))
    feed = Feed(path, clock=clock, cache=cache_in(folder))
    snap(feed)
    assert feed.backfill(0.0)
    first = snap(feed)
    assert len(first.sessions) < 20
    assert {"s03", "s30", "s40", "s59"} <= {row.id for row in first.sessions}
    assert all(row.complete for row in first.sessions)
    assert feed.counting
    count_all(feed)
    assert shown(snap(feed)) == shown(whole)
    assert not first.is_listed
    assert replace(shown(first), sessions=(), is_listed=True) == replace(
        shown(snap(feed)), sessions=()
    )
    feed.close()


def test_sessions_that_are_not_listed_are_none_that_only_events_name(
    tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / "more.db"
    with canonical_store(path, "wal") as store, store.batch():
        for number in range(30):
            store.add_session(f"s{number:02d}", started=1000.0 + number, status="completed")
            store.add_event(f"s{number:02d}", time=1500.0)
        store.add_event("stray", time=1400.0)
    settle(path)
    opened(path, cache_in(folder), Clock(1600.0))
    feed = Feed(path, clock=Clock(1600.0), cache=cache_in(folder), keep_sessions=10)
    snap(feed)
    assert feed.backfill(0.0)
    known = snap(feed)
    feed.close()
    assert known.total_sessions == 31
    assert {row.id for row in known.sessions if not row.session.declared} <= {"stray"}
    assert known.totals.events == 31
