"""Ids as a store holds them, for ids that had to be changed to be shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from queries.text import clean_id

KEPT = 50_000
_is_changed = re.compile(r"~[0-9a-f]{4}\Z").search


class RawIds:
    """Which raw id stands behind a shown one; the latest :data:`KEPT` of those that differ."""

    def __init__(self) -> None:
        self._known: dict[str, object] = {clean_id(None): None}

    def note(self, shown: str, raw: object) -> None:
        """Remember a raw id that is shown differently."""
        if shown in self._known:
            return
        if len(self._known) >= KEPT:
            del self._known[next(iter(self._known))]
        self._known[shown] = raw

    def get(self, shown: str) -> object:
        """The raw id, as far as it is known; else what is shown."""
        return self._known.get(shown, shown)

    @property
    def is_empty(self) -> bool:
        """Whether every id so far is shown as it is."""
        return len(self._known) == 1

    def is_missing(self, shown: str) -> bool:
        """Whether a raw id must stand behind this, and it is not known which."""
        return shown not in self._known and _is_changed(shown) is not None


def place(raw: object) -> str:
    """Where a raw id goes into SQL: text that is no UTF-8 can only be bound as bytes."""
    return "CAST(? AS TEXT)" if isinstance(bound(raw), _Bytes) else "?"


def bound(raw: object) -> object:
    """A raw id as it is bound to its place."""
    if isinstance(raw, str) and not raw.isascii():
        try:
            raw.encode()
        except UnicodeEncodeError:
            return _Bytes(raw.encode("utf-8", "surrogateescape"))
    return raw


def bound_list(raw_ids: Sequence[object]) -> tuple[str, Sequence[object]]:
    """What stands in an IN list for these raw ids, and what is bound there."""
    if all(type(raw) is str and raw.isascii() for raw in raw_ids):
        return ",".join("?" * len(raw_ids)), raw_ids
    return ",".join(map(place, raw_ids)), list(map(bound, raw_ids))


class _Bytes(bytes):
    """The bytes of a text, as opposed to a blob."""
