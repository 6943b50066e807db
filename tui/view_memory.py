"""How each store was last looked at: order, filter, marks and layout."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from queries.plain_data import dataclass, field
from tui.state import load_state, save_state

FILE: Final = "views.json"
MOST_STORES: Final = 100
MOST_MARKS: Final = 1000


@dataclass(frozen=True, slots=True)
class View:
    """What is remembered of one store."""

    sort: str = "started"
    reverse: bool = False
    filter: str = ""
    """As it was typed, so that "since:7d" goes on counting from now."""
    sub_agents: bool = True
    marks: Mapping[str, str] = field(default_factory=dict)
    """Session id -> sign."""
    pane: int = 0
    zoomed: bool = False
    scope: str = "focused"
    """What tools and interactions cover."""
    relation: str = "follows"
    """What the matrix counts."""
    value: str = "count"
    """What stands in its cells."""
    diagonal: bool = True


class ViewMemory:
    """Remembers how one store was looked at. Nothing that goes wrong with it is an error."""

    def __init__(self, path: Path) -> None:
        """Args: path: of the store."""
        self._name = os.path.realpath(path)
        self._known: View | None = None

    def recall(self) -> View:
        """How the store was looked at last; the defaults where that is not known."""
        known = _stores().get(self._name)
        self._known = _view_of(known) if isinstance(known, dict) else View()
        return self._known

    def keep(self, view: View) -> None:
        """Remember this, if it is something else."""
        if view == self._known:
            return
        from dataclasses import asdict

        stores = _stores()
        stores.pop(self._name, None)
        if view != View():
            stores[self._name] = asdict(view)
        for most in (MOST_STORES, MOST_STORES // 4, 1):
            # The stores looked at longest ago give way where all together are too much.
            if save_state(FILE, dict(list(stores.items())[-most:])):
                break
        self._known = view


def _stores() -> dict[str, Any]:
    found = load_state(FILE)
    return dict(found) if isinstance(found, dict) else {}


def _view_of(known: Mapping[str, Any]) -> View:
    """What of it can be used."""
    default = View()
    values: dict[str, Any] = {}
    plain = ("sort", "filter", "reverse", "sub_agents", "zoomed", "pane", "scope", "relation",
             "value", "diagonal")  # fmt: skip
    for name in plain:
        value, usual = known.get(name), getattr(default, name)
        values[name] = value if type(value) is type(usual) else usual
    marks = known.get("marks")
    if isinstance(marks, dict):
        values["marks"] = {
            key: sign
            for key, sign in list(marks.items())[:MOST_MARKS]
            if isinstance(sign, str) and len(sign) == 1
        }
    return View(**values)
