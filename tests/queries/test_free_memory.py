"""Free memory is given back where the system can be asked for that, and else nothing happens."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace

import pytest

from queries.free_memory import give_back


def test_the_c_library_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(malloc_trim=asked.append))
    give_back()
    assert asked == [0]


@pytest.mark.parametrize("error", [AttributeError, OSError, TypeError])
def test_one_that_cannot_be_asked_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def library(_: object) -> object:
        raise error

    monkeypatch.setattr(ctypes, "CDLL", library)
    give_back()


def test_it_works_here() -> None:
    give_back()
