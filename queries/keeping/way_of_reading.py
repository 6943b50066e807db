"""How a store is read, told so that two readings of it can be compared."""

from __future__ import annotations

import json
import time
from typing import Any

from queries.store import Store


def way_of_reading(store: Store) -> list[object]:
    """What must be the same for two readings to make the same of the same rows; plain data."""
    mapping = store.mapping
    return [
        mapping.dialect,
        [[source.table, source.select] for source in mapping.sources],
        mapping.has_messages,
        mapping.has_phases,
        # What the local zone means may change from one run to the next.
        [str(mapping.zone), repr(mapping.zone), *time.tzname, time.timezone, time.altzone],
    ]


def identity(store: Store) -> Any:
    """What is the same for two readings, at the same time, of the same file; as JSON gives it."""
    told = [*store.signature.file, store.is_detached, way_of_reading(store)]
    return json.loads(json.dumps(told))
