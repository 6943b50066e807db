"""Small delegations, spawners and agents for tests."""

from __future__ import annotations

from typing import Any

from queries.models import EventState, Handoff
from queries.models.delegations import (
    Delegation,
    DelegationChain,
    DelegationStatus,
    DelegationWork,
    LivePhase,
    LiveRun,
    LiveStatus,
    SpawnerStatistic,
)
from queries.models.overview import AgentProfile, ToolUse
from queries.models.rates import Rate

NOON = 1_700_000_000.0
"""2023-11-14 22:13:20 UTC."""


def chain(
    seq: int,
    agent: str = "planner",
    target: str = "explorer",
    *children: DelegationChain,
    status: DelegationStatus = DelegationStatus.COMPLETED,
    lasted: float | None = 60.0,
    work: DelegationWork | None = None,
    **fields: Any,
) -> DelegationChain:
    started = NOON + seq
    fields = {"spawner": None, "task": f"task {seq}", "tokens": None, "cost": None} | fields
    delegation = Delegation(
        key=(0, seq), id=f"d{seq}", session_id="s", parent_id=None, agent=agent, target=target,
        status=status, state=EventState.OK, started=started,
        ended=None if lasted is None else started + lasted, duration=lasted, **fields,
    )  # fmt: skip
    return DelegationChain(delegation, work, children)


def chains() -> tuple[DelegationChain, ...]:
    """Three chains: one three deep with a failure, one that runs, one that never ended."""
    work = DelegationWork((0, 1), ("sub-1", "sub-2"), events=12, calls=9, errors=2, depth=2)
    deep = chain(3, "explorer", "tester", status=DelegationStatus.FAILED)
    return (
        chain(1, "planner", "explorer", chain(2, "explorer", "coder", deep),
              chain(4, "explorer", "coder"), work=work),
        chain(5, lasted=None, status=DelegationStatus.RUNNING, spawner="gemini"),
        chain(6, lasted=None, status=DelegationStatus.NEVER_ENDED),
    )  # fmt: skip


def spawner(name: str = "gemini", **fields: Any) -> SpawnerStatistic:
    known = {
        "is_spawner": True, "delegations": 8, "completed": 5, "failed": 1, "running": 1,
        "unknown": 1, "success": Rate(5, 6, 5 / 6, 0.436, 0.97), "average_duration": 252.0,
        "durations": 6, "tokens": 12_000, "cost": 0.5, "first_used": NOON, "last_used": NOON,
    } | fields  # fmt: skip
    return SpawnerStatistic(name, **known)  # type: ignore[arg-type]  # fields by name


def nothing_known() -> SpawnerStatistic:
    return spawner(
        "codex", is_spawner=False, delegations=1, completed=0, failed=0, running=1, unknown=0,
        success=Rate(), average_duration=None, durations=0, tokens=None, cost=None,
        last_used=None,
    )  # fmt: skip


def handoff(number: int, **fields: Any) -> Handoff:
    known = {"type": "parallel", "state": "accepted", "reason": "too slow"} | fields
    return Handoff(f"h{number}", "s", NOON + number, "planner", "coder", **known)


def run(spawner: str, *statuses: LiveStatus, **fields: Any) -> LiveRun:
    phases = tuple(
        LivePhase(number, NOON + number, "spawner_phase", spawner, "s", f"d-{spawner}",
                  f"phase {number}", status, "working", **fields)
        for number, status in enumerate(statuses, 1)
    )  # fmt: skip
    return LiveRun(f"d-{spawner}", spawner, "s", phases)


def agent(name: str, **fields: Any) -> AgentProfile:
    known = {
        "events": 120, "share": 0.4, "messages": 20, "calls": 90, "errors": 3,
        "success": Rate(87, 90, 87 / 90, 0.907, 0.989), "sessions": 4, "tokens": 15_000,
        "last_active": NOON, "tools": (ToolUse("Read", 60), ToolUse("Bash", 30)),
    } | fields  # fmt: skip
    return AgentProfile(name, **known)  # type: ignore[arg-type]  # fields by name
