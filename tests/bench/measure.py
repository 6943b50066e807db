"""How things are timed: many runs, those that are compared taking turns, medians of them."""

from __future__ import annotations

import os
import resource
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

__all__ = [
    "Helpers",
    "cpu_seconds",
    "end_after",
    "interleaved",
    "median",
    "peak_memory",
    "percentile",
    "resident_memory",
    "seconds_of",
]

MEGABYTE = 1_000_000


def interleaved(
    variants: Mapping[str, Callable[[], float]],
    runs: int,
    limit: float = float("inf"),
    *,
    least: int = 1,
    expected: float = 0.0,
    now: Callable[[], float] = time.monotonic,
) -> dict[str, list[float]]:
    """What each variant returns, in as many rounds as there are runs.

    All variants take their turn in each round, so that whatever else the machine does meets
    all of them.

    Args:
        variants: by name.
        runs: rounds.
        limit: seconds; a round that would take longer, as those before it took, does not begin.
        least: so many rounds are made in any case.
        expected: seconds that the first round will take, where that is known.
        now: a monotonic clock, in seconds.
    """
    values: dict[str, list[float]] = {name: [] for name in variants}
    begun = last = now()
    longest = expected
    for number in range(runs):
        if number >= least and last - begun + longest > limit:
            break
        for name, variant in variants.items():
            values[name].append(variant())
        moment = now()
        longest, last = max(longest, moment - last), moment
    return values


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least this part (0..1) of the values do not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-len(ordered) * part // 1) - 1))]


def seconds_of(action: Callable[[], object]) -> float:
    """Wall-clock seconds that something takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def resident_memory(pid: int) -> float | None:
    """Megabytes of memory that a process has resident; None where the system does not say."""
    return _status(pid, "VmRSS")


def peak_memory() -> float | None:
    """The most megabytes that this process ever had resident; None where unknown.

    Not ``ru_maxrss``: a process that was started by a large one inherits that one's maximum.
    """
    return _status("self", "VmHWM")


def cpu_seconds() -> float:
    """Processor time of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


class Helpers(threading.Thread):
    """Watches how much memory the processes need that this one starts."""

    BETWEEN_LOOKS = 0.1

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0
        """Megabytes that all of them had resident at the same time, at most."""
        self.start()

    def run(self) -> None:
        """Look now and then."""
        while True:
            known = [resident_memory(pid) for pid in _children()]
            self.peak = max(self.peak, sum(each for each in known if each is not None))
            time.sleep(self.BETWEEN_LOOKS)


def _children() -> list[int]:
    """The processes that this one started."""
    found: list[int] = []
    for task in Path("/proc/self/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue  # The thread has ended.
    return found


def end_after(seconds: int) -> None:
    """Let the system kill this process once it has used so many seconds of processor time."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def _status(pid: int | str, name: str) -> float | None:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / MEGABYTE
    return None
