"""The running totals of one session, of one tool, of one agent: the parts of a fold."""

from __future__ import annotations

from queries.activity_bars import ActivityBars
from queries.durations import Durations
from queries.models import Event, EventKey, EventKind, EventState, Phase, SessionTotals


class KnownSum:
    """A sum over those values that are known; itself unknown while there are none."""

    __slots__ = ("count", "total")

    def __init__(self) -> None:
        self.total: float = 0
        self.count = 0

    def add(self, value: float | None, sign: int) -> None:
        """Add (or with -1 take back) one value."""
        if value is not None:
            self.total += sign * value
            self.count += sign

    def merge(self, other: KnownSum) -> None:
        """Add all that ``other`` holds."""
        self.total += other.total
        self.count += other.count

    @property
    def value(self) -> float | None:
        """The sum, or None."""
        return self.total if self.count else None

    @property
    def whole(self) -> int | None:
        """The sum as an int, or None."""
        return int(self.total) if self.count else None


class SessionFold:
    """Counts over one session's events, and what is needed to go on or to prepend.

    ``events`` and ``calls`` count everything but starts that still wait for their end; those
    are in :attr:`open` and :attr:`keyed`.
    """

    __slots__ = (
        "agents", "bars", "calls", "cost", "ends", "errors", "events", "first_prompt",
        "first_speaker", "first_text", "first_time", "first_tool", "keyed", "keyed_ends",
        "last_prompt", "last_speaker", "last_text", "last_time", "last_tool", "messages",
        "ok", "open", "paired", "prompts", "ranges", "tokens", "wholes",
    )  # fmt: skip

    def __init__(self) -> None:
        self.events = 0
        self.prompts = 0
        self.messages = 0
        self.calls = 0
        self.ok = 0
        self.errors = 0
        self.tokens = KnownSum()
        self.cost = KnownSum()
        self.first_time: float | None = None
        self.last_time: float | None = None
        self.agents: dict[str, int] = {}
        self.first_prompt: tuple[EventKey, str] | None = None
        self.last_prompt: EventKey | None = None
        self.bars = ActivityBars()
        self.ranges: dict[int, tuple[int, int]] = {}
        self.first_speaker: str | None = None
        self.last_speaker: str | None = None
        self.first_text: str | None = None
        self.last_text: str | None = None
        self.first_tool: str | None = None
        self.last_tool: str | None = None
        self.open: dict[str, list[Event]] = {}
        self.keyed: dict[str, Event] = {}
        self.wholes: dict[str, Event] = {}
        self.ends: dict[str, list[Event]] = {}
        self.keyed_ends: dict[str, Event] = {}
        self.paired: dict[str, tuple[Event, Event]] = {}
        """Delegations made of a start and an end with a key, as (event, end row): an older
        row may turn out to be the delegation itself."""

    def see(self, event: Event) -> None:
        """Note where and when the session has rows, whatever they mean."""
        source, seq, time = event.source, event.seq, event.time
        known = self.ranges.get(source)
        if known is None:
            self.ranges[source] = (seq, seq)
        elif seq > known[1]:
            self.ranges[source] = (known[0], seq)
        elif seq < known[0]:
            self.ranges[source] = (seq, known[1])
        if time is not None:
            if self.first_time is None or time < self.first_time:
                self.first_time = time
            if self.last_time is None or time > self.last_time:
                self.last_time = time

    def count(self, event: Event, sign: int) -> None:
        """Add (or with -1 take back) one event's counts."""
        self.events += sign
        kind, state = event.kind, event.state
        if kind is EventKind.PROMPT:
            self.prompts += sign
            if sign > 0:
                self._prompt(event)
        elif kind is EventKind.MESSAGE:
            self.messages += sign
        elif event.is_call:
            self.calls += sign
            if state is EventState.OK:
                self.ok += sign
        if state is EventState.ERROR:
            self.errors += sign
        self.tokens.add(event.tokens, sign)
        self.cost.add(event.cost, sign)
        if event.time is not None and -62e9 < event.time < 253e9:
            self.bars.add(event.time, sign)

    def _prompt(self, event: Event) -> None:
        if event.summary and (self.first_prompt is None or event.key < self.first_prompt[0]):
            self.first_prompt = (event.key, event.summary)
        if self.last_prompt is None or event.key > self.last_prompt:
            self.last_prompt = event.key

    def merge(self, newer: SessionFold) -> None:
        """Add the plain counts of later rows of the same session."""
        self.events += newer.events
        self.prompts += newer.prompts
        self.messages += newer.messages
        self.calls += newer.calls
        self.ok += newer.ok
        self.errors += newer.errors
        self.tokens.merge(newer.tokens)
        self.cost.merge(newer.cost)
        for time in (newer.first_time, newer.last_time):
            if time is not None:
                self.first_time = time if self.first_time is None else min(time, self.first_time)
                self.last_time = time if self.last_time is None else max(time, self.last_time)
        for agent, number in newer.agents.items():
            self.agents[agent] = self.agents.get(agent, 0) + number
        if self.first_prompt is None or (
            newer.first_prompt is not None and newer.first_prompt < self.first_prompt
        ):
            self.first_prompt = newer.first_prompt
        if newer.last_prompt is not None:
            self.last_prompt = max(newer.last_prompt, self.last_prompt or newer.last_prompt)
        for source, (low, high) in newer.ranges.items():
            mine = self.ranges.get(source, (low, high))
            self.ranges[source] = (min(mine[0], low), max(mine[1], high))
        self.bars.merge(newer.bars)

    def waiting(self) -> list[Event]:
        """Start rows whose end has not been seen."""
        if not self.open and not self.keyed:
            return []
        starts = [
            event
            for group in self.open.values()
            for event in group
            if event.phase is Phase.START
        ]  # fmt: skip
        return starts + list(self.keyed.values())

    def has_moved_on(self, start: Event) -> bool:
        """Whether a later prompt of the session shows that this start will not end."""
        return (
            self.last_prompt is not None
            and self.last_prompt[0] == start.source
            and self.last_prompt[1] > start.seq
        )

    def residue(self) -> list[Event]:
        """Rows that later (or earlier) rows may still pair with, in order of arrival."""
        rows = {event.key: event for group in self.open.values() for event in group}
        rows |= {event.key: event for group in self.ends.values() for event in group}
        for keyed in (self.keyed, self.keyed_ends):
            rows |= {event.key: event for event in keyed.values()}
        return [rows[key] for key in sorted(rows)]

    def totals(self, running: int) -> SessionTotals:
        """An immutable copy; ``running`` is how many calls of it are taken to be under way."""
        waiting = len(self.waiting())
        return SessionTotals(
            events=self.events + waiting,
            prompts=self.prompts,
            messages=self.messages,
            tool_calls=self.calls + waiting,
            ok=self.ok,
            errors=self.errors,
            running=running,
            tokens=self.tokens.whole,
            cost=self.cost.value,
            first_time=self.first_time,
            last_time=self.last_time,
            agents=tuple(self.agents),
            first_prompt=None if self.first_prompt is None else self.first_prompt[1],
            activity=self.bars.values(),
        )


class ToolFold:
    """Counts over the calls of one tool and operation, without starts that still wait."""

    __slots__ = ("agents", "calls", "durations", "errors", "ok", "running", "tokens", "unknown")

    def __init__(self) -> None:
        self.calls = 0
        self.ok = 0
        self.errors = 0
        self.running = 0
        self.unknown = 0
        self.tokens = KnownSum()
        self.agents: dict[str, int] = {}
        self.durations = Durations()

    def count(self, event: Event, sign: int) -> None:
        """Add (or with -1 take back) one call."""
        self.calls += sign
        state = event.state
        if state is EventState.OK:
            self.ok += sign
        elif state is EventState.ERROR:
            self.errors += sign
        elif state is EventState.RUNNING:
            self.running += sign
        else:
            self.unknown += sign
        self.tokens.add(event.tokens, sign)
        if event.agent is not None:
            self.agents[event.agent] = self.agents.get(event.agent, 0) + sign
        if event.duration is not None and state is not EventState.RUNNING:
            if sign > 0:
                self.durations.add(event.duration)
            else:
                self.durations.remove(event.duration)

    def merge(self, other: ToolFold) -> None:
        """Add all that ``other`` counted."""
        self.calls += other.calls
        self.ok += other.ok
        self.errors += other.errors
        self.running += other.running
        self.unknown += other.unknown
        self.tokens.merge(other.tokens)
        for agent, number in other.agents.items():
            self.agents[agent] = self.agents.get(agent, 0) + number
        self.durations.merge(other.durations)


class AgentFold:
    """Counts over one agent's events, without starts that still wait."""

    __slots__ = ("calls", "errors", "events", "last_time", "messages", "sessions", "tokens")

    def __init__(self) -> None:
        self.events = 0
        self.messages = 0
        self.calls = 0
        self.errors = 0
        self.sessions = 0
        self.tokens = KnownSum()
        self.last_time: float | None = None

    def count(self, event: Event, sign: int) -> None:
        """Add (or with -1 take back) one event."""
        self.events += sign
        if event.kind is EventKind.MESSAGE:
            self.messages += sign
        elif event.is_call:
            self.calls += sign
        if event.state is EventState.ERROR:
            self.errors += sign
        self.tokens.add(event.tokens, sign)
        if event.time is not None and (self.last_time is None or event.time > self.last_time):
            self.last_time = event.time

    def merge(self, other: AgentFold) -> None:
        """Add all that ``other`` counted, but for sessions: those may be the same ones."""
        self.events += other.events
        self.messages += other.messages
        self.calls += other.calls
        self.errors += other.errors
        self.tokens.merge(other.tokens)
        if other.last_time is not None:
            self.last_time = max(other.last_time, self.last_time or other.last_time)
