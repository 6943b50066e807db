"""What is measured of a session, and which way is better."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from queries.models import SessionStatus
from queries.models.comparison import Direction, Metric, RunFigures, Unit, Value

_LITTLE: Final = 0.01
"""Of what varies by nature, one part in a hundred more or less is the same."""
_UNFINISHED: Final = frozenset((SessionStatus.RUNNING, SessionStatus.UNKNOWN))

METRICS: Final[tuple[Metric, ...]] = (
    Metric("status", "status", Unit.WORD, Direction.HIGHER,
           "What the session is doing; completed is better than failed or stale."),
    Metric("duration", "duration", Unit.SECONDS, Direction.LOWER,
           "From the declared start to the declared end.", _LITTLE),
    Metric("span", "first to last event", Unit.SECONDS, Direction.NEUTRAL,
           "From the first event to the last one.", _LITTLE),
    Metric("declared_turns", "declared turns", Unit.COUNT, Direction.NEUTRAL,
           "The turns that the session itself states."),
    Metric("prompts", "prompts", Unit.COUNT, Direction.NEUTRAL, "Prompts."),
    Metric("messages", "messages", Unit.COUNT, Direction.NEUTRAL, "Messages of agents."),
    Metric("events", "events", Unit.COUNT, Direction.NEUTRAL,
           "Everything that happened; one call is one event."),
    Metric("tool_calls", "calls", Unit.COUNT, Direction.NEUTRAL,
           "Tool calls and delegations."),
    Metric("errors", "errors", Unit.COUNT, Direction.LOWER, "Events of any kind that failed."),
    Metric("error_rate", "error rate", Unit.RATE, Direction.LOWER,
           "Failed calls among the calls whose outcome is known."),
    Metric("tokens", "tokens", Unit.COUNT, Direction.LOWER,
           "Tokens of all events, else those declared.", _LITTLE),
    Metric("cost", "cost", Unit.DOLLARS, Direction.LOWER,
           "Cost of all events, else the declared one.", _LITTLE),
    Metric("quality", "quality", Unit.SCORE, Direction.HIGHER, "The declared quality."),
    Metric("agents", "agents", Unit.COUNT, Direction.NEUTRAL, "Different agents seen."),
    Metric("tools", "tools", Unit.COUNT, Direction.NEUTRAL, "Different tools called."),
)  # fmt: skip
"""In the order in which they are shown."""


def value_of(run: RunFigures, name: str) -> Value:
    """The value of one of the :data:`METRICS` for a session; None where it is not known."""
    return _VALUES[name](run)


def number_of(run: RunFigures, name: str) -> float | None:
    """Like :func:`value_of`, for the metrics that are numbers."""
    value = value_of(run, name)
    return None if isinstance(value, str) else value


def completion(run: RunFigures) -> bool | None:
    """Whether the session completed; None while it runs or where nothing is known."""
    status = run.row.session.status
    return None if status in _UNFINISHED else status is SessionStatus.COMPLETED


def outcomes(run: RunFigures) -> tuple[int, int]:
    """Calls that succeeded and that failed."""
    return sum(tool.ok for tool in run.tools), sum(tool.errors for tool in run.tools)


def _span(run: RunFigures) -> float | None:
    first, last = run.row.totals.first_time, run.row.totals.last_time
    return None if first is None or last is None else last - first


def _errors(run: RunFigures) -> int | None:
    """Failed events; where only totals of the calls are kept, theirs are added."""
    declared = [tool for tool in run.tools if tool.aggregated]
    if any(tool.unknown for tool in declared):
        return None
    return run.row.totals.errors + sum(tool.errors for tool in declared)


def _error_rate(run: RunFigures) -> float | None:
    ok, failed = outcomes(run)
    return failed / (ok + failed) if ok + failed else None


_VALUES: Final[Mapping[str, Callable[[RunFigures], Value]]] = {
    "status": lambda run: run.row.session.status.value,
    "duration": lambda run: run.row.duration,
    "span": _span,
    # Stores write 0 until they know.
    "declared_turns": lambda run: run.row.session.declared_turns or None,
    "prompts": lambda run: run.row.totals.prompts,
    "messages": lambda run: run.row.totals.messages if run.has_messages else None,
    "events": lambda run: run.row.totals.events,
    "tool_calls": lambda run: run.row.totals.tool_calls,
    "errors": _errors,
    "error_rate": _error_rate,
    "tokens": lambda run: run.row.tokens,
    "cost": lambda run: run.row.cost,
    "quality": lambda run: run.row.session.quality,
    "agents": lambda run: len(run.agents) or None,
    "tools": lambda run: len({tool.tool for tool in run.tools}),
}
