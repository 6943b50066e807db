"""Work items in few words: their signs, facts and how far they are."""

from __future__ import annotations

from typing import Final

from queries.models import WorkItem
from queries.text import UNKNOWN

_RANKS: Final = {
    "critical": 4, "blocker": 4, "urgent": 4, "highest": 4, "p0": 4,
    "high": 3, "p1": 3,
    "medium": 2, "normal": 2, "p2": 2,
    "low": 1, "p3": 1,
    "lowest": 0, "p4": 0,
}  # fmt: skip
_SIGNS: Final = ("   ", "!  ", "!! ", "!!!")
_ROLES: Final = ("muted", "muted", "", "warning", "error")


def priority_sign(priority: str | None) -> str:
    """Three cells: ``!!!`` for critical, ``!! `` for high, ``!  `` for medium, else blank."""
    return _SIGNS[max(0, _RANKS.get((priority or "").casefold(), 0) - 1)]


def priority_role(priority: str | None) -> str:
    """The looks of a priority."""
    return _ROLES[_RANKS.get((priority or "").casefold(), 2)]


def steps_text(item: WorkItem) -> str:
    """How many of its steps are done: ``3/5``; "" where it has none."""
    if not item.steps_total:
        return ""
    done = UNKNOWN if item.steps_completed is None else str(item.steps_completed)
    return f"{done}/{item.steps_total}"


def item_facts(item: WorkItem) -> str:
    """Type, priority, who has it and how far it is: ``bug · critical · codex · 3/5``."""
    parts = (item.type, item.priority, item.assigned_to, steps_text(item))
    return " · ".join(part for part in parts if part)


def item_sentence(item: WorkItem) -> str:
    """All that a list knows of it, in one line."""
    parts = [item.id, item.type or "", item.status or UNKNOWN]
    parts += [f"{item.priority} priority"] if item.priority else []
    parts += [f"with {item.assigned_to}"] if item.assigned_to else []
    parts += [f"{steps_text(item)} steps"] if item.steps_total else []
    return f"{item.title} ({', '.join(part for part in parts if part)})"
