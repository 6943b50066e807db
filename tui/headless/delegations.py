"""``delegations``: who handed what to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

import click

from queries.as_json.delegations import (
    DELEGATION_KEYS,
    delegations_json,
    handoff_group_json,
    handoff_json,
    live_json,
    spawner_json,
)
from queries.as_json.overview import window_json
from queries.counting.event_stream import patiently
from queries.delegations import read_delegations
from queries.finding.session_lookup import require_sessions
from queries.live.living import Living
from queries.models.delegations import (
    Delegation,
    DelegationChain,
    Delegations,
    DelegationStatus,
    HandoffGroup,
    LiveRun,
    SpawnerStatistic,
)
from queries.text import UNKNOWN, count, date_time, duration, percent
from tui.headless.arguments import forms, limit_option, store_argument, utc_option, zone
from tui.headless.output import (
    Column,
    say,
    say_page,
    text_or_unknown,
    write,
    write_csv,
    write_json,
    write_markdown,
    write_text,
)
from tui.headless.stores import open_store, progress, stale_after
from tui.headless.windowed import Asked, Chosen, count_running, window_options

Line = tuple[int, DelegationChain]


@click.command(name="delegations")
@store_argument
@click.option("--session", "sessions", multiple=True, metavar="ID", help="Only made in these.")
@click.option("--agent", multiple=True, metavar="TEXT", help="Part of the name of either agent.")
@click.option("--spawner", multiple=True, metavar="TEXT", help="Part of a spawner's name.")
@click.option(
    "--status", multiple=True, type=click.Choice([status.value for status in DelegationStatus]),
    help="Only those that went like this; may be repeated.",
)  # fmt: skip
@window_options({})
@limit_option(100, "At most so many delegations, the newest")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out the newest ones.")
@forms(table=True)
@utc_option
def command(
    store: str | None,
    sessions: tuple[str, ...],
    agent: tuple[str, ...],
    spawner: tuple[str, ...],
    status: tuple[str, ...],
    asked: Asked,
    limit: int | None,
    offset: int,
    form: str | None,
    utc: bool,
) -> int:
    """Every delegation once, with what happened below it; spawners and hand-offs.

    Below a delegation is all that its agent did, at any depth and in any session. CSV has the
    delegations alone.
    """
    times = zone(utc)
    what = asked.chosen(times)
    with open_store(store) as opened:
        wanted = require_sessions(opened, sessions)
        alive = Living(
            opened,
            now=what.now,
            stale_after=stale_after(),
            count=lambda: {row.id for row in count_running(opened, what.now)[1]},
        )
        with progress() as tell:
            found = patiently(
                lambda: read_delegations(
                    opened,
                    is_alive=alive.runs,
                    wanted=lambda each: (
                        _is_in(each, what)
                        and (not wanted or each.session_id in wanted)
                        and _has(agent, each.agent, each.target)
                        and _has(spawner, each.spawner)
                    ),
                    settled_as=lambda each: not status or each.status.value in status,
                    shown=limit,
                    offset=offset,
                    progress=tell,
                )
            )
    lines = found.flat()
    rows = delegations_json(found.chains)
    if form == "json":
        write_json(
            {
                "window": window_json(what.window),
                "total": found.total,
                "covered": found.covered,
                "limits": found.limits or None,
                "agents": list(found.agents),
                "delegations": rows,
                "spawners": [spawner_json(row) for row in found.spawners],
                "handoffs": [handoff_json(row) for row in found.handoffs],
                "handoff_groups": [handoff_group_json(row) for row in found.handoff_groups],
                "live": [live_json(run) for run in found.live],
            }
        )
    elif form == "csv":
        write_csv(DELEGATION_KEYS, rows)
    else:
        _show(found, lines, form == "markdown", times)
    if found.limits:
        say(f"{found.limits}.")
    if found.total:
        say_page(offset + 1, offset + len(lines), found.total)
    return 0


def _show(found: Delegations, lines: Sequence[Line], markdown: bool, times: tzinfo | None) -> None:
    show = write_markdown if markdown else write_text
    show(delegation_columns(times), lines)
    if found.spawners:
        write("\n")
        show(SPAWNERS, found.spawners)
    if found.handoff_groups:
        write("\n")
        show(handoff_columns(times), found.handoff_groups)
    if found.live:
        write("\n")
        show(live_columns(times), found.live)


def _is_in(each: Delegation, what: Chosen) -> bool:
    window, started = what.window, each.started
    last = each.ended if each.ended is not None else started
    if window.since is not None and (last is None or last < window.since):
        return False
    return window.until is None or (started is not None and started < window.until)


def _has(wanted: Sequence[str], *names: str | None) -> bool:
    return not wanted or any(
        text.casefold() in (name or "").casefold() for text in wanted for name in names
    )


def delegation_columns(times: tzinfo | None) -> list[Column[Line]]:
    """Chains as a tree for people."""
    return [
        Column("started", lambda line: date_time(line[1].delegation.started, times)),
        Column("status", lambda line: line[1].delegation.status.value),
        Column("took", lambda line: duration(line[1].delegation.duration), number=True),
        Column("events", lambda line: _below(line[1], "events"), number=True),
        Column("failed", lambda line: _below(line[1], "errors"), number=True),
        Column("from", lambda line: text_or_unknown(line[1].delegation.agent)),
        Column("to", lambda line: f"{'  ' * line[0]}{text_or_unknown(line[1].delegation.target)}"),
        Column("id", lambda line: line[1].delegation.id),
        Column("session", lambda line: line[1].delegation.session_id),
        Column("task", lambda line: text_or_unknown(line[1].delegation.task)),
    ]


def _below(chain: DelegationChain, name: str) -> str:
    return UNKNOWN if chain.work is None else count(getattr(chain.work, name))


SPAWNERS: list[Column[SpawnerStatistic]] = [
    Column("handed to", lambda row: row.spawner),
    Column("delegations", lambda row: count(row.delegations), number=True),
    Column("ok %", lambda row: percent(row.success.rate), number=True),
    Column("completed", lambda row: count(row.completed), number=True),
    Column("failed", lambda row: count(row.failed), number=True),
    Column("running", lambda row: count(row.running), number=True),
    Column("unknown", lambda row: count(row.unknown), number=True),
    Column("average", lambda row: duration(row.average_duration), number=True),
    Column("tokens", lambda row: count(row.tokens), number=True),
    Column("cost", lambda row: UNKNOWN if row.cost is None else f"${row.cost:.4f}", number=True),
]


def handoff_columns(times: tzinfo | None) -> list[Column[HandoffGroup]]:
    """Hand-offs for people."""
    return [
        Column("handed off by", lambda row: row.from_agent),
        Column("to", lambda row: row.to_agent),
        Column("type", lambda row: text_or_unknown(row.type)),
        Column("state", lambda row: text_or_unknown(row.state)),
        Column("count", lambda row: count(row.count), number=True),
        Column("last", lambda row: date_time(row.last_time, times)),
    ]


def live_columns(times: tzinfo | None) -> list[Column[LiveRun]]:
    """Live phases for people."""
    return [
        Column("live", lambda run: text_or_unknown(run.spawner)),
        Column("status", lambda run: run.latest.status.value),
        Column("phase", lambda run: text_or_unknown(run.latest.phase)),
        Column("phases", lambda run: count(len(run.phases)), number=True),
        Column("last", lambda run: date_time(run.latest.time, times)),
        Column("delegation", lambda run: text_or_unknown(run.parent_id)),
        Column("text", lambda run: text_or_unknown(run.latest.text)),
    ]
