"""What :class:`queries.SessionAnalytics` returns beside the canonical model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from queries.as_json.canonical import (
    agent_json,
    event_json,
    interactions_json,
    session_json,
    tool_json,
)
from queries.as_json.delegations import (
    delegations_json,
    handoff_group_json,
    handoff_json,
    live_json,
    spawner_json,
)
from queries.as_json.overview import alerts_json, metrics_overview_json, window_json
from queries.as_json.work_items import work_board_json
from queries.metrics import Metrics
from queries.models import AgentStatistic, Event, Interactions, SessionRow, ToolStatistic
from queries.models.alerts import Alerts
from queries.models.alignment import Alignment
from queries.models.comparison import Comparison
from queries.models.delegations import Delegations
from queries.models.groups import GroupComparison
from queries.models.overview import Overview, Window
from queries.models.work_items import WorkBoard
from queries.plain_data import dataclass
from queries.row_columns import Columns
from queries.trees.prompt_trees import PromptTrees
from queries.trees.trees_json import trees_json

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One event with the name of the table it comes from."""

    event: Event
    """Times in epoch seconds, durations in seconds."""
    source: str
    update: bool = False
    """Whether it was told before and has changed since: it finished, mostly."""

    def to_dict(self) -> Plain:
        """As a line of ``session-tui tail``."""
        event = self.event
        shape = event_json(event, {event.source: self.source})
        return {**shape, "update": True} if self.update else shape


@dataclass(frozen=True, slots=True)
class SessionDetail:
    """One session with its agents, tools and who follows whom."""

    row: SessionRow
    agents: tuple[AgentStatistic, ...]
    """Most events first."""
    tools: tuple[ToolStatistic, ...]
    """Most called first."""
    interactions: Interactions
    columns: Columns
    """Every column of the row that declares it: (name, text); none where none does."""

    def to_dict(self) -> Plain:
        """As ``session-tui session STORE ID --json``."""
        return {
            **session_json(self.row),
            "first_prompt": self.row.totals.first_prompt,
            "agents": [agent_json(agent) for agent in self.agents],
            "tool_statistics": [tool_json(tool) for tool in self.tools],
            "interactions": interactions_json(self.interactions),
            "columns": dict(self.columns) or None,
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every event of one session in order of arrival; one call is one event."""

    session_id: str
    events: tuple[EventRecord, ...]

    def to_dict(self) -> Plain:
        """As ``session-tui timeline STORE ID --json``."""
        return {
            "session_id": self.session_id,
            "event_count": len(self.events),
            "timeline": [event.to_dict() for event in self.events],
        }


@dataclass(frozen=True, slots=True)
class EventPage:
    """The newest events that match, the newest last."""

    events: tuple[EventRecord, ...]
    total: int | None
    """All that match; None where only reading all of a large store would tell."""

    def to_dict(self) -> Plain:
        """As ``session-tui events STORE --json``."""
        return {"total": self.total, "events": [event.to_dict() for event in self.events]}


@dataclass(frozen=True, slots=True)
class SessionComparison:
    """Sessions against one of them."""

    comparison: Comparison
    alignment: Alignment | None
    """Step by step, where two sessions are compared."""

    def to_dict(self) -> Plain:
        """As ``session-tui compare STORE ID ID --json``."""
        from queries.comparing.comparison_json import comparison_json

        return comparison_json(self.comparison, self.alignment)


@dataclass(frozen=True, slots=True)
class GroupsCompared:
    """Two groups of sessions against each other."""

    comparison: GroupComparison

    def to_dict(self) -> Plain:
        """As ``session-tui compare STORE --a ... --b ... --json``."""
        from queries.comparing.comparison_json import group_comparison_json

        return group_comparison_json(self.comparison)


@dataclass(frozen=True, slots=True)
class StoreMetrics:
    """The figures of a whole store."""

    metrics: Metrics
    """Counts, and success rates per tool."""
    overview: Overview
    """Rates with intervals, durations, quality."""

    def to_dict(self) -> Plain:
        """As ``session-tui metrics --json``."""
        return self.metrics.to_dict() | metrics_overview_json(self.overview)


@dataclass(frozen=True, slots=True)
class DelegationsFound:
    """Who handed what to whom."""

    found: Delegations
    """Chains, spawners, hand-offs and live runs; times in epoch seconds."""
    window: Window

    def to_dict(self) -> Plain:
        """As ``session-tui delegations --json``."""
        found = self.found
        return {
            "window": window_json(self.window),
            "total": found.total,
            "covered": found.covered,
            "limits": found.limits or None,
            "agents": list(found.agents),
            "delegations": delegations_json(found.chains),
            "spawners": [spawner_json(row) for row in found.spawners],
            "handoffs": [handoff_json(row) for row in found.handoffs],
            "handoff_groups": [handoff_group_json(row) for row in found.handoff_groups],
            "live": [live_json(run) for run in found.live],
        }


@dataclass(frozen=True, slots=True)
class Activity:
    """Prompts with everything that happened under them."""

    trees: PromptTrees
    """Prompts in order of time, and what lies outside any of them."""
    sources: Sequence[str]
    raw: bool
    """Whether start and end rows of calls were left unpaired."""

    def to_dict(self) -> Plain:
        """As ``session-tui activity --json``."""
        told = trees_json(self.trees, self.sources, raw=self.raw)
        return told | {name: list(told[name]) for name in ("prompts", "outside")}


@dataclass(frozen=True, slots=True)
class AlertsFound:
    """What fires, and what was looked at."""

    found: Alerts
    window: Window

    def to_dict(self) -> Plain:
        """As ``session-tui check --json``."""
        return alerts_json(self.found, self.window)


@dataclass(frozen=True, slots=True)
class WorkItemsFound:
    """Work items by status."""

    board: WorkBoard

    def to_dict(self) -> Plain:
        """As ``session-tui work-items --json``."""
        return work_board_json(self.board)


def records(events: Sequence[Event], sources: Sequence[str]) -> tuple[EventRecord, ...]:
    """Events with the names of their tables."""
    return tuple(EventRecord(event, sources[event.source]) for event in events)
