"""``errors``: how often sessions and calls failed, by component."""

from __future__ import annotations

import click

from queries.as_json.overview import ERROR_KEYS, error_json
from tui.headless.arguments import forms, limit_option, store_argument, zone
from tui.headless.group_columns import error_columns
from tui.headless.grouped import by_option, read_groups
from tui.headless.output import say_page, write_table
from tui.headless.windowed import PARTS, Asked, window_options


@click.command(name="errors")
@store_argument
@by_option
@window_options(PARTS)
@limit_option(None, "At most so many groups, those that fail most often")
@forms(table=True)
def command(
    store: str | None,
    by: str | None,
    asked: Asked,
    limit: int | None,
    form: str | None,
) -> int:
    """How often sessions and calls failed, by component; what fails most often first.

    A session failed if its status says so or it declares an error; sessions of unknown status
    are not judged. The range is Wilson's 95 % interval. JSON has all sessions together as
    "whole": its rates are pooled, not averages of the components' rates.
    """
    times = zone(False)
    what = asked.chosen(times)
    found = read_groups(store, what, by)
    ranked = sorted(
        found.breakdown.groups,
        key=lambda group: (-(group.session_errors.rate or 0.0), -(group.call_errors.rate or 0.0)),
    )
    groups = ranked[:limit]
    document = found.head() | {
        "errors": [error_json(group) for group in groups],
        "whole": error_json(found.breakdown.whole),
    }
    columns = error_columns(found.breakdown.by.value)
    write_table(form or "text", document, "errors", ERROR_KEYS, columns, groups)
    say_page(1, len(groups), len(ranked))
    return 0
