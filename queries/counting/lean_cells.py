"""Cells of rows that take more than a look at each column by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from queries.dialects.base import Source
from queries.reading.lean_columns import summaries
from queries.reading.selects import numbered, of_rows
from queries.reading.session_pages import PARAMETERS, parts
from queries.store import Store

Row = tuple[Any, ...]
Cells = Sequence[Any]


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
    for part in parts(seqs, store.rows_at_once(PARAMETERS, cells_only=True)):
        chosen, bound = numbered(part)
        rows += store.query(of_rows(cells, f"{view}_rows_{source}", chosen), bound)
    return rows
