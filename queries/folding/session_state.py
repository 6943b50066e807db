"""The totals of one session as plain data, and back: lists, numbers and texts for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

from queries.folding.activity_bars import ActivityBars
from queries.folding.fold_parts import KnownSum
from queries.folding.session_fold import SessionFold

SESSION_FIELDS: Final[dict[type, tuple[str, ...]]] = {
    SessionFold: (
        "events", "prompts", "messages", "calls", "ok", "failed", "errors", "first_time",
        "last_time", "agents", "tools", "first_tool", "last_tool", "tokens", "cost", "first_prompt",
        "last_prompt", "bars", "_ranges", "first_said", "last_said", "open",
    ),
    KnownSum: ("total", "rest", "count"),
    ActivityBars: ("_shift", "_first", "_counts"),
}  # fmt: skip
_session_cells = attrgetter(*SESSION_FIELDS[SessionFold])
_bars_cells = attrgetter(*SESSION_FIELDS[ActivityBars])
_PLAIN = 13
"""Fields of a session before those that are not plain themselves."""


def session_plain(session: SessionFold) -> list[Any]:
    """The totals of a session without what it waits for."""
    cells = _session_cells(session)
    (tokens, cost, prompt, last, bars, ranges, first_said, last_said, _) = cells[_PLAIN:]
    return [
        *cells[:_PLAIN],
        None if tokens is None else sum_plain(tokens),
        None if cost is None else sum_plain(cost),
        prompt,
        last,
        _bars_cells(bars),
        ranges,
        None if first_said is None else (*first_said[0], first_said[1].hex()),
        None if last_said is None else (*last_said[0], last_said[1].hex()),
    ]


def session_from(cells: Sequence[Any]) -> SessionFold:
    """The totals of these cells, of a session that waits for nothing."""
    session = SessionFold()
    (
        session.events, session.prompts, session.messages, session.calls, session.ok,
        session.failed, session.errors, session.first_time, session.last_time, session.agents,
        session.tools, session.first_tool, session.last_tool, tokens, cost, prompt, last, bars,
        ranges, first_said, last_said,
    ) = cells  # fmt: skip
    if tokens is not None:
        session.tokens = sum_from(tokens)
    if cost is not None:
        session.cost = sum_from(cost)
    if prompt is not None:
        (source, seq), text = prompt
        session.first_prompt = ((source, seq), text)
    if last is not None:
        source, seq = last
        session.last_prompt = (source, seq)
    session.bars._shift, session.bars._first, session.bars._counts = bars
    session._ranges = tuple((source, low, high) for source, low, high in ranges)
    if first_said is not None:
        agent, tool, mark = first_said
        session.first_said = ((agent, tool), bytes.fromhex(mark))
    if last_said is not None:
        agent, tool, mark = last_said
        session.last_said = ((agent, tool), bytes.fromhex(mark))
    return session


def sum_plain(known: KnownSum) -> Sequence[float]:
    """The cells of a sum."""
    return (known.total, known.rest, known.count)


def sum_from(cells: Sequence[Any]) -> KnownSum:
    """The sum of these cells."""
    known = KnownSum()
    known.total, known.rest, known.count = cells
    return known
