"""``sql``: the query of a view, for other programs."""

from __future__ import annotations

import click

from queries.counting.messages_sought import settle_messages
from queries.questions.canonical_views import schema_text
from queries.questions.view_sql import (
    dialect_names,
    duckdb_sql,
    require_view,
    sqlite_sql,
    stock_sql,
)
from queries.questions.view_templates import VIEWS
from queries.store import Store
from tui.headless.output import write, write_pairs
from tui.headless.stores import open_store, stale_after


@click.command(name="sql")
@click.argument("name", required=False)
@click.argument("store", required=False)
@click.option(
    "--dialect", type=click.Choice(list(dialect_names())),
    help="For the usual tables of this dialect, without a store.",
)  # fmt: skip
@click.option(
    "--days",
    "-d",
    type=click.FloatRange(min=0),
    metavar="N",
    help="Active in the last N days; 0: ever.",
)
@click.option("--schema", is_flag=True, help="Describe the views of the prompt for SQL.")
def command(
    name: str | None, store: str | None, dialect: str | None, days: float | None, schema: bool
) -> int:
    """Print the query of a view, for the sqlite3 or duckdb shell on the store itself.

    Without a name the views are listed. The query fits the store that is named (or found), or
    the usual tables of a dialect. It needs no other program and writes nothing.
    """
    days = days or None
    if schema:
        write(schema_text())
    elif name is None:
        write_pairs((view, _about(view)) for view in VIEWS)
    else:
        require_view(name)
        if dialect is not None and store is not None:
            raise click.UsageError("name a store or a dialect, not both.")
        if dialect is not None:
            write(stock_sql(name, dialect, days=days))
        else:
            with open_store(store) as opened:
                write(_of_store(name, opened, days))
    return 0


def _about(name: str) -> str:
    view = VIEWS[name]
    others = f" (also: {', '.join(view.aliases)})" if view.aliases else ""
    return view.about + others


def _of_store(name: str, store: Store, days: float | None) -> str:
    origin = store.origin
    if origin is not None and origin.described is not None:
        return duckdb_sql(name, origin.described, days=days)
    settle_messages(store)
    return sqlite_sql(name, store.mapping, days=days, stale_after=stale_after())
