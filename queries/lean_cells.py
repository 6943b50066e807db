"""Cells of rows that take more than a look at each column by itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from queries.dialects.base import Moments, Source
from queries.dialects.cells import number
from queries.lean_columns import Minutes, instants, numbers, summaries, texts_apart
from queries.session_pages import filled_parts
from queries.store import Store

Row = tuple[Any, ...]
Cells = Sequence[Any]


def durations_of(
    described: Source, begun: Moments, durations: Cells, minutes: Minutes
) -> list[float | None]:
    """How long rows of a source took, whose instants are known, in seconds.

    Args:
        described: the source.
        begun: the instants.
        durations: the column.
        minutes: known ones.
    """
    timed, lasting = ([], durations) if described.amend is None else texts_apart(durations)
    took = numbers(lasting)
    if described.amend is not None and timed:
        worked_out = described.amend.durations(
            [begun[index] for index in timed],
            [durations[index] for index in timed],
            partial(instants, minutes=minutes),
        )
        for index, seconds in zip(timed, worked_out, strict=True):
            took[index] = None if seconds is None else number(seconds)
    return took


def texts_of(store: Store, source: int, seqs: Sequence[int]) -> dict[int, str]:
    """The summaries of rows that can be read."""
    described = store.mapping.sources[source]
    rows = rows_of(store, source, f"seq, {summary_cells(described)}", seqs)
    if not rows:
        return {}
    known, *cells = zip(*rows, strict=True)
    return dict(zip(known, summaries_of(described, cells), strict=True))


def summary_cells(described: Source) -> str:
    """The names of the cells that :func:`summaries_of` takes."""
    return "summary" if described.amend is None else "summary, kind, tool"


def summaries_of(described: Source, cells: Sequence[Cells]) -> list[str]:
    """Summaries of rows, from columns of those cells."""
    if described.amend is not None:
        texts, kinds, tools = cells
        return summaries(list(map(described.amend.summary, kinds, tools, texts)))
    return summaries(cells[0])


def rows_of(
    store: Store, source: int, cells: str, seqs: Sequence[int], view: str = "event"
) -> list[Row]:
    """These cells of the rows with these seqs, in no certain order; some may be gone."""
    rows: list[Row] = []
    for part in filled_parts(seqs):
        marks = ",".join("?" * len(part))
        rows += store.query(
            f"SELECT {cells} FROM {view}_rows_{source} WHERE seq IN ({marks})", part
        )
    return rows
