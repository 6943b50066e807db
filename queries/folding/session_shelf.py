"""The totals of all sessions of a fold, of which those that rest are put together tightly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from itertools import islice
from sys import intern
from typing import Final

from queries.folding.open_state import some_of
from queries.folding.packed_texts import TOGETHER, PackedTexts
from queries.folding.session_fold import SessionFold
from queries.folding.session_state import session_from, session_plain

MANY: Final = 4000
"""Up to so many sessions, none is put together: that takes longer than it is worth."""
AT_ONCE: Final = 1000
"""Sessions that are put together at once at most, unless more came since the last time."""
LATELY: Final = 16
"""Packed texts that stay unpacked: neighbours are asked for one after the other."""


class SessionShelf(MutableMapping[str, SessionFold]):
    """Totals by the ids of their sessions, in the order in which these came.

    A store can have a hundred thousand sessions, nearly all of which are over. Their totals are
    kept as packed texts, in a twelfth of the room, until they are asked for.
    """

    __slots__ = (
        "_fetch", "_known", "_lately", "_left", "_loose", "_outdated", "_used", "_written",
    )  # fmt: skip

    def __init__(self) -> None:
        self._known: dict[str, SessionFold | str | PackedTexts] = {}
        self._lately: dict[PackedTexts, dict[str, str]] = {}
        """What was unpacked last, by where it was."""
        self._outdated = 0
        """Texts that are packed, but of sessions that are known better, at most."""
        self._fetch: Callable[[], Iterable[tuple[str, str | PackedTexts]]] | None = None
        """Gives what is to be known besides, once it is asked for."""
        self._used: dict[str, SessionFold] = {}
        """Those asked for since the last :meth:`rest`."""
        self._loose: dict[str, SessionFold] = {}
        """Those that are not put together."""
        self._left = 0
        """How many of these the last :meth:`rest` left."""
        self._written: set[str] = set()
        """Those put here as texts since then."""

    @property
    def _all(self) -> dict[str, SessionFold | str | PackedTexts]:
        if self._fetch is not None:
            # Those that are known already keep their places among the others.
            self._known = {**dict(self._fetch()), **self._known}
            self._fetch = None
        return self._known

    def __getitem__(self, name: str) -> SessionFold:
        session = self._used.get(name)
        if session is None:
            session = self.look(name)
            if session is None:
                raise KeyError(name)
            self[name] = session
        return session

    def __setitem__(self, name: str, session: SessionFold) -> None:
        self._outdated += isinstance(self._known.get(name), PackedTexts)
        self._used[name] = self._known[name] = self._loose[name] = session

    def __delitem__(self, name: str) -> None:
        del self._all[name]
        self._used.pop(name, None)
        self._loose.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def look(self, name: str) -> SessionFold | None:
        """The totals of a session, only to be read: it rests on, and changes may be lost."""
        known = self._known.get(name)
        if known is None and self._fetch is not None:
            known = self._all.get(name)
        if known is None or isinstance(known, SessionFold):
            return known
        session = session_from(json.loads(self._text(name, known)))
        if isinstance(known, str) and len(self._known) <= MANY:
            # It would be unpacked again each time.
            self._known[name] = self._loose[name] = session
        return session

    def in_turn(self, names: Iterable[str]) -> list[str]:
        """These names in an order in which each packed text is unpacked once."""
        chosen = list(names)
        if len(chosen) > 1:
            known = self._all
            chosen.sort(key=lambda name: id(known.get(name)))
        return chosen

    def _text(self, name: str, known: str | PackedTexts) -> str:
        """The totals of a session as text."""
        if isinstance(known, str):
            return known
        texts = self._lately.get(known)
        if texts is None:
            while len(self._lately) >= LATELY:
                del self._lately[next(iter(self._lately))]
            texts = self._lately[known] = known.unpacked()
        return texts[name]

    @property
    def is_crowded(self) -> bool:
        """Whether so many came since the last :meth:`rest` that another one is due."""
        came = len(self._loose) - self._left + len(self._written)
        return came >= AT_ONCE and len(self._all) > MANY

    def rest(self) -> None:
        """Put together some of the sessions that nobody asked for since the last time.

        What was handed out before must not be changed any more after this.
        """
        if len(self._all) > MANY:
            idle = (
                (name, session)
                for name, session in self._loose.items()
                if session.open is None and name not in self._used
            )
            # As many as came: of short sessions, a slice of rows has thousands.
            room = max(AT_ONCE, len(self._loose) - self._left)
            chosen = [(name, as_text(session)) for name, session in islice(idle, room)]
            self._pack(chosen)
            for name, _ in chosen:
                del self._loose[name]
            written = ((name, self._known.get(name)) for name in self._written)
            self._pack((name, text) for name, text in written if isinstance(text, str))
            self._written.clear()
            if self._outdated > len(self._all):
                self._pack(
                    (name, self._text(name, known))
                    for name, known in self._all.items()
                    if not isinstance(known, SessionFold)
                )
                self._outdated = 0
        self._used.clear()
        self._left = len(self._loose)

    def _pack(self, items: Iterable[tuple[str, str]]) -> None:
        for some in some_of(items, TOGETHER):
            packed = PackedTexts.of(some)
            self._all.update((name, packed) for name, _ in some)

    # -- plain data -----------------------------------------------------------------------------

    def texts(self, names: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
        """Each session's id (or these) with its totals as text, without what it waits for."""
        for name in self._all if names is None else names:
            known = self._all[name]
            if isinstance(known, SessionFold):
                yield name, as_text(known)
            else:
                yield name, self._text(name, known)

    def packs(self) -> Iterator[PackedTexts]:
        """The same, packed: what lies packed already is given as it is."""
        together: dict[PackedTexts, list[str]] = {}
        others: list[str] = []
        outdated: list[str] = []
        for name, known in self._all.items():
            if isinstance(known, PackedTexts):
                together.setdefault(known, []).append(name)
            else:
                others.append(name)
        for packed, names in together.items():
            if len(names) == packed.number:
                yield packed
            else:
                outdated += names
        # From now on these lie here as they are given: what is known better takes room as well.
        for some in some_of(self.texts(outdated), TOGETHER):
            packed = PackedTexts.of(some)
            self._all.update((name, packed) for name, _ in some)
            yield packed
        self._outdated = 0
        for some in some_of(self.texts(others), TOGETHER):
            yield PackedTexts.of(some)

    def put_text(self, name: str, text: str) -> None:
        """Take the totals of a session from such a text."""
        self._used.pop(name, None)
        self._loose.pop(name, None)
        self._known[intern(name)] = text
        self._written.add(name)

    def take_over(self, name: str, other: SessionShelf) -> SessionFold | None:
        """Take a session that is not known here from another shelf, as it lies there.

        Returns:
            Its totals, unless they rest.
        """
        known = other._all[name]
        if isinstance(known, str):
            self.put_text(name, known)
            return None
        self._all[name] = known
        if not isinstance(known, SessionFold):
            return None
        self._loose[name] = known
        return known

    def fetch_later(self, fetch: Callable[[], Iterable[tuple[str, str | PackedTexts]]]) -> None:
        """Take the texts of all sessions when one is asked for that is not known.

        Those that are known by then stay as they are.
        """
        self._fetch = fetch


def as_text(session: SessionFold) -> str:
    """The totals of a session, without what it waits for, in one line of ASCII."""
    return json.dumps(session_plain(session), separators=(",", ":"))
