"""``trends``: sessions and events over time."""

from __future__ import annotations

from collections.abc import Sequence

import click

from queries.as_json.overview import BUCKET_KEYS, trends_json
from queries.models.overview import Bucket, BucketSize
from queries.overviews.trends import trends
from queries.text import count, percent
from tui.headless.arguments import forms, store_argument, utc_option, zone
from tui.headless.group_columns import bar
from tui.headless.output import Column, say, write_table
from tui.headless.stores import open_store
from tui.headless.windowed import PARTS, Asked, count_chosen, window_options


@click.command(name="trends")
@store_argument
@click.option(
    "--by", "size", type=click.Choice([size.value for size in BucketSize]), default="day",
    show_default=True, help="How wide a stretch is.",
)  # fmt: skip
@window_options(PARTS)
@forms(table=True)
@utc_option
def command(
    store: str | None,
    size: str,
    asked: Asked,
    form: str | None,
    utc: bool,
) -> int:
    """Sessions, events, failures and tokens by hour, day or week; nothing is 0, not left out.

    Sessions count where they began, events where they happened: those of the chosen sessions.
    JSON also has "heat": events by weekday and hour, and "session_heat": sessions that began.
    """
    times = zone(utc)
    what = asked.chosen(times)
    with open_store(store) as opened:
        counted, rows = count_chosen(opened, what)
    found = trends(
        rows, counted.fold, BucketSize(size), window=what.window, zone=times, now=what.now
    )  # fmt: skip
    document = trends_json(found)
    columns = bucket_columns(size, found.buckets)
    write_table(form or "text", document, "buckets", BUCKET_KEYS, columns, found.buckets)
    if found.left_out:
        say(f"{found.left_out:,} earlier {size}s are left out; choose a window or a wider --by.")
    return 0


def bucket_columns(heading: str, buckets: Sequence[Bucket]) -> list[Column[Bucket]]:
    """The table for people.

    Args:
        heading: what a bucket is.
        buckets: all of them. Bars are of events, of sessions where there are none.
    """
    most = max((bucket.events for bucket in buckets), default=0)
    if not most:
        most_begun = max((bucket.sessions for bucket in buckets), default=0)
        bars = [Column[Bucket]("", lambda bucket: bar(bucket.sessions, most_begun))]
    else:
        bars = []
    return [
        Column(heading, lambda bucket: bucket.label),
        Column("sessions", lambda bucket: count(bucket.sessions), number=True),
        *bars,
        Column("completed %", lambda bucket: percent(bucket.completion.rate), number=True),
        Column("events", lambda bucket: count(bucket.events), number=True),
        *([Column[Bucket]("", lambda bucket: bar(bucket.events, most))] if most else []),
        Column("calls failed %", lambda bucket: percent(bucket.call_errors.rate), number=True),
        Column("tokens", lambda bucket: count(bucket.tokens), number=True),
    ]
