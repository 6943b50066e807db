"""The filter language: ``status:failed agent:hacker since:7d "login test" -tool:Bash``.

Terms stand side by side and must all hold; several values after one field, with commas
between them, mean any of them; "-" before a term turns it round. Text is compared without
regard to case, anywhere in the value. What a session or an event does not have, or what is
not known of it, matches no term (and so does match the term turned round), but for names: "?"
asks for those that have none, and "=" before a name for the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Final

from queries.finding.filter_matching import (
    MOMENTS,
    NUMBERS,
    QUANTITIES,
    ask_event,
    ask_session,
)
from queries.models import Event, EventKind, EventState, SessionRow, SessionStatus
from queries.moments import moment_text
from queries.plain_data import dataclass, field, replace
from queries.times import parse_time

FIELDS: Final[dict[str, str]] = {
    "status": "what the session is doing, or how the event went: " + ", ".join(SessionStatus),
    "agent": "part of an agent's name",
    "title": "part of the title of a session, or of the summary of an event",
    "id": "part of the id",
    "bookmark": "label of the session, or of one of its events",
    "project": "part of the session's project",
    "component": "part of the session's component",
    "model": "part of the name of a model that was used",
    "since": "active at or after: 7d, 12h, 30m, 2026-01-12, 2026-01-12T14:00, today",
    "until": "active before: the same, in the zone that is shown",
    "events": "number of events of the session: >=100",
    "errors": "number of failed events of the session: >0",
    "calls": "number of tool calls of the session: >=20",
    "duration": "how long the session, which has ended, or the event took: >2h, <=1.5m, >90",
    "tokens": "tokens that the session or the event took: >10000",
    "cost": "what it cost in dollars: >0.5",
    "quality": "quality score of the session: <60",
    "tool": "part of the name or operation of a tool that was called",
    "kind": "what sort of event: " + ", ".join(EventKind),
    "state": "how the event went: " + ", ".join(EventState),
}
"""Every field and what it asks for."""

_BOTH: Final = frozenset(
    ("agent", "title", "id", "since", "until", "duration", "tokens", "cost", "model")
)
SESSION_FIELDS: Final = _BOTH | {
    "bookmark",
    "status",
    "project",
    "component",
    "tool",
    "events",
    "errors",
    "calls",
    "quality",
}
"""What can be asked of a session."""
EVENT_FIELDS: Final = _BOTH | {"status", "tool", "kind", "state"}
"""What can be asked of an event."""

_needs_no_quotes = re.compile(r'[^\s",:\\-][^\s",:\\]*\Z').match


class FilterError(ValueError):
    """A filter that cannot be understood; the text is one sentence."""

    def __init__(self, problem: str, position: int) -> None:
        super().__init__(f"At character {position}: {problem}")
        self.position = position
        """Of the term, counted from 1."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a filter."""

    field: str
    """One of :data:`FIELDS`, or "" for text anywhere."""
    values: tuple[str, ...]
    """Any of these; moments as ISO 8601 in UTC, numbers with their comparison before them."""
    negative: bool = False
    ids: frozenset[str] = frozenset()
    """Of a bookmark: the sessions that have it."""

    def __str__(self) -> str:
        return self._with(self.values)

    def text(self, zone: tzinfo | None) -> str:
        """As ``str``, but with moments as they are written in a zone; None: the reader's own."""
        if self.field not in MOMENTS:
            return str(self)
        known = ((value, parse_time(value, UTC)) for value in self.values)
        return self._with(
            value if moment is None else moment_text(moment, zone) for value, moment in known
        )

    def _with(self, values: Iterable[str]) -> str:
        written = ",".join(_quoted(value, self.field) for value in values)
        return f"{'-' * self.negative}{self.field}{':' * bool(self.field)}{written}"


@dataclass(frozen=True, slots=True)
class Filter:
    """What sessions or events must fulfil. ``str`` gives text that parses to an equal one."""

    terms: tuple[Term, ...] = ()
    models: Mapping[str, Sequence[str]] | None = field(
        default=None, compare=False, repr=False, kw_only=True
    )
    """By session, the models that were used in it; None while that is not known."""

    @property
    def is_empty(self) -> bool:
        """Whether everything matches."""
        return not self.terms

    def with_bookmarks(self, sessions: Mapping[str, Collection[str]]) -> Filter:
        """The same filter, knowing which sessions have a label.

        Args:
            sessions: by label in small letters, their ids.
        """
        if not any(term.field == "bookmark" for term in self.terms):
            return self
        return replace(self, terms=tuple(_with_ids(term, sessions) for term in self.terms))

    @property
    def asks_for_models(self) -> bool:
        """Whether sessions cannot be judged before it is known which models they used."""
        return any(term.field == "model" for term in self.terms)

    def with_models(self, models: Mapping[str, Sequence[str]] | None) -> Filter:
        """The same filter, knowing the models of each session; None: it waits for that."""
        return replace(self, models=models)

    def matches_session(self, row: SessionRow) -> bool:
        """Whether a session fulfils every term.

        Its agents are the declared one and those seen; its title the declared one, else its
        first prompt; it is active from its start to its last known instant. While models are
        not known, nothing fulfils a term about them, nor one turned round.
        """
        if self.models is None and self.asks_for_models:
            return False
        models = () if self.models is None else self.models.get(row.id, ())
        return all(ask_session(term, row, models) is not term.negative for term in self.terms)

    def matches_event(self, event: Event) -> bool:
        """Whether an event fulfils every term; its agents include the target."""
        return all(ask_event(term, event) is not term.negative for term in self.terms)

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))

    def text(self, zone: tzinfo | None) -> str:
        """As ``str``, but for whoever reads it: text that parses to an equal one in that zone."""
        return " ".join(term.text(zone) for term in self.terms)


def _with_ids(term: Term, sessions: Mapping[str, Collection[str]]) -> Term:
    if term.field != "bookmark":
        return term
    found = (sessions.get(value.casefold(), ()) for value in term.values)
    return replace(term, ids=frozenset(one for ids in found for one in ids))


def _quoted(value: str, field: str) -> str:
    plain = field in (*MOMENTS, *NUMBERS, *QUANTITIES) or _needs_no_quotes(value)
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
