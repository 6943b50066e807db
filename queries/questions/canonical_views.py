"""The views on which questions in SQL are asked, the same for every store."""

from __future__ import annotations

from collections.abc import Iterator

from queries.dialects.base import StoreMapping
from queries.questions.view_prelude import qualified, sqlite_query

_EVENT = (
    ("source", "the foreign table's name"),
    ("seq", "order of arrival in that table; (source, seq) is unique"),
    ("id", "the store's own id"),
    ("session_id", ""),
    ("parent_id", "id of the event above it"),
    ("time", "UTC epoch seconds"),
    ("agent", ""),
    ("target_agent", "of a delegation or hand-off"),
    ("kind", "prompt, message, tool, delegation, handoff, error, other"),
    ("phase", "whole; in event_row also start and end: two rows of one call"),
    ("call_key", "the same in the rows of one call"),
    ("tool", ""),
    ("operation", ""),
    ("summary", "one line"),
    ("state", "running, ok, error, unknown"),
    ("duration", "seconds"),
    ("model", ""),
    ("tokens", ""),
    ("cost", "US dollars"),
)
_SESSION = (
    ("id", ""),
    ("parent_id", "the session that started this one"),
    ("title", ""),
    ("agent", ""),
    ("component", ""),
    ("project", ""),
    ("status", "running, completed, failed, paused, stale, unknown"),
    ("started", "UTC epoch seconds"),
    ("ended", "UTC epoch seconds"),
    ("duration", "seconds, as recorded or else ended - started"),
    ("quality", "0..100"),
    ("error", ""),
    ("failed", "0 or 1, where that is known"),
)
_TOTALS = (
    ("last_active", "UTC epoch seconds"),
    ("events", ""),
    ("messages", ""),
    ("tool_calls", ""),
    ("errors", "events of any kind that failed"),
)
CANONICAL_VIEWS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "session": ("sessions that the store declares, as it declares them", _SESSION),
    "session_total": (
        "every session with its counts, silent ones judged stale; reads all events",
        _SESSION + _TOTALS,
    ),
    "event": ("events: one call is one event; reads all rows where a call is two", _EVENT),
    "event_row": ("rows of events as they are, unpaired", _EVENT),
    "event_text": (
        "inputs and outputs, whole",
        (("source", ""), ("seq", "as in event_row"), ("input", ""), ("output", "")),
    ),
    "handoff": (
        "work handed from one agent to another, where the store has such a table",
        tuple(
            (name, "")
            for name in (
                "id", "session_id", "time", "from_agent", "to_agent", "type", "state", "reason",
            )
        ),
    ),
    "work_item": (
        "features, bugs and spikes, where the store has such a table",
        tuple(
            (name, "")
            for name in (
                "id", "type", "title", "status", "priority", "assigned_to", "created", "updated",
                "completed", "steps_total", "steps_completed",
            )
        ),
    ),
}  # fmt: skip
"""By name: what it is, and its columns with what they mean."""


def create_views(mapping: StoreMapping, stale_after: float) -> Iterator[str]:
    """Statements that create all of them as temporary views on a store that is read like this."""
    for name, table in (
        ("session", "stated"),
        ("session_total", "session"),
        ("event", "event"),
        ("event_row", "row"),
    ):
        query = f"SELECT {_listed(name)} FROM {table}"
        made = sqlite_query(mapping, query, days=None, stale_after=stale_after)
        yield f"CREATE TEMP VIEW {name} AS {made}"
    texts = " UNION ALL ".join(
        f"SELECT '{source.name}' AS source, rowid AS seq, {_text_columns(source.text)}"
        f" FROM main.{source.table}"
        for source in mapping.sources
    )
    yield f"CREATE TEMP VIEW event_text AS {texts or _nothing('event_text')}"
    for name, side in (("handoff", mapping.handoffs), ("work_item", mapping.work_items)):
        made = _nothing(name) if side is None else f"SELECT * FROM ({qualified(side.select)})"
        yield f"CREATE TEMP VIEW {name} AS {made}"


def schema_text() -> str:
    """What the views are, for people."""
    lines: list[str] = []
    for name, (about, columns) in CANONICAL_VIEWS.items():
        wide = max(len(column) for column, _ in columns)
        lines += [f"{name}: {about}"]
        lines += [f"    {column.ljust(wide)}  {meaning}".rstrip() for column, meaning in columns]
        lines.append("")
    return "\n".join(lines)


def schema_rows() -> list[tuple[str, str, str]]:
    """View, column and meaning of all that can be asked for, as rows; of a view itself first.

    What is asked for most stands at the beginning.
    """
    rows: list[tuple[str, str, str]] = []
    for name in sorted(CANONICAL_VIEWS, key=lambda name: name != "event"):
        about, columns = CANONICAL_VIEWS[name]
        rows += [(name, "", about), *((name, column, meaning) for column, meaning in columns)]
    return rows


def _listed(name: str) -> str:
    return ", ".join(column for column, _ in CANONICAL_VIEWS[name][1])


def _nothing(name: str) -> str:
    cells = ", ".join(f"NULL AS {column}" for column, _ in CANONICAL_VIEWS[name][1])
    return f"SELECT {cells} WHERE 0"


def _text_columns(text: str) -> str:
    """Two expressions with names; the comma between them is the last one outside brackets."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if text[at] == "," and not depth:
            return f"{qualified(text[:at])} AS input, {qualified(text[at + 1 :])} AS output"
    raise ValueError(f"not two expressions: {text}")
