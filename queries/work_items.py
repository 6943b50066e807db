"""The board of work items: statuses, priorities and types in their true order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from queries.models import WorkItem
from queries.models.work_items import WorkBoard, WorkColumn, WorkItemDetail
from queries.reading.connection import quoted
from queries.reading.raw_ids import bound
from queries.row_columns import row_columns
from queries.store import Store
from queries.text import clean, clean_id, clean_lines, clean_or_none

STATUSES = (
    "backlog", "todo", "open", "pending", "planned", "ready", "active", "in progress", "started",
    "running", "review", "in review", "blocked", "paused", "stale", "done", "completed", "closed",
    "ended", "cancelled", "canceled", "abandoned",
)  # fmt: skip
"""As work goes through them; words that are not here come last, from A to Z."""
PRIORITIES = (
    "critical", "urgent", "highest", "p0", "high", "p1", "medium", "normal", "p2", "low", "p3",
    "lowest", "p4", "none",
)  # fmt: skip
"""The highest first; words that are not here come after them."""
NO_STATUS = "(no status)"


def status_key(status: str | None) -> str:
    """What a status is compared by: "in-progress" and "in_progress" are the same one."""
    if status is None:
        return NO_STATUS
    return " ".join(status.casefold().replace("_", " ").replace("-", " ").split())


def priority_order(priority: str | None) -> tuple[int, str]:
    """Where a priority stands: the highest first, unknown ones last."""
    return _place(PRIORITIES, status_key(priority)) if priority else (len(PRIORITIES) + 1, "")


def item_order(item: WorkItem) -> tuple[tuple[int, str], float, str]:
    """The highest priority first, then the latest updated, then by id."""
    latest = item.updated if item.updated is not None else item.created
    return (priority_order(item.priority), -(latest if latest is not None else 0.0), item.id)


def work_board(
    items: Iterable[WorkItem],
    *,
    types: Collection[str] = (),
    statuses: Collection[str] = (),
    priorities: Collection[str] = (),
    assigned_to: str | None = None,
    has_table: bool = True,
) -> WorkBoard:
    """The board of the items that fulfil all that is asked.

    Args:
        items: all items of the store.
        types: only these, whatever their case; all where it is empty.
        statuses: only these; "in-progress" also finds "in_progress".
        priorities: only these.
        assigned_to: part of the name of who they are assigned to.
        has_table: whether the store keeps work items.
    """
    known = list(items)
    shown = [
        item
        for item in known
        if _is_among(item.type, types)
        and _is_among(item.status, statuses)
        and _is_among(item.priority, priorities)
        and (not assigned_to or assigned_to.casefold() in (item.assigned_to or "").casefold())
    ]
    columns: dict[str, list[WorkItem]] = {}
    for item in shown:
        columns.setdefault(status_key(item.status), []).append(item)
    kinds = Counter(item.type for item in known if item.type)
    urgencies = Counter(item.priority for item in known if item.priority)
    return WorkBoard(
        columns=tuple(
            WorkColumn(_word(columns[key]), key, tuple(sorted(columns[key], key=item_order)))
            for key in sorted(columns, key=lambda key: _place(STATUSES, key))
        ),
        total=len(known),
        shown=len(shown),
        types=tuple(sorted(kinds.items(), key=lambda each: (-each[1], each[0]))),
        priorities=tuple(sorted(urgencies.items(), key=lambda each: priority_order(each[0]))),
        assignees=tuple(sorted({item.assigned_to for item in known if item.assigned_to})),
        has_table=has_table,
    )


def work_item_detail(store: Store, item: WorkItem) -> WorkItemDetail:
    """Everything about one item. Raises StoreError."""
    described = store.mapping.work_item_source
    if described is None:
        return WorkItemDetail(item, "", None, None, (), (), ())
    rows = store.query(
        f"SELECT {described.description}, {described.track}, {described.parent},"
        f" {described.tags}, rowid, {described.id_column} FROM {quoted(described.table)}"
        f" WHERE {described.id_column} = ? LIMIT 1",
        (bound(item.id),),
    )
    if not rows:
        return WorkItemDetail(item, "", None, None, (), (), ())
    description, track, parent, tags, rowid, raw_id = rows[0]
    below = store.query(
        f"SELECT {described.id_column} FROM {quoted(described.table)}"
        f" WHERE {described.parent} = ? ORDER BY rowid LIMIT 500",
        (raw_id,),
    )
    return WorkItemDetail(
        item=item,
        description=clean_lines(description, 100_000),
        track=clean_or_none(track),
        parent_id=None if parent in (None, "") else clean_id(parent),
        children=tuple(clean_id(row[0]) for row in below),
        tags=_tags(tags),
        raw=row_columns(store, described.table, rowid),
    )


def _tags(value: object) -> tuple[str, ...]:
    """Tags from a JSON list, or from text with commas."""
    if not isinstance(value, str) or not value.strip():
        return ()
    listed: object = None
    try:
        listed = json.loads(value)
    except (ValueError, RecursionError):
        listed = None
    words = listed if isinstance(listed, list) else value.split(",")
    return tuple(word for word in (clean(word, 80).strip() for word in words[:100]) if word)


def _is_among(word: str | None, wanted: Collection[str]) -> bool:
    return not wanted or status_key(word) in {status_key(each) for each in wanted}


def _word(items: Sequence[WorkItem]) -> str:
    words = Counter(item.status or NO_STATUS for item in items)
    return min(words, key=lambda word: (-words[word], word))


def _place(words: Sequence[str], word: str) -> tuple[int, str]:
    return (words.index(word), "") if word in words else (len(words), word)
