"""Who works with whom: agent statistics and the interaction matrices of a fold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from queries.fold import Fold, Pair
from queries.models import AgentStatistic, Interactions, Relation
from queries.text import many


def agent_statistics(fold: Fold) -> tuple[AgentStatistic, ...]:
    """One entry per agent, most events first. Calls without an end count for their starter."""
    waiting: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    more_sessions: Counter[str] = Counter()
    begun: dict[str, float] = {}
    tokens: dict[str, int] = {}
    for session_id in fold.waiting:
        session = fold.sessions[session_id]
        starters = set()
        for start in session.waiting():
            if start.agent is not None:
                waiting[start.agent] += 1
                calls[start.agent] += start.is_call
                starters.add(start.agent)
                if start.tokens is not None:
                    tokens[start.agent] = tokens.get(start.agent, 0) + start.tokens
                if start.time is not None:
                    begun[start.agent] = max(start.time, begun.get(start.agent, start.time))
        more_sessions.update(starters - session.agents.keys())
    total = sum(agent.events for agent in fold.agents.values()) + waiting.total()
    rows = []
    for name in fold.agents.keys() | waiting.keys():
        agent = fold.agents.get(name)
        starts = waiting[name]
        events = (agent.events if agent else 0) + starts
        taken = agent.tokens.whole if agent else None
        if not events:
            continue
        rows.append(
            AgentStatistic(
                agent=name,
                messages=agent.messages if agent else 0,
                events=events,
                tool_calls=(agent.calls if agent else 0) + calls[name],
                errors=agent.errors if agent else 0,
                sessions=(agent.sessions if agent else 0) + more_sessions[name],
                tokens=(taken or 0) + tokens[name] if name in tokens else taken,
                share=events / total if total else None,
                last_active=_later(agent.last_time if agent else None, begun.get(name)),
            )
        )
    rows.sort(key=lambda row: (-row.events, row.agent))
    return tuple(rows)


def _later(first: float | None, second: float | None) -> float | None:
    return max((time for time in (first, second) if time is not None), default=None)


class HandoffPairs:
    """How often who handed work to whom, by a table of hand-offs."""

    __slots__ = ("delegations", "others")

    def __init__(self) -> None:
        self.delegations: Counter[Pair] = Counter()
        """Those of type "delegation": where delegations are events too, these repeat them."""
        self.others: Counter[Pair] = Counter()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HandoffPairs):
            return NotImplemented
        return self.delegations == other.delegations and self.others == other.others

    __hash__ = None  # type: ignore[assignment]  # it changes

    def add(self, from_agent: str, to_agent: str, kind: str | None, number: int) -> None:
        """Count hand-offs of one type."""
        counted = self.delegations if kind == "delegation" else self.others
        counted[from_agent, to_agent] += number

    def merge(self, other: HandoffPairs) -> None:
        """Add all that ``other`` counts."""
        self.delegations.update(other.delegations)
        self.others.update(other.others)


_NONE = HandoffPairs()


def interactions(fold: Fold, relation: Relation, handoffs: HandoffPairs = _NONE) -> Interactions:
    """One matrix of the fold.

    Args:
        fold: totals of the scope.
        relation: what a cell counts.
        handoffs: those of the scope, from a table of their own.
    """
    number = fold.messages if fold.messages_only else fold.events - fold.never_ended
    spoken = many(number, "message" if fold.messages_only else "event")
    if relation is Relation.FOLLOWS:
        return _matrix(relation, fold.follows, f"next speaker over {spoken}")
    if relation is Relation.FOLLOWS_ONCE:
        basis = f"next speaker over {spoken}, repeats collapsed"
        return _matrix(relation, fold.follows_once, basis)
    if relation is Relation.TOOLS:
        calls = many(fold.calls - fold.never_ended_calls, "call")
        return _matrix(relation, fold.next_tools, f"next tool over {calls}")
    pairs = fold.delegations()
    delegated = pairs.total()
    handed = Counter(handoffs.others)
    if not delegated:
        handed.update(handoffs.delegations)
    pairs.update(handed)
    basis = f"{many(delegated, 'delegation')} and {many(handed.total(), 'hand-off')}"
    return _matrix(relation, pairs, basis)


def all_interactions(fold: Fold, handoffs: HandoffPairs = _NONE) -> dict[Relation, Interactions]:
    """Every matrix of the fold."""
    return some_interactions(fold, Relation, handoffs)


def some_interactions(
    fold: Fold, relations: Iterable[Relation], handoffs: HandoffPairs = _NONE
) -> dict[Relation, Interactions]:
    """These matrices of the fold."""
    return {relation: interactions(fold, relation, handoffs) for relation in relations}


def _matrix(relation: Relation, pairs: Counter[Pair], basis: str) -> Interactions:
    counts = {pair: number for pair, number in pairs.items() if number > 0}
    busy: defaultdict[str, int] = defaultdict(int)
    for (first, second), number in counts.items():
        busy[first] += number
        busy[second] += number
    # By name first: pairs of number and name would be compared in ten times the time.
    ordered = sorted(busy)
    ordered.sort(key=busy.__getitem__, reverse=True)
    names = tuple(ordered)
    return Interactions(relation, names, counts, basis)
