"""``work-items``: features, bugs and other work, by status."""

from __future__ import annotations

from datetime import tzinfo

import click

from queries.as_json.work_items import (
    WORK_ITEM_KEYS,
    work_board_json,
    work_item_detail_json,
)
from queries.counting.event_stream import patiently
from queries.models import WorkItem
from queries.side_tables import work_items
from queries.text import UNKNOWN, clean, clean_lines, date_time
from queries.work_items import work_board, work_item_detail
from tui.headless.arguments import forms, limit_option, store_argument, utc_option, zone
from tui.headless.output import (
    Column,
    say,
    say_page,
    text_or_unknown,
    write,
    write_json,
    write_pairs,
    write_table,
)
from tui.headless.stores import open_store


@click.command(name="work-items")
@store_argument
@click.option("--status", multiple=True, metavar="WORD", help="Only with this status.")
@click.option("--type", "types", multiple=True, metavar="WORD", help="Only of this type.")
@click.option("--priority", multiple=True, metavar="WORD", help="Only of this priority.")
@click.option("--assigned-to", metavar="TEXT", help="Part of the name of who does it.")
@click.option("--item", "item_id", metavar="ID", help="Everything about one item.")
@limit_option(None, "At most so many")
@forms(table=True)
@utc_option
def command(
    store: str | None,
    status: tuple[str, ...],
    types: tuple[str, ...],
    priority: tuple[str, ...],
    assigned_to: str | None,
    item_id: str | None,
    limit: int | None,
    form: str | None,
    utc: bool,
) -> int:
    """Work items by status, in each the highest priority first.

    "in-progress" and "in_progress" are the same status.
    """
    times = zone(utc)
    with open_store(store) as opened:
        items = patiently(lambda: work_items(opened))
        if item_id is not None:
            item = next((item for item in items if item.id == item_id), None)
            if item is None:
                raise click.UsageError(
                    f"{opened.info.path}: has no work item '{clean(item_id, 80)}'."
                )
            detail = patiently(lambda: work_item_detail(opened, item))
            shape = work_item_detail_json(detail)
            if form == "json":
                write_json(shape)
            else:
                pairs = ((key.replace("_", " "), _cell(shape[key])) for key in shape)
                write_pairs((name, cell) for name, cell in pairs if name != "description")
                if detail.description:
                    write(f"\n{clean_lines(detail.description)}\n")
            return 0
        has_table = opened.mapping.work_items is not None
    board = work_board(
        items, types=types, statuses=status, priorities=priority, assigned_to=assigned_to,
        has_table=has_table,
    )  # fmt: skip
    shown = [item for column in board.columns for item in column.items]
    page = shown[:limit]
    document = work_board_json(board, limit)
    write_table(
        form or "text", document, "work_items", WORK_ITEM_KEYS, columns(times), page,
        nothing="none found" if has_table else None,
    )  # fmt: skip
    if not has_table:
        say("this store keeps no work items.")
    say_page(1, len(page), len(shown))
    return 0


def columns(times: tzinfo | None) -> list[Column[WorkItem]]:
    """The table for people."""
    return [
        Column("status", lambda item: text_or_unknown(item.status)),
        Column("priority", lambda item: text_or_unknown(item.priority)),
        Column("type", lambda item: text_or_unknown(item.type)),
        Column("steps", _steps, number=True),
        Column("assigned to", lambda item: text_or_unknown(item.assigned_to)),
        Column("updated", lambda item: date_time(item.updated, times)),
        Column("id", lambda item: item.id),
        Column("title", lambda item: item.title),
    ]


def _steps(item: WorkItem) -> str:
    if not item.steps_total:
        return UNKNOWN
    return f"{item.steps_completed or 0}/{item.steps_total}"


def _cell(value: object) -> str:
    return text_or_unknown(", ".join(map(str, value)) if isinstance(value, list) else value)
