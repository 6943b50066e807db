"""Work that reads nothing but takes long, done away from the thread that draws."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


async def away(work: Callable[[], _T]) -> _T:
    """What ``work`` returns or raises, done in a thread that nobody waits for at the end.

    The program may end meanwhile: the pool of threads that asyncio has would be waited for.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_T] = loop.create_future()

    def tell(value: _T | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(value)  # type: ignore[arg-type]  # without an error it is one
        else:
            answer.set_exception(error)

    def run() -> None:
        value, error = None, None
        try:
            value = work()
        except Exception as raised:
            error = raised
        # The loop may be closed by now: nobody waits for the answer then.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, value, error)

    threading.Thread(target=run, name="away", daemon=True).start()
    return await answer
