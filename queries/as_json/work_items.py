"""Work items as JSON, in the manner of :mod:`queries.as_json.overview`."""

from __future__ import annotations

from queries.as_json.canonical import Json
from queries.models import WorkItem
from queries.models.work_items import WorkBoard, WorkItemDetail
from queries.text import iso

WORK_ITEM_KEYS = (
    "id", "type", "title", "status", "priority", "assigned_to", "steps_completed", "steps_total",
    "created_at", "updated_at", "completed_at",
)  # fmt: skip


def work_item_json(item: WorkItem) -> Json:
    """One item of work."""
    return {
        "id": item.id,
        "type": item.type,
        "title": item.title,
        "status": item.status,
        "priority": item.priority,
        "assigned_to": item.assigned_to,
        "steps_completed": item.steps_completed,
        "steps_total": item.steps_total,
        "created_at": iso(item.created),
        "updated_at": iso(item.updated),
        "completed_at": iso(item.completed),
    }


def work_board_json(board: WorkBoard, limit: int | None = None) -> Json:
    """A board, as ``session-tui work-items --json``.

    Args:
        board: the items.
        limit: at most so many of them; None: all.
    """
    shown = [item for column in board.columns for item in column.items]
    return {
        "total": board.total,
        "shown": board.shown,
        "statuses": {column.title: len(column.items) for column in board.columns},
        "types": dict(board.types),
        "work_items": [work_item_json(item) for item in shown[:limit]],
    }


def work_item_detail_json(detail: WorkItemDetail) -> Json:
    """Everything about one item of work."""
    return work_item_json(detail.item) | {
        "description": detail.description or None,
        "track": detail.track,
        "parent_id": detail.parent_id,
        "children": list(detail.children),
        "tags": list(detail.tags),
    }
