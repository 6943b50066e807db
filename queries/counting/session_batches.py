"""The rows of some sessions or of all, read only to be counted, in order of arrival."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import compress, count
from operator import itemgetter

from queries.counting.event_stream import EventStream, patiently
from queries.counting.lean_cells import Row
from queries.counting.lean_rows import LeanRows, lean_view
from queries.dialects.cells import identifier
from queries.folding.batch import Batch
from queries.folding.batch_order import by_session, cut_by_session, in_order, picked
from queries.opening.files import DEAD_ENDS, StoreError
from queries.reading.connection import quoted
from queries.reading.raw_ids import bound_list
from queries.reading.session_pages import parts
from queries.store import Store

PAGE = 5000
"""Rows that are read at once at most."""
TOGETHER = 100_000
"""Rows of several sessions that are kept at once at most."""
_DENSE = 0.4
"""The part of rows that has to be wanted for reading all of them to be the faster way."""
_seq_of = itemgetter(0)


class SessionBatches:
    """Reads rows that are there when it is made; what comes later is left out."""

    def __init__(self, store: Store, *, with_texts: bool = False) -> None:
        """Read nothing but where the rows are.

        Args:
            store: an open store.
            with_texts: whether the texts of many rows will be asked for.
        """
        self._store = store
        self._with_texts = with_texts
        self._rows = LeanRows()
        self._bounds = {
            source: bounds
            for source in range(len(store.mapping.sources))
            if (bounds := patiently(partial(store.bounds, source))) is not None
        }

    @property
    def in_turn(self) -> bool:
        """Whether all batches of a session come before those of the next one."""
        return all(self._store.session_indexed)

    @property
    def high(self) -> dict[int, int]:
        """Per source, the seq of its last row; 0 where there is none."""
        sources = range(len(self._store.mapping.sources))
        return {source: self._bounds.get(source, (0, 0))[1] for source in sources}

    @property
    def span(self) -> int:
        """How many rows there are at most."""
        return sum(last - first + 1 for first, last in self._bounds.values())

    def read_all(self) -> Iterator[Batch]:
        """All rows in order of arrival."""
        return in_order(
            [self._walked(source, None, *bounds) for source, bounds in self._bounds.items()]
        )

    def read_among(self, session_ids: Collection[str]) -> Iterator[Batch]:
        """The rows of these sessions, which may be any number, in order of arrival.

        All rows are walked over once.
        """
        names = frozenset(session_ids)
        return in_order(
            [
                self._chosen(self._walked(source, None, *bounds), names)
                for source, bounds in self._bounds.items()
            ]
        )

    def _chosen(self, batches: Iterable[Batch], names: frozenset[str]) -> Iterator[Batch]:
        for batch in batches:
            chosen = list(map(names.__contains__, batch.sessions))
            if all(chosen):
                yield batch
            elif any(chosen):
                yield picked(batch, list(compress(count(), chosen)))

    def read(self, session_ids: Sequence[str]) -> Iterator[Batch]:
        """The rows of these sessions in order of arrival; each batch is of one session.

        Where rows of other sessions are rare among theirs, or sessions have no index, all rows
        are walked over once.
        """
        if not self.in_turn:
            for part in parts(session_ids):
                walks = [self._walked(source, part, *self._bounds[source])
                         for source in self._bounds]  # fmt: skip
                for batch in in_order(walks):
                    yield from by_session(batch).values()
            return
        for part in parts(session_ids):
            dense = patiently(partial(self._spans, part)) if len(part) > 1 else None
            together = None if dense is None else self._together(part, dense)
            if together is not None:
                yield from together
                continue
            for name in part:
                yield from in_order([self._indexed(source, name) for source in self._bounds])

    def _spans(self, session_ids: Sequence[str]) -> dict[int, tuple[int, int]] | None:
        """Per source, between which seqs the sessions' rows lie; None where others are there."""
        store = self._store
        raw_ids = [store.raw_id(name) for name in session_ids]
        marks, values = bound_list(raw_ids)
        spans: dict[int, tuple[int, int]] = {}
        total = 0
        for source in self._bounds:
            described = store.mapping.sources[source]
            wanted, low, high = store.query(
                f"SELECT count(*), min(rowid), max(rowid) FROM {quoted(described.table)}"
                f" WHERE {quoted(described.session_column)} IN ({marks})",
                values,
                deadline=30,
            )[0]
            if low is None or high is None:
                continue
            total += wanted
            if total > TOGETHER or None in raw_ids or wanted < _DENSE * (high - low + 1):
                return None
            spans[source] = (low, min(high, self._bounds[source][1]))
        return spans

    def _together(
        self, session_ids: Sequence[str], spans: Mapping[int, tuple[int, int]]
    ) -> Iterator[Batch] | None:
        """The rows of sessions that fill most of these spans; None where that takes whole rows.

        Rows are put in order before their cells become columns, which are only cut then.
        """
        read: list[dict[str, Batch]] = []
        for source, (low, high) in spans.items():
            rows = self._raw_rows(source, low, high)
            batch = None if rows is None else self._arranged(source, session_ids, rows)
            if batch is None:
                return None
            read.append({own.sessions[0]: own for own in cut_by_session(batch)})
        return (
            batch
            for name in session_ids
            for batch in in_order([iter((own[name],)) for own in read if name in own])
        )

    def _arranged(self, source: int, session_ids: Sequence[str], rows: list[Row]) -> Batch | None:
        """The rows of these sessions among all rows, one session after the other."""
        apart = _apart(rows)
        rows.clear()
        chosen = [row for name in session_ids for row in apart.pop(name, ())]

        def read(_cells: str) -> list[Row]:
            return chosen

        return patiently(
            lambda: self._rows.read_cells(self._store, source, read, with_texts=self._with_texts)
        )

    def _raw_rows(self, source: int, low: int, high: int) -> list[Row] | None:
        """All rows from one seq to another as they are; None where only whole ones can be read."""
        found: list[Row] = []
        store = self._store
        sql = f"FROM {lean_view(store, source)} WHERE seq > ? AND seq <= ? ORDER BY seq"

        def read(cells: str) -> list[Row]:
            after = low - 1
            while after < high:
                end = min(patiently(partial(store.slice_end, source, after, PAGE)), high)
                page = partial(store.query, f"SELECT {cells} {sql}", (after, end))
                found.extend(patiently(page))
                after = end
            return []

        batch = self._rows.read_cells(store, source, read, with_texts=self._with_texts)
        return None if batch is None else found

    def _indexed(self, source: int, session_id: str) -> Iterator[Batch]:
        first, last = self._bounds[source]
        after = first - 1
        while after < last:
            batch, after = patiently(partial(self._page, source, session_id, after, last))
            if batch.seqs:
                yield batch

    def _page(self, source: int, session_id: str, after: int, last: int) -> tuple[Batch, int]:
        """Rows of a session, and the seq after which to go on; the last one when it ends."""
        store = self._store
        seen: list[Row] = []
        view = lean_view(store, source)

        def rows(cells: str) -> list[Row]:
            seen[:] = store.session_cells_after(
                source, session_id, cells, after, last, PAGE, view=view
            )
            return list(seen)

        batch = self._rows.read_cells(store, source, rows, with_texts=self._with_texts)
        if batch is not None:
            return batch, int(seen[-1][0]) if len(seen) == PAGE else last
        events = store.session_rows_after(source, session_id, after, last, PAGE)
        return Batch.of(events), events[-1].seq if events else last

    def _walked(
        self, source: int, session_ids: Sequence[str] | None, low: int, high: int
    ) -> Iterator[Batch]:
        """Rows between two seqs: of these sessions, or all."""
        after = low - 1
        while after < high:
            read = partial(self._slice, source, session_ids or (), after, high)
            batch, end = patiently(read)
            if end is None:
                break
            after = end
            if batch.seqs:
                yield batch
        if after < high:
            names = None if session_ids is None else frozenset(session_ids)
            for page in EventStream(self._store).pages(source, after):
                if names is not None:
                    page = [event for event in page if event.session_id in names]
                if page:
                    yield Batch.of(page)

    def _slice(
        self, source: int, session_ids: Sequence[str], after: int, last: int
    ) -> tuple[Batch, int | None]:
        """Rows of the sessions (none: of all) among the next ones, and the seq of the last.

        None in its place: only whole rows, one by one, tell what there is.
        """
        store = self._store
        raw_ids = [store.raw_id(name) for name in session_ids]
        marks, values = bound_list(raw_ids)
        chosen = f" AND session_id IN ({marks})" if raw_ids else ""
        if None in raw_ids:
            chosen = f" AND (session_id IN ({marks}) OR session_id IS NULL)"
        try:
            end = min(store.slice_end(source, after, PAGE), last)
        except DEAD_ENDS:
            raise
        except StoreError:
            return Batch.of(()), None

        def rows(cells: str) -> list[Row]:
            return store.query(
                f"SELECT {cells} FROM {lean_view(store, source)}"
                f" WHERE seq > ? AND seq <= ?{chosen} ORDER BY seq",
                (after, end, *values),
            )

        batch = self._rows.read_cells(store, source, rows, with_texts=self._with_texts)
        return (Batch.of(()), None) if batch is None else (batch, end)


def _apart(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each session, by its shown id."""
    rows_of: defaultdict[object, list[Row]] = defaultdict(list)
    for row in rows:
        rows_of[row[1]].append(row)
    named: dict[str, list[Row]] = {}
    for raw, own in rows_of.items():
        if identifier(raw) == raw and raw not in named:
            named[raw] = own
            continue
        # Numbers that are equal are shown differently, and unlike ids may be shown alike.
        for row in own:
            named.setdefault(identifier(row[1]), []).append(row)
        for name in {identifier(row[1]) for row in own}:
            named[name].sort(key=_seq_of)
    return named
