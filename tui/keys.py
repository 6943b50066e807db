"""Names of keys: one spelling for each key, and how it is shown to people.

The spelling is Textual's ("question_mark", "ctrl+d"), known here without Textual so that a
configuration can be checked before the screen is loaded.
"""

from __future__ import annotations

import unicodedata
from typing import Final

MODIFIERS: Final = ("alt", "ctrl", "hyper", "meta", "shift", "super")
"""In the order in which Textual writes them."""

NAMED_KEYS: Final = frozenset(
    (
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
        *("space", "tab", "enter", "escape", "backspace", "delete", "insert"),
        *(f"f{number}" for number in range(1, 25)),
    )
)
"""Keys that have a name instead of a character."""

_SPELLINGS: Final = {
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "page_up": "pageup",
    "page_down": "pagedown",
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "spacebar": "space",
}
_MODIFIER_SPELLINGS: Final = {"control": "ctrl", "option": "alt", "cmd": "super"}
_SHORT_NAMES: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


def _name_of(character: str) -> str:
    name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    return _SHORT_NAMES.get(name, name)


_CHARACTERS: Final = {
    _name_of(chr(code)): chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum()
}
_SAME_BYTE: Final = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
}
_SYMBOLS: Final = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "tab": "⇥",
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "delete": "del",
    "insert": "ins",
}


def canonical(name: str) -> str:
    """The one spelling of a key.

    Args:
        name: a character ("?"), a name ("pgup", "question_mark") or either with modifiers
            ("ctrl+d"), in any case but for single letters.

    Raises:
        ValueError: with a sentence, when a terminal has no such key.
    """
    given = name if name == " " else name.strip()
    if not given:
        raise ValueError("a key has no name")
    if len(given) == 1:
        return _single(given)
    *modifiers, key = (given[:-1] + "plus" if given.endswith("++") else given).split("+")
    names = {_modifier(modifier, given) for modifier in modifiers}
    key = _single(key) if len(key) == 1 else _named(key, given)
    if "ctrl" in names and len(key) == 1:
        key = key.lower()
    if names == {"shift"} and (len(key) == 1 or key in _CHARACTERS):
        if not key.isalpha():
            raise ValueError(f"'{given}' is not a key: write the character that shift makes")
        return key.upper()
    full = "+".join((*sorted(names), key))
    return _SAME_BYTE.get(full, full)


def display(key: str, *, ascii_only: bool = False) -> str:
    """How a key is shown: "?", "ctrl+d", "⇥" (or "tab" where only ASCII may be used)."""
    *modifiers, last = key.split("+")
    shown = _CHARACTERS.get(last)
    if shown is None:
        symbol = _SYMBOLS.get(last, last)
        shown = symbol if symbol.isascii() or not ascii_only else last
    return "+".join((*modifiers, shown))


def _modifier(name: str, given: str) -> str:
    lowered = name.strip().lower()
    modifier = _MODIFIER_SPELLINGS.get(lowered, lowered)
    if modifier not in MODIFIERS:
        raise ValueError(f"'{given}' is not a key: there is no modifier '{name}'")
    return modifier


def _named(name: str, given: str) -> str:
    lowered = name.strip().lower().replace("-", "_").replace(" ", "_")
    key = _SPELLINGS.get(lowered, _SHORT_NAMES.get(lowered, lowered))
    if key not in NAMED_KEYS and key not in _CHARACTERS:
        raise ValueError(f"'{given}' is not a key")
    return key


def _single(character: str) -> str:
    if character == " ":
        return "space"
    if character.isalnum():
        return character
    if not character.isprintable():
        raise ValueError("a control character is not the name of a key")
    return _name_of(character)
