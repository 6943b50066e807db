"""Rows of the tables beside sessions and events, in slices that are read at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from queries.dialects.base import SideTable
from queries.opening.files import DEAD_ENDS, StoreError
from queries.plain_data import dataclass
from queries.reading.connection import quoted
from queries.reading.raw_ids import bound_list
from queries.store import Store

Row = tuple[Any, ...]
PAGE: Final = 2000
"""Rows that are read at once: a writer may have to wait for that long."""
GROUPED: Final = 20_000
"""Rows that are looked at at once where SQLite puts them together."""
CHOSEN: Final = 50_000
"""Rows that are looked at at once where those of a few sessions are asked for."""
SESSIONS: Final = 200
"""Sessions that are asked for at once."""
MANY: Final = 1000
"""Sessions from which on all rows are looked at instead."""
LOWEST: Final = -(2**63)
HIGHEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive rows of a table."""

    low: int
    """The lowest rowid that they may have."""
    high: int
    """The highest."""
    rows: int | None
    """How many they are, where that is known."""


def top_of(store: Store, side: SideTable) -> int | None:
    """The highest rowid; None of an empty table. Raises StoreError where it has no rowids."""
    top: int | None = store.query(f"SELECT max(rowid) FROM {quoted(side.table)}")[0][0]
    return top


def newest(store: Store, side: SideTable, number: int) -> list[Row]:
    """So many rows that were written last, in the store's order."""
    try:
        rows = select(
            store, side, None, side.cells(), rest=" ORDER BY rowid DESC LIMIT ?",
            parameters=(number,),
        )  # fmt: skip
    except DEAD_ENDS:
        raise
    except StoreError:
        # It has no rowids.
        return select(store, side, None, side.cells())[-number:]
    return rows[::-1]


def slices(store: Store, side: SideTable, size: int, low: int = LOWEST) -> Iterator[Slice | None]:
    """All rows with a rowid of at least ``low``, up to the highest there is now.

    None: all of them at once, since the table has no rowids.
    """
    try:
        top = top_of(store, side)
    except DEAD_ENDS:
        raise
    except StoreError:
        yield None
        return
    while top is not None and low <= top:
        found = store.query(
            f"SELECT rowid FROM {quoted(side.table)} WHERE rowid >= ? AND rowid <= ?"
            " ORDER BY rowid LIMIT 1 OFFSET ?",
            (low, top, size - 1),
        )
        high = found[0][0] if found else top
        yield Slice(low, high, size if found else None)
        low = high + 1


def select(
    store: Store,
    side: SideTable,
    part: Slice | None,
    cells: str,
    *,
    where: Iterable[str] = (),
    parameters: Sequence[object] = (),
    rest: str = "",
) -> list[Row]:
    """Rows of a slice.

    Args:
        store: to read.
        side: the table.
        part: its rows; None: all.
        cells: SQL expressions over a row.
        where: conditions.
        parameters: of these.
        rest: what follows the conditions.
    """
    conditions = list(where)
    if part is not None:
        conditions.insert(0, "rowid >= ? AND rowid <= ?")
        parameters = (part.low, part.high, *parameters)
    chosen = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return store.query(f"SELECT {cells} FROM {quoted(side.table)}{chosen}{rest}", parameters)


def of_sessions(
    store: Store, side: SideTable, sessions: Collection[str] | None
) -> list[tuple[str, Sequence[object]]]:
    """Conditions for rows of these sessions, each with its parameters, to be asked in turn.

    Where they are many, other rows fulfil the only one as well.
    """
    if sessions is None or len(sessions) > MANY:
        return [("1", ())]
    raw_ids = [store.raw_id(name) for name in sessions]
    found: list[tuple[str, Sequence[object]]] = []
    for first in range(0, len(raw_ids), SESSIONS):
        marks, bound = bound_list(raw_ids[first : first + SESSIONS])
        found.append((f"{side.cell('session_id')} IN ({marks})", bound))
    return found
