"""All families of figures, in the order in which they are measured and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.figures import (
    backfill,
    commands,
    keys,
    live,
    output,
    panes,
    polling,
    resident,
    start,
    totals,
    writer,
)
from tests.bench.report import Figure, Result
from tests.bench.workbench import SHAPES, Workbench


@dataclass(frozen=True, slots=True)
class Family:
    """Figures that are measured together."""

    figures: Sequence[Figure]
    measure: Callable[[Workbench], Iterator[Result]]
    seconds: float = 10.0
    """What it is to take of a run, the stores being there: more than one run of each figure."""
    large_seconds: float = 0.0
    """What it takes longer where there are stores of ten million events."""
    shapes: Sequence[str] = ("canonical",)
    """Of the large stores that it reads."""
    tenth: bool = False
    """Whether it reads stores of a tenth of the events, too."""

    def share(self, large: bool) -> float:
        """Seconds that it is to have."""
        return self.seconds + (self.large_seconds if large else 0.0)


# Whole stores are counted by each way once, in the back-fill; others are compared with that.
FAMILIES: Mapping[str, Family] = {
    "start": Family(start.FIGURES, start.measure, 34, 30),
    "backfill": Family(backfill.FIGURES, backfill.measure, 76, 600, SHAPES),
    "commands": Family(commands.FIGURES, commands.measure, 105, tenth=True),
    "panes": Family(panes.FIGURES, panes.measure, 38, 0, SHAPES, tenth=True),
    "totals": Family(totals.FIGURES, totals.measure, 24, 150),
    "polling": Family(polling.FIGURES, polling.measure, 2),
    "resident": Family(resident.FIGURES, resident.measure, 64, 200),
    "output": Family(output.FIGURES, output.measure, 36),
    "keys": Family(keys.FIGURES, keys.measure, 60, 30),
    "live": Family(live.FIGURES, live.measure, 58),
    "writer": Family(writer.FIGURES, writer.measure, 40),
}
