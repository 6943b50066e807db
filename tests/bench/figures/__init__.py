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
from tests.bench.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Family:
    """Figures that are measured together."""

    figures: Sequence[Figure]
    measure: Callable[[Workbench], Iterator[Result]]


_MODULES = (
    start, commands, panes, totals, polling, backfill, resident, output, keys, live, writer,
)  # fmt: skip
FAMILIES: Mapping[str, Family] = {
    module.__name__.rpartition(".")[2]: Family(module.FIGURES, module.measure)
    for module in _MODULES
}
