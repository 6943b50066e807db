"""Events as JSON text at once, without the dictionaries that such text is made of elsewhere.

What comes out is what :func:`~queries.as_json.canonical.encode` makes of
:mod:`queries.as_json.canonical`'s dictionaries, in a third of the time: for long sessions, of which
every event is printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring

from queries.as_json.canonical import JsonText
from queries.models import Event
from queries.text import iso

_KEPT = 10_000
_SHORT = 10
"""Characters of a number that has no tenth decimal, which would be left out."""
_INFINITY = float("inf")
_names: dict[tuple[str | None, ...], tuple[str, str]] = {}
_places: dict[tuple[str, str], str] = {}


def quoted_text(value: str | None) -> str:
    """A text as JSON; null for none."""
    return "null" if value is None else encode_basestring(value)


def number_text(value: float | None) -> str:
    """A number as :func:`~queries.as_json.canonical.rounded` gives it, as JSON."""
    if value is None or value != value or not -_INFINITY < value < _INFINITY:
        return "null"
    text = repr(value)
    return text if len(text) <= _SHORT and "e" not in text else repr(round(value, 9))


def event_text(
    event: Event, sources: Sequence[str] | Mapping[int, str], *, more: str = ""
) -> JsonText:
    """One event, as :func:`~queries.as_json.canonical.event_json` has it.

    Args:
        event: the event.
        sources: names of the event tables.
        more: JSON text of further members, which begins with a comma and a blank.
    """
    names = (event.agent, event.target_agent, event.kind._value_, event.tool, event.operation,
             event.model)  # fmt: skip
    agent, model = _names.get(names) or _noted(names)
    place = (sources[event.source], event.session_id)
    where = _places.get(place) or _noted_place(*place)
    parent, instant, tokens = event.parent_id, iso(event.time), event.tokens
    duration, cost = event.duration, event.cost
    time = "null" if instant is None else f'"{instant}"'
    return JsonText(
        f'{{"event_id": {encode_basestring(event.id)}{where}'
        f"{'null' if parent is None else encode_basestring(parent)}"
        f', "time": {time}{agent}'
        f', "summary": {encode_basestring(event.summary) if event.summary else "null"}'
        f', "state": "{event.state._value_}"'
        f', "duration_seconds": {"null" if duration is None else number_text(duration)}'
        f'{model}, "tokens": {"null" if tokens is None else repr(tokens)}'
        f', "cost_usd": {"null" if cost is None else number_text(cost)}{more}}}'
    )


def _noted_place(source: str, session_id: str) -> str:
    """The members from the source to the name of the parent."""
    if len(_places) >= _KEPT:
        _places.clear()
    source_text, session = encode_basestring(source), encode_basestring(session_id)
    known = _places[source, session_id] = (
        f', "source": {source_text}, "session_id": {session}, "parent_event_id": '
    )
    return known


def _noted(names: tuple[str | None, ...]) -> tuple[str, str]:
    """The members from the agent to the operation, and that of the model."""
    if len(_names) >= _KEPT:
        _names.clear()
    agent, target, kind, tool, operation, model = map(quoted_text, names)
    before = (
        f', "agent_name": {agent}, "target_agent": {target}, "kind": {kind}'
        f', "tool_name": {tool}, "operation": {operation}'
    )
    known = _names[names] = (before, f', "model": {model}')
    return known
