"""The commands of the main screen that label sessions and events."""

from __future__ import annotations

from textual import on

from queries.models import Event
from tui.bookmarks import Bookmark, Bookmarks, labelled
from tui.screens.comparing import Comparing
from tui.screens.prompt import Prompt

_ACTIVITY = 1


class Bookmarking(Comparing):
    """Actions of the registry, group Sessions: bookmarks and notes."""

    _labelled: Bookmark | None = None
    """What is being given a label."""

    def bookmarks(self) -> Bookmarks:
        """Those of this store, as they are now."""
        return Bookmarks(self.owner.path)

    def action_bookmark(self) -> None:
        """Ask for a label and a note, for the session or event under the cursor."""
        place = self._place()
        if place is None:
            self.say("Bookmarks are for sessions and events: go to one of these lists.")
            return
        known = self.bookmarks().at(place.place)
        self._labelled = place
        self.prompt.ask(
            "bookmark", "label and note: ", "" if known is None else known.words(),
            "keep  the fix that worked; empty takes it away",
        )  # fmt: skip

    def _place(self) -> Bookmark | None:
        if self.pane_index == _ACTIVITY:
            node = self.tree_view.current_node()
            event = None if node is None else node.event
            if event is None:
                return None
            title = event.summary or event.tool or event.kind.value
            return Bookmark(
                event.session_id, "", event_id=event.id, source=event.source, seq=event.seq,
                title=title,
            )  # fmt: skip
        session_id = self.session_view.focused_id() if self.pane_index == 0 else None
        if session_id is None:
            return None
        return Bookmark(session_id, "", title=self.sessions.title(session_id))

    @on(Prompt.Answered)
    def _label_answered(self, event: Prompt.Answered) -> None:
        place, self._labelled = self._labelled, None
        if event.purpose != "bookmark" or place is None:
            return
        bookmark = labelled(place, event.text)
        known = self.bookmarks().put(bookmark)
        self.pane.focus()
        self.sessions.refresh_filter()
        self.show_titles()
        if not known:
            self.say("The bookmark could not be saved.")
        elif bookmark.label:
            self.say(f"Bookmarked as {bookmark.label}: bookmark:{bookmark.label} is a filter.")
        else:
            self.say("No bookmark here any more.")

    def action_list_bookmarks(self) -> None:
        """Show all bookmarks."""
        from tui.screens.bookmarks import BookmarkScreen

        found = sorted(self.bookmarks(), key=lambda one: one.label.casefold())
        self.app.push_screen(BookmarkScreen(found, self.owner.glyphs), self._go_to)

    def _go_to(self, bookmark: Bookmark | None) -> None:
        if bookmark is None:
            return
        if bookmark.event_id is not None:
            self._came_back(
                Event(bookmark.source, bookmark.seq, bookmark.event_id, bookmark.session_id)
            )
        elif self.session_view.select(bookmark.session_id):
            self.focus_pane(0)
        else:
            self.say("That session is not in the list: a filter hides it, or it is gone.")
