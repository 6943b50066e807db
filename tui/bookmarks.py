"""Labels and notes that the user gave to sessions and events: in our own state, not the store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

from queries.plain_data import dataclass
from queries.text import clean, clean_id
from tui.state import load_state, save_state

FILE: Final = "bookmarks.json"
MOST: Final = 500
"""Bookmarks of one store."""
LABEL: Final = 40
NOTE: Final = 500


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A label, a note, and what they belong to."""

    session_id: str
    label: str
    note: str = ""
    event_id: str | None = None
    """None for a session."""
    source: int = 0
    seq: int = 0
    """Where the event is in its store."""
    title: str = ""
    """What the session or the event was called."""

    @property
    def place(self) -> tuple[str, int, str | None]:
        """What it belongs to: there is one bookmark at each place."""
        return (self.session_id, self.source, self.event_id)

    def words(self) -> str:
        """Label and note as they are typed."""
        return f"{self.label} {self.note}".strip()


class Bookmarks:
    """Those of one store, oldest first."""

    def __init__(self, path: Path) -> None:
        """Args: path: of the store; what is remembered of it is read."""
        self._name = os.path.realpath(path)
        known = _stores().get(self._name)
        found = map(_bookmark, known) if isinstance(known, list) else ()
        self._all = {one.place: one for one in found if one is not None}

    def __iter__(self) -> Iterator[Bookmark]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    def at(self, place: tuple[str, int, str | None]) -> Bookmark | None:
        """The bookmark at a place."""
        return self._all.get(place)

    def put(self, bookmark: Bookmark) -> bool:
        """Set what is at a place; without a label, nothing. Returns whether it was saved."""
        self._all.pop(bookmark.place, None)
        if bookmark.label:
            self._all[bookmark.place] = bookmark
        stores = _stores()
        stores.pop(self._name, None)
        if self._all:
            kept = list(self._all.values())[-MOST:]
            stores[self._name] = [asdict(one) for one in kept]
        return save_state(FILE, stores)

    def sessions(self) -> dict[str, tuple[str, ...]]:
        """By label, in small letters: the sessions that have it, or one of whose events has."""
        found: dict[str, dict[str, None]] = {}
        for one in self:
            found.setdefault(one.label.casefold(), {})[one.session_id] = None
        return {label: tuple(ids) for label, ids in found.items()}


def labelled(bookmark: Bookmark, words: str) -> Bookmark:
    """The same place with what was typed: a label, which is one word, and a note."""
    label, _, note = clean(words.strip(), LABEL + NOTE).partition(" ")
    cells = asdict(bookmark) | {"label": label[:LABEL], "note": note.strip()[:NOTE]}
    return Bookmark(**cells)


def _stores() -> dict[str, Any]:
    found = load_state(FILE)
    return dict(found) if isinstance(found, dict) else {}


def _bookmark(known: object) -> Bookmark | None:
    """What of it can be used."""
    if not isinstance(known, dict):
        return None
    values = {option.name: known.get(option.name) for option in fields(Bookmark)}
    texts = ("session_id", "label", "note", "title")
    if not all(isinstance(values[name], str) for name in texts):
        return None
    if not all(type(values[name]) is int for name in ("source", "seq")):
        return None
    event_id = values["event_id"]
    return Bookmark(
        session_id=clean_id(values["session_id"]),
        label=clean(values["label"], LABEL).replace(" ", "-"),
        note=clean(values["note"], NOTE),
        event_id=clean_id(event_id) if isinstance(event_id, str) else None,
        source=int(str(values["source"])),
        seq=int(str(values["seq"])),
        title=clean(values["title"], 200),
    )
