"""How much work something is, told without a clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_run(action: Callable[[], object]) -> int:
    """How many lines of Python are run by something, rounds of loops included."""
    number = 0

    def note(_frame: FrameType, event: str, _value: Any) -> Any:
        nonlocal number
        number += event == "line"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        action()
    finally:
        sys.settrace(before)
    return number
