"""What the data says: stores, the canonical model and every number made from it.

``from queries import SessionAnalytics`` is the Python API; the errors that it raises are beside it.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what typing has under this name; importing that takes 5 ms

if TYPE_CHECKING:
    from queries.analytics import SessionAnalytics
    from queries.finding.event_pages import UnknownEventError
    from queries.finding.filters import FilterError
    from queries.finding.session_lookup import UnknownSessionError
    from queries.opening.files import StoreError

__all__ = [
    "FilterError", "SessionAnalytics", "StoreError", "UnknownEventError", "UnknownSessionError",
]  # fmt: skip

_MODULES = {
    "FilterError": "queries.finding.filters",
    "SessionAnalytics": "queries.analytics",
    "StoreError": "queries.opening.files",
    "UnknownEventError": "queries.finding.event_pages",
    "UnknownSessionError": "queries.finding.session_lookup",
}


def __getattr__(name: str) -> object:
    """The API is loaded when it is asked for: the screen does without."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)
