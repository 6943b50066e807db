"""The canonical model: what every store is turned into, and all that the other rooms know.

Times are UTC epoch seconds (float), durations seconds, rates 0..1. ``None`` always means
"unknown", never zero. Every string has passed :mod:`queries.text` and is safe to draw.
"""

from __future__ import annotations

from queries.models.activity import (
    ActivityNode,
    NodeInserted,
    NodeKind,
    NodeRemoved,
    NodeReplaced,
    NodeStats,
    TreeChange,
)
from queries.models.records import (
    CALL_KINDS,
    Event,
    EventKey,
    EventKind,
    EventState,
    EventText,
    Handoff,
    Phase,
    Session,
    SessionStatus,
    WorkItem,
)
from queries.models.snapshot import (
    Problem,
    Scope,
    ScopeFigures,
    Snapshot,
    StoreInfo,
    StoreState,
)
from queries.models.totals import (
    BEFORE_OPERATION,
    AgentStatistic,
    AggregatedTool,
    Interactions,
    Relation,
    SessionRow,
    SessionTotals,
    StoreTotals,
    ToolStatistic,
)

__all__ = [
    "BEFORE_OPERATION",
    "CALL_KINDS",
    "ActivityNode",
    "AgentStatistic",
    "AggregatedTool",
    "Event",
    "EventKey",
    "EventKind",
    "EventState",
    "EventText",
    "Handoff",
    "Interactions",
    "NodeInserted",
    "NodeKind",
    "NodeRemoved",
    "NodeReplaced",
    "NodeStats",
    "Phase",
    "Problem",
    "Relation",
    "Scope",
    "ScopeFigures",
    "Session",
    "SessionRow",
    "SessionStatus",
    "SessionTotals",
    "Snapshot",
    "StoreInfo",
    "StoreState",
    "StoreTotals",
    "ToolStatistic",
    "TreeChange",
    "WorkItem",
]
