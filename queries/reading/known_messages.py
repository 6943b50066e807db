"""Messages of stores at whose ends there are none: what one connection found, others look up.

Whether agents talk to each other decides what is counted, and may only show somewhere in the
middle of a large store. All connections of this process have to decide alike.
"""

from __future__ import annotations

from collections.abc import Callable

from queries.dialects.base import StoreMapping
from queries.models import EventKey
from queries.plain_data import replace

File = tuple[int, int]
_known: dict[File, EventKey] = {}
MOST = 1000
"""Files of which one is remembered."""


def note_message(file: File, key: EventKey) -> None:
    """Remember that a row of a store is a message."""
    if len(_known) >= MOST:
        _known.clear()
    _known[file] = key


def known_message(file: File) -> EventKey | None:
    """A row of a store that was a message; None: none is known."""
    return _known.get(file)


def knowing_message(
    mapping: StoreMapping, file: File, is_message: Callable[[EventKey], bool]
) -> StoreMapping:
    """How to read a store, taking into account what is known of it.

    Args:
        mapping: what the dialect says.
        file: the store's identity.
        is_message: tells whether a row still is a message.
    """
    key = known_message(file)
    if not mapping.may_have_messages or key is None or not is_message(key):
        return mapping
    return replace(mapping, has_messages=True, may_have_messages=False)
