"""``components``: sessions by component, agent, project or model."""

from __future__ import annotations

import click

from queries.as_json.overview import COMPONENT_KEYS, component_json
from tui.headless.arguments import forms, limit_option, store_argument, utc_option, zone
from tui.headless.group_columns import component_columns
from tui.headless.grouped import by_option, read_groups
from tui.headless.output import say_page, write_table
from tui.headless.windowed import PARTS, Asked, window_options


@click.command(name="components")
@store_argument
@by_option
@window_options(PARTS)
@limit_option(10, "At most so many groups, those with most sessions")
@forms(table=True)
@utc_option
def command(
    store: str | None,
    by: str | None,
    asked: Asked,
    limit: int | None,
    form: str | None,
    utc: bool,
) -> int:
    """How much every component was used, how long, how well; most sessions first.

    "failed %" are sessions that failed or declare an error, of those whose status is known;
    "calls failed %" are calls.
    """
    times = zone(utc)
    what = asked.chosen(times)
    found = read_groups(store, what, by)
    groups = found.breakdown.groups[:limit]
    document = found.head() | {
        "components": [component_json(group) for group in groups],
        "whole": component_json(found.breakdown.whole),
    }
    most = max((group.sessions for group in groups), default=0)
    columns = component_columns(found.breakdown.by.value, most, times)
    write_table(form or "text", document, "components", COMPONENT_KEYS, columns, groups)
    say_page(1, len(groups), len(found.breakdown.groups))
    return 0
