"""The thread that reads what the user asks for: one connection, newest request first served.

A request belongs to a slot ("tree", "scope", "text"). A newer request of the same slot
replaces an older one, also while that one runs: its query is interrupted and its answer is
dropped. A request of a slot that goes first interrupts one that is served later, which begins
again afterwards. Requests may answer in several parts.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from queries.live.following import QUIET_CLOSE
from queries.opening.files import QueryStoppedError, StoreBusyError, StoreError, StoreGoneError
from queries.plain_data import dataclass
from queries.reading.bounded_queries import always_wanted
from queries.reading.connection import Change
from queries.store import Store

log = logging.getLogger(__name__)

Work = Callable[[Store], Iterator[object]]
"""Reads and yields its answers, :data:`NOTHING_YET` while there is none.

It is not resumed once it has been replaced.
"""
NOTHING_YET: Final = object()
"""Gives what goes first the chance to do so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One part of what a request asked for."""

    slot: str
    ticket: int
    """The ticket of the request, so that a stale answer can be told."""
    value: object
    error: str = ""
    """One sentence when it could not be read; the value is None then."""
    retry: bool = False
    """Whether asking again may help."""
    is_passing: bool = False
    """Whether that is said at the top of the screen as well, for as long as it lasts."""


@dataclass(frozen=True, slots=True)
class _Request:
    slot: str
    ticket: int
    work: Work


def _nobody(answer: Answer) -> None:
    """Takes answers while nobody listens."""
    del answer


class Reader(threading.Thread):
    """Serves requests until stopped."""

    def __init__(
        self,
        path: Path,
        order: tuple[str, ...] = ("tree", "text", "scope"),
        quiet_close: float = QUIET_CLOSE,
    ) -> None:
        """Nothing is opened yet.

        Args:
            path: of the store.
            order: in which waiting slots are served.
            quiet_close: seconds without a request after which the store is let go.
        """
        super().__init__(name="reader", daemon=True)
        self._path = path
        self._order = order
        self._quiet_close = quiet_close
        self._receiver: Callable[[Answer], object] = _nobody
        self._waiting: dict[str, _Request] = {}
        self._current: _Request | None = None
        self._tickets: dict[str, int] = {}
        self._changed = threading.Condition()
        self._stopping = False
        self._store: Store | None = None

    def deliver_to(self, receiver: Callable[[Answer], object]) -> None:
        """Hand every answer to ``receiver``, from the reader's thread."""
        self._receiver = receiver

    def request(self, slot: str, work: Work) -> int:
        """Ask for something; returns the ticket that its answers will carry."""
        with self._changed:
            ticket = self._tickets.get(slot, 0) + 1
            self._tickets[slot] = ticket
            self._waiting[slot] = _Request(slot, ticket, work)
            current, store = self._current, self._store
            if current is not None and store is not None and self._makes_way(current, slot):
                store.interrupt()
            self._changed.notify()
        return ticket

    def cancel(self, slot: str) -> None:
        """Nobody wants the answers of this slot any more."""
        with self._changed:
            self._tickets[slot] = self._tickets.get(slot, 0) + 1
            self._waiting.pop(slot, None)
            if self._current is not None and self._current.slot == slot and self._store is not None:
                self._store.interrupt()

    def is_current(self, answer: Answer) -> bool:
        """Whether no newer request of that slot was made."""
        return self._tickets.get(answer.slot) == answer.ticket

    def stop(self, timeout: float = 2.0) -> None:
        """End the thread and close the connection."""
        with self._changed:
            self._stopping = True
            if self._store is not None:
                self._store.interrupt()
            self._changed.notify()
        if self.is_alive():
            self.join(timeout)

    def run(self) -> None:
        """Serve until stopped."""
        try:
            while (request := self._next()) is not None:
                self._serve(request)
        finally:
            if self._store is not None:
                self._store.close()

    def _next(self) -> _Request | None:
        with self._changed:
            self._current = None
            while not self._waiting and not self._stopping:
                if not self._changed.wait(self._quiet_close) and self._store is not None:
                    # An open connection keeps the writer's last close from its checkpoint.
                    self._store.close()
                    self._store = None
            if self._stopping:
                return None
            slot = min(self._waiting, key=self._rank)
            self._current = self._waiting.pop(slot)
            return self._current

    def _makes_way(self, current: _Request, slot: str) -> bool:
        """Whether what is being served is replaced by, or served after, a new request."""
        return current.slot == slot or self._rank(slot) < self._rank(current.slot)

    def _rank(self, slot: str) -> int:
        return self._order.index(slot) if slot in self._order else len(self._order)

    def _serve(self, request: _Request) -> None:
        try:
            store = self._ready_store()
            store.is_unwanted = lambda: self._is_replaced(request) or self._more_urgent(request)
            for value in request.work(store):
                if self._is_replaced(request):
                    return
                if value is not NOTHING_YET:
                    self._receiver(Answer(request.slot, request.ticket, value))
                if self._more_urgent(request):
                    self._put_back(request)
                    return
        except QueryStoppedError:
            if self._is_replaced(request):
                return
            if self._more_urgent(request):
                self._put_back(request)
                return
            self._receiver(Answer(request.slot, request.ticket, None, "That took too long."))
        except StoreError as error:
            is_passing = isinstance(error, StoreBusyError | StoreGoneError)
            self._receiver(
                Answer(request.slot, request.ticket, None, str(error), error.retry, is_passing)
            )
        except Exception as error:
            log.exception("a request could not be served")
            name = type(error).__name__
            self._receiver(Answer(request.slot, request.ticket, None, f"It failed ({name})."))
        finally:
            if self._store is not None:
                self._store.is_unwanted = always_wanted

    def _ready_store(self) -> Store:
        if self._store is not None:
            change = self._store.change()
            if change in (Change.NONE, Change.DATA):
                return self._store
            self._store.close()
            self._store = None
        store = Store(self._path)
        store.give_way()
        with self._changed:
            self._store = store
        return store

    def _is_replaced(self, request: _Request) -> bool:
        return self._stopping or self._tickets[request.slot] != request.ticket

    def _more_urgent(self, request: _Request) -> bool:
        """Whether a long answer should make room for a quick one that waits."""
        waiting = list(self._waiting)
        return any(self._rank(slot) < self._rank(request.slot) for slot in waiting)

    def _put_back(self, request: _Request) -> None:
        with self._changed:
            self._waiting.setdefault(request.slot, request)
