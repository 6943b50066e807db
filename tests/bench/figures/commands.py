"""Commands that print a view of a store of a million events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench.measure import median
from tests.bench.report import Figure, Result
from tests.bench.workbench import Workbench

OF_ALL: Mapping[str, tuple[str, ...]] = {
    "sessions": (), "tools": (), "agents": (), "metrics": (), "activity": (), "doctor": (),
    "events": ("--limit", "100"), "delegations": (), "report": (),
}  # fmt: skip
"""Commands about everything, with their options."""
OF_SESSIONS = {"session": 1, "timeline": 1, "compare": 2}
"""Commands about the giant session and others, with how many of them."""
OFTEN = ("events",)
"""Commands that are run more than once: what takes so little varies."""
ALWAYS = (*OF_SESSIONS, *OFTEN)
"""Commands that less events tell nothing about."""
REASON = "It is a back-fill, and what the view needs besides; see there."
PASS = "a view of 1M events with `--json`"
OF_GIANT = "a view of a session of 200,000 events with `--json`"
FIGURES = (
    *(Figure(f"commands.{name}", f"`{name} --json`, 1M events", "s CPU", 5.5, line=PASS,
             worst=True, reason=REASON) for name in OF_ALL),
    *(Figure(f"commands.{name}", f"`{name} --json`, session of 200,000 events", "s CPU", 5.5,
             line=OF_GIANT, worst=True) for name in OF_SESSIONS),
    Figure("commands.rows", "rows that one of them reads in order for each stored, at most",
           "rows", 1.05),
    Figure("commands.looked-up", "rows of which it fetches more columns, for each stored, at most",
           "rows", 0.5),
    Figure("commands.memory", "memory of one of them, at most", "MB", 150),
    Figure("commands.imports", "of them load Textual", "commands", 0),
)  # fmt: skip
LIMIT = 30
"""Seconds of processor time after which a run is stopped."""
RUNS = 3
STOPPED = "stopped there"
SCALED = "from a tenth of the events"
TENTH = 10

Found = dict[str, float]
Taken = dict[str, list[Found]]
Arguments = Mapping[str, tuple[str | Path, ...]]


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family.

    One pass in the time of a back-fill, and half a second for the process and its output. All of
    them on a tenth of the events; then, those that took the longest first, on all, as long as
    there is time.
    """
    small = _arguments(bench, bench.big // TENTH)
    tenth = {name: _taken(bench, name, small[name]) for name in small}
    expected = {name: _scaled(found, tenth["events"]) for name, found in tenth.items()}
    arguments = _arguments(bench, bench.big)
    taken: Taken = {name: [] for name in arguments}
    reserved = sum(expected[name] for name in ALWAYS)
    for name in sorted(expected, key=lambda name: (name in ALWAYS, -expected[name])):
        if name not in ALWAYS and bench.clock.left < expected[name] + reserved:
            yield _from_tenth(bench, name, expected[name])
            continue
        for number in range(bench.runs(RUNS) if name in OFTEN else 1):
            if number == 0 or bench.clock.left >= reserved:
                found = _taken(bench, name, arguments[name])
                taken[name] += [] if found is None else [found]
        yield _cost(bench, name, taken[name])
    yield from _counts(bench, taken, {name: one for name, one in tenth.items() if one})


def _arguments(bench: Workbench, events: int) -> Arguments:
    """The command lines for a store of so many events."""
    path = bench.store("canonical", events)
    giants = [name for name, _ in bench.by_size("canonical", events)[:-3:-1]]
    return {
        **{name: (name, path, "--json", *options) for name, options in OF_ALL.items()},
        **{name: (name, path, *giants[:number], "--json") for name, number in OF_SESSIONS.items()},
    }


def _taken(bench: Workbench, name: str, arguments: tuple[str | Path, ...]) -> Found | None:
    """What one run takes; None where it was stopped at the limit. Raises RuntimeError."""
    found = bench.taken("counted", *arguments, limit=LIMIT)
    if found is not None and found["code"]:
        raise RuntimeError(f"{name} failed")
    return found


def _scaled(found: Found | None, least: Found | None) -> float:
    """Seconds that ten times the events will take; a process takes its start once only."""
    start = least["cpu"] if least else 0.0
    return float(LIMIT) if found is None else max(0.0, found["cpu"] - start) * TENTH + start


def _from_tenth(bench: Workbench, name: str, seconds: float) -> Result:
    naive, floor, note = _others(bench, name)
    return Result(f"commands.{name}", seconds, naive=naive, floor=floor, planned=1,
                  note=SCALED, naive_note=note)  # fmt: skip


def _cost(bench: Workbench, name: str, taken: list[Found]) -> Result:
    naive, floor, note = _others(bench, name)
    return Result(
        f"commands.{name}",
        median([one["cpu"] for one in taken]) if taken else float(LIMIT),
        naive=naive,
        floor=floor,
        runs=max(1, len(taken)),
        planned=bench.runs(RUNS) if name in OFTEN else 1,
        note="" if taken else STOPPED,
        naive_note=note,
        details={"wall": median([one["wall"] for one in taken])} if taken else {},
    )


def _others(bench: Workbench, name: str) -> tuple[float | None, float | None, str]:
    """What the naive way and the floor take, and a note on the naive way."""
    if name not in OF_ALL:
        return None, None, ""
    floor = bench.baseline("floor", "canonical", bench.big, "cpu")
    if name not in ("events", "activity"):
        return bench.baseline("naive", "canonical", bench.big, "cpu"), floor, ""
    # A page of events without paging is the whole table.
    tenth = bench.baseline("reload", "canonical", bench.big // TENTH, "cpu")
    return tenth and tenth * TENTH, floor, SCALED


def _counts(bench: Workbench, taken: Taken, tenth: Mapping[str, Found]) -> Iterator[Result]:
    whole = {name: runs[0] for name, runs in taken.items() if runs}
    of_each = {
        key: {
            **{name: one[key] / (bench.big // TENTH) for name, one in tenth.items() if one[key]},
            # What other processes look up for one is not known.
            **{
                name: one[key] / bench.big
                for name, one in whole.items()
                if one[key] and not (one["helped"] and key == "looked_up")
            },
        }
        for key in ("rows", "looked_up")
    }
    memory = {name: one["peak"] for name, one in whole.items() if one["peak"]}
    for figure, found in (
        ("rows", of_each["rows"]), ("looked-up", of_each["looked_up"]), ("memory", memory),
    ):  # fmt: skip
        most = max(found, key=lambda name: found[name], default=None)
        yield Result(f"commands.{figure}", None if most is None else found[most],
                     note=most or "", details=found)  # fmt: skip
    loaded = [one["textual"] for one in {**tenth, **whole}.values()]
    yield Result("commands.imports", sum(loaded) if loaded else None)
