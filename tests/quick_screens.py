"""What makes tests of screens take as long as their work and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest
import textual.app
import textual.pilot
from textual._context import active_app
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.message import Message
from textual.message_pump import MessagePump
from textual.reactive import Reactive

from tests.quick_styles import quick_styles

MOST_SECONDS = 1.0
"""As long as Textual would wait for a program that is never quiet."""


@contextmanager
def quick_screens() -> Iterator[None]:
    """Waiting for what is to be waited for only, and reading each style sheet once."""
    with quick_styles(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(textual.pilot, "wait_for_idle", until_quiet)
        patch.setattr(textual.app, "wait_for_idle", until_quiet)
        patch.setattr(App, "delay_update", _delay_nothing(App.delay_update))
        patch.setattr(Stylesheet, "_parse_rules", _remembering(Stylesheet._parse_rules))
        patch.setattr(MessagePump, "_get_dispatch_methods", _handlers)
        patch.setattr(Reactive, "__get__", _value)
        # They are equal only to themselves; this says so in C.
        patch.setattr(RuleSet, "__hash__", object.__hash__)
        yield


async def until_quiet(min_sleep: float = 0.0, max_sleep: float = MOST_SECONDS) -> None:
    """Wait until the program has done what there is to do.

    Stands in for Textual's function of the same arguments, which always sleeps 20 ms, and until
    the whole process needed less than 1 of 20 ms: 60 ms for a key, and more on a busy machine.
    """
    app = active_app.get()
    end = monotonic() + max_sleep
    await until_handled(app, end)
    while any(not worker.is_finished for worker in app.workers) and monotonic() < end:
        await asyncio.sleep(0.001)
        await until_handled(app, end)


async def until_handled(app: App[Any], end: float) -> None:
    """Wait until every message has been handled and the screen is laid out.

    Args:
        app: is running in this loop.
        end: the monotonic time at which to give up.
    """
    loop: Any = asyncio.get_running_loop()
    quiet_rounds = 0
    # What came in while nothing was ready is seen one round later.
    while quiet_rounds < 2 and monotonic() < end and app._exception is None:
        await asyncio.sleep(0)
        quiet_rounds += 1
        if loop._ready:
            quiet_rounds = 0
        elif app._resize_timer is not None:
            quiet_rounds = 0
            await asyncio.sleep(0.001)
        elif app.screen_stack:
            app.screen._on_timer_update()


find_handlers: Any = MessagePump._get_dispatch_methods
_handling: dict[tuple[type, str, type], tuple[type, ...] | None] = {}
"""Classes with a handler of that name, by receiver and message; None: some are chosen by more."""


def _handlers(self: MessagePump, name: str, message: Message) -> Iterator[tuple[type, Any]]:
    """Stands in for Textual's function, which looks through all classes each time."""
    key = (type(self), name, type(message))
    if key not in _handling:
        _handling[key] = _classes_handling(*key)
    classes = _handling[key]
    if classes is None:
        yield from find_handlers(self, name, message)
        return
    for kind in classes:
        if message._no_default_action:
            break
        method = kind.__dict__.get(f"_{name}") or kind.__dict__.get(name)
        if method is not None:
            yield kind, method.__get__(self, kind)


def _classes_handling(receiver: type, name: str, message: type) -> tuple[type, ...] | None:
    found: list[type] = []
    for kind in receiver.__mro__:
        if not set(message.__mro__).isdisjoint(kind.__dict__.get("_decorated_handlers") or ()):
            return None
        method = kind.__dict__.get(f"_{name}") or kind.__dict__.get(name)
        if getattr(method, "_textual_on", None):
            return None
        if method is not None:
            found.append(kind)
    return tuple(found)


find_value: Any = Reactive.__get__
_computed: dict[type, frozenset[str]] = {}
"""The names of methods that compute values, by class."""


def _value(self: Reactive[Any], obj: Any, obj_type: type) -> Any:
    """Stands in for Textual's function, which asks four questions about what is there."""
    held = getattr(obj, "__dict__", {})
    if obj is None or self.internal_name not in held:
        return find_value(self, obj, obj_type)
    computed = _computed.get(obj_type)
    if computed is None:
        names = (name for name in dir(obj_type) if name.startswith(("compute_", "_compute_")))
        computed = _computed[obj_type] = frozenset(names)
    if self.compute_name in computed:
        return find_value(self, obj, obj_type)
    return held[self.internal_name]


def _delay_nothing(delay_update: Any) -> Any:
    """The same function for a time that is over at once."""
    return lambda app, _delay=0.0: delay_update(app, 0.0001)


def _remembering(parse_rules: Any) -> Any:
    """The same function, which knows what it has read."""
    read: dict[tuple[object, ...], list[RuleSet]] = {}

    def remembering(
        self: Stylesheet,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        named = (css, read_from, is_default_rules, tie_breaker, scope)
        key = (*named, *sorted(self._variables.items()))
        if key not in read:
            read[key] = parse_rules(self, *named)
        return read[key]

    return remembering
