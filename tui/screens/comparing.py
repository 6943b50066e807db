"""The commands of the main screen that put sessions side by side."""

from __future__ import annotations

from collections.abc import Callable

from queries.models import Event
from tui.commands import find, key_names
from tui.screens.compare_wanted import wanted_of
from tui.screens.jumping import Jumping
from tui.screens.places import Place


class Comparing(Jumping):
    """Actions of the registry, group Compare, and groups A and B."""

    def action_group(self, name: str) -> None:
        """Put the session under the cursor into a group, or take it out."""
        session_id = self.session_view.focused_id()
        if session_id is not None:
            inside = self.sessions.toggle_group(session_id, name)
            self.marks_changed()
            self.session_view.move_cursor(1)
            listed = len(self.sessions.shown)
            if inside and self.sessions.filter is not None and listed > 1:
                self._offer(name, listed)

    def _offer(self, name: str, listed: int) -> None:
        """Tell how all that are listed get into the group."""
        command = find(f"sessions.all_into_{name.lower()}")
        owner = self.owner
        keys = () if command is None else key_names(command, owner.user_keymap,
                                                    ascii_only=owner.is_ascii)  # fmt: skip
        if keys:
            self.say(f"{keys[0]} puts all {listed:,} that match the filter into {name}.")

    def action_group_listed(self, name: str) -> None:
        """Put all sessions that match the filter into a group, or back."""
        if self.sessions.filter is None:
            key = self.owner.key_of("find.filter")
            self.say(f"Filter the list first ({key}): what it shows is put into the group.")
            return
        if not self.sessions.shown:
            self.say("No session matches the filter.")
            return
        inside, number = self.sessions.group_listed(name), len(self.sessions.shown)
        self.marks_changed()
        put = f"All {number:,} listed are in group {name}; once more takes that back."
        self.say(put if inside else "The groups are as they were before.")

    def action_compare(self) -> None:
        """Compare the marked sessions, and the groups where there are two."""
        from tui.screens.compare import CompareScreen

        ids = tuple(self.sessions.marks)
        if len(ids) < 2:
            self.say(_advice(len(ids), self.owner.key_of))
            return
        groups = {name: self.sessions.group(name) for name in "AB"}
        labels = {name: self.sessions.group_label(name) for name in groups}
        wanted = wanted_of(ids, groups if all(groups.values()) else {}, labels)
        screen = CompareScreen(wanted, row_of=self.sessions.row, is_paused=lambda: self.is_paused)
        self.app.push_screen(screen, self._came_back)

    def _came_back(self, event: Event | None) -> None:
        """Show the event that the user left the comparison for."""
        if event is None:
            self.forget_place()
        else:
            self.go_to(Place(event.session_id, event.key))


def _advice(marked: int, key_of: Callable[[str], str]) -> str:
    """What to do before anything can be compared."""
    mark = key_of("sessions.mark")
    if marked:
        groups = f"{key_of('sessions.group_a')}, {key_of('sessions.group_b')}"
        return f"Mark at least one more session ({mark}), or put it into a group ({groups})."
    return f"Mark two or more sessions ({mark}), or put some into groups A and B, to compare them."
