"""What every agent of a store did."""

from __future__ import annotations

from queries.fold import Fold
from queries.interactions import agent_statistics
from queries.models.overview import AgentProfile, ToolUse
from queries.overviews.rates import rate_of


def agent_profiles(fold: Fold) -> tuple[AgentProfile, ...]:
    """One entry per agent, most events first; over all that the fold counts."""
    used: dict[str, dict[str, int]] = {}
    for (tool, _), counts in fold.tools.items():
        for agent, number in counts.agents().items():
            if number > 0:
                tools = used.setdefault(agent, {})
                tools[tool] = tools.get(tool, 0) + number
    for start in fold.all_waiting():
        if start.is_call and start.agent is not None and start.tool is not None:
            tools = used.setdefault(start.agent, {})
            tools[start.tool] = tools.get(start.tool, 0) + 1
    profiles = []
    for statistic in agent_statistics(fold):
        known = fold.agents.get(statistic.agent)
        ok, failed = (known.ok, known.failed) if known is not None else (0, 0)
        calls = used.get(statistic.agent, {})
        profiles.append(
            AgentProfile(
                agent=statistic.agent,
                events=statistic.events,
                share=statistic.share,
                messages=statistic.messages,
                calls=statistic.tool_calls,
                errors=statistic.errors,
                success=rate_of(ok, ok + failed),
                sessions=statistic.sessions,
                tokens=statistic.tokens,
                last_active=statistic.last_active,
                tools=tuple(
                    ToolUse(tool, calls[tool])
                    for tool in sorted(calls, key=lambda tool: (-calls[tool], tool))
                ),
            )
        )
    return tuple(profiles)
