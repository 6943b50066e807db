"""Finding out whether there are messages anywhere in a store at whose ends there are none."""

from __future__ import annotations

from functools import partial

from queries.counting.event_stream import patiently
from queries.models import EventKind
from queries.reading.known_messages import note_message
from queries.store import Store

AT_ONCE = 20_000
"""Rows that are looked through in one query."""


def settle_messages(store: Store) -> None:
    """Make certain whether the store has messages, before "who follows whom" is counted.

    Where neither its ends nor what is known of it tell, that takes a tenth of a second for each
    million of rows that lie in memory. Raises StoreError as the store's own queries do.
    """
    if store.mapping.may_have_messages and patiently(partial(seek_message, store)):
        store.take_known_message()


def seek_message(store: Store) -> bool:
    """Whether there is a message; all connections to the store take notice of it then.

    Raises StoreError as the store's own queries do.
    """
    for source in range(len(store.mapping.sources)):
        first, upto = store.bounds(source) or (0, -1)
        while upto >= first:
            after = store.slice_start(source, upto, AT_ONCE)
            found = store.events_of_kind(source, EventKind.MESSAGE, after, upto, 1)
            if found:
                note_message(store.signature.file, found[0].key)
                return True
            upto = after
    return False
