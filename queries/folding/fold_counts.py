"""The counters of a fold, and how single types of rows go in and out of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress, repeat
from operator import is_not
from typing import cast

from queries.folding.batch import Batch, RowType, ToolKey, type_of
from queries.folding.event_slots import EventSlots
from queries.folding.fold_parts import AgentFold, KnownSum, ToolFold
from queries.folding.handed_on import HandedOn, Pair
from queries.folding.joining import as_counted
from queries.folding.running_rows import RunningRows
from queries.folding.session_fold import SessionFold
from queries.folding.session_shelf import SessionShelf
from queries.models import Event, EventKind, EventState, Phase
from queries.pausing import no_pause


class FoldCounts:
    """Counters over a range of rows. One call is one event, however many rows it took."""

    def __init__(self) -> None:
        self.rows = 0
        self.events = 0
        self.messages = 0
        self.calls = 0
        self.ok = 0
        self.errors = 0
        self.failed_calls = 0
        self.never_ended = 0
        """Starts among the events whose end is not waited for any longer."""
        self.never_ended_calls = 0
        """Those of them that are calls."""
        self.tokens = KnownSum()
        self.cost = KnownSum()
        self.sessions = SessionShelf()
        self.tools: dict[ToolKey, ToolFold] = {}
        self.agents: dict[str, AgentFold] = {}
        self.follows: Counter[Pair] = Counter()
        self.repeats: Counter[str] = Counter()
        """By agent: those of its followers that are itself with the same text again."""
        self.next_tools: Counter[Pair] = Counter()
        self.handed_on = HandedOn()
        self.slots = EventSlots()
        """When what is counted happened; starts that still wait for their end are not."""
        self.running = RunningRows()
        self.waiting: set[str] = set()
        """Sessions with rows (starts among them) that another row may still belong to."""
        self.changed: set[str] = set()
        """Sessions counted differently since the caller last emptied this set."""

    @property
    def follows_once(self) -> Counter[Pair]:
        """As ``follows``, without rows that repeat the one before them."""
        pairs = Counter(self.follows)
        pairs.subtract({(name, name): number for name, number in self.repeats.items()})
        return pairs

    def delegations(self) -> Counter[Pair]:
        """Who handed work to whom, by events."""
        return self.handed_on.pairs()

    # -- many rows ----------------------------------------------------------------------------

    def _count_types(self, batch: Batch) -> None:
        """Count rows for the whole range, for tools and for agents."""
        for kind, number in Counter(batch.types).items():
            if kind.counts:
                self._count(kind, number)
        durations: dict[ToolKey, list[float]] = {}
        for kind, values in _by_type(batch).items():
            if kind.timed:
                durations.setdefault(kind.tool_key, []).extend(values)
        for key, values in durations.items():
            self.tools[key].add_durations(values)
        self._see_agents(batch)
        self.slots.add_all(batch.times, batch.types)

    def _count(self, kind: RowType, number: int) -> None:
        self.events += number
        if kind.state is EventState.ERROR:
            self.errors += number
        if kind.kind is EventKind.MESSAGE:
            self.messages += number
        elif kind.is_call:
            self.calls += number
            if kind.state is EventState.OK:
                self.ok += number
            elif kind.state is EventState.ERROR:
                self.failed_calls += number
            self._tool(kind.tool_key).count(kind, number)
        if kind.agent is not None:
            self._agent(kind.agent).count(kind, number)

    @property
    def names(self) -> int:
        """How many tools, agents, and pairs of these that follow each other there are."""
        return len(self.tools) + len(self.agents) + len(self.next_tools) + len(self.follows)

    def _tool(self, key: ToolKey) -> ToolFold:
        tool = self.tools.get(key)
        if tool is None:
            tool = self.tools[key] = ToolFold()
        return tool

    def _agent(self, name: str) -> AgentFold:
        agent = self.agents.get(name)
        if agent is None:
            agent = self.agents[name] = AgentFold()
        return agent

    def _see_agents(self, batch: Batch) -> None:
        """Note when agents last did something."""
        times, types = batch.times, batch.types
        if None in times:
            both = [(time, kind) for time, kind in zip(times, types, strict=True)
                    if time is not None]  # fmt: skip
            times, types = [time for time, _ in both], [kind for _, kind in both]
        known = cast("list[float]", times)
        if sorted(known) != known:
            order = sorted(range(len(known)), key=known.__getitem__)
            known, types = list(map(known.__getitem__, order)), list(map(types.__getitem__, order))
        # Of one type, the last time is what stays.
        for kind, time in dict(zip(types, known, strict=True)).items():
            if kind.counts and kind.agent is not None:
                self.agents[kind.agent].see(time)

    def _count_amounts(self, batch: Batch) -> None:
        types, sessions = batch.types, batch.sessions
        self.slots.add_amounts(batch.times, batch.amounts, types)
        # Apart from each other: of each session and type there may be one row.
        alike: defaultdict[RowType, list[int]] = defaultdict(list)
        tokens: defaultdict[str, list[int]] = defaultdict(list)
        costs: defaultdict[str, list[float]] = defaultdict(list)
        for index, (some, cost) in batch.amounts.items():
            kind = types[index]
            if kind.counts:
                if some is not None:
                    alike[kind].append(some)
                    tokens[sessions[index]].append(some)
                if cost is not None:
                    costs[sessions[index]].append(cost)
        for name, stated in tokens.items():
            self.sessions[name].add_amounts(stated, (), 1)
            self.tokens.add_all(stated, 1)
        for name, spent in costs.items():
            self.sessions[name].add_amounts((), spent, 1)
            self.cost.add_all(spent, 1)
        agents: defaultdict[str, list[int]] = defaultdict(list)
        tools: defaultdict[ToolKey, list[int]] = defaultdict(list)
        for kind, stated in alike.items():
            if kind.agent is not None:
                agents[kind.agent] += stated
            if kind.is_call:
                tools[kind.tool_key] += stated
        for name, stated in agents.items():
            self.agents[name].tokens.add_all(stated, 1)
        for key, stated in tools.items():
            self.tools[key].add_tokens(stated, 1)

    def _count_in_session(
        self, session: SessionFold, numbers: Iterable[tuple[RowType, int]]
    ) -> None:
        for agent, gained in session.count(numbers).items():
            self.agents[agent].sessions += gained

    def _add_amounts(
        self,
        session: SessionFold,
        kind: RowType,
        tokens: Sequence[int],
        costs: Sequence[float],
        sign: int,
    ) -> None:
        """What one event took."""
        session.add_amounts(tokens, costs, sign)
        self.cost.add_all(costs, sign)
        if tokens:
            self.tokens.add_all(tokens, sign)
            if kind.agent is not None:
                self.agents[kind.agent].tokens.add_all(tokens, sign)
            if kind.is_call:
                self.tools[kind.tool_key].add_tokens(tokens, sign)

    # -- single events ------------------------------------------------------------------------

    def recount(self, session: SessionFold, before: Event | None, after: Event | None) -> None:
        """Take back one event that is counted, and count another one instead."""
        if before is not None:
            self._recount(session, before, -1)
        if after is not None:
            self._recount(session, after, 1)
        if before is not None and after is not None:
            self.handed_on.changed(before, after)

    def count_duration(self, kind: RowType, seconds: float, sign: int) -> None:
        """Add (or with -1 take back) the duration of a call that is counted without one."""
        if kind.timed:
            tool = self.tools[kind.tool_key]
            if sign > 0:
                tool.add_durations((seconds,))
            else:
                tool.remove_duration(seconds)

    def _recount(self, session: SessionFold, event: Event, sign: int) -> None:
        kind = type_of(event)
        self._count(kind, sign)
        self._count_in_session(session, ((kind, sign),))
        tokens = () if event.tokens is None else (event.tokens,)
        costs = () if event.cost is None else (event.cost,)
        self._add_amounts(session, kind, tokens, costs, sign)
        self.slots.add(event.time, kind, sign)
        self.slots.add_tokens(event.time, event.tokens, sign)
        if event.duration is not None:
            self.count_duration(kind, event.duration, sign)
        if event.time is not None:
            session.bars.add(event.time, sign)
            if kind.agent is not None and sign > 0:
                self.agents[kind.agent].see(event.time)
        if sign > 0:
            self._note_running(event)
        else:
            self.running.forget(event.key)

    def _note_running(self, event: Event) -> None:
        if event.phase is not Phase.START and event.state is EventState.RUNNING:
            self.running.note(event)

    def count_never_ended(self, session: SessionFold, start: Event) -> None:
        """Count a start that nobody waits for any more exactly as one that is waiting."""
        calls = int(start.is_call)
        self.never_ended += 1
        self.never_ended_calls += calls
        self.events += 1
        self.calls += calls
        session.events += 1
        session.calls += calls
        session.use(type_of(start).used, 1)
        self.slots.add(start.time, type_of(as_counted(start)), 1)
        self.slots.add_tokens(start.time, start.tokens, 1)
        if calls:
            self._tool(type_of(start).tool_key).count_never_ended(start.agent)
        if start.agent is not None:
            agent = self._agent(start.agent)
            agent.events += 1
            agent.calls += calls
            agent.sessions += session.count_agent(start.agent, 1)
            if start.time is not None:
                agent.see(start.time)
        tokens = () if start.tokens is None else (start.tokens,)
        costs = () if start.cost is None else (start.cost,)
        self._add_amounts(session, type_of(as_counted(start)), tokens, costs, 1)

    # -- other ranges -------------------------------------------------------------------------

    def _merge_counts(
        self, other: FoldCounts, shift: int, pause: Callable[[], object] = no_pause
    ) -> None:
        """Add all counts but those of sessions; ``pause`` is called now and then."""
        self._add_numbers(other)
        self.tokens.merge(other.tokens)
        self.cost.merge(other.cost)
        for key, tool in other.tools.items():
            if key in self.tools:
                self.tools[key].merge(tool)
            else:
                self.tools[key] = tool
        for name, agent in other.agents.items():
            self._agent(name).merge(agent)
        pause()
        self.follows.update(other.follows)
        self.repeats.update(other.repeats)
        self.next_tools.update(other.next_tools)
        self.handed_on.merge(other.handed_on, shift, pause)
        self.slots.merge(other.slots)
        pause()
        self.running.take(other.running)
        self.waiting |= other.waiting
        self.changed |= other.changed

    def _add_numbers(self, other: FoldCounts) -> None:
        self.rows += other.rows
        self.events += other.events
        self.messages += other.messages
        self.calls += other.calls
        self.ok += other.ok
        self.errors += other.errors
        self.failed_calls += other.failed_calls
        self.never_ended += other.never_ended
        self.never_ended_calls += other.never_ended_calls

    def _share_counts(self, other: FoldCounts) -> None:
        """Count what does not depend on the order of rows right where ``other`` counts it."""
        self.tokens, self.cost = other.tokens, other.cost
        self.tools, self.agents = other.tools, other.agents
        self.follows, self.repeats, self.next_tools = other.follows, other.repeats, other.next_tools
        self.handed_on, self.running, self.changed = other.handed_on, other.running, other.changed
        self.slots = other.slots


def _by_type(batch: Batch) -> Mapping[RowType, Sequence[float]]:
    """The durations that are known of rows of each type."""
    found: defaultdict[RowType, list[float]] = defaultdict(list)
    durations = batch.durations
    if durations.count(None) < len(durations):
        is_known = list(map(is_not, durations, repeat(None)))
        known = cast("Iterator[float]", compress(durations, is_known))
        for kind, took in zip(compress(batch.types, is_known), known, strict=True):
            found[kind].append(took)
    return found
