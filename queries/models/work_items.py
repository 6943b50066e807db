"""What the board of work items is made of."""

from __future__ import annotations

from queries.models import WorkItem
from queries.plain_data import dataclass


@dataclass(frozen=True, slots=True)
class WorkColumn:
    """The items of one status."""

    status: str
    """As most of its items write it; "in-progress" and "in_progress" are one status."""
    title: str
    """For people: "in progress"."""
    items: tuple[WorkItem, ...]
    """The highest priority first, then the latest updated."""


@dataclass(frozen=True, slots=True)
class WorkBoard:
    """Work items by status, priority and type."""

    columns: tuple[WorkColumn, ...]
    """In the order in which work goes through them; statuses that no item has are left out."""
    total: int
    """Items of the store."""
    shown: int
    """Those that the filters let through."""
    types: tuple[tuple[str, int], ...]
    """How many of each type there are in the store, most first."""
    priorities: tuple[tuple[str, int], ...]
    """The highest first."""
    assignees: tuple[str, ...]
    has_table: bool = True
    """False where the store keeps no work items at all."""


@dataclass(frozen=True, slots=True)
class WorkItemDetail:
    """Everything about one item."""

    item: WorkItem
    description: str
    track: str | None
    """The title of the track it belongs to, else its id."""
    parent_id: str | None
    children: tuple[str, ...]
    """Ids of the items below it."""
    tags: tuple[str, ...]
    raw: tuple[tuple[str, str | None], ...]
    """Every column of the foreign row: (column, value as text)."""
