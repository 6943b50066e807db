"""The view over HtmlGraph's ``agent_events`` and how its rows become events."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import tzinfo

from queries.dialects.base import EVENT_COLUMNS, Amendments, Moments, Probe, Row, Source
from queries.dialects.conversion import to_event
from queries.dialects.htmlgraph_text import main_argument, plain_summary, sub_agent
from queries.dialects.sql import NULL, column, edge_rows, event_select, positive
from queries.models import Event
from queries.times import parse_time

_SUMMARY = EVENT_COLUMNS.index("summary")
_TIME = EVENT_COLUMNS.index("time")
_DURATION = EVENT_COLUMNS.index("duration")
_KIND = EVENT_COLUMNS.index("kind")
_TOOL = EVENT_COLUMNS.index("tool")
_TARGET = EVENT_COLUMNS.index("target_agent")
_TASKS = ("Task", "Agent")
_NOT_CALLS = ("UserQuery", "Stop", "TaskCompleted", "TeammateIdle")


def _start_row(columns: Collection[str]) -> str:
    """The condition for a row that was written before its call: SQL over agent_events."""
    conditions = [
        "event_type = 'tool_call'",
        f"{column(columns, 'context')} IS NULL",
        f"substr({column(columns, 'input_summary')}, 1, 2) = '{{\"'",
        f"{column(columns, 'output_summary')} IS NULL",
    ]
    # The successor has one row a call, which also begins so, but says "started" and keeps
    # the arguments in a column of their own.
    if "status" in columns:
        conditions.append("COALESCE(status, 'recorded') = 'recorded'")
    if "tool_input" in columns:
        conditions.append("tool_input IS NULL")
    return "(" + " AND ".join(conditions) + ")"


def has_start_rows(columns: Collection[str], probe: Probe) -> bool:
    """Whether this store writes a row before each tool call and another one after it."""
    read = ("event_type", "context", "input_summary", "output_summary", "status", "tool_input")
    names = [name for name in read if name in columns]
    if edge_rows(probe, "agent_events", names, "1", f"{_start_row(columns)} LIMIT 1"):
        return True
    # Nothing to see yet: the column came after the last version that wrote two rows.
    few = probe("SELECT count(*) FROM (SELECT 1 FROM agent_events LIMIT 20)")[0][0]
    return few < 20 and "source" not in columns


def _is_error(context: str) -> str:
    """The flag in a row's context: 1, 0, or NULL when there is none or it cannot be read."""
    return (
        f"CASE WHEN typeof({context}) = 'text' AND json_valid({context})"
        f" THEN json_extract({context}, '$.is_error') END"
    )


def event_source(columns: Collection[str], two_rows: bool) -> Source:
    """The view.

    Args:
        columns: those that ``agent_events`` has.
        two_rows: what :func:`has_start_rows` found.
    """
    context, status = column(columns, "context"), column(columns, "status")
    tool = column(columns, "tool_name")
    parent = column(columns, "parent_event_id")
    started = _start_row(columns) if two_rows else "0"
    return Source(
        name="agent_events",
        table="agent_events",
        select=event_select(
            "agent_events",
            {
                "id": "event_id",
                "session_id": "session_id",
                "parent_id": parent,
                "time": column(columns, "timestamp", "created_at"),
                "agent": "agent_id",
                "target_agent": (
                    "CASE WHEN event_type IN ('task_delegation', 'delegation') OR"
                    f" {tool} IN ('Task', 'Agent') THEN {column(columns, 'subagent_type')} END"
                ),
                "kind": _kind(tool, f"{context} IS NOT NULL OR {started}"),
                "phase": _phase(tool, context, started, two_rows),
                "call_key": _call_key(tool, parent, started),
                "tool": tool,
                "summary": f"substr({column(columns, 'input_summary', 'output_summary')}, 1, 600)",
                "state": _state(_is_error(context), status, tool, started),
                "duration": _duration(columns),
                "model": f"NULLIF({column(columns, 'model')}, '')",
                "tokens": positive(column(columns, "cost_tokens")),
            },
        ),
        session_column="session_id",
        parent_column="parent_event_id" if "parent_event_id" in columns else None,
        id_column="event_id",
        text=f"{_input(columns)}, {column(columns, 'output_summary')}",
        convert=to_htmlgraph_event,
        spawner=_spawner(context, column(columns, "subagent_type")),
        marks=_marks(columns),
        amend=Amendments(unwrapped, _all_worked_out),
    )


def _marks(columns: Collection[str]) -> str:
    """What kind, phase and state of a row are made of, each looked at once."""
    context = column(columns, "context")
    conditions = [f"{column(columns, 'output_summary')} IS NULL"]
    if "tool_input" in columns:
        conditions.append("tool_input IS NULL")
    conditions.append(f"substr({column(columns, 'input_summary')}, 1, 2) = '{{\"'")
    before = f"CASE WHEN {' AND '.join(conditions)} THEN 0 ELSE 1 END"
    flag = f"CASE {_is_error(context)} WHEN 1 THEN 3 WHEN 'true' THEN 3 WHEN 0 THEN 4 ELSE 5 END"
    return (
        f"json_array(agent_id, event_type, {column(columns, 'tool_name')},"
        f" {column(columns, 'status')}, CASE WHEN {context} IS NULL THEN {before}"
        f" ELSE {flag} END, CASE WHEN {_is_spawned(context)} THEN 1 END)"
    )


def _is_spawned(context: str) -> str:
    # Where a context is long, this costs a tenth of what instr() does. The first pattern, for
    # both, begins at fewer places than there are quotation marks.
    return (
        f"({context} GLOB '*_[tn][ya][pm]e\"*' AND"
        f" ({context} GLOB '*\"spawner_type\"*' OR {context} GLOB '*\"phase_name\"*'))"
    )


def _spawner(context: str, agent: str) -> str:
    """A spawner's rows name it in their context, and as the kind of agent."""
    named = (
        f"CASE WHEN typeof({context}) = 'text' AND json_valid({context})"
        f" THEN json_extract({context}, '$.spawner_type') END"
    )
    return (
        f"COALESCE({named}, CASE WHEN {agent} IN ('gemini', 'codex', 'copilot') THEN {agent} END)"
    )


# In these, the commonest rows are decided first, by single comparisons: every row of a store
# is sent through them.


def _kind(tool: str, told: str) -> str:
    """The kind of a row; ``told``: the condition for a row that a hook wrote about a call."""
    others = "".join(f" WHEN '{name}' THEN 'other'" for name in _NOT_CALLS[1:])
    tasks = "".join(
        f" WHEN '{name}' THEN CASE WHEN {told} THEN 'delegation' ELSE 'tool' END" for name in _TASKS
    )
    return (
        f"CASE event_type WHEN 'tool_call' THEN CASE {tool} WHEN 'UserQuery' THEN 'prompt'"
        f"{others}{tasks} ELSE CASE WHEN {tool} IS NULL THEN 'other' ELSE 'tool' END END"
        " WHEN 'error' THEN 'error'"
        " WHEN 'task_delegation' THEN 'delegation' WHEN 'delegation' THEN 'delegation'"
        f" WHEN 'task_completed' THEN CASE {tool} WHEN 'TaskComplete' THEN 'other'"
        " ELSE 'delegation' END ELSE 'other' END"
    )


def _phase(tool: str, context: str, started: str, two_rows: bool) -> str:
    """Start, end or whole. Rows of a spawner are whole; after a Task there is always an end."""
    spawned = _is_spawned(context)
    if two_rows:
        others = "".join(f" WHEN '{name}' THEN 'whole'" for name in _NOT_CALLS)
        rest = (
            f"CASE WHEN {tool} IS NULL THEN 'whole'"
            f" WHEN {context} IS NULL THEN CASE WHEN {started} THEN 'start' ELSE 'whole' END"
            f" WHEN {spawned} THEN 'whole' ELSE 'end' END"
        )
    else:
        task = f"CASE WHEN {context} IS NULL OR {spawned} THEN 'whole' ELSE 'end' END"
        others = "".join(f" WHEN '{name}' THEN {task}" for name in _TASKS)
        rest = "'whole'"
    return (
        f"CASE event_type WHEN 'tool_call' THEN CASE {tool}{others} ELSE {rest} END"
        f" WHEN 'task_completed' THEN CASE {tool} WHEN 'TaskComplete' THEN 'whole'"
        " ELSE 'end' END ELSE 'whole' END"
    )


def _call_key(tool: str, parent: str, started: str) -> str:
    """What the rows of one delegation share: the id of its task_delegation."""
    if parent == NULL:
        return "CASE event_type WHEN 'task_delegation' THEN event_id END"
    # A Task's first row hangs under its delegation, or else under the prompt, whose id many
    # Tasks would share as their key.
    return (
        "CASE event_type WHEN 'task_delegation' THEN event_id"
        f" WHEN 'task_completed' THEN {parent}"
        f" ELSE CASE WHEN {tool} IN ('Task', 'Agent') AND {started} THEN"
        " (SELECT whole.event_id FROM agent_events AS whole WHERE"
        " whole.event_id = agent_events.parent_event_id"
        " AND whole.event_type = 'task_delegation') END END"
    )


def _input(columns: Collection[str]) -> str:
    """The whole input of a row; of a prompt its text, which the summary cuts at 100."""
    given = column(columns, "tool_input", "input_summary")
    if not {"tool_input", "tool_name"}.issubset(columns):
        return given
    return (
        "CASE WHEN tool_name = 'UserQuery' AND typeof(tool_input) = 'text'"
        " AND json_valid(tool_input) THEN"
        f" COALESCE(json_extract(tool_input, '$.prompt'), {given}) ELSE {given} END"
    )


def _state(is_error: str, status: str, tool: str, started: str) -> str:
    unflagged = (
        f"CASE WHEN {tool} = 'UserQuery' AND event_type = 'tool_call' THEN 'ok'"
        f" WHEN {status} IN ('started', 'running', 'in_progress') OR {started} THEN 'running'"
        f" WHEN {status} = 'completed' THEN 'ok' ELSE 'unknown' END"
    )
    flagged_ok = (
        f"CASE WHEN {status} IN ('started', 'running', 'in_progress') THEN 'running' ELSE 'ok' END"
    )
    return (
        f"CASE WHEN event_type = 'error' OR {status} IN ('failed', 'error') THEN 'error' ELSE"
        f" CASE {is_error} WHEN 1 THEN 'error' WHEN 'true' THEN 'error'"
        f" WHEN 0 THEN {flagged_ok} ELSE {unflagged} END END"
    )


def _duration(columns: Collection[str]) -> str:
    """Seconds; or, where a row is updated at its end, the time of that as text."""
    recorded = positive(column(columns, "execution_duration_seconds"))
    if not {"status", "output_summary", "updated_at"}.issubset(columns):
        return recorded
    finished = (
        "CASE WHEN event_type = 'task_delegation' AND status = 'completed' THEN"
        " COALESCE(CASE WHEN typeof(output_summary) = 'text' AND json_valid(output_summary)"
        " THEN json_extract(output_summary, '$.completion_time') END,"
        " CAST(updated_at AS TEXT))"
        " WHEN event_type = 'tool_call' AND status IN ('completed', 'failed')"
        f" AND {column(columns, 'context')} IS NULL THEN CAST(updated_at AS TEXT) END"
    )
    return finished if recorded == NULL else f"COALESCE({recorded}, {finished})"


def _is_wrapped(summary: object, tool: object) -> bool:
    return type(summary) is str and (
        summary.startswith(("{", "(")) or (type(tool) is str and summary.startswith(tool))
    )


def unwrapped(kind: object, tool: object, summary: object) -> object:
    """A summary without what is around it; a prompt's stays as it is."""
    if kind == "prompt" or type(summary) is not str:
        return summary
    if summary[:1] == "{":
        text = main_argument(summary, delegation=kind == "delegation")
        if text is not None:
            return text
    elif summary[:1] != "(" and not (type(tool) is str and summary.startswith(tool)):
        return summary
    return plain_summary(summary, str(tool) if tool else None)


def worked_out(time: object, took: object, zone: tzinfo) -> float | None:
    """Seconds from a row's time to the one that stands in place of its duration."""
    return _between(parse_time(time, zone), parse_time(took, zone))


def _all_worked_out(
    begun: Moments, took: Sequence[str], instants: Callable[[Sequence[object]], Moments]
) -> list[float | None]:
    """As :func:`worked_out`, of many rows."""
    return list(map(_between, begun, instants(took)))


def _between(start: float | None, end: float | None) -> float | None:
    return end - start if end and start and end > start else None


def to_htmlgraph_event(source: int, row: Row, zone: tzinfo) -> Event:
    """Like :func:`to_event`, with the summary unwrapped and text durations worked out."""
    kind, tool, summary, took = row[_KIND], row[_TOOL], row[_SUMMARY], row[_DURATION]
    wrapped, timed = _is_wrapped(summary, tool), type(took) is str
    if not wrapped and not timed:
        return to_event(source, row, zone)
    cells = list(row)
    if timed:
        cells[_DURATION] = worked_out(row[_TIME], took, zone)
    if wrapped:
        cells[_SUMMARY] = unwrapped(kind, tool, summary)
        if kind == "delegation" and row[_TARGET] is None:
            cells[_TARGET] = sub_agent(summary)
    return to_event(source, cells, zone)
