"""What other processes count comes to the same as one pass, and they leave nothing behind."""

from __future__ import annotations

import gc
import itertools
import queue
import random
import sqlite3
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.counting import backfill, counting_crew, counting_process
from queries.counting.backfill import Backfill
from queries.counting.counting_crew import CountedRange, CountingCrew, Range, ranges
from queries.counting.counting_process import counted, work
from queries.counting.lean_slices import LeanSlices
from queries.feed import Feed
from queries.fold import Fold
from queries.folding.handed_on import HandedOn
from queries.keeping.packed_parts import pack, receive, unpack
from queries.keeping.way_of_reading import identity
from queries.models import Event, Problem
from queries.opening.files import StoreBusyError
from queries.store import Store
from queries.whole_store import count_store
from tests.queries.counting.test_backfill import cells_of, one_pass, written
from tests.queries.events import sequences
from tests.queries.feeding import Clock, count_all, snap
from tests.queries.feeding import counted as counted_anew
from tests.queries.test_fold import figures
from tests.stores import canonical_store, htmlgraph_store
from tests.stores.base import RawText
from tests.stores.canonical import CanonicalStore

ROWS = 900
DEADLINE = 60.0


def filled(path: Path, rows: int = ROWS, journal: Any = "delete") -> CanonicalStore:
    """A store with calls in two rows, calls that run, prompts, delegations and failures."""
    chance = random.Random(3)
    store = canonical_store(path, journal)
    for number in range(9):
        store.add_session(f"session-{number}")
    with store.batch():
        _fill(store, rows, chance)
    return store


def _fill(store: CanonicalStore, rows: int, chance: random.Random) -> None:
    for row in range(rows):
        session, agent = f"session-{chance.randrange(9)}", f"agent-{chance.randrange(4)}"
        common = {"agent": agent, "tool": chance.choice(("Read", "Bash"))}
        dice = chance.random()
        if dice < 0.1:
            store.add_event(session, kind="prompt", summary=f"do {row}")
        elif dice < 0.2:
            store.add_event(session, kind="delegation", target_agent="explorer", **common)
        elif dice < 0.4:
            phase = chance.choice(("start", "end"))
            store.add_event(session, phase=phase, call_key=f"key-{row // 9}", **common)
        elif dice < 0.45:
            store.add_event(session, state="running", **common)
        else:
            state = chance.choice(("ok", "ok", "error"))
            store.add_event(session, state=state, duration=chance.random() * 9, **common)


@pytest.fixture
def small_ranges() -> Iterator[None]:
    """Stores of a few hundred rows are worth other processes."""
    with (
        mock.patch.object(counting_crew, "LEAST", 100),
        mock.patch.object(counting_crew, "NARROWEST", 30),
        mock.patch.object(counting_crew, "WIDEST", 200),
    ):
        yield


class Alone:
    """Counts ranges in this process, with the words that others would be sent."""

    why: str | None = None

    def __init__(self, store: Store, wanted: list[Range]) -> None:
        self.store, self.wanted, self.rows = store, list(wanted), LeanSlices()

    def take(self, _timeout: float) -> CountedRange:
        """The next range."""
        low, high = self.wanted.pop(0)
        head, *parts = map(pack, counted(self.store, self.rows, 0, low, high))
        return CountedRange(low, unpack(head)["first_time"], deque(parts))

    def close(self) -> None:
        """Nothing is open."""


def cut(low: int, high: int, widths: list[int]) -> list[Range]:
    found: list[Range] = []
    while high >= low:
        width = widths[len(found) % len(widths)]
        found.append((max(high - width + 1, low), high))
        high -= width
    return found


@settings(max_examples=40)
@given(sequences(), st.lists(st.integers(1, 9), min_size=1), st.integers(1, 4), st.booleans())
def test_ranges_put_together_are_one_pass(
    events: list[Event], widths: list[int], slice_: int, messages_only: bool
) -> None:
    with (
        written([cells_of(event) for event in events]) as store,
        mock.patch.object(counting_process, "ROWS", slice_),
    ):
        store.mapping = _with_messages(store, messages_only)
        fold = Fold(messages_only=messages_only)
        past = Backfill(store, fold)
        if events:
            crew = Alone(store, cut(*(store.bounds(0) or (1, 0)), widths))
            past._crew = crew  # type: ignore[assignment] # has what is asked of one
        while not past.done:
            past.step(store)
        assert past.counted == 1.0
        assert past.frontier is None
        assert figures(fold) == figures(one_pass(store, messages_only))


def _with_messages(store: Store, messages_only: bool) -> Any:
    from queries.plain_data import replace

    return replace(store.mapping, has_messages=messages_only)


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**6), st.integers(1, 4))
def test_ranges_cover_every_row_once(low: int, more: int, processes: int) -> None:
    store = mock.Mock(slice_start=lambda _source, upto, _rows: upto - 1)
    found = ranges(store, 0, low, low + more, processes=processes)
    if more < counting_crew.LEAST:
        assert found == []
        return
    assert (found[-1][0], found[0][1]) == (low, low + more)
    assert all(earlier[0] - 1 == later[1] for earlier, later in itertools.pairwise(found))
    assert all(high - low < counting_crew.WIDEST for low, high in found)
    assert found[0][1] - found[0][0] < counting_crew.NARROWEST


def test_rows_far_apart_are_not_cut_by_their_seqs() -> None:
    store = mock.Mock(slice_start=lambda _source, _upto, _rows: 5)
    assert ranges(store, 0, 1, 10**9, processes=2) == []


@pytest.mark.parametrize("processes", [2, 3])
def test_other_processes_count_what_one_pass_counts(
    processes: int, small_ranges: None, tmp_path: Path
) -> None:
    filled(tmp_path / "store.db").close()
    with Store(tmp_path / "store.db") as store:
        told: list[float] = []
        with mock.patch.object(Backfill, "_step", side_effect=AssertionError("counted here")):
            shared = count_store(store, told.append, now=2e9, processes=processes)
        alone = count_store(store, now=2e9)
    assert figures(shared.fold) == figures(alone.fold)
    assert shared.rows == alone.rows
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_htmlgraph_is_counted_alike(small_ranges: None, tmp_path: Path) -> None:
    with htmlgraph_store(tmp_path / "store.db") as builder, builder.batch():
        for number in range(6):
            builder.add_session(f"session-{number}")
        for row in range(600):
            kind = "task_delegation" if not row % 9 else "tool_call"
            builder.add_event(f"session-{row % 6}", event_type=kind)
    with Store(tmp_path / "store.db") as store:
        shared = count_store(store, now=2e9, processes=2)
        alone = count_store(store, now=2e9)
    assert figures(shared.fold) == figures(alone.fold)


def test_sums_do_not_depend_on_who_counted(small_ranges: None, tmp_path: Path) -> None:
    chance = random.Random(5)
    took = [chance.random() ** 9 * 1e4 for _ in range(ROWS)]
    with canonical_store(tmp_path / "store.db") as store, store.batch():
        store.add_session("one")
        for each in took:
            store.add_event("one", duration=each, cost=each / 7)
    with Store(tmp_path / "store.db") as opened:
        shared = count_store(opened, processes=2).tools()
        alone = count_store(opened).tools()
    assert shared == alone
    assert shared[0].total == pytest.approx(sum(took), rel=1e-12)


@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("begun", [0, 70])
def test_positions_fit_where_no_seq_is_missing(
    small_ranges: None, tmp_path: Path, holes: bool, begun: int
) -> None:
    """Then nothing has to be moved; else everything is, and is counted as well."""
    path = tmp_path / "store.db"
    filled(path).close()
    if holes:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM event WHERE seq % 50 = 7")
    moves: list[int] = []
    shift = HandedOn._shift

    def noted(handed_on: HandedOn, by: int, pause: Callable[[], object]) -> None:
        moves.append(by)
        shift(handed_on, by, pause)

    with Store(path) as store, mock.patch.object(HandedOn, "_shift", noted):
        fold = Fold(messages_only=store.mapping.has_messages)
        past = Backfill(store, fold)
        if begun:
            past.step(store, begun)
        past.share(store, 2)
        while not past.done:
            past.step(store)
        assert figures(fold) == figures(one_pass(store, store.mapping.has_messages))
    assert bool(moves) == holes


# -- what may go wrong ------------------------------------------------------------------------


def crew_of(store: Store, **options: Any) -> CountingCrew:
    first, last = store.bounds(0) or (0, 0)
    return CountingCrew(store, 0, cut(first, last, [50]), processes=1, **options)


def test_a_process_that_dies_costs_no_row(small_ranges: None, tmp_path: Path) -> None:
    filled(tmp_path / "store.db").close()
    with Store(tmp_path / "store.db") as store:
        fold = Fold(messages_only=store.mapping.has_messages)
        past = Backfill(store, fold)
        past.share(store, 1)
        crew = past._crew
        assert crew is not None
        while fold.rows == 0:
            past.step(store)
        crew._members[0]._process.kill()
        while not past.done:
            past.step(store)
        assert figures(fold) == figures(one_pass(store, store.mapping.has_messages))


def test_another_store_at_the_path_is_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    filled(path, 200).close()
    with Store(path) as store:
        path.rename(tmp_path / "moved.db")
        filled(path, 210).close()
        crew = crew_of(store)
        try:
            assert crew.take(DEADLINE) is None
            assert crew.why == "is another store, or read in another way"
        finally:
            crew.close()


def test_none_are_started_where_the_program_cannot_be_run(
    small_ranges: None, tmp_path: Path
) -> None:
    filled(tmp_path / "store.db", 200).close()
    with (
        Store(tmp_path / "store.db") as store,
        mock.patch.object(sys, "executable", str(tmp_path / "none")),
    ):
        assert count_store(store, processes=2).fold.rows == 200


@pytest.mark.parametrize("spoil", ["id", "cell"])
def test_rows_that_only_the_store_itself_can_tell_of_are_counted_here(
    spoil: str, small_ranges: None, tmp_path: Path
) -> None:
    builder = filled(tmp_path / "store.db", 300)
    if spoil == "id":
        builder.add_event("one\x1b[31mred")
    else:
        builder.add_event("session-1", agent=RawText(b"\xff\xfe"), duration="soon", time="never")
    builder.close()
    with Store(tmp_path / "store.db") as store:
        shared = count_store(store, now=2e9, processes=2)
        known = [store.raw_id(row.id) for row in shared.rows]
    with Store(tmp_path / "store.db") as store:
        alone = count_store(store, now=2e9)
        assert known == [store.raw_id(row.id) for row in alone.rows]
    assert figures(shared.fold) == figures(alone.fold)
    assert shared.problems == alone.problems


def test_they_end_with_whoever_began_them(tmp_path: Path) -> None:
    filled(tmp_path / "store.db", 100).close()
    with Store(tmp_path / "store.db") as store:
        crew = crew_of(store)
        process = crew._members[0]._process
        assert crew.take(DEADLINE) is not None
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(DEADLINE) == 0
        crew.close()


def test_closing_leaves_no_process_and_no_thread(tmp_path: Path) -> None:
    filled(tmp_path / "store.db").close()
    with Store(tmp_path / "store.db") as store:
        crew = crew_of(store)
        crew.close()
        (member,) = crew._members
        assert member._process.returncode is not None
        assert not member._listener.is_alive()
        crew.close()


def test_nothing_is_loaded_that_counting_does_not_need(tmp_path: Path) -> None:
    code = "import sys, queries.counting.counting_process; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in told.stdout.split()}
    assert loaded.isdisjoint({"textual", "rich", "click", "asyncio", "duckdb", "platformdirs"})


# -- what is answered ---------------------------------------------------------------------------


def answers(requests: list[Any]) -> list[Any]:
    """The first parts of what is answered."""
    asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for request in [*requests, None]:
        asked.put(request)
    sent = BytesIO()
    work(asked, sent)
    sent.seek(0)
    found = []
    while parts := receive(sent):
        found.append(unpack(parts[0]))
    return found


def task(store: Store, **changed: Any) -> dict[str, Any]:
    return {
        "path": str(store.path).encode().hex(),
        "identity": identity(store),
        "nice": 0,
        "gaps": False,
        "patience": 5.0,
        "message": None,
    } | changed


def test_one_answer_for_each_range(tmp_path: Path) -> None:
    filled(tmp_path / "store.db", 40).close()
    with Store(tmp_path / "store.db") as store:
        assert [*map(len, answers([task(store), [0, 21, 40], [0, 1, 20]]))] == [1, 1]
        refused = answers([task(store, identity=[]), [0, 1, 40]])
        assert refused == [{"why": "is another store, or read in another way"}]
        (gone,) = answers([task(store, path=b"/nowhere/store.db".hex())])
        assert "why" in gone


def test_what_only_the_store_itself_can_tell_is_not_answered(tmp_path: Path) -> None:
    with filled(tmp_path / "store.db", 40) as builder:
        builder.add_event("one\x1b[31mred")
    with Store(tmp_path / "store.db") as store:
        assert "first_time" in next(counted(store, LeanSlices(), 0, 1, 40))
        assert "why" in next(counted(store, LeanSlices(), 0, 1, 41))
    with (
        Store(tmp_path / "store.db") as store,
        mock.patch.object(store, "problems", return_value=[Problem("event", "rows left out", 1)]),
    ):
        assert "why" in next(counted(store, LeanSlices(), 0, 1, 40))


@pytest.mark.parametrize("cell", [b"\xff\x00", 1.5])
def test_rows_that_are_only_read_whole_are_counted_as_well(tmp_path: Path, cell: object) -> None:
    """Fewer of them are read at once than were asked for."""
    filled(tmp_path / "store.db", 200).close()
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
        connection.execute("UPDATE event SET agent = ? WHERE seq = 120", (cell,))
    with (
        Store(tmp_path / "store.db") as store,
        mock.patch("queries.counting.lean_slices.WHOLE", 7),
        mock.patch("queries.counting.counting_process.ROWS", 50),
        mock.patch("queries.counting.counting_process.MOST_ROWS", 50),
    ):
        _, *parts = counted(store, LeanSlices(), 0, 1, 200)
        found = CountedRange(1, None, deque(map(pack, parts))).fold(lambda: None)
        assert found.rows == 200
        assert figures(found) == figures(one_pass(store, store.mapping.has_messages))


def test_of_many_sessions_more_rows_are_counted_at_once(tmp_path: Path) -> None:
    """Each takes its time in every slice."""
    with canonical_store(tmp_path / "store.db") as builder, builder.batch():
        for number in range(400):
            builder.add_event(f"session-{number}")
        for _ in range(400):
            builder.add_event("alone")
    read: list[int] = []
    rows = LeanSlices()

    def noted(store: Store, source: int, after: int, upto: int, limit: int) -> Any:
        read.append(upto - after)
        return LeanSlices.read(rows, store, source, after, upto, limit)

    with (
        Store(tmp_path / "store.db") as store,
        mock.patch.object(rows, "read", noted),
        mock.patch("queries.counting.counting_process.ROWS", 50),
        mock.patch("queries.counting.counting_process.MOST_ROWS", 160),
    ):
        list(counted(store, rows, 0, 1, 800))
    assert read == [50, 160, 160, 160, 160, 50, 50, 10]


def test_beside_a_writer_without_a_log_it_pauses(tmp_path: Path) -> None:
    filled(tmp_path / "store.db", 40).close()
    pauses: list[float] = []
    with (
        Store(tmp_path / "store.db") as store,
        mock.patch("queries.counting.counting_process.time.sleep", pauses.append),
    ):
        list(counted(store, LeanSlices(), 0, 1, 40))
        assert pauses == []
        with mock.patch.object(store, "rows_at_once", lambda most, **_: min(most, 300)):
            list(counted(store, LeanSlices(), 0, 1, 40))
        assert len(pauses) == 1


# -- while somebody writes ------------------------------------------------------------------------


class Held:
    """A crew whose ranges are all counted, and are handed out only when that is asked for."""

    def __init__(self, crew: CountingCrew) -> None:
        self.crew = crew
        self.is_held = True

    @property
    def why(self) -> str | None:
        return self.crew.why

    def take(self, timeout: float) -> CountedRange | None:
        """The next range."""
        return None if self.is_held else self.crew.take(timeout)

    def close(self) -> None:
        """As the crew."""
        self.crew.close()

    def wait(self) -> None:
        """Wait until others have counted everything."""
        with self.crew._changed:
            assert self.crew._changed.wait_for(
                lambda: len(self.crew._counted) == len(self.crew._wanted), DEADLINE
            )


@pytest.fixture
def held(small_ranges: None, tmp_path: Path) -> Iterator[tuple[CanonicalStore, Feed, Held]]:
    """A store, and a feed on it that waits for others who have counted all of it."""
    store = filled(tmp_path / "store.db", journal="wal")
    feed = Feed(tmp_path / "store.db", clock=Clock(), processes=1)
    with mock.patch.object(backfill, "FIRST", 310):
        snap(feed)
    feed._counting.step(_store_of(feed), 0.0)
    past = feed._counting.past
    assert past is not None
    assert past._crew is not None
    held = Held(past._crew)
    held.wait()
    past._crew = held  # type: ignore[assignment] # has what is asked of one
    yield store, feed, held
    feed.close()
    store.close()


def _store_of(feed: Feed) -> Store:
    assert feed.store is not None
    return feed.store


def test_a_row_that_ends_after_others_read_it_is_read_again(
    held: tuple[CanonicalStore, Feed, Held],
) -> None:
    store, feed, crew = held
    running = [event for event in all_events(feed) if event.state == "running"][:5]
    for event in running:
        store.finish_event(event.id, "error")
    snap(feed)
    crew.is_held = False
    count_all(feed)
    agrees(feed)


def test_a_row_on_screen_that_changes_after_others_read_it(
    held: tuple[CanonicalStore, Feed, Held],
) -> None:
    store, feed, crew = held
    first = next(event for event in all_events(feed) if event.state == "ok")
    feed.watch([first.key])
    store.add_event("session-1")
    snap(feed)
    store.update("event", "id", first.id, state="error")
    snap(feed)
    crew.is_held = False
    count_all(feed)
    agrees(feed)


def test_rows_seen_for_the_first_time_cost_nothing_that_others_have_counted(
    held: tuple[CanonicalStore, Feed, Held],
) -> None:
    store, feed, crew = held
    past = feed._counting.past
    for event in all_events(feed)[:3]:
        feed.watch([event.key])
        store.add_event("session-1")
        snap(feed)
    assert past is not None
    assert past._crew is crew  # type: ignore[comparison-overlap] # has what is asked of one
    crew.is_held = False
    count_all(feed)
    agrees(feed)


def test_rows_that_come_meanwhile_are_counted_once(
    held: tuple[CanonicalStore, Feed, Held],
) -> None:
    store, feed, crew = held
    for _ in range(20):
        store.add_event("session-1", phase="end", call_key="key-3")
        snap(feed)
    crew.is_held = False
    count_all(feed)
    agrees(feed)
    assert feed.fold.rows == ROWS + 20


def all_events(feed: Feed) -> list[Event]:
    return _store_of(feed).events_between(0, 0, ROWS, ROWS)


def agrees(feed: Feed) -> None:
    """What the feed tells is what a new one counts."""
    snapshot, anew = snap(feed), counted_anew(feed.path, Clock())
    assert snapshot.totals == anew.totals
    assert snapshot.sessions == anew.sessions
    assert snapshot.tools == anew.tools
    assert snapshot.interactions == anew.interactions


def test_a_feed_that_lets_go_of_its_file_ends_them(
    held: tuple[CanonicalStore, Feed, Held],
) -> None:
    _, feed, crew = held
    (member,) = crew.crew._members
    feed.close()
    assert member._process.returncode is not None
    snap(feed)
    count_all(feed)
    agrees(feed)


def test_busy_stores_are_asked_again(small_ranges: None, tmp_path: Path) -> None:
    filled(tmp_path / "store.db", 200).close()
    tries: list[int] = []

    def refused(read: Callable[..., int]) -> Callable[..., int]:
        def start(*arguments: Any) -> int:
            tries.append(1)
            if len(tries) < 3:
                raise StoreBusyError("is locked by a writer.")
            return read(*arguments)

        return start

    is_collecting: set[bool] = set()
    with Store(tmp_path / "store.db") as store:
        past = Backfill(store, Fold(messages_only=False))
        with mock.patch.object(store, "slice_start", refused(store.slice_start)):
            for _ in range(2):
                with pytest.raises(StoreBusyError):
                    past.share(store, 1)
                assert not past.was_shared
            past.share(store, 1)
        assert past.was_shared
        while not past.done:
            past.step(store, pause=lambda: is_collecting.add(gc.isenabled()))
        assert past.counted == 1.0
    # All at once it would keep the screen waiting.
    assert is_collecting == {True}
