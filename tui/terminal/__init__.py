"""What lies between Textual and the terminal.

An app derives from :class:`TerminalApp` and is run with :func:`run_app`. Importing this
package costs nothing: Textual is loaded when one of these two names is first used, so that
:mod:`tui.terminal.preflight` can look at the terminal and draw a first sign before that.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what typing has under this name; importing that takes longer

if TYPE_CHECKING:
    from typing import Any

    from tui.terminal.app import TerminalApp, run_app

__all__ = ["TerminalApp", "run_app"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from tui.terminal import app

        return getattr(app, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
