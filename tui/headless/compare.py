"""``compare``: sessions against one of them, or two groups of sessions."""

from __future__ import annotations

import time

import click

from queries.comparing.comparison_json import (
    METRIC_KEYS,
    SUBJECT_KEYS,
    comparison_json,
    group_comparison_json,
    metric_rows,
    subject_rows,
)
from queries.comparing.group_comparison import compare_groups
from queries.comparing.group_measuring import METRIC_NAMES, MORE_NAMES
from queries.comparing.run_reading import read_runs
from queries.comparing.session_alignment import AlignmentReading
from queries.comparing.session_choice import ChoiceError, choose_groups, choose_sessions
from queries.comparison import compare
from queries.keeping.fold_cache import FoldCache
from queries.models import Relation, SessionRow
from queries.processors import processors
from queries.store import Store
from queries.whole_store import count_store
from tui.bookmarks import Bookmarks
from tui.headless.arguments import cache_option, forms, zone
from tui.headless.compare_groups import write_groups
from tui.headless.compare_tables import write_comparison
from tui.headless.output import write_csv, write_json
from tui.headless.stores import open_store, progress, stale_after, totals_cache

_CHOICES = (*METRIC_NAMES, *MORE_NAMES)


@click.command(name="compare", context_settings={"max_content_width": 100})
@click.argument("words", nargs=-1, metavar="STORE [ID]...")
@click.option("--baseline", metavar="ID", help="Compare with this session instead of the first.")
@click.option(
    "--a", "group_a", multiple=True, metavar="ID|FILTER",
    help="A session of group A, or a filter such as 'agent:claude since:7d'; may be repeated.",
)  # fmt: skip
@click.option("--b", "group_b", multiple=True, metavar="ID|FILTER", help="The same for group B.")
@click.option(
    "--metric", "metrics", multiple=True, type=click.Choice(_CHOICES),
    help="Compare groups in this only; may be repeated. Fewer show differences more easily.",
)  # fmt: skip
@click.option(
    "--relation", type=click.Choice([relation.value for relation in Relation]),
    default=Relation.FOLLOWS.value, show_default=True, help="What an interaction is.",
)  # fmt: skip
@click.option("--steps", "all_steps", is_flag=True, help="List all steps, not only differences.")
@click.option("--overlay", is_flag=True, help="Add the curves over time to the JSON.")
@forms(table=True)
@cache_option
def command(
    words: tuple[str, ...],
    baseline: str | None,
    group_a: tuple[str, ...],
    group_b: tuple[str, ...],
    metrics: tuple[str, ...],
    relation: str,
    all_steps: bool,
    overlay: bool,
    form: str | None,
    no_cache: bool,
) -> int:
    """Show where and how sessions differ: STORE ID ID [ID]..., or STORE --a ID... --b ID...

    Two sessions are also aligned step by step. Groups are compared metric by metric: medians
    (proportions of rates), 95 % interval of B minus A, Cliff's delta, p after Holm's
    correction, and how many more sessions would show the difference seen.
    """
    store = words[0] if words else None
    if group_a or group_b:
        if len(words) > 1 or baseline is not None:
            raise click.UsageError("name sessions either one by one or as groups, not both.")
        return _compare_groups(store, group_a, group_b, metrics, form, totals_cache(no_cache))
    if metrics:
        raise click.UsageError("--metric is for groups (--a, --b).")
    if store is None:
        raise click.UsageError("name a store and at least two of its sessions.")
    with open_store(store) as opened:
        try:
            ids = choose_sessions(opened, words[1:], baseline)
        except ChoiceError as error:
            raise click.UsageError(str(error)) from error
        chosen = Relation(relation)
        first = 0 if baseline is None else ids.index(baseline)
        both = AlignmentReading(opened, ids[first], ids[1 - first]) if len(ids) == 2 else None
        runs = read_runs(
            opened, ids, stale_after=stale_after(),
            curves=overlay, repeats=chosen is Relation.FOLLOWS_ONCE,
            takers=None if both is None else both.takers,
        )  # fmt: skip
        comparison = compare(runs, first)
        alignment = None if both is None else both.alignment()
    if form == "json":
        write_json(comparison_json(comparison, alignment, chosen, overlay=overlay, in_turn=True))
    elif form == "csv":
        write_csv(METRIC_KEYS, metric_rows(comparison))
    else:
        write_comparison(
            comparison, alignment, chosen, markdown=form == "markdown", all_steps=all_steps
        )
    return 0


def _compare_groups(
    store: str | None,
    group_a: tuple[str, ...],
    group_b: tuple[str, ...],
    metrics: tuple[str, ...],
    form: str | None,
    cache: FoldCache | None,
) -> int:
    with open_store(store) as opened:
        try:
            labels = Bookmarks(opened.path).sessions()
            every = _Rows(opened, cache)
            a, b = choose_groups(opened, group_a, group_b, every, time.time(), labels, zone(False))
        except ChoiceError as error:
            raise click.UsageError(str(error)) from error
        found = read_runs(opened, (*a.ids, *b.ids), stale_after=stale_after(), matrices=False)
        runs = {run.id: run for run in found}
    comparison = compare_groups(
        [runs[name] for name in a.ids],
        [runs[name] for name in b.ids],
        a.label,
        b.label,
        metrics or METRIC_NAMES,
    )
    if form == "json":
        write_json(group_comparison_json(comparison))
    elif form == "csv":
        write_csv(SUBJECT_KEYS, subject_rows(comparison))
    else:
        write_groups(comparison, markdown=form == "markdown")
    return 0


class _Rows:
    """All sessions with their counts, counted once, when they are asked for."""

    def __init__(self, store: Store, cache: FoldCache | None) -> None:
        self._store = store
        self._cache = cache
        self._rows: tuple[SessionRow, ...] | None = None

    def __call__(self) -> tuple[SessionRow, ...]:
        if self._rows is None:
            with progress() as tell:
                counted = count_store(
                    self._store,
                    tell,
                    stale_after=stale_after(),
                    cache=self._cache,
                    processes=processors(),
                )
                self._rows = counted.rows
        return self._rows
