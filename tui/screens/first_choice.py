"""Which session the screen begins with: those read later may be newer, or be the wanted one."""

from __future__ import annotations

from tui.screens.session_control import SessionControl
from widgets.session_list import SessionList


class FirstChoice:
    """Puts the cursor on a session until somebody else moves it, or all sessions are listed."""

    def __init__(self, sessions: SessionControl, view: SessionList, wanted: str | None) -> None:
        """Construct it.

        Args:
            sessions: what is listed, and how.
            view: the list.
            wanted: the session to begin with; None: the first one there.
        """
        self._sessions = sessions
        self._view = view
        self._wanted = wanted
        self._is_open = True

    def leave(self) -> None:
        """From now on the cursor is where the user puts it."""
        self._is_open = False

    def choose(self, *, is_listed: bool) -> str:
        """Put the cursor there, if it can be; whether all sessions are listed by now.

        Returns:
            What the user is to be told; "" for nothing.
        """
        if not self._is_open:
            return ""
        told = ""
        if self._wanted is None:
            self._view.move_to(0)
        elif (said := self._sessions.reveal(self._wanted)) is not None:
            told, self._is_open = said, False
        elif is_listed:
            told = f"There is no session {self._wanted}."
        self._is_open = self._is_open and not is_listed
        return told
