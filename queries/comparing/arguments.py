"""The whole arguments of two steps whose one-line texts are alike: where do they differ?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from queries.models import Event, EventKey
from queries.reading.connection import quoted
from queries.reading.selects import numbered, of_rows
from queries.store import Store
from queries.text import clean, clean_lines

COMPARED = 20_000
"""Characters of each input that are compared."""
SHOWN = 40
"""Characters of a differing value that are told."""
_PARAMETERS = 500
_OF_THE_CALL = frozenset((
    "session_id", "sessionId", "tool_use_id", "toolUseId", "call_id", "id", "uuid", "timestamp",
    "transcript_path", "cwd", "hook_event_name", "permission_mode",
))  # fmt: skip
"""What tells one call from the next rather than what is asked for."""
_MISSING = object()
Level = Callable[[str], str]


def read_inputs(store: Store, events: Iterable[Event]) -> dict[EventKey, str]:
    """The beginnings of what the calls were given and of what was said, where there is any.

    Bounded reads of some hundred rows each; a call of two rows has its start row's input.
    """
    by_source: dict[int, list[int]] = {}
    for event in events:
        by_source.setdefault(event.source, []).append(event.seq)
    found: dict[EventKey, str] = {}
    for source, seqs in by_source.items():
        described = store.mapping.sources[source]
        table = quoted(described.table)
        for start in range(0, len(seqs), _PARAMETERS):
            chosen, bound = numbered(sorted(set(seqs[start : start + _PARAMETERS])))
            cells = f"{table}.rowid, {described.text}"
            rows = store.query(
                "WITH texts (seq, input, output) AS"
                f" ({of_rows(cells, table, chosen, f'{table}.rowid')})"
                " SELECT seq, substr(input, 1, ?) FROM texts",
                (*bound, COMPARED),
            )
            for seq, text in rows:
                if text is not None:
                    found[source, seq] = clean_lines(text, COMPARED)
    return found


def difference(one: str, other: str, level_one: Level, level_other: Level) -> str | None:
    """What differs between two inputs, in words; None when nothing does.

    JSON objects are compared name by name, without the names that only identify a call.
    """
    if one == other:
        return None
    left, right = _object(one), _object(other)
    if left is None or right is None:
        flat_one, flat_other = level_one(one), level_other(other)
        if flat_one == flat_other:
            return None
        return _around(flat_one, flat_other)
    parts = []
    for name in dict.fromkeys((*left, *right)):
        if name in _OF_THE_CALL or (name in left and left[name] == right.get(name, _MISSING)):
            continue
        values = (_value(left, name, level_one), _value(right, name, level_other))
        if values[0] != values[1]:
            parts.append(f"{clean(name, SHOWN)}: {_around(*values)}")
    return ", ".join(parts[:3]) + (", ..." if len(parts) > 3 else "") if parts else None


def _object(text: str) -> dict[str, object] | None:
    if not text.startswith("{"):
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    inner = data.get("tool_input")
    # A hook's record has the arguments inside.
    return inner if isinstance(inner, dict) else data


def _value(data: dict[str, object], name: str, level: Level) -> str:
    if name not in data:
        return "(none)"
    value = data[name]
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return level(value)


def _around(one: str, other: str) -> str:
    """Both texts from a little before the first character that differs."""
    same = _common_start((one, other))
    start = max(same - SHOWN // 2, 0) if max(len(one), len(other)) > SHOWN else 0
    return " | ".join(("…" if start else "") + clean(text[start:], SHOWN) for text in (one, other))


def _common_start(texts: Sequence[str]) -> int:
    shortest = min(map(len, texts))
    for index in range(shortest):
        if texts[0][index] != texts[1][index]:
            return index
    return shortest
