"""The stretch of time and the sessions that a command is about."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import wraps
from itertools import chain
from typing import Any, Final, TypeVar

import click

from queries.counting.event_stream import patiently
from queries.finding.filters import Filter
from queries.finding.session_lookup import require_sessions
from queries.listing import running_sessions
from queries.models import SessionRow
from queries.models.overview import Window
from queries.moments import parse_moment
from queries.plain_data import dataclass, field
from queries.processors import processors
from queries.store import Store
from queries.text import clean
from queries.whole_store import (
    CountedStore,
    ListedStore,
    count_sessions,
    count_store,
    count_totals,
)
from queries.windows import ALL_TIME, asked_for, in_window
from tui import config
from tui.headless.arguments import named
from tui.headless.stores import progress, stale_after, totals_cache

_NO_CACHE = "session_tui.no_cache"
Command = Callable[..., int]
"""What click calls with the values of its options."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which sessions a command is about."""

    window: Window
    filter: Filter = field(default_factory=Filter)
    now: float = 0.0
    """Epoch seconds."""

    @property
    def is_all(self) -> bool:
        """Whether every session of the store is meant."""
        return self.window == ALL_TIME and self.filter.is_empty

    def wants(self, row: SessionRow) -> bool:
        """Whether a session is meant."""
        return in_window(row, self.window) and self.filter.matches_session(row)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of :func:`window_options` say."""

    days: float | None
    since: str | None
    until: str | None
    names: Mapping[str, tuple[str, ...]]
    """By field, parts of names."""

    def chosen(self, zone: tzinfo | None) -> Chosen:
        """What they ask for; the later one of ``--days`` and ``--since`` counts.

        Raises click.BadParameter, ConfigError.

        Args:
            zone: in which people read and write times; None is their own.
        """
        now, days = time.time(), self.days
        first = _moment("since", self.since, now, zone)
        last = _moment("until", self.until, now, zone)
        if days is None and first is None and last is None:
            days = config.load().window_days or None
        if days is not None and not 0 <= days < 1e6:
            raise click.BadParameter("--days: write a number of days from 0 on, such as 7.")
        window = asked_for(days, first, last, now, zone)
        terms = tuple(chain.from_iterable(named(*each) for each in self.names.items()))
        return Chosen(window, Filter(terms), now)


PARTS: Final = {
    "component": "Part of the component's name.",
    "project": "Part of the project's name.",
    "agent": "Part of an agent's name.",
}
"""Options for parts of names, each may be repeated, with their help."""
COMPONENT: Final = {"component": "Only sessions of this component: part of its name."}


def window_options(names: Mapping[str, str]) -> Callable[[Command], Command]:
    """``--days``, ``--since``, ``--until``, which mean the same everywhere, and ``--no-cache``.

    The parameter is ``asked``: an :class:`Asked`.

    Args:
        names: what else chooses sessions: :data:`PARTS`, :data:`COMPONENT` or nothing.
    """

    def decorate(function: Command) -> Command:
        @wraps(function)
        def command(
            *, days: float | None, since: str | None, until: str | None, **others: Any
        ) -> int:
            values = {name: others.pop(name) for name in names}
            return function(asked=Asked(days, since, until, values), **others)

        decorated: Command = command
        for name, text in reversed(tuple(names.items())):
            both = (f"--{name}", "-c") if name == "component" else (f"--{name}",)
            decorated = click.option(*both, multiple=True, metavar="TEXT", help=text)(decorated)
        for option in (
            click.option(
                "--no-cache", is_flag=True, expose_value=False, callback=_note_cache,
                help="Count everything anew, and keep no totals.",
            ),
            click.option("--until", metavar="TIME", help="Begun before."),
            click.option(
                "--since", metavar="TIME", help="Active at or after: 7d, 12h, today, 2026-01-12."
            ),
            click.option(
                "--days", "-d", type=float, metavar="N",
                help="Active in the last N days; 0: ever."
                " [default: window_days of the configuration]",
            ),
        ):  # fmt: skip
            decorated = option(decorated)
        return decorated

    return decorate


_Counted = TypeVar("_Counted", bound=CountedStore)


def count_all(store: Store, now: float) -> ListedStore:
    """Everything in the store counted, with progress on stderr, and all sessions listed."""
    return _count(count_store, store, now)


def count_running(store: Store, now: float) -> tuple[CountedStore, list[SessionRow]]:
    """As :func:`count_all`, with no lines but those of the sessions that run."""
    counted = _count(count_totals, store, now)
    _, names = patiently(store.session_signs)
    return counted, running_sessions(
        store, counted.fold, names, counted.aggregated, now=now, stale_after=stale_after()
    )


def _count(way: Callable[..., _Counted], store: Store, now: float) -> _Counted:
    context = click.get_current_context(silent=True)
    no_cache = context is not None and bool(context.meta.get(_NO_CACHE))
    with progress() as tell:
        return way(
            store,
            tell,
            now=now,
            stale_after=stale_after(),
            cache=totals_cache(no_cache),
            processes=processors(),
        )


def count_chosen(store: Store, what: Chosen) -> tuple[ListedStore, list[SessionRow]]:
    """The store counted as far as it is needed, and the sessions that are meant.

    Tools, agents and slots of what is counted are those of these sessions alone.
    """
    counted = count_all(store, what.now)
    rows = [row for row in counted.rows if what.wants(row)]
    if len(rows) < len(counted.rows):
        counted = count_only(store, rows, what.now)
    return counted, rows


def count_scope(store: Store, sessions: Sequence[str], what: Chosen) -> CountedStore:
    """The named sessions counted, or all where none is named: those of them that are meant."""
    if not sessions:
        return (
            _count(count_totals, store, what.now) if what.is_all else count_chosen(store, what)[0]
        )
    ids = require_sessions(store, sessions)
    counted = count_sessions(store, ids, now=what.now, stale_after=stale_after())
    rows = [row for row in counted.rows if what.wants(row)]
    return counted if len(rows) == len(counted.rows) else count_only(store, rows, what.now)


def count_only(store: Store, rows: Sequence[SessionRow], now: float) -> ListedStore:
    """Nothing but these sessions counted."""
    ids = [row.id for row in rows]
    return count_sessions(store, ids, now=now, stale_after=stale_after())


def described(what: Chosen) -> str:
    """What a command is about, in words."""
    terms = [f"{term.field} {' or '.join(clean(value, 60) for value in term.values)}"
             for term in what.filter.terms]  # fmt: skip
    return ", ".join((what.window.label, *terms))


def _note_cache(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    context.meta[_NO_CACHE] = wanted


def _moment(name: str, text: str | None, now: float, zone: tzinfo | None) -> float | None:
    if text is None:
        return None
    try:
        return parse_moment(text, now, zone)
    except ValueError as error:
        raise click.BadParameter(f"--{name}: {error}") from error
