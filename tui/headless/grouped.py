"""What ``components``, ``durations`` and ``errors`` share: sessions in groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from queries.as_json.overview import window_json
from queries.models.overview import Breakdown, By
from queries.overviews.agent_profiles import agent_profiles
from queries.overviews.model_use import models_used
from queries.overviews.overview import breakdown, natural_grouping
from queries.plain_data import dataclass
from tui.headless.output import say
from tui.headless.stores import open_store, progress
from tui.headless.windowed import Chosen, count_all, count_only

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Grouped:
    """Groups of the sessions that a command is about."""

    what: Chosen
    breakdown: Breakdown

    def head(self) -> dict[str, Any]:
        """What JSON says before the groups."""
        return {
            "by": self.breakdown.by.value,
            "window": window_json(self.what.window),
            "total": len(self.breakdown.groups),
            "total_sessions": self.breakdown.whole.sessions,
        }


def by_option(function: _F) -> _F:
    """``--by``: what sessions are grouped by; the parameter is ``by``."""
    return click.option(
        "--by", type=click.Choice([by.value for by in By]),
        help="What sessions are grouped by; component by default, or agent where the store "
        "knows no components.",
    )(function)  # fmt: skip


def read_groups(store: str | None, what: Chosen, by: str | None) -> Grouped:
    """The groups of a store's sessions. Raises as :func:`open_store` does."""
    with open_store(store) as opened:
        counted = count_all(opened, what.now)
        rows = [row for row in counted.rows if what.wants(row)]
        chosen = natural_grouping(counted.rows) if by is None else By(by)
        models = None
        if chosen is By.AGENT and len(rows) < len(counted.rows):
            counted = count_only(opened, rows, what.now)
        if chosen is By.MODEL:
            with progress() as tell:
                models = models_used(opened, progress=tell)
    found = breakdown(rows, chosen, models=models, profiles=agent_profiles(counted.fold))
    if found.note and len(found.groups) > 1:
        say(f"{found.note}.")
    return Grouped(what, found)
