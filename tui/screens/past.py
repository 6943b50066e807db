"""A session's tree and figures as they were at an instant, read away from the screen."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from queries.activity import ActivityModel
from queries.folding.delegation_rows import DelegationRows
from queries.models import ActivityNode, Event, ScopeFigures, Session
from queries.plain_data import dataclass
from queries.store import Store
from queries.timeline import as_of, figures_at, steps_of, was_alive
from queries.trees.activity_reader import Ranges, read_tree
from tui.reader import Answer, Reader

SLOT = "replay"


@dataclass(frozen=True, slots=True)
class PastSession:
    """All that is needed to show a session as of any instant."""

    session_id: str
    events: tuple[Event, ...]
    """Paired, those of sub-agents' sessions among them, in order of arrival."""
    sessions: tuple[Session, ...]
    """Of sub-agents."""
    steps: tuple[float, ...]
    """The instants at which something began or ended, ascending."""
    by_time: bool
    messages_only: bool
    delegation_rows: DelegationRows

    def at(self, instant: float) -> PastView:
        """Everything as it was."""
        model = ActivityModel(self.session_id, is_alive=was_alive, by_time=self.by_time, guess=True)
        for session in self.sessions:
            if session.started is None or session.started <= instant:
                model.add_session(session)
        nodes = model.load(list(as_of(self.events, instant)))
        own = [event for event in self.events if event.session_id == self.session_id]
        figures = figures_at(
            self.session_id, own, instant, messages_only=self.messages_only, is_alive=was_alive,
            delegation_rows=self.delegation_rows,
        )  # fmt: skip
        return PastView(self.session_id, instant, tuple(nodes), figures, len(self.sessions))


@dataclass(frozen=True, slots=True)
class PastView:
    """What the panes show of an instant."""

    session_id: str
    at: float
    nodes: tuple[ActivityNode, ...]
    figures: ScopeFigures
    """Of the session alone, as in the present."""
    left_out: int = 0
    """Sub-agents' sessions below it, which the figures do not cover."""


class PastReading:
    """Steps through the past of one session."""

    def __init__(self, reader: Reader, ranges_of: Callable[[str], Ranges | None]) -> None:
        """Args: ranges_of: where the rows of a session are known to lie."""
        self._reader = reader
        self._ranges_of = ranges_of
        self._session: PastSession | None = None
        self._wanted: str | None = None
        self._asked: list[int] = []
        """Steps that were asked for while the session is read."""
        self.is_reading = False
        """Whether the first instant is still to come."""
        self.at: float | None = None
        """The instant that is looked at; None for the present."""

    @property
    def session_id(self) -> str | None:
        """Whose past is looked at, or read; None for the present."""
        return self._wanted

    @property
    def steps(self) -> tuple[float, ...]:
        """Of the session that is looked at."""
        return () if self._session is None else self._session.steps

    @property
    def step_number(self) -> int:
        """How many steps have been made at the instant that is looked at."""
        return len(self.steps) if self.at is None else bisect_right(self.steps, self.at)

    def leave(self) -> None:
        """Look at the present; what was read is forgotten."""
        self._reader.cancel(SLOT)
        self._session = self._wanted = self.at = None
        self.is_reading = False
        self._asked.clear()

    def begin(self, session_id: str, limit: int) -> None:
        """Read a session, and show its last step but one: all before what happened last.

        Args:
            session_id: which one.
            limit: newest rows to read, as many as are loaded.
        """
        self._wanted = session_id
        self.is_reading = True
        ranges_of = self._ranges_of

        def work(store: Store) -> Iterator[object]:
            tree = read_tree(store, session_id, limit=limit, ranges_of=ranges_of)
            events = [node.event for node in tree.nodes if node.event is not None]
            by_time = len(store.mapping.sources) > 1
            events.sort(key=lambda event: (event.time or 0.0 if by_time else 0.0, event.key))
            others = [name for name in tree.model.sessions() if name != session_id]
            made = PastSession(
                session_id, tuple(events), tuple(store.sessions_by_id(others)),
                steps_of(events), by_time, store.mapping.has_messages,
                tree.model.delegation_rows,
            )  # fmt: skip
            yield made
            if made.steps:
                yield made.at(made.steps[max(0, len(made.steps) - 2)])

        self._reader.request(SLOT, work)

    def step_later(self, direction: int) -> None:
        """Keep a step for when the session is read, see :meth:`take_asked`."""
        self._asked.append(direction)

    def take_asked(self) -> list[int]:
        """The steps that were asked for meanwhile, which are to be made now."""
        asked, self._asked = self._asked, []
        return asked

    def step(self, direction: int) -> bool:
        """Go a step back (-1) or on (1); False where that is not possible.

        On from the last step leads to the present.
        """
        known, at = self._session, self.at
        if known is None or at is None:
            return False
        place = bisect_left(known.steps, at) - 1 if direction < 0 else bisect_right(known.steps, at)
        if place < 0:
            return False
        if place >= len(known.steps):
            self.leave()
            return True
        instant = self.at = known.steps[place]

        def work(store: Store) -> Iterator[object]:
            del store
            yield known.at(instant)

        self._reader.request(SLOT, work)
        return True

    def take_answer(self, answer: Answer) -> PastView | None:
        """Keep what was read; returns what is to be shown now."""
        value = answer.value
        if isinstance(value, PastSession | PastView) and value.session_id != self._wanted:
            return None
        if isinstance(value, PastView):
            self.is_reading = False
            self.at = value.at
            return value
        if isinstance(value, PastSession) and value.steps:
            self._session = value
        elif self.is_reading:
            # There is no past, or it could not be read.
            self.leave()
        return None
