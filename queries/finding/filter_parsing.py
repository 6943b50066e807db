"""How a filter is read as it is typed; :mod:`queries.finding.filters` tells the language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from queries.finding.filter_matching import MOMENTS, NUMBERS, QUANTITIES, STATES, UNITS
from queries.finding.filters import FIELDS, Filter, FilterError, Term
from queries.models import EventKind, EventState, SessionStatus
from queries.moments import parse_moment
from queries.text import clean, iso
from queries.words import require

MOST_CHARACTERS: Final = 1000
"""Longer filters are refused."""
_TOO_LONG: Final = f"a filter has at most {MOST_CHARACTERS} characters."

_WORDS: Final[dict[str, type[StrEnum]]] = {
    "status": SessionStatus,
    "kind": EventKind,
    "state": EventState,
}
_match_number = re.compile(r"(>=|<=|>|<|=?)([0-9]{1,15})\Z").match
_match_quantity = re.compile(r"(>=|<=|>|<|=?)([0-9]{1,12}(?:\.[0-9]{1,6})?)([a-z]?)\Z").match
_match_field = re.compile(r"([A-Za-z_]+):").match


def parse_filter(
    text: str, now: float, fields: Iterable[str] = FIELDS, zone: tzinfo | None = UTC
) -> Filter:
    r"""Read a filter.

    Args:
        text: as typed. Quotes keep blanks, commas and colons together; within them ``\"``
            is a quote and ``\\`` a backslash.
        now: what durations count back from, epoch seconds.
        fields: those that may be asked here, such as
            :data:`~queries.finding.filters.SESSION_FIELDS`.
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
