"""What the timeline of a session shows, read away from the screen, now and as of an instant."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from queries.folding.delegation_rows import DelegationRows, delegation_rows
from queries.models import Event, EventKey, ScopeFigures
from queries.models.timeline import Timeline
from queries.plain_data import dataclass
from queries.store import Store
from queries.timeline import (
    PAGE,
    as_of,
    entries,
    figures_at,
    read_session,
    timeline,
    was_alive,
)
from queries.trees.activity_reader import Ranges
from tui.reader import Answer, Reader
from widgets.entry_list import EntryRows
from widgets.lane_index import LaneIndex

SLOT = "timeline"
PAST_SLOT = "timeline-past"
_MORE = 4
"""So many times as much is read when what came earlier is asked for."""


@dataclass(frozen=True, slots=True)
class ReadSession:
    """A session's events, laid out for the lanes."""

    events: tuple[Event, ...]
    index: LaneIndex
    never_ended: frozenset[EventKey]
    messages_only: bool
    """Whether "follows" looks at messages only."""
    delegation_rows: DelegationRows
    left_out: int = 0
    """Sub-agents' sessions below it, whose events are not among these."""

    @property
    def timeline(self) -> Timeline:
        """What the lanes show."""
        return self.index.timeline


@dataclass(frozen=True, slots=True)
class Folding:
    """Which repeats have lines of their own."""

    opened: frozenset[EventKey] = frozenset()
    all_open: bool = False
    """Whether all have, except the opened ones."""


class TimelineReading:
    """Asks for a session's events, and for list and figures as of an instant."""

    def __init__(
        self,
        reader: Reader,
        session_id: str,
        clock: Callable[[], float],
        *,
        is_alive: Callable[[str], bool],
        ranges_of: Callable[[str], Ranges | None],
    ) -> None:
        """Args: clock: the present in epoch seconds; the others answer for a session id."""
        self._reader = reader
        self._session_id = session_id
        self._clock = clock
        self._is_alive = is_alive
        self._ranges_of = ranges_of
        self._limit = PAGE
        self.folding = Folding()
        self.at: float | None = None
        """The instant that is looked at; None for the present."""
        self.session: ReadSession | None = None
        self.rows: EntryRows | None = None
        self.figures: ScopeFigures | None = None

    def read(self) -> None:
        """Read the session's events (again)."""
        session_id, limit = self._session_id, self._limit
        clock, is_alive, ranges_of = self._clock, self._is_alive, self._ranges_of

        def work(store: Store) -> Iterator[object]:
            ranges = ranges_of(session_id)
            read = read_session(store, session_id, limit=limit, ranges=ranges)
            made = timeline(
                read.events, now=clock(), alive=is_alive(session_id), has_earlier=read.has_earlier
            )
            ended = frozenset(
                span.key for lane in made.lanes for span in lane.spans if span.never_ended
            )
            yield ReadSession(
                read.events, LaneIndex(made), ended, store.mapping.has_messages,
                delegation_rows(read.rows), len(store.sub_sessions(session_id)),
            )  # fmt: skip

        self._reader.request(SLOT, work)

    def read_earlier(self) -> bool:
        """Read further back; False where there is nothing before what is known."""
        if self.session is None or not self.session.timeline.has_earlier:
            return False
        self._limit *= _MORE
        self.read()
        return True

    def look(self) -> None:
        """Lay out the list, and count, as of the instant that is looked at."""
        known, at, folding, session_id = self.session, self.at, self.folding, self._session_id
        is_alive = self._is_alive
        if known is None:
            return

        def work(store: Store) -> Iterator[object]:
            del store
            events = known.events if at is None else as_of(known.events, at)
            never_ended = known.never_ended if at is None else frozenset()
            yield EntryRows(
                entries(events), folding.opened,
                all_open=folding.all_open, never_ended=never_ended,
            )  # fmt: skip
            instant = float("inf") if at is None else at
            alive = is_alive if at is None else was_alive
            yield figures_at(
                session_id, events, instant, messages_only=known.messages_only, is_alive=alive,
                delegation_rows=known.delegation_rows,
            )  # fmt: skip

        self._reader.request(PAST_SLOT, work)

    def take_answer(self, answer: Answer) -> None:
        """Keep what was read; new events are laid out at once."""
        value = answer.value
        if isinstance(value, ReadSession):
            self.session = value
            self.look()
        elif isinstance(value, EntryRows):
            self.rows = value
        elif isinstance(value, ScopeFigures):
            self.figures = value

    # -- steps ------------------------------------------------------------------------------

    @property
    def steps(self) -> tuple[float, ...]:
        """The instants at which something begins or ends."""
        return () if self.session is None else self.session.timeline.steps

    @property
    def step_number(self) -> int:
        """How many steps have been made at the instant that is looked at."""
        return len(self.steps) if self.at is None else bisect_right(self.steps, self.at)

    @property
    def part(self) -> float:
        """How much of the session's time had passed, 0..1."""
        steps = self.steps
        if self.at is None or len(steps) < 2 or steps[-1] <= steps[0]:
            return 1.0
        return min(max((self.at - steps[0]) / (steps[-1] - steps[0]), 0.0), 1.0)

    def step(self, direction: int) -> bool:
        """Go one step back (-1) or on (1); on from the last one to the present.

        Returns:
            Whether there is another step in that direction.
        """
        steps = self.steps
        if direction < 0:
            # The last step is the present.
            before = len(steps) - 1 if self.at is None else bisect_left(steps, self.at)
            if before <= 0:
                return False
            self.at = steps[before - 1]
            return True
        if self.at is None:
            return False
        after = bisect_right(steps, self.at)
        self.at = steps[after] if after < len(steps) else None
        return True
