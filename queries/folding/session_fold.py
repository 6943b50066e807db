"""The running totals of one session: a part of a fold."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence, Set

from queries.digest import blake2b
from queries.folding.activity_bars import ActivityBars
from queries.folding.batch import RowType, type_of
from queries.folding.fold_parts import KnownSum, amounts_of
from queries.folding.open_rows import OpenRows
from queries.models import Event, EventKey, EventKind, EventState, SessionTotals

_NAMES: dict[tuple[str, ...], tuple[str, ...]] = {}
_NAMES_KEPT = 10_000
Said = tuple[tuple[str, str | None], bytes]
"""Who said something through which tool, and the mark of the text."""


def text_mark(text: str) -> bytes:
    """What tells a text from others: much smaller than most, and the same in every process."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


class SessionFold:
    """Counts over one session's events, and what is needed to put ranges of rows together.

    ``events`` and ``calls`` count everything but starts that still wait for their end; those
    are in :attr:`open`.
    """

    # A store can have a hundred thousand sessions: what most of them lack is None here.
    __slots__ = (
        "_ranges", "agents", "bars", "calls", "cost", "errors", "events", "failed", "first_prompt",
        "first_said", "first_time", "first_tool", "last_prompt", "last_said", "last_time",
        "last_tool", "messages", "ok", "open", "prompts", "tokens", "tools",
    )  # fmt: skip

    def __init__(self) -> None:
        self.events = 0
        self.prompts = 0
        self.messages = 0
        self.calls = 0
        self.ok = 0
        self.failed = 0
        """Calls that failed; ``errors`` are events of any kind."""
        self.errors = 0
        self.tokens: KnownSum | None = None
        self.cost: KnownSum | None = None
        self.first_time: float | None = None
        self.last_time: float | None = None
        self.agents: dict[str, int] = {}
        """Counted events by agent, in order of first appearance."""
        self.tools: dict[str, int] = {}
        """Counted calls by tool and operation, see :func:`~queries.folding.batch.used_tool`."""
        self.first_prompt: tuple[EventKey, str] | None = None
        self.last_prompt: EventKey | None = None
        self.bars = ActivityBars()
        self._ranges: tuple[tuple[int, int, int], ...] = ()
        self.first_said: Said | None = None
        self.last_said: Said | None = None
        self.first_tool: str | None = None
        self.last_tool: str | None = None
        self.open: OpenRows | None = None
        """Rows whose counterpart may still come."""

    @property
    def ranges(self) -> Mapping[int, tuple[int, int]]:
        """Per source, the lowest and the highest seq of the session's rows."""
        return {source: (low, high) for source, low, high in self._ranges}

    def see_rows(self, source: int, low: int, high: int) -> None:
        """Note where the session has rows, whatever they mean."""
        known = self._ranges
        for index, (other, other_low, other_high) in enumerate(known):
            if other == source:
                if low < other_low or high > other_high:
                    wider = (source, min(low, other_low), max(high, other_high))
                    self._ranges = (*known[:index], wider, *known[index + 1 :])
                return
        self._ranges = (*known, (source, low, high))

    def see_times(self, first: float, last: float) -> None:
        """Note when the session has rows, whatever they mean."""
        if self.first_time is None or first < self.first_time:
            self.first_time = first
        if self.last_time is None or last > self.last_time:
            self.last_time = last

    def count(self, numbers: Iterable[tuple[RowType, int]]) -> dict[str, int]:
        """Count events of several types, so many of each (negative: take them back).

        Returns:
            By agent: 1 when it now has events in this session and had none, -1 the other way
            round.
        """
        # Added up here first: of each row of a store with many tools there is one type.
        events = prompts = messages = calls = ok = failed = errors = 0
        gained: dict[str, int] = {}
        for kind, number in numbers:
            events += number
            if kind.kind is EventKind.PROMPT:
                prompts += number
            elif kind.kind is EventKind.MESSAGE:
                messages += number
            elif kind.is_call:
                calls += number
                if kind.state is EventState.OK:
                    ok += number
                elif kind.state is EventState.ERROR:
                    failed += number
                self.use(kind.used, number)
            if kind.state is EventState.ERROR:
                errors += number
            if kind.agent is not None:
                change = self.count_agent(kind.agent, number)
                if change:
                    gained[kind.agent] = gained.get(kind.agent, 0) + change
        self.events += events
        self.prompts += prompts
        self.messages += messages
        self.calls += calls
        self.ok += ok
        self.failed += failed
        self.errors += errors
        return gained

    def count_agent(self, agent: str, number: int) -> int:
        """Count events of an agent; returns what :meth:`count` does of it, or 0."""
        before = self.agents.get(agent, 0)
        if before + number:
            self.agents[agent] = before + number
            return 0 if before else 1
        del self.agents[agent]
        return -1

    def use(self, tool: str | None, number: int) -> None:
        """Count calls of a tool, see :func:`~queries.folding.batch.used_tool`; None is no tool."""
        if tool is not None:
            _add(self.tools, tool, number)

    def add_amounts(self, tokens: Sequence[int], costs: Sequence[float], sign: int) -> None:
        """Add (or with -1 take back) what events took, as far as they say so."""
        if tokens:
            self.tokens = self.tokens or KnownSum()
            self.tokens.add_all(tokens, sign)
        if costs:
            self.cost = self.cost or KnownSum()
            self.cost.add_all(costs, sign)

    def see_prompt(self, key: EventKey, summary: str) -> None:
        """Note what was asked first, and where the session was asked last."""
        if summary and (self.first_prompt is None or key <= self.first_prompt[0]):
            self.first_prompt = (key, summary)
        if self.last_prompt is None or key > self.last_prompt:
            self.last_prompt = key

    def merge_older(self, older: SessionFold) -> None:
        """Add the plain counts of earlier rows of the same session. Consumes ``older``."""
        self.events += older.events
        self.prompts += older.prompts
        self.messages += older.messages
        self.calls += older.calls
        self.ok += older.ok
        self.failed += older.failed
        self.errors += older.errors
        self.tokens = _merged(self.tokens, older.tokens)
        self.cost = _merged(self.cost, older.cost)
        if older.first_time is not None and older.last_time is not None:
            self.see_times(older.first_time, older.last_time)
        agents = older.agents
        for agent, number in self.agents.items():
            agents[agent] = agents.get(agent, 0) + number
        self.agents = agents
        for tool, number in older.tools.items():
            _add(self.tools, tool, number)
        if self.first_prompt is None or (
            older.first_prompt is not None and older.first_prompt < self.first_prompt
        ):
            self.first_prompt = older.first_prompt
        if older.last_prompt is not None:
            self.last_prompt = max(older.last_prompt, self.last_prompt or older.last_prompt)
        for source, low, high in older._ranges:
            self.see_rows(source, low, high)
        self.bars.merge(older.bars)

    def waiting(self) -> Sequence[Event]:
        """Start rows whose end has not been seen."""
        return () if self.open is None else [start.row for start in self.open.starts()]

    def has_moved_on(self, start: Event) -> bool:
        """Whether a later prompt of the session shows that this start will not end."""
        return (
            self.last_prompt is not None
            and self.last_prompt[0] == start.source
            and self.last_prompt[1] > start.seq
        )

    def totals(
        self, running: int, known: tuple[float | None, float | None] = (None, None)
    ) -> SessionTotals:
        """An immutable copy.

        Args:
            running: how many calls of it are taken to be under way.
            known: start and end of the session: of equal numbers, one is enough to be kept.
        """
        started, ended = known
        waiting = calls = 0
        tokens, cost = self.tokens, self.cost
        agents = tuple(self.agents)
        tools: Set[str] = self.tools.keys()
        if self.open is not None:
            starts = self.waiting()
            waiting = len(starts)
            calls = sum(start.is_call for start in starts)
            tools = tools | {type_of(start).used or "" for start in starts}
            starters = (start.agent for start in starts if start.agent is not None)
            agents = tuple(dict.fromkeys((*agents, *starters)))
            more_tokens, more_cost = amounts_of(starts)
            tokens = more_tokens if tokens is None else tokens + more_tokens
            cost = more_cost if cost is None else cost + more_cost
        return SessionTotals(
            events=self.events + waiting,
            prompts=self.prompts,
            messages=self.messages,
            tool_calls=self.calls + calls,
            ok=self.ok,
            failed_calls=self.failed,
            errors=self.errors,
            running=running,
            tokens=None if tokens is None else tokens.whole,
            cost=None if cost is None else cost.value,
            first_time=started if started == self.first_time else self.first_time,
            last_time=ended if ended == self.last_time else self.last_time,
            agents=_shared(agents),
            tools=_shared(tuple(filter(None, sorted(tools)))),
            first_prompt=None if self.first_prompt is None else self.first_prompt[1],
            activity=_small(self.bars.values()),
        )


def _small(counts: tuple[int, ...]) -> Sequence[int]:
    """The same numbers in as little room as they take: nearly all fit into a byte."""
    return bytes(counts) if counts and max(counts) < 256 else counts


def _shared(names: tuple[str, ...]) -> tuple[str, ...]:
    """The one tuple of these names: most sessions have the same ones as others."""
    known = _NAMES.get(names)
    if known is None:
        if len(_NAMES) >= _NAMES_KEPT:
            _NAMES.clear()
        known = _NAMES[names] = tuple(map(sys.intern, names))
    return known


def _add(counts: dict[str, int], name: str, number: int) -> None:
    """Add to a count; one that is zero is no entry."""
    after = counts.get(name, 0) + number
    if after:
        counts[name] = after
    else:
        counts.pop(name, None)


def _merged(first: KnownSum | None, second: KnownSum | None) -> KnownSum | None:
    if first is None or second is None:
        return first or second
    first.merge(second)
    return first
