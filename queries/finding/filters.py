"""The filter language: ``status:failed agent:hacker since:7d "login test" -tool:Bash``.

Terms stand side by side and must all hold; several values after one field, with commas
between them, mean any of them; "-" before a term turns it round. Text is compared without
regard to case, anywhere in the value. What a session or an event does not have, or what is
not known of it, matches no term (and so does match the term turned round), but for names: "?"
asks for those that have none, and "=" before a name for the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from queries.finding.filter_matching import (
    MOMENTS,
    NUMBERS,
    QUANTITIES,
    STATES,
    UNITS,
    ask_event,
    ask_session,
)
from queries.models import Event, EventKind, EventState, SessionRow, SessionStatus
from queries.moments import moment_text, parse_moment
from queries.plain_data import dataclass, field, replace
from queries.text import clean, iso
from queries.times import parse_time
from queries.words import require

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

MOST_CHARACTERS: Final = 1000
"""Longer filters are refused."""
_TOO_LONG: Final = f"a filter has at most {MOST_CHARACTERS} characters."

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

_WORDS: Final[dict[str, type[StrEnum]]] = {
    "status": SessionStatus,
    "kind": EventKind,
    "state": EventState,
}
_match_number = re.compile(r"(>=|<=|>|<|=?)([0-9]{1,15})\Z").match
_match_quantity = re.compile(r"(>=|<=|>|<|=?)([0-9]{1,12}(?:\.[0-9]{1,6})?)([a-z]?)\Z").match
_match_field = re.compile(r"([A-Za-z_]+):").match
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


def parse_filter(
    text: str, now: float, fields: Iterable[str] = FIELDS, zone: tzinfo | None = UTC
) -> Filter:
    r"""Read a filter.

    Args:
        text: as typed. Quotes keep blanks, commas and colons together; within them ``\"``
            is a quote and ``\\`` a backslash.
        now: what durations count back from, epoch seconds.
        fields: those that may be asked here: :data:`SESSION_FIELDS`, :data:`EVENT_FIELDS`.
        zone: of days, and of times that name none; None is the reader's own.

    Raises:
        FilterError: naming the place, and the known fields where one is not known.
    """
    if len(text) > MOST_CHARACTERS:
        raise FilterError(_TOO_LONG, MOST_CHARACTERS)
    allowed = tuple(name for name in FIELDS if name in frozenset(fields))
    text = clean(text, MOST_CHARACTERS)
    result = Filter(tuple(_terms(text, now, allowed, zone)))
    if len(str(result)) > MOST_CHARACTERS:
        raise FilterError(_TOO_LONG, MOST_CHARACTERS)
    return result


def term_of(field: str, value: str, now: float, zone: tzinfo | None = UTC) -> Term:
    """The condition that a field has a value, which is given apart from its name.

    Raises:
        ValueError: a word that is none of the field's; the text names those.
    """
    return Term(field, (_normal(field, value, now, zone),))


def _with_ids(term: Term, sessions: Mapping[str, Collection[str]]) -> Term:
    if term.field != "bookmark":
        return term
    found = (sessions.get(value.casefold(), ()) for value in term.values)
    return replace(term, ids=frozenset(one for ids in found for one in ids))


def _terms(text: str, now: float, allowed: tuple[str, ...], zone: tzinfo | None) -> Iterator[Term]:
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        start = position
        negative = text[position] == "-" and text[position + 1 : position + 2].strip() != ""
        position += negative
        found = _match_field(text, position)
        field = found[1].lower() if found else ""
        if found:
            if field not in allowed:
                raise FilterError(_no_such_field(found[1], allowed), start + 1)
            position = found.end()
        values, position = _read_values(text, position, bool(found), start + 1)
        try:
            yield Term(field, tuple(_normal(field, value, now, zone) for value in values), negative)
        except ValueError as error:
            raise FilterError(str(error), start + 1) from error


def _read_values(text: str, position: int, several: bool, term: int) -> tuple[list[str], int]:
    values = [""]
    quoted = False
    while position < len(text) and not text[position].isspace():
        character = text[position]
        position += 1
        if character == '"':
            quoted = True
            position = _read_quoted(text, position, values, term)
        elif character == "," and several:
            values.append("")
        else:
            values[-1] += character
    if not all(values):
        raise FilterError("empty quotes." if quoted else "a value is missing.", term)
    return values, position


def _read_quoted(text: str, position: int, values: list[str], term: int) -> int:
    opened = position
    while position < len(text):
        character = text[position]
        position += 1
        if character == '"':
            return position
        if character == "\\" and text[position : position + 1] in ('"', "\\"):
            character = text[position]
            position += 1
        values[-1] += character
    raise FilterError(f"the quote opened at character {opened} is never closed.", term)


def _no_such_field(name: str, allowed: tuple[str, ...]) -> str:
    near = get_close_matches(name.lower(), allowed, 1)
    meant = f" (did you mean '{near[0]}'?)" if near else ""
    known = "cannot be asked here" if name.lower() in FIELDS else "is not a field"
    return (
        f"'{clean(name, 40)}' {known}{meant}; fields are {', '.join(allowed)}. "
        "Put text with a colon in quotes."
    )


def _normal(field: str, value: str, now: float, zone: tzinfo | None) -> str:
    if field in _WORDS:
        words, word = tuple(_WORDS[field]), value.lower()
        if field == "state":
            word = STATES.get(word, word)
        require(word, words, field)
        return word
    if field in NUMBERS:
        found = _match_number(value)
        if found is None:
            raise ValueError(f"{field} takes a number, like {field}:>0 or {field}:<=100.")
        return f"{_sign(found[1])}{int(found[2])}"
    if field in QUANTITIES:
        return _normal_quantity(field, value)
    if field in MOMENTS:
        return iso(parse_moment(value, now, zone)) or value
    return value


def _sign(typed: str) -> str:
    """How a number is compared; "" for equal."""
    return "" if typed == "=" else typed


def _normal_quantity(field: str, value: str) -> str:
    is_time = field == "duration"
    found = _match_quantity(value.lower())
    if found is None or (found[3] and not (is_time and found[3] in UNITS)):
        like = "a time, like duration:>2h or" if is_time else f"a number, like {field}:>0.5 or"
        raise ValueError(f"{field} takes {like} {field}:<={'90s' if is_time else '100'}.")
    number, point, decimals = found[2].partition(".")
    decimals = decimals.rstrip("0")
    return f"{_sign(found[1])}{int(number)}{point if decimals else ''}{decimals}{found[3]}"


def _quoted(value: str, field: str) -> str:
    plain = field in (*MOMENTS, *NUMBERS, *QUANTITIES) or _needs_no_quotes(value)
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
