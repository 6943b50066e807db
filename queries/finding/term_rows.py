"""Which rows of a source fulfil terms of a filter by themselves, found out by columns of cells.

To make an event of each row takes several times as long. Of the cells only those are read that
the terms ask for, names that come again and again are judged once, and texts are looked through
all at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, compress, count
from typing import Any, Final

from queries.counting.event_stream import patiently
from queries.counting.lean_cells import summaries_of, summary_cells
from queries.dialects.base import Source
from queries.dialects.cells import identifier
from queries.dialects.conversion import names_of
from queries.finding.filter_matching import MOMENTS, ask_event, is_active
from queries.finding.filters import Term
from queries.models import Event, EventKind, Phase
from queries.opening.files import DEAD_ENDS, StoreError
from queries.plain_data import dataclass
from queries.reading.lean_columns import Minutes, instants, shown_identifiers
from queries.store import Store

PAGE: Final = 5000
"""Rows that are looked at at once at most."""
_LOWEST: Final = -(2**63)
_NAMES: Final = ("agent", "target_agent", "kind", "phase", "tool", "operation", "state", "model")
"""Cells that come again and again, as :func:`~queries.dialects.conversion.names_of` takes them."""
_CELLS: Final[dict[str, tuple[str, ...]]] = {
    "": ("agent", "target_agent", "tool", "operation", "model", "session_id", "summary", "id"),
    "agent": ("agent", "target_agent"),
    "tool": ("tool", "operation"),
    "kind": ("kind",),
    "state": ("state",),
    "status": ("state",),
    "model": ("model",),
    "title": ("summary",),
    "id": ("id",),
    "since": ("time",),
    "until": ("time",),
}
"""What a row is asked for a term on each field."""
_VERDICTS_KEPT: Final = 50_000
Cells = Sequence[Any]


def telling(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Those terms of a filter that some row of each matching event fulfils by itself.

    What an event of several rows says, one of these rows says.
    """
    return tuple(term for term in terms if term.field in _CELLS and not term.negative)


@dataclass(slots=True)
class _Columns:
    """Cells of consecutive rows."""

    seqs: Sequence[int]
    names: list[tuple[Any, ...]]
    """By row, the cells that are asked of :data:`_NAMES`."""
    distinct: set[tuple[Any, ...]]
    """The same, each once."""
    texts: dict[str, Sequence[str]]
    """Summaries, ids."""
    folded: dict[str, str]
    """The same without regard to case, each in one text."""
    sessions: Cells
    times: Sequence[float | None]
    whole: dict[int, Event]
    """By index, rows whose cells do not say all that the terms ask for."""


class TermRows:
    """Looks at the rows of one source."""

    def __init__(self, store: Store, source: int, terms: Iterable[Term]) -> None:
        """Read nothing yet. Args: terms: those that are :func:`telling`."""
        self._store = store
        self._source = source
        self._terms = tuple(terms)
        self._described: Source = store.mapping.sources[source]
        self._is_amended = self._described.amend is not None
        wanted = set(chain.from_iterable(_CELLS[term.field] for term in self._terms))
        self._asks_target = self._is_amended and "target_agent" in wanted
        if self._asks_target:
            wanted.add("kind")
        self._names = tuple(cell for cell in _NAMES if cell in wanted)
        others: list[str] = [cell for cell in ("id", "session_id", "time") if cell in wanted]
        if "summary" in wanted:
            others += summary_cells(self._described).split(", ")
        self._cells = tuple(dict.fromkeys(("seq", *self._names, *others)))
        self._minutes = Minutes(store.mapping.zone)
        self._verdicts: dict[tuple[Any, ...], frozenset[Term]] = {}
        """By the cells of names, the terms that these fulfil."""

    def between(self, after: int, upto: int) -> Iterator[tuple[int, dict[Term, list[int]]] | None]:
        """Page by page: the last seq looked at, and per term the seqs of rows that fulfil it.

        The last thing it gives is None where only whole rows tell what there is.

        Raises StoreBusyError, StoreGoneError or QueryStoppedError as the store's queries do.
        """
        if self._described.convert is not None and not self._is_amended:
            yield None
            return
        while after < upto:
            try:
                page = patiently(partial(self._page, after, upto))
            except DEAD_ENDS:
                raise
            except StoreError:
                page = None
            yield page
            if page is None:
                return
            after = page[0]

    def _page(self, after: int, upto: int) -> tuple[int, dict[Term, list[int]]] | None:
        most = self._store.rows_at_once(PAGE, cells_only=True)
        rows = self._store.query(
            f"SELECT {', '.join(self._cells)} FROM event_rows_{self._source}"
            " WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?",
            (max(after + 1, _LOWEST), upto, most),
        )
        if not rows:
            return upto, {}
        columns = self._columns(dict(zip(self._cells, zip(*rows, strict=True), strict=True)))
        if columns is None:
            return None
        seqs = columns.seqs
        found = {
            term: [seqs[index] for index in sorted(self._fulfilling(term, columns))]
            for term in self._terms
        }
        return (seqs[-1] if len(rows) == most else upto), found

    def _columns(self, cells: dict[str, Cells]) -> _Columns | None:
        """What the cells say; None where equal cells may not say the same."""
        seqs = cells["seq"]
        sessions = cells.get("session_id", ())
        named = [cells[name] for name in self._names]
        if any(float in map(type, column) for column in (*named, sessions)):
            return None  # 1 and 1.0 are equal, but not shown alike.
        names = list(zip(*named, strict=True))
        distinct = set(names)
        self._judge(distinct)
        texts: dict[str, Sequence[str]] = {}
        if "summary" in cells:
            own = [cells[name] for name in summary_cells(self._described).split(", ")]
            texts["summary"] = summaries_of(self._described, own)
        if "id" in cells:
            texts["id"] = shown_identifiers(cells["id"])
        whole: dict[int, Event] = {}
        if self._asks_target:
            unsure = {
                seq: index
                for index, (seq, kind, target) in enumerate(
                    zip(seqs, cells["kind"], cells["target_agent"], strict=True)
                )
                if target is None and kind == EventKind.DELEGATION
            }
            events = self._store.events_by_key((self._source, seq) for seq in unsure)
            whole = {unsure[event.seq]: event for event in events}
        return _Columns(
            seqs=seqs,
            names=names,
            distinct=distinct,
            texts=texts,
            folded={name: "\0".join(column).casefold() for name, column in texts.items()},
            sessions=sessions,
            times=instants(cells["time"], self._minutes) if "time" in cells else (),
            whole=whole,
        )

    def _judge(self, names: set[tuple[Any, ...]]) -> None:
        """Note which terms these cells of names fulfil."""
        if len(self._verdicts) + len(names) > _VERDICTS_KEPT:
            self._verdicts.clear()
        for cells in names - self._verdicts.keys():
            known = dict(zip(self._names, cells, strict=True))
            (named,) = names_of([tuple(known.get(name) for name in _NAMES)])
            agent, target, kind, _, tool, operation, state, model = named
            row = Event(
                0, 0, "", "", None, None, agent, target, kind, Phase.WHOLE, None, tool, operation,
                "", state, None, model, None, None,
            )  # fmt: skip
            self._verdicts[cells] = frozenset(
                term for term in self._terms if not _is_beside_names(term) and ask_event(term, row)
            )

    def _fulfilling(self, term: Term, columns: _Columns) -> set[int]:
        """The indexes of the rows that fulfil a term."""
        if term.field in MOMENTS:
            return _under_way(term, columns.times)
        found: set[int] = set()
        if not _is_beside_names(term):
            fulfil = {cells for cells in columns.distinct if term in self._verdicts[cells]}
            if fulfil:
                found.update(compress(count(), map(fulfil.__contains__, columns.names)))
            for index, event in columns.whole.items():
                if ask_event(term, event):
                    found.add(index)
        needles = [value.casefold() for value in term.values]
        for name in _CELLS[term.field]:
            folded = columns.folded.get(name, "")
            known = [needle for needle in needles if needle in folded]
            if known:
                texts = map(str.casefold, columns.texts[name])
                found.update(
                    index
                    for index, text in enumerate(texts)
                    if any(needle in text for needle in known)
                )
        if "session_id" in _CELLS[term.field]:
            ids = {
                raw
                for raw in set(columns.sessions)
                if any(needle in identifier(raw).casefold() for needle in needles)
            }
            if ids:
                found.update(compress(count(), map(ids.__contains__, columns.sessions)))
        return found


def _is_beside_names(term: Term) -> bool:
    """Whether a term asks for nothing that is a name."""
    return not set(_CELLS[term.field]).intersection(_NAMES)


def _under_way(term: Term, times: Sequence[float | None]) -> set[int]:
    known = [time for time in times if time is not None]
    if not known:
        return set()
    edge = max(known) if term.field == "since" else min(known)
    if not is_active(edge, edge, term):
        return set()
    return {
        index
        for index, time in enumerate(times)
        if time is not None and is_active(time, time, term)
    }
