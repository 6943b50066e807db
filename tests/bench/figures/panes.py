"""What a pane reads when it is shown, on a store of a million events in three shapes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from queries.live.roster import Roster
from queries.live.scope import ScopeCounter
from queries.models import Scope
from queries.sessions import STALE_AFTER
from queries.store import Store
from queries.trees.activity_reader import read_tree
from tests.bench import naive
from tests.bench.floor import connect
from tests.bench.measure import percentile, seconds_of
from tests.bench.report import Figure, Result
from tests.bench.workbench import SHAPES, Workbench

TREE = "activity tree of a session, median / p99"
SCOPE = "tools and matrix of a session, median / p99"
PAGE = (
    "Every row is cleaned and made into an event in Python, also of the first part of a session;"
    " HtmlGraph's rows are sorted before, for none of its indexes has them in order of arrival."
)
FIGURES = (
    Figure("panes.sessions", "all declared sessions, as listed at first", "ms", 50,
           reason="All that the store declares are read, cleaned and sorted at once."),
    Figure("panes.tree", "activity tree of a session, median", "ms", 50, line=TREE),
    Figure("panes.tree-p99", "activity tree of a session, p99", "ms", 50, line=TREE, reason=PAGE),
    Figure("panes.tree-giant", "activity tree of the giant session, first part", "ms", 50,
           reason=PAGE),
    Figure("panes.scope", "tools and matrix of a session, median", "ms", 50, line=SCOPE),
    Figure("panes.scope-p99", "tools and matrix of a session, p99", "ms", 50, line=SCOPE,
           reason=PAGE),
    Figure("panes.scope-giant", "tools and matrix of the giant session, first part", "ms", 50,
           reason=PAGE),
)  # fmt: skip
SAMPLE = 60
"""Sessions that are opened, evenly over all sizes but the giant."""
NAIVE_EVERY = 10
"""The naive way to tools and matrix is so slow that it is tried with so few of them."""
NAIVE_LIMIT = 3.0
"""Seconds after which a statement of the naive way is given up."""
GIVEN_UP, TENTH = "at least", "from a tenth of the events"
NOT_DONE = "not done"

Times = dict[str, list[float]]
Taken = dict[str, Times]
"""Per figure and way (ours, naive, floor), seconds; busy: processor time of ours; and an entry
for each naive one that was given up."""


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family; of the three shapes the slowest one is shown."""
    shapes: dict[str, Taken] = {}
    for shape in SHAPES:
        if bench.clock.left or not shapes:
            shapes[shape] = _measure(bench, shape)
    left_out = f", time for {len(shapes)} of {len(SHAPES)}" if len(shapes) < len(SHAPES) else ""
    for figure in FIGURES:
        key = figure.name.partition(".")[2]
        part = 0.99 if key.endswith("p99") else 0.5
        of_shape = {
            shape: percentile(taken[key]["ours"], part) * 1000 for shape, taken in shapes.items()
        }
        slowest = max(of_shape, key=lambda shape: of_shape[shape])
        taken = shapes[slowest][key]
        others = {
            way: percentile(values, part) * 1000
            for way, values in taken.items()
            if values and way not in ("ours", NOT_DONE)
        }
        naive_note = TENTH if key == "tree-giant" else GIVEN_UP if taken.get(NOT_DONE) else ""
        yield Result(
            figure.name,
            of_shape[slowest],
            naive=others.get("naive"),
            floor=others.get("floor"),
            runs=len(taken["ours"]),
            note=slowest + left_out,
            naive_note=naive_note,
            details={**of_shape, "processor": others["busy"]},
        )


def _measure(bench: Workbench, shape: str) -> Taken:
    path = bench.store(shape, bench.big)
    sizes = bench.by_size(shape, bench.big)
    others, giant = [name for name, _ in sizes[:-1]], sizes[-1][0]
    step = max(1, len(others) // bench.many(SAMPLE))
    chosen = others[step // 2 :: step]
    taken: Taken = {}
    with Store(path) as store, closing(connect(path)) as plain:
        taken["sessions"] = _sessions(bench, store, path, shape)
        rows = _rows(plain, shape)
        taken["tree"] = _each(chosen, _tree(store), _naive_tree(plain, shape), rows)
        taken["tree-giant"] = _each([giant] * bench.runs(5), _tree(store), None, None)
        taken["tree-giant"]["naive"] = [_tree_of_a_tenth(bench, shape) * 10]
        not_done: list[float] = []
        naive_way = _naive_scope(plain, shape, not_done)
        taken["scope"] = _each(chosen, _scope(store), naive_way, rows, NAIVE_EVERY)
        taken["scope"][NOT_DONE] = [*not_done]
        not_done.clear()
        taken["scope-giant"] = _each([giant] * bench.runs(5), _scope_begun(store), None, None)
        taken["scope-giant"]["naive"] = [seconds_of(lambda: naive_way(giant))]
        taken["scope-giant"][NOT_DONE] = not_done
    for key in ("tree", "scope"):
        taken[f"{key}-p99"] = taken[key]
    return taken


def _sessions(bench: Workbench, store: Store, path: Path, shape: str) -> Times:
    times: Times = {"ours": [], "busy": [], "naive": [], "floor": []}
    view = "SELECT * FROM sessions" if shape != "canonical" else "SELECT * FROM session"
    with closing(connect(path)) as plain:
        for _ in range(bench.runs(5)):
            busy = time.thread_time()
            times["ours"].append(seconds_of(lambda: Roster(10**6, STALE_AFTER).load(store)))
            times["busy"].append(time.thread_time() - busy)
            times["floor"].append(seconds_of(lambda: plain.execute(view).fetchall()))
        sql = naive.WAYS[shape].sessions
        not_done = times[NOT_DONE] = []
        times["naive"].append(
            seconds_of(lambda: _attempt(plain, lambda: plain.execute(sql).fetchall(), not_done))
        )
    return times


def _tree_of_a_tenth(bench: Workbench, shape: str) -> float:
    """Seconds of the naive way to the tree of the giant of a store of a tenth of the events."""
    events = bench.big // 10
    with closing(connect(bench.store(shape, events))) as plain:
        giant, _ = bench.by_size(shape, events)[-1]
        return seconds_of(lambda: naive.tree(plain, shape, giant))


Read = Callable[[str], object]


def _each(
    sessions: list[str],
    ours: Read,
    naive_way: Read | None,
    floor: Read | None,
    naive_every: int = 1,
) -> Times:
    ways = {"ours": ours, "naive": naive_way, "floor": floor}
    times: Times = {name: [] for name in (*ways, "busy")}
    for number, session in enumerate(sessions):
        for name, way in ways.items():
            if way is not None and (name != "naive" or number % naive_every == 0):
                begun, busy = time.perf_counter(), time.thread_time()
                way(session)
                times[name].append(time.perf_counter() - begun)
                if name == "ours":
                    times["busy"].append(time.thread_time() - busy)
    return times


def _tree(store: Store) -> Read:
    return lambda session: read_tree(store, session, quick=True)


def _scope(store: Store) -> Read:
    def read(session: str) -> None:
        counter = ScopeCounter(store, Scope((session,)))
        for _ in counter.read(store):
            pass
        counter.figures(lambda _: False)

    return read


def _scope_begun(store: Store) -> Read:
    def read(session: str) -> None:
        counter = ScopeCounter(store, Scope((session,)))
        next(counter.read(store))
        counter.figures(lambda _: False)

    return read


def _naive_tree(plain: naive.Connection, shape: str) -> Read:
    return lambda session: naive.tree(plain, shape, session)


def _naive_scope(plain: naive.Connection, shape: str, not_done: list[float]) -> Read:
    def read(session: str) -> None:
        _attempt(plain, lambda: naive.figures_of_session(plain, shape, session), not_done)

    return read


def _attempt(plain: naive.Connection, action: Callable[[], object], not_done: list[float]) -> None:
    """Do something naive, but not for long. Args: not_done: takes an entry if it was given up."""
    naive.within(plain, NAIVE_LIMIT)
    try:
        action()
    except naive.TooLongError:
        not_done.append(1.0)
    finally:
        plain.set_progress_handler(None, 0)


def _rows(plain: naive.Connection, shape: str) -> Read:
    statements = naive.rows_of_session(shape)

    def read(session: str) -> None:
        for statement in statements:
            plain.execute(statement, (session,)).fetchall()

    return read
