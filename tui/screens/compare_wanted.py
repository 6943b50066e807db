"""What a comparison is asked for: known before anything of it is loaded."""

from __future__ import annotations

from collections.abc import Mapping

from queries.plain_data import dataclass, field


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is compared with what."""

    ids: tuple[str, ...]
    """All sessions, in the order of their columns."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The sessions of "A" and "B", where both have some."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """By group: the filter it was made with; "" or nothing where it was not."""
