"""``durations``: how long sessions took, by component."""

from __future__ import annotations

import click

from queries.as_json.overview import DURATION_KEYS, duration_json
from tui.headless.arguments import forms, limit_option, store_argument, zone
from tui.headless.group_columns import duration_columns
from tui.headless.grouped import by_option, read_groups
from tui.headless.output import say_page, write_table
from tui.headless.windowed import PARTS, Asked, window_options


@click.command(name="durations")
@store_argument
@by_option
@window_options(PARTS)
@limit_option(None, "At most so many groups, those with the longest average")
@forms(table=True)
def command(
    store: str | None,
    by: str | None,
    asked: Asked,
    limit: int | None,
    form: str | None,
) -> int:
    """How long sessions took from start to end, by component; the longest average first.

    Sessions without an end are left out; the column "ended" says how many there are with one.
    """
    times = zone(False)
    what = asked.chosen(times)
    found = read_groups(store, what, by)
    timed = [group for group in found.breakdown.groups if group.durations.known]
    timed.sort(key=lambda group: -(group.durations.average or 0.0))
    groups = timed[:limit]
    document = found.head() | {
        "total": len(timed),
        "durations": [duration_json(group) for group in groups],
        "whole": duration_json(found.breakdown.whole),
    }
    columns = duration_columns(found.breakdown.by.value)
    write_table(form or "text", document, "durations", DURATION_KEYS, columns, groups)
    say_page(1, len(groups), len(timed))
    return 0
