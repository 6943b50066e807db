"""Who handed what to whom: every delegation once, with what happened below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from queries.counting.event_stream import Progress
from queries.delegating.delegation_events import Found, find_delegations
from queries.delegating.delegation_work import Below
from queries.delegating.live_phases import live_runs, read_live
from queries.handoff_rows import handoff_groups, handoff_kinds, handoffs, kind_of
from queries.models import EventKey, EventState
from queries.models.delegations import (
    Delegation,
    DelegationChain,
    Delegations,
    DelegationStatus,
    DelegationWork,
    LiveRun,
    LiveStatus,
    SpawnerStatistic,
)
from queries.overviews.rates import rate_of
from queries.plain_data import replace
from queries.store import Store

SHOWN = 200
"""Delegations whose work is looked for, the newest."""
SETTLED = 1000
"""Delegations whose end is looked for in what is below them, the newest."""
_STATUS = {
    EventState.OK: DelegationStatus.COMPLETED,
    EventState.ERROR: DelegationStatus.FAILED,
    EventState.RUNNING: DelegationStatus.RUNNING,
    EventState.UNKNOWN: DelegationStatus.UNKNOWN,
}
_SETTLED = (DelegationStatus.COMPLETED, DelegationStatus.FAILED)


def read_delegations(
    store: Store,
    *,
    is_alive: Callable[[str], bool],
    wanted: Callable[[Delegation], bool] = lambda _: True,
    settled_as: Callable[[Delegation], bool] = lambda _: True,
    shown: int | None = SHOWN,
    offset: int = 0,
    handed_shown: int | None = None,
    progress: Progress | None = None,
) -> Delegations:
    """All that a store tells about work being handed on.

    Args:
        store: an open store.
        is_alive: whether a session is running.
        wanted: which delegations are looked at; the others are as if they were not there.
        settled_as: which of them, once it is known how they went.
        shown: how many delegations are in the chains and looked into, the newest; None: all.
        offset: how many of the newest are left out of the chains.
        handed_shown: how many rows of the table of hand-offs are taken, those written last;
            None: all. Groups are of all of them.
        progress: told which part (0..1) of the store was looked through.

    Raises:
        StoreError: the store cannot be read now.
    """
    found, covered = find_delegations(store, progress=progress)
    phases, is_cut = read_live(store)
    live = live_runs(phases)
    runs = {run.parent_id: run for run in live if run.parent_id is not None}
    plain = [delegation_of(each, is_alive) for each in found]
    names = {row.id: each.event.id for each in found for row in each.ends}
    below = Below(store, plain, names)
    known = [each for each in plain if wanted(each)]
    old = max(len(known) - SETTLED, 0)
    known = [
        settled(each, below if number >= old else None, runs.get(each.id))
        for number, each in enumerate(known)
    ]
    known = [each for each in known if settled_as(each)]
    end = max(len(known) - offset, 0)
    newest = known[:end] if shown is None else known[max(end - shown, 0) : end]
    works: dict[EventKey, DelegationWork] = {
        each.key: below.work(each) for each in newest
    }  # fmt: skip
    parents = {each.delegation_id: each.above for each in found}
    handed = tuple(reversed(handoffs(store, handed_shown)))
    kinds = map(kind_of, handed) if handed_shown is None else handoff_kinds(store)
    return Delegations(
        total=len(known),
        chains=chains(newest, works, parents),
        spawners=spawner_statistics(known),
        handoffs=handed,
        handoff_groups=handoff_groups(kinds),
        live=live,
        agents=tuple(sorted({
            name for each in known for name in (each.agent, each.target) if name is not None
        })),
        shown=len(newest),
        covered=covered,
        live_phases=len(phases) if is_cut else None,
    )  # fmt: skip


def delegation_of(found: Found, is_alive: Callable[[str], bool]) -> Delegation:
    """A delegation as its own rows tell it."""
    event = found.event
    status = _STATUS[event.state]
    if status is DelegationStatus.RUNNING and not is_alive(event.session_id):
        status = DelegationStatus.NEVER_ENDED
    ended = None
    if event.time is not None and event.duration is not None:
        ended = event.time + event.duration
    return Delegation(
        key=event.key,
        id=event.id,
        session_id=event.session_id,
        parent_id=event.parent_id,
        agent=found.agent,
        target=event.target_agent,
        spawner=found.spawner,
        task=event.summary,
        status=status,
        state=event.state,
        started=event.time,
        ended=ended,
        duration=event.duration,
        tokens=event.tokens,
        cost=event.cost,
        model=event.model,
    )


def settled(delegation: Delegation, below: Below | None, run: LiveRun | None) -> Delegation:
    """A delegation of a spawner, whose own row never tells its end, as what is below it does.

    Args:
        delegation: as its own rows tell it.
        below: reads what is below; None: leave that alone.
        run: its live phases, where there are any.
    """
    if delegation.spawner is None or delegation.status in _SETTLED:
        return delegation
    ended, status, tokens = delegation.ended, delegation.status, delegation.tokens
    phases = [] if below is None else below.events(delegation)
    if run is not None and run.latest.status in (LiveStatus.COMPLETED, LiveStatus.FAILED):
        is_ok = run.latest.status is LiveStatus.COMPLETED
        status = DelegationStatus.COMPLETED if is_ok else DelegationStatus.FAILED
        tokens = run.latest.tokens if tokens is None else tokens
        ended = ended if ended is not None else run.latest.time
    elif phases:
        states = {phase.state for phase in phases}
        if EventState.ERROR in states:
            status = DelegationStatus.FAILED
        elif states == {EventState.OK}:
            status = DelegationStatus.COMPLETED
    if ended is None and phases and status in _SETTLED:
        ends = [
            phase.time + (phase.duration or 0.0) for phase in phases if phase.time is not None
        ]  # fmt: skip
        ended = max(ends, default=None)
    duration = delegation.duration
    if duration is None and ended is not None and delegation.started is not None:
        duration = max(ended - delegation.started, 0.0)
    return replace(delegation, status=status, ended=ended, duration=duration, tokens=tokens)


def chains(
    delegations: Sequence[Delegation],
    works: Mapping[EventKey, DelegationWork],
    parents: Mapping[str, str | None],
) -> tuple[DelegationChain, ...]:
    """Delegations as trees, the newest root first, children in order.

    Args:
        delegations: in order of arrival.
        works: what is known of what happened below them.
        parents: by id of a delegation, that of the delegation it was made in.
    """
    ids = {each.id for each in delegations}
    children: dict[str | None, list[Delegation]] = {}
    for each in delegations:
        above = parents.get(each.id)
        is_root = above not in ids or _is_circular(each.id, parents)
        children.setdefault(None if is_root else above, []).append(each)
    made: dict[str, DelegationChain] = {}
    todo = [(each, False) for each in children.get(None, ())]
    while todo:
        each, is_open = todo.pop()
        own = children.get(each.id, ())
        if own and not is_open:
            todo += [(each, True), *((child, False) for child in own)]
            continue
        made[each.id] = DelegationChain(
            each, works.get(each.key), tuple(made[child.id] for child in own)
        )  # fmt: skip
    return tuple(made[each.id] for each in reversed(children.get(None, [])))


def _is_circular(start: str, parents: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    at: str | None = start
    while at is not None and at not in seen:
        seen.add(at)
        at = parents.get(at)
    return at is not None


def spawner_statistics(delegations: Iterable[Delegation]) -> tuple[SpawnerStatistic, ...]:
    """Delegations by spawner; those without one by the agent they were given to."""
    groups: dict[tuple[str, bool], list[Delegation]] = {}
    for each in delegations:
        name = each.spawner or each.target or "(no agent)"
        groups.setdefault((name, each.spawner is not None), []).append(each)
    rows = [_spawner(name, is_spawner, some) for (name, is_spawner), some in groups.items()]
    return tuple(sorted(rows, key=lambda row: (-row.delegations, row.spawner, row.is_spawner)))


def _spawner(name: str, is_spawner: bool, some: Sequence[Delegation]) -> SpawnerStatistic:
    statuses = [each.status for each in some]
    durations = [each.duration for each in some if each.duration is not None]
    tokens = [each.tokens for each in some if each.tokens is not None]
    costs = [each.cost for each in some if each.cost is not None]
    times = [each.started for each in some if each.started is not None]
    completed = statuses.count(DelegationStatus.COMPLETED)
    failed = statuses.count(DelegationStatus.FAILED)
    running = statuses.count(DelegationStatus.RUNNING)
    return SpawnerStatistic(
        spawner=name,
        is_spawner=is_spawner,
        delegations=len(some),
        completed=completed,
        failed=failed,
        running=running,
        unknown=len(some) - completed - failed - running,
        success=rate_of(completed, completed + failed),
        average_duration=sum(durations) / len(durations) if durations else None,
        durations=len(durations),
        tokens=sum(tokens) if tokens else None,
        cost=sum(costs) if costs else None,
        first_used=min(times, default=None),
        last_used=max(times, default=None),
    )
