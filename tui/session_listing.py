"""The sessions that are listed, kept in order while single ones change."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress, count
from operator import attrgetter, is_not
from typing import TYPE_CHECKING, Any

from queries.models import SessionRow
from queries.plain_data import dataclass
from queries.sessions import SORTS, TEXT_SORTS
from tui.session_order import listed, places_below
from widgets.session_cells import filled

if TYPE_CHECKING:
    from queries.finding.filters import Filter

_id = attrgetter("session.id")
_family = attrgetter("session.id", "session.parent_id")
FEW = 64
"""Up to so many changes, each is put where it belongs; of more, all sessions are listed anew."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which sessions are listed, and in which order."""

    sort: str
    reverse: bool
    sub_agents: bool
    """Whether sessions that sub-agents ran for another one are listed."""
    filter: Filter | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is the order in which sessions come, and nothing is asked of them."""
        return self.sort == "started" and not self.reverse and self.filter is None

    def place(self, row: SessionRow) -> _Place:
        """What rows are compared by."""
        return _Place(SORTS[self.sort](row), row.id, (self.sort not in TEXT_SORTS) != self.reverse)


def difference(
    before: Sequence[SessionRow], now: Sequence[SessionRow]
) -> tuple[list[SessionRow], list[SessionRow]]:
    """The rows that went, and those that came, one by one where only rows were replaced.

    Most rows are the very same objects in the same order, which costs next to nothing to see.
    """
    room = min(len(before), len(now))
    first = next(compress(count(), map(is_not, before, now)), room)
    ends = map(is_not, reversed(before), reversed(now))
    last = min(next(compress(count(), ends), room), room - first)
    went, came = before[first : len(before) - last], now[first : len(now) - last]
    if len(went) == len(came):
        is_other = list(map(is_not, went, came))
        return list(compress(went, is_other)), list(compress(came, is_other))
    same = set(map(id, went)) & set(map(id, came))
    return (
        [row for row in went if id(row) not in same],
        [row for row in came if id(row) not in same],
    )


class Listing:
    """All sessions that are known, and those of them that are listed."""

    def __init__(self) -> None:
        """No session is known."""
        self.rows: Sequence[SessionRow] = ()
        """Those that are listed, in order; never changed afterwards."""
        self.filled = frozenset[str]()
        """Which columns have something to tell; see :func:`widgets.session_cells.filled`."""
        self.hidden = 0
        """How many sessions of sub-agents are left out."""
        self._all: Sequence[SessionRow] = ()
        self._by_id: dict[str, SessionRow] = {}
        self._parents: dict[str, str] = {}
        """By id, for those that name one: the parent's id."""
        self._choice: Choice | None = None
        self._places: array[int] | None = None
        """Where the listed ones are among all; None where all are listed as they come."""

    def row(self, session_id: str) -> SessionRow | None:
        """The line of a session, listed or not."""
        return self._by_id.get(session_id)

    def show(self, sessions: Sequence[SessionRow], choice: Choice) -> None:
        """List those of these sessions that are chosen.

        Args:
            sessions: all that are known, newest first.
            choice: the same object as before where nothing else is chosen.
        """
        went, came = difference(self._all, sessions)
        self._all = sessions
        # What came may be all there is now.
        self.filled = filled(came, self.filled if len(came) < len(sessions) else frozenset())
        is_other = len(went) != len(came) or list(map(_family, went)) != list(map(_family, came))
        if is_other:
            # A name that comes again keeps its place: else room is taken for twice as many.
            for name in set(map(_id, went)).difference(map(_id, came)):
                del self._by_id[name]
            for name, parent in map(_family, went):
                if parent is not None:
                    del self._parents[name]
            families = map(_family, came)
            self._parents.update((name, parent) for name, parent in families if parent is not None)
        self._by_id.update(zip(map(_id, came), came, strict=True))
        is_same, self._choice = choice is self._choice, choice
        if choice.is_plain:
            if is_other or not is_same:
                self._find_places(choice)
            places = self._places
            self.rows = sessions if places is None else [*map(sessions.__getitem__, places)]
        elif is_same and len(went) + len(came) <= FEW and (choice.sub_agents or not self._parents):
            self._put(went, came, choice)
        else:
            self._list_all(choice)

    def _list_all(self, choice: Choice) -> None:
        self.rows, self.hidden = listed(
            self._all,
            sort=choice.sort,
            reverse=choice.reverse,
            sub_agents=choice.sub_agents,
            filter=choice.filter,
        )

    def _find_places(self, choice: Choice) -> None:
        self._places, self.hidden = None, 0
        known = self._by_id
        parents = {name: parent for name, parent in self._parents.items() if parent in known}
        if not parents:
            return
        names = list(map(_id, self._all))
        if choice.sub_agents:
            self._places = array("q", places_below(names, parents))
        else:
            self.hidden = len(parents)
            self._places = array("q", [at for at, name in enumerate(names) if name not in parents])

    def _put(self, went: Sequence[SessionRow], came: Sequence[SessionRow], choice: Choice) -> None:
        """Take single rows out of those that are listed, and put others in."""
        place, rows = choice.place, list(self.rows)
        for row in went:
            at = bisect_left(rows, place(row), key=place)
            if at < len(rows) and rows[at] is row:
                del rows[at]
        for row in came:
            if choice.filter is None or choice.filter.matches_session(row):
                rows.insert(bisect_left(rows, place(row), key=place), row)
        self.rows = rows


class _Place:
    """Where a row belongs in an order, as :func:`~queries.sessions.sort_rows` has it."""

    __slots__ = ("_descending", "_name", "_value")

    def __init__(self, value: Any, name: str, descending: bool) -> None:
        self._value, self._name, self._descending = value, name, descending

    def __lt__(self, other: _Place) -> bool:
        mine, theirs = self._value, other._value
        if mine is None or theirs is None or mine == theirs:
            return (mine is None, self._name) < (theirs is None, other._name)
        return bool(mine < theirs) != self._descending
