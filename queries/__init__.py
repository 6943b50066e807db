"""What the data says: stores, the canonical model and every number made from it.

``from queries import SessionAnalytics`` is the Python API.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what typing has under this name; importing that takes 5 ms

if TYPE_CHECKING:
    from queries.analytics import SessionAnalytics

__all__ = ["SessionAnalytics"]


def __getattr__(name: str) -> object:
    """The API is loaded when it is asked for: the screen does without."""
    if name == "SessionAnalytics":
        from queries.analytics import SessionAnalytics

        return SessionAnalytics
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
