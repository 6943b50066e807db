"""Running totals over events: the one way in which every total of the program is made.

A fold takes rows in order of arrival (:meth:`Fold.add`). Folds of consecutive ranges of rows
concatenate (:meth:`Fold.append`), so totals can be built from the newest slice backwards, and
the result equals one pass in order. The same class serves a whole store and a single session.

Who speaks next ("follows") and which tool comes next ("tools") are counted over whole rows and
end rows of tool calls in order of arrival; start rows and the extra rows of a delegation do
not speak.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from queries.models import Event, EventKey, EventKind, EventState, Phase
from queries.pairing import finish, group_of, join
from queries.session_fold import AgentFold, KnownSum, SessionFold, ToolFold

Pair = tuple[str, str]
ToolKey = tuple[str, str | None]
NO_TOOL = "(no tool)"
SPEAKERS_KEPT = 50_000


class Fold:
    """Totals over a range of rows."""

    def __init__(self, *, messages_only: bool) -> None:
        """Args: messages_only: whether "follows" looks at messages only (else all events)."""
        self.messages_only = messages_only
        self.rows = 0
        self.events = 0
        self.messages = 0
        self.calls = 0
        self.ok = 0
        self.errors = 0
        self.failed_calls = 0
        self.tokens = KnownSum()
        self.cost = KnownSum()
        self.sessions: dict[str, SessionFold] = {}
        self.tools: dict[ToolKey, ToolFold] = {}
        self.agents: dict[str, AgentFold] = {}
        self.follows: Counter[Pair] = Counter()
        self.follows_once: Counter[Pair] = Counter()
        self.next_tools: Counter[Pair] = Counter()
        self.delegates: Counter[Pair] = Counter()
        self.running: dict[str, dict[EventKey, Event]] = {}
        """Per session, whole events that say they run: rows that may change in place."""
        self.waiting: set[str] = set()
        """Sessions that have starts without an end."""
        self.changed: set[str] = set()
        """Sessions counted differently since the caller last emptied this set."""
        self._speakers: dict[str, str] = {}
        self._unresolved: dict[str, list[tuple[str | None, str]]] = {}

    def add_all(self, events: Iterable[Event]) -> None:
        """Take rows in order of arrival."""
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Take the next row."""
        self.rows += 1
        session = self.sessions.get(event.session_id)
        if session is None:
            session = self.sessions[event.session_id] = SessionFold()
        session.see(event)
        self.changed.add(event.session_id)
        if event.phase is Phase.START:
            self._pair(session, event)
            return
        self._count(session, event, 1)
        if event.phase is Phase.END or event.kind is EventKind.DELEGATION:
            self._pair(session, event)
        self._speak(session, event)
        if event.kind is EventKind.DELEGATION and event.phase is Phase.WHOLE:
            self._delegate(event)
        elif event.kind is EventKind.HANDOFF and event.agent and event.target_agent:
            self.delegates[event.agent, event.target_agent] += 1
        if event.kind is EventKind.PROMPT and event.agent:
            self._remember(event.id, event.agent)

    def update(self, before: Event, after: Event) -> None:
        """A row taken earlier changed in place: count it as it is now."""
        session = self.sessions.get(before.session_id)
        if session is None or before.session_id != after.session_id:
            return
        self.changed.add(before.session_id)
        session.see(after)
        waiting = session.open.get(group_of(before)[1], [])
        for index, row in enumerate(waiting):
            if row.key == before.key:
                waiting[index] = after
        if before.call_key is not None:
            if before.call_key in session.keyed and before.phase is Phase.START:
                session.keyed[before.call_key] = after
            known = session.wholes.get(before.call_key)
            if known is not None and known.key == before.key:
                before, after = known, _still_finished(known, after)
                session.wholes[before.call_key or ""] = after
        if before.phase is not Phase.START:
            self._replace(session, before, after)

    def append(self, newer: Fold) -> None:
        """Take the totals of the range of rows that follows this one's. Consumes ``newer``."""
        self._merge_counts(newer)
        for name, later in newer.sessions.items():
            earlier = self.sessions.get(name)
            if earlier is None:
                self._adopt(name, later, newer)
            else:
                for agent in later.agents.keys() - earlier.agents.keys():
                    self.agents[agent].sessions += 1
                self._join(earlier, later)

    def prepend(self, older: Fold) -> None:
        """Take the totals of the range of rows right before this one's. Consumes ``older``.

        Costs as much as ``older`` is large, however much is counted here.
        """
        self._merge_counts(older)
        for name, earlier in older.sessions.items():
            later = self.sessions.get(name)
            if later is None:
                self._adopt(name, earlier, older)
            else:
                self.sessions[name] = earlier
                if name in older.waiting:
                    self.waiting.add(name)
                for agent in earlier.agents.keys() - later.agents.keys():
                    self.agents[agent].sessions += 1
                self._join(earlier, later)

    def totals_running(self, session_id: str, alive: bool) -> int:
        """How many calls of a session are under way; none when it is not alive."""
        session = self.sessions.get(session_id)
        if session is None or not alive:
            return 0
        starts = sum(1 for start in session.waiting() if not session.has_moved_on(start))
        running = self.running.get(session_id, {})
        return starts + sum(1 for event in running.values() if event.is_call)

    # -- counting ---------------------------------------------------------------------------

    def _count(self, session: SessionFold, event: Event, sign: int) -> None:
        session.count(event, sign)
        self.events += sign
        self.tokens.add(event.tokens, sign)
        self.cost.add(event.cost, sign)
        if event.state is EventState.ERROR:
            self.errors += sign
        if event.kind is EventKind.MESSAGE:
            self.messages += sign
        elif event.is_call:
            self._count_call(event, sign)
        if event.agent is not None:
            agent = self.agents.get(event.agent)
            if agent is None:
                agent = self.agents[event.agent] = AgentFold()
            agent.count(event, sign)
            own = session.agents.get(event.agent, 0)
            if not own:
                agent.sessions += 1
            session.agents[event.agent] = own + sign
            if own + sign == 0:
                del session.agents[event.agent]
                agent.sessions -= 1
                if not agent.events:
                    del self.agents[event.agent]
        if event.phase is Phase.WHOLE and event.state is EventState.RUNNING and sign > 0:
            self.running.setdefault(event.session_id, {})[event.key] = event
        elif event.session_id in self.running:
            running = self.running[event.session_id]
            running.pop(event.key, None)
            if not running:
                del self.running[event.session_id]

    def _count_call(self, event: Event, sign: int) -> None:
        self.calls += sign
        if event.state is EventState.OK:
            self.ok += sign
        elif event.state is EventState.ERROR:
            self.failed_calls += sign
        key = (event.tool or NO_TOOL, event.operation)
        tool = self.tools.get(key)
        if tool is None:
            tool = self.tools[key] = ToolFold()
        tool.count(event, sign)
        if sign < 0 and not tool.calls:
            del self.tools[key]

    def _replace(self, session: SessionFold, before: Event, after: Event) -> None:
        self._count(session, before, -1)
        self._count(session, after, 1)

    def _adopt(self, name: str, session: SessionFold, source: Fold) -> None:
        self.sessions[name] = session
        for agent in session.agents:
            self.agents[agent].sessions += 1
        if name in source.waiting:
            self.waiting.add(name)

    def _join(self, earlier: SessionFold, later: SessionFold) -> None:
        """Extend a session of this fold by its later rows, which are counted already."""
        self._join_sequences(earlier, later)
        earlier.merge(later)
        rows = later.residue()
        for key, (event, end) in later.paired.items():
            if key in earlier.wholes:
                self._replace(earlier, event, end)
                rows.append(end)
            else:
                earlier.paired[key] = (event, end)
        earlier.wholes |= later.wholes
        for key in later.wholes:
            earlier.keyed.pop(key, None)
        for row in sorted(rows, key=lambda row: row.key):
            self._pair(earlier, row)

    def _merge_counts(self, newer: Fold) -> None:
        self.rows += newer.rows
        self.changed |= newer.changed
        for name, events in newer.running.items():
            self.running.setdefault(name, {}).update(events)
        for event_id, speaker in newer._speakers.items():
            self._remember(event_id, speaker)
        for parent, handed in newer._unresolved.items():
            for agent, target in handed:
                self._resolve(parent, agent, target)
        self.events += newer.events
        self.messages += newer.messages
        self.calls += newer.calls
        self.ok += newer.ok
        self.errors += newer.errors
        self.failed_calls += newer.failed_calls
        self.tokens.merge(newer.tokens)
        self.cost.merge(newer.cost)
        for key, tool in newer.tools.items():
            if key in self.tools:
                self.tools[key].merge(tool)
            else:
                self.tools[key] = tool
        for name, counted in newer.agents.items():
            if name not in self.agents:
                self.agents[name] = AgentFold()
            self.agents[name].merge(counted)
        self.follows.update(newer.follows)
        self.follows_once.update(newer.follows_once)
        self.next_tools.update(newer.next_tools)
        self.delegates.update(newer.delegates)

    # -- one call is one call ---------------------------------------------------------------

    def _pair(self, session: SessionFold, event: Event) -> None:
        """Match a row that is already counted (or is a start) with what is open."""
        if event.phase is Phase.WHOLE:
            self._open_delegation(session, event)
        elif event.phase is Phase.START:
            self._start(session, event)
        elif event.call_key is not None:
            self._keyed_end(session, event)
        else:
            self._end(session, event)

    def _open_delegation(self, session: SessionFold, event: Event) -> None:
        if event.call_key is None:
            return
        session.keyed.pop(event.call_key, None)
        session.wholes.setdefault(event.call_key, event)
        session.open.setdefault(group_of(event)[1], []).append(event)

    def _start(self, session: SessionFold, event: Event) -> None:
        if event.call_key is None:
            session.open.setdefault(group_of(event)[1], []).append(event)
        elif event.call_key in session.wholes:
            return
        else:
            session.keyed[event.call_key] = event
        self.waiting.add(event.session_id)

    def _keyed_end(self, session: SessionFold, event: Event) -> None:
        key = event.call_key or ""
        whole = session.wholes.get(key)
        if whole is not None:
            self._finish(session, whole, event)
            return
        start = session.keyed.pop(key, None)
        if start is None:
            session.keyed_ends[key] = event
            return
        joined = join(start, event)
        self._replace(session, event, joined)
        if event.kind is EventKind.DELEGATION:
            session.paired[key] = (joined, event)

    def _end(self, session: SessionFold, event: Event) -> None:
        group = group_of(event)[1]
        stack = session.open.get(group)
        if not stack:
            session.ends.setdefault(group, []).append(event)
            return
        start = stack.pop()
        if not stack:
            del session.open[group]
        if start.phase is Phase.WHOLE:
            self._finish(session, session.wholes.get(start.call_key or "", start), event)
        else:
            self._replace(session, event, join(start, event))

    def _finish(self, session: SessionFold, whole: Event, end: Event) -> None:
        """The end row says nothing new as an event: it only finishes the delegation."""
        self._count(session, end, -1)
        done = finish(whole, end)
        self._replace(session, whole, done)
        session.wholes[whole.call_key or ""] = done

    # -- sequences --------------------------------------------------------------------------

    def _speak(self, session: SessionFold, event: Event) -> None:
        if event.kind is EventKind.DELEGATION and event.phase is not Phase.WHOLE:
            return
        speaks = event.kind is EventKind.MESSAGE or not self.messages_only
        if speaks and event.agent is not None:
            if session.last_speaker is not None:
                pair = (session.last_speaker, event.agent)
                self.follows[pair] += 1
                if pair[0] != pair[1] or session.last_text != event.summary:
                    self.follows_once[pair] += 1
            if session.first_speaker is None:
                session.first_speaker = event.agent
                session.first_text = event.summary
            session.last_speaker = event.agent
            session.last_text = event.summary
        if event.is_call:
            tool = event.tool or NO_TOOL
            if session.last_tool is not None:
                self.next_tools[session.last_tool, tool] += 1
            if session.first_tool is None:
                session.first_tool = tool
            session.last_tool = tool

    def _join_sequences(self, session: SessionFold, later: SessionFold) -> None:
        if later.first_speaker is not None and later.last_speaker is not None:
            if session.last_speaker is not None:
                pair = (session.last_speaker, later.first_speaker)
                self.follows[pair] += 1
                if pair[0] != pair[1] or session.last_text != later.first_text:
                    self.follows_once[pair] += 1
            else:
                session.first_speaker = later.first_speaker
                session.first_text = later.first_text
            session.last_speaker = later.last_speaker
            session.last_text = later.last_text
        if later.first_tool is not None and later.last_tool is not None:
            if session.last_tool is not None:
                self.next_tools[session.last_tool, later.first_tool] += 1
            session.first_tool = session.first_tool or later.first_tool
            session.last_tool = later.last_tool

    # -- who hands work to whom -------------------------------------------------------------

    def _delegate(self, event: Event) -> None:
        target = event.target_agent
        if target is not None:
            if event.parent_id is None:
                if event.agent is not None:
                    self.delegates[event.agent, target] += 1
            else:
                self._resolve(event.parent_id, event.agent, target)
            self._remember(event.id, target)

    def _resolve(self, parent: str, agent: str | None, target: str) -> None:
        """Count a delegation under the agent that its parent event speaks for."""
        speaker = self._speakers.get(parent)
        if speaker is None:
            self._unresolved.setdefault(parent, []).append((agent, target))
        else:
            self.delegates[speaker, target] += 1

    def delegations(self) -> Counter[Pair]:
        """Who handed work to whom; where the parent is unknown, the row's own agent did."""
        pairs = Counter(self.delegates)
        for handed in self._unresolved.values():
            for agent, target in handed:
                if agent is not None:
                    pairs[agent, target] += 1
        return pairs

    def _remember(self, event_id: str, speaker: str) -> None:
        self._speakers[event_id] = speaker
        for _, target in self._unresolved.pop(event_id, ()):
            self.delegates[speaker, target] += 1
        if len(self._speakers) > SPEAKERS_KEPT:
            del self._speakers[next(iter(self._speakers))]


def _still_finished(known: Event, after: Event) -> Event:
    """A delegation row that was read again, with what its end rows had already told."""
    if known.end_key is None or after.state is not EventState.RUNNING:
        return after
    return finish(after, known)
