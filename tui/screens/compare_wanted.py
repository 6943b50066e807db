"""What a comparison is asked for: known before anything of it is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from queries.plain_data import dataclass, field

COLUMNS = 100
"""Sessions that stand side by side, at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is compared with what."""

    ids: tuple[str, ...]
    """The sessions that have a column, in order."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The sessions of "A" and "B", where both have some."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """By group: the filter it was made with; "" or nothing where it was not."""
    left_out: int = 0
    """Sessions that were asked for and have no column, though they may be in a group."""

    @property
    def all_ids(self) -> tuple[str, ...]:
        """All sessions that are read."""
        return tuple(
            dict.fromkeys((*self.ids, *(id_ for ids in self.groups.values() for id_ in ids)))
        )


def wanted_of(
    ids: Sequence[str], groups: Mapping[str, tuple[str, ...]], labels: Mapping[str, str]
) -> Wanted:
    """A comparison of these sessions, of which some have a column; of both groups equally many."""
    columns = tuple(ids)
    if len(columns) > COLUMNS:
        half = COLUMNS // 2
        few = [groups[name][:half] for name in sorted(groups)]
        columns = (*few[0], *few[1]) if few else columns[:COLUMNS]
    return Wanted(columns, groups, labels, len(ids) - len(columns))
