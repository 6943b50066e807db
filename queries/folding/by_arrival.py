"""Something of each of many rows, by key, and the keys in order of arrival."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Set, ValuesView
from typing import Generic, TypeVar

from queries.models import EventKey

_T = TypeVar("_T")


class ByArrival(Generic[_T]):
    """A mapping of which the keys are sorted once, not each time they are asked for in order."""

    __slots__ = ("_by_key", "_order")

    def __init__(self) -> None:
        self._by_key: dict[EventKey, _T] = {}
        self._order: list[EventKey] | None = None
        """All keys, ascending, once they were asked for in order."""

    def __len__(self) -> int:
        return len(self._by_key)

    def __iter__(self) -> Iterator[EventKey]:
        return iter(self._by_key)

    def get(self, key: EventKey) -> _T | None:
        """What is known of a row; None where nothing is."""
        return self._by_key.get(key)

    def keys(self) -> Set[EventKey]:
        """All keys, in no certain order."""
        return self._by_key.keys()

    def values(self) -> ValuesView[_T]:
        """What is known of all rows, in no certain order."""
        return self._by_key.values()

    def in_order(self) -> list[EventKey]:
        """All keys in order of arrival; not to be changed."""
        if self._order is None:
            self._order = sorted(self._by_key)
        return self._order

    def put(self, key: EventKey, value: _T) -> None:
        """Know this of a row."""
        if key not in self._by_key and self._order is not None:
            if self._order and key < self._order[0]:
                # The past is being counted: to sort once costs less than to put each in front.
                self._order = None
            else:
                insort(self._order, key)
        self._by_key[key] = value

    def drop(self, key: EventKey) -> _T | None:
        """Know nothing of a row any more; returns what was known."""
        value = self._by_key.pop(key, None)
        if value is not None and self._order is not None:
            del self._order[bisect_left(self._order, key)]
        return value

    def take(self, other: ByArrival[_T]) -> None:
        """Take all of another one."""
        self._by_key.update(other._by_key)
        self._order = None
