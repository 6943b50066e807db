"""``activity``: prompts with everything that happened under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo

import click

from queries.finding.filters import Filter
from queries.finding.session_lookup import require_sessions
from queries.models import Event, EventState
from queries.plain_data import replace
from queries.text import date_time, duration, many
from queries.trees.newest_prompts import ROWS_KEPT
from queries.trees.prompt_trees import PromptNode, PromptTrees, read_prompt_trees
from queries.trees.trees_json import trees_json
from tui.headless.arguments import (
    event_terms,
    forms,
    limit_option,
    named,
    store_argument,
    utc_option,
    zone,
)
from tui.headless.event_table import tool_name
from tui.headless.output import say, text_or_unknown, write, write_json
from tui.headless.stores import open_store, progress

DEFAULT_LIMIT = 50
MOST_PROMPTS = 2**31
"""Prompts among which some are chosen."""
DEEPEST = 30
"""Levels of indentation; deeper lines say their level."""
_MARKS = {
    EventState.OK: "ok",
    EventState.ERROR: "FAILED",
    EventState.RUNNING: "running",
    EventState.UNKNOWN: "",
}


@click.command(name="activity")
@store_argument
@click.option("--session", metavar="ID", help="Only this session, with its sub-agents'.")
@click.option(
    "--agent", multiple=True, metavar="TEXT",
    help="Only prompts with something by this agent: part of its name.",
)  # fmt: skip
@click.option("--days", "-d", type=float, metavar="N", help="In the last N days; 0: ever.")
@click.option("--since", metavar="TIME", help="Asked at or after: 7d, 12h, today, 2026-01-12.")
@click.option("--until", metavar="TIME", help="Asked before.")
@limit_option(DEFAULT_LIMIT, "The newest so many prompts")
@click.option("--raw", is_flag=True, help="Start and end rows of calls as they are, unpaired.")
@forms(table=False)
@utc_option
def command(
    store: str | None,
    session: str | None,
    agent: tuple[str, ...],
    days: float | None,
    since: str | None,
    until: str | None,
    limit: int | None,
    raw: bool,
    form: str | None,
    utc: bool,
) -> int:
    """Prompts in order of time, with everything that happened under them at any depth.

    What lies outside any prompt is listed apart, from the first prompt shown on (from the
    beginning, when all prompts are shown); it is left out where prompts are chosen.
    """
    times = zone(utc)
    terms = event_terms(times)
    terms.add_days(days)
    terms.add_moment("since", since)
    terms.add_moment("until", until)
    asked = terms.filter(None)
    by = parts_of_agents(agent)
    is_chosen = not (asked.is_empty and by.is_empty)
    with open_store(store) as opened, progress() as tell:
        if session is not None:
            (session,) = require_sessions(opened, (session,))
        most = MOST_PROMPTS if is_chosen and limit is not None else limit
        trees = read_prompt_trees(opened, session, most, raw=raw, progress=tell)
        sources = opened.info.sources
    if is_chosen:
        trees = _chosen(trees, asked, by, limit)
    if form == "json":
        write_json(trees_json(trees, sources, raw=raw))
    else:
        _write_trees(trees, times)
    if trees.cut:
        say(
            f"only the newest {ROWS_KEPT:,} rows were built into trees; --limit 0 takes all, "
            "--session one session."
        )
    elif trees.left_out or is_chosen:
        say(f"the newest {len(trees.prompts):,} of {trees.total_prompts:,} prompts")
    return 0


def parts_of_agents(names: tuple[str, ...]) -> Filter:
    """A filter for events of any of these agents; none asks for nothing."""
    return Filter(named("agent", names))


def _chosen(trees: PromptTrees, asked: Filter, by: Filter, limit: int | None) -> PromptTrees:
    """The newest prompts that were asked then, and have something by these agents."""
    prompts = [
        node
        for node in trees.prompts
        if asked.matches_event(node.event)
        and any(by.matches_event(below.event) for below, _ in _walk((node,)))
    ]
    newest = prompts if limit is None else prompts[len(prompts) - limit :] if limit else []
    return replace(trees, total_prompts=len(prompts), prompts=newest, outside=[])


def _write_trees(trees: PromptTrees, times: tzinfo | None) -> None:
    for node in trees.prompts:
        _write_tree((node,), times)
    if trees.outside:
        write("outside any prompt\n" if trees.prompts else "")
        _write_tree(trees.outside, times)


def _write_tree(nodes: Iterable[PromptNode], times: tzinfo | None) -> None:
    for node, depth in _walk(nodes):
        indent = "  " * min(depth, DEEPEST) + (f"[{depth}] " if depth > DEEPEST else "")
        write(f"{date_time(node.event.time, times)}  {indent}{_line(node.event)}{_sums(node)}\n")


def _walk(nodes: Iterable[PromptNode]) -> Iterator[tuple[PromptNode, int]]:
    stack = [(node, 0) for node in reversed(list(nodes))]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        stack += [(child, depth + 1) for child in reversed(node.children)]


def _line(event: Event) -> str:
    target = f"→ {event.target_agent}" if event.target_agent else ""
    took = duration(event.duration) if event.duration is not None else ""
    what = event.kind.value if event.tool is None else tool_name(event)
    parts = (what, target, _MARKS[event.state], took, event.summary)
    return f"{text_or_unknown(event.agent)}: {' '.join(part for part in parts if part)}"


def _sums(node: PromptNode) -> str:
    if not node.children:
        return ""
    stats = node.stats
    parts = [many(stats.calls, "call")]
    if stats.errors:
        parts.append(f"{stats.errors:,} failed")
    if stats.running:
        parts.append(f"{stats.running:,} running")
    if stats.duration is not None:
        parts.append(duration(stats.duration))
    return f"  ({', '.join(parts)})"
