"""Options that several commands share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, tzinfo
from typing import Any, TypeVar

import click

from queries.finding.filters import EVENT_FIELDS, SESSION_FIELDS, Filter, Term
from queries.moments import parse_moment
from queries.text import iso

_F = TypeVar("_F", bound=Callable[..., Any])


def store_argument(function: _F) -> _F:
    """``[STORE]``: a file or a folder; looked for when it is not given."""
    return click.argument("store", required=False)(function)


def forms(*, table: bool) -> Callable[[_F], _F]:
    """``--json`` and, for tables, ``--csv`` and ``--markdown``; the parameter is ``form``."""

    def decorate(function: _F) -> _F:
        names = ("json", "csv", "markdown") if table else ("json",)
        names_of = {"json": ("--json", "-j"), "csv": ("--csv",), "markdown": ("--markdown",)}
        for name in reversed(names):
            text = {"json": "JSON", "csv": "CSV", "markdown": "a Markdown table"}[name]
            function = click.option(
                *names_of[name], "form", flag_value=name, default=None, help=f"Print {text}."
            )(function)
        return function

    return decorate


def cache_option(function: _F) -> _F:
    """``--no-cache``: the parameter ``no_cache``."""
    text = "Count everything anew, and keep no totals."
    return click.option("--no-cache", is_flag=True, help=text)(function)


def utc_option(function: _F) -> _F:
    """``--utc``: times for people in UTC; JSON and CSV are always in UTC."""
    return click.option("--utc", is_flag=True, help="Show times in UTC.")(function)


def zone(utc: bool) -> tzinfo | None:
    """The zone in which people read times; None is their own."""
    from tui.config import load

    return UTC if utc or load().utc else None


def limit_option(default: int | None, text: str) -> Callable[[_F], _F]:
    """``--limit``: the parameter ``limit`` is a number, or None for all.

    Args:
        default: when it is not given; None takes all.
        text: what is limited.
    """
    return click.option(
        "--limit",
        "-l",
        metavar="N",
        default=None if default is None else str(default),
        callback=_read_limit,
        help=f"{text}; 0 means all"
        + (", as without it." if default is None else f".  [default: {default}]"),
    )


def _read_limit(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 13 else -1
    if number < 0:
        raise click.BadParameter(f"'{text}' is not a number from 0 on (0 means all).")
    return number or None


def named(field: str, values: Iterable[str]) -> tuple[Term, ...]:
    """A term for any of these values; none for no value."""
    known = tuple(value for value in values if value)
    return (Term(field, known),) if known else ()


class FilterTerms:
    """A filter put together from single options and ``--filter``."""

    def __init__(self, fields: Sequence[str] | frozenset[str], zone: tzinfo | None) -> None:
        """Args: fields: that may be asked; zone: in which people write times."""
        self._fields = fields
        self._zone = zone
        self._terms: list[Term] = []
        self._now = time.time()

    def add(self, field: str, values: Sequence[str]) -> None:
        """Any of these values; none at all asks for nothing."""
        self._terms += named(field, values)

    def add_moment(self, field: str, text: str | None) -> None:
        """``since`` or ``until``. Raises click.BadParameter for what is no time."""
        if text is None:
            return
        try:
            moment = parse_moment(text, self._now, self._zone)
        except ValueError as error:
            raise click.BadParameter(f"--{field}: {error}") from error
        self._terms.append(Term(field, (iso(moment) or text,)))

    def add_days(self, days: float | None) -> None:
        """Active in the last so many days; 0: ever."""
        if not days:
            return
        since = iso(self._now - days * 86400) if 0 <= days < 1e6 else None
        if since is None:
            raise click.BadParameter("--days: write a number of days from 0 on, such as 7.")
        self._terms.append(Term("since", (since,)))

    def filter(self, text: str | None) -> Filter:
        """Everything together with a typed filter. Raises FilterError."""
        if not text:
            return Filter(tuple(self._terms))
        from queries.finding.filter_parsing import parse_filter

        typed = parse_filter(text, self._now, self._fields, self._zone)
        return Filter((*self._terms, *typed.terms))


def session_terms(zone: tzinfo | None) -> FilterTerms:
    """For sessions."""
    return FilterTerms(SESSION_FIELDS, zone)


def event_terms(zone: tzinfo | None) -> FilterTerms:
    """For events."""
    return FilterTerms(EVENT_FIELDS, zone)
