"""The keys of the dialogs that lie over a screen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from textual.binding import Binding, BindingType

from tui.commands import bindings_for

SEARCHING: Final = ("screens.back", "find.search", "find.next", "find.previous")
"""Commands of a dialog in which one can search."""


def dialog_bindings(own: Mapping[str, str], shared: Collection[str]) -> list[BindingType]:
    """What a dialog puts into ``BINDINGS``: it moves as all screens do.

    With the ids of the registry the user's own keys work there too.

    Args:
        own: by the id of a command, the action that its keys run in the dialog.
        shared: ids of commands that run the same action as elsewhere.
    """
    found: list[BindingType] = []
    for binding in Binding.make_bindings(bindings_for(("any", "main", "detail"))):
        name = binding.id or ""
        if name in own:
            found.append(Binding(binding.key, own[name], show=False, id=name))
        elif name in shared or binding.action.startswith("pane("):
            found.append(binding)
    return found
