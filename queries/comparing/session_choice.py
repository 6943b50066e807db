"""Which sessions are compared: named by id, or found by filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, tzinfo
from types import MappingProxyType

from queries.finding.filter_parsing import parse_filter
from queries.finding.filters import SESSION_FIELDS, Filter, FilterError
from queries.finding.session_lookup import UnknownSessionError, require_sessions
from queries.models import SessionRow
from queries.overviews.model_use import knowing_models
from queries.plain_data import dataclass
from queries.store import Store
from queries.text import clean

Bookmarked = Mapping[str, Collection[str]]
"""By label in small letters, the ids of the sessions that have it."""
Rows = Callable[[], Sequence[SessionRow]]
"""Gives all sessions of the store with their counts; asked only where there is a filter."""


class ChoiceError(Exception):
    """These sessions cannot be compared; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Group:
    """The sessions of one group, and what was asked for."""

    ids: tuple[str, ...]
    label: str


def choose_sessions(store: Store, ids: Sequence[str], baseline: str | None) -> tuple[str, ...]:
    """Two or more sessions, each named once.

    Raises:
        ChoiceError: too few, one named twice, or a baseline that is not among them.
        UnknownSessionError: there is no such session.
    """
    _each_once(ids)
    if len(ids) < 2:
        raise ChoiceError("name at least two sessions to compare, or two groups (--a, --b).")
    if baseline is not None and baseline not in ids:
        raise ChoiceError(f"the baseline '{clean(baseline, 80)}' is not among the sessions named.")
    return require_sessions(store, ids)


def choose_groups(
    store: Store,
    a: Sequence[str],
    b: Sequence[str],
    rows: Rows,
    now: float,
    bookmarks: Bookmarked = MappingProxyType({}),
    zone: tzinfo | None = UTC,
) -> tuple[Group, Group]:
    """Group A and group B, none of whose sessions is in both.

    Args:
        store: an open store.
        a: ids and filters of group A.
        b: those of group B.
        rows: see :data:`Rows`.
        now: what durations in filters count back from, epoch seconds.
        bookmarks: by label in small letters, the ids of the sessions that have it.
        zone: of days in filters, and of times that name none; None is the reader's own.

    Raises:
        ChoiceError: an empty group, one id twice, or a session in both groups.
        UnknownSessionError: there is no such session.
        FilterError: a filter that cannot be understood.
    """
    if not a or not b:
        raise ChoiceError("name the sessions of both groups: --a ID or filter, --b ID or filter.")

    def read(text: str) -> Filter:
        return parse_filter(text, now, SESSION_FIELDS, zone).with_bookmarks(bookmarks)

    groups = tuple(
        Group(_resolve(store, name, texts, rows, read), _label(texts))
        for name, texts in (("A", a), ("B", b))
    )
    both = [name for name in groups[0].ids if name in frozenset(groups[1].ids)]
    if both:
        more = f" (and {len(both) - 1} more)" if len(both) > 1 else ""
        raise ChoiceError(f"session '{both[0]}'{more} is in both groups.")
    return groups[0], groups[1]


def _resolve(
    store: Store, name: str, texts: Sequence[str], rows: Rows, read: Callable[[str], Filter]
) -> tuple[str, ...]:
    _each_once(texts)
    found: dict[str, None] = {}
    for text in texts:
        try:
            found |= dict.fromkeys(require_sessions(store, (text,)))
        except UnknownSessionError as unknown:
            found |= dict.fromkeys(_matching(store, text, rows, read, unknown))
    if not found:
        raise ChoiceError(f"group {name} is empty: no session matches {_label(texts)}.")
    return tuple(found)


def _matching(
    store: Store,
    text: str,
    rows: Rows,
    read: Callable[[str], Filter],
    unknown: UnknownSessionError,
) -> Sequence[str]:
    """Sessions that fulfil a filter, in order of id; a single plain word is meant as an id."""
    try:
        wanted = read(text)
    except FilterError:
        if ":" in text or '"' in text:
            raise
        raise unknown from None
    if wanted.is_empty or all(not term.field for term in wanted.terms):
        raise unknown
    wanted = knowing_models(wanted, store)
    return sorted(row.id for row in rows() if wanted.matches_session(row))


def _each_once(texts: Sequence[str]) -> None:
    for text, times in Counter(texts).items():
        if times > 1:
            raise ChoiceError(f"'{clean(text, 80)}' is named {times} times; once is enough.")


def _label(texts: Sequence[str]) -> str:
    if len(texts) == 1:
        return clean(texts[0], 80)
    return f"{clean(texts[0], 40)} and {len(texts) - 1} more"
