"""Live phases: what spawners say that they are doing, as long as a store keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from queries.dialects.cells import number, whole
from queries.models.delegations import LivePhase, LiveRun, LiveStatus
from queries.store import Store
from queries.text import clean, clean_id, clean_or_none
from queries.times import parse_time

LIMIT = 2000
"""Phases that are read, the newest."""
_STATUS = {
    "started": LiveStatus.STARTED,
    "in_progress": LiveStatus.IN_PROGRESS,
    "in-progress": LiveStatus.IN_PROGRESS,
    "tool_use": LiveStatus.IN_PROGRESS,
    "streaming": LiveStatus.STREAMING,
    "completed": LiveStatus.COMPLETED,
    "failed": LiveStatus.FAILED,
    "error": LiveStatus.FAILED,
}


def read_live(store: Store) -> tuple[tuple[LivePhase, ...], bool]:
    """The newest phases in order, and whether older ones are left out.

    There are none where the store streams none. Raises StoreError.
    """
    if store.mapping.live is None:
        return (), False
    rows = store.query(f"{store.mapping.live} LIMIT ?", (LIMIT + 1,))
    return tuple(_phase(store, row) for row in reversed(rows[:LIMIT])), len(rows) > LIMIT


def live_runs(phases: Iterable[LivePhase]) -> tuple[LiveRun, ...]:
    """Phases by the delegation (or the spawner and session) they belong to, the latest first."""
    runs: dict[tuple[str | None, str | None, str | None], list[LivePhase]] = {}
    for phase in phases:
        key = (phase.parent_id, phase.spawner, phase.session_id)
        runs.setdefault(key, []).append(phase)
    found = [LiveRun(*key, tuple(some)) for key, some in runs.items()]
    return tuple(sorted(found, key=lambda run: -run.latest.id))


def _phase(store: Store, row: tuple[Any, ...]) -> LivePhase:
    seq, time, kind, spawner, session, parent, text = row
    data = _object(text)
    status = _STATUS.get(str(data.get("status", "")).lower(), LiveStatus.UNKNOWN)
    if data.get("success") is False:
        status = LiveStatus.FAILED
    progress = number(data.get("progress"))
    words = ("error", "message_preview", "response_preview", "tool_name", "prompt_preview")
    said = next((data[word] for word in words if data.get(word)), "")
    told = parse_time(data.get("timestamp"), store.mapping.zone)
    return LivePhase(
        id=seq,
        time=told if told is not None else parse_time(time, store.mapping.zone),
        type=clean(kind, 80),
        spawner=clean_or_none(spawner or data.get("spawner_type"), 80),
        session_id=None if session is None else clean_id(session),
        parent_id=None if parent in (None, "") else clean_id(parent),
        phase=clean_or_none(data.get("phase"), 80),
        status=status,
        text=clean(said, 200),
        # Whole percent in the store.
        progress=None if progress is None else min(max(progress / 100, 0.0), 1.0),
        duration=number(data.get("duration_seconds")),
        tokens=whole(data.get("tokens_used")),
    )


def _object(text: object) -> dict[str, Any]:
    if not isinstance(text, str) or len(text) > 1_000_000:
        return {}
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
