"""Where the arguments of two calls differ, told in words."""

from __future__ import annotations

import json

import pytest

from queries.comparing.arguments import Level, difference


def same(text: str) -> str:
    return text


def homeless(text: str) -> str:
    return text.replace("/home/me", "~").replace("/root", "~")


def told(one: object, other: object, level: Level = homeless) -> str | None:
    left, right = (each if isinstance(each, str) else json.dumps(each) for each in (one, other))
    return difference(left, right, level, level)


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("read /home/me/a", "read /root/a", None),
        ("read a", "read b", "read a | read b"),
        ({"file": "/home/me/a"}, {"file": "/root/a"}, None),
        ({"file": "a"}, {"file": "b"}, "file: a | b"),
        # Without an argument is not the same as with one that is nothing.
        ({"file": "a", "limit": None}, {"file": "a"}, "limit: null | (none)"),
        ({"file": "a"}, {"file": "a", "limit": None}, "limit: (none) | null"),
        ({"file": "a", "uuid": "1"}, {"file": "a", "uuid": "2"}, None),
        ({"n": 1, "same": [1]}, {"n": 2, "same": [1]}, "n: 1 | 2"),
        # Only one of them has names.
        ('{"file": "a"}', "file a", '{"file": "a"} | file a'),
        ('{"file": "a', '{"file": "b', '{"file": "a | {"file": "b'),
        ({"tool_input": {"file": "a"}, "cwd": "x"}, {"file": "b"}, "file: a | b"),
        (dict.fromkeys("abcd", 1), dict.fromkeys("abcd", 2), "a: 1 | 2, b: 1 | 2, c: 1 | 2, ..."),
    ],
)
def test_what_differs_is_told_by_its_name(one: object, other: object, differs: str | None) -> None:
    assert told(one, other) == differs


def test_what_is_alike_once_levelled_is_not_told() -> None:
    assert told({"file": "/home/me/a", "n": 1}, {"file": "/root/a", "n": 2}) == "n: 1 | 2"
    assert told({"file": "/home/me/a"}, {"file": "/root/a"}, same) == "file: /home/me/a | /root/a"
