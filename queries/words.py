"""Words that stand for one of a few choices, as they are given from outside."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from queries.text import clean

_W = TypeVar("_W", bound=StrEnum)


def choice(kind: type[_W], word: str, what: str) -> _W:
    """What a word stands for; see :func:`require`."""
    require(word, kind, what)
    return kind(word)


def require(word: str, words: Iterable[str], what: str) -> None:
    """See to it that it is one of the words. Raises ValueError that names them."""
    known = tuple(words)
    if word not in known:
        raise ValueError(f"'{clean(word, 40)}' is no {what}; write {', '.join(known)}.")
