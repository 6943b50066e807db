from __future__ import annotations

import pytest
from textual.binding import Binding

from tui.keys import canonical, display

PUNCTUATION = [chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum()]


@pytest.mark.parametrize("character", [*PUNCTUATION, "a", "Z", "0", "é"])
def test_characters_are_named_as_textual_names_them(character: str) -> None:
    if character == ",":
        # Textual splits at commas, so it has to be named there.
        assert canonical(character) == "comma"
        return
    [binding] = Binding.make_bindings([Binding(character, "x")])
    assert canonical(character) == binding.key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("pgdn", "pagedown"),
        ("Esc", "escape"),
        ("?", "question_mark"),
        ("Question_Mark", "question_mark"),
        ("Ctrl+D", "ctrl+d"),
        ("shift+ctrl+Left", "ctrl+shift+left"),
        ("control+x", "ctrl+x"),
        ("ctrl++", "ctrl+plus"),
        ("+", "plus"),
        (" ", "space"),
        ("shift+a", "A"),
        ("A", "A"),
        ("ctrl+i", "tab"),
        ("ctrl+m", "enter"),
        ("ctrl+[", "escape"),
        ("alt+x", "alt+x"),
        ("f12", "f12"),
    ],
)
def test_spellings_of_one_key_are_one_key(written: str, key: str) -> None:
    assert canonical(written) == key
    assert canonical(key) == key


@pytest.mark.parametrize(
    "written", ["", "  ", "pagedwn", "f25", "hyper+", "foo+a", "shift+!", "\x1b"]
)
def test_what_is_no_key_is_told_in_a_sentence(written: str) -> None:
    with pytest.raises(ValueError) as caught:
        canonical(written)
    assert len(str(caught.value).split()) > 3


@pytest.mark.parametrize(
    ("key", "shown", "plain"),
    [
        ("question_mark", "?", "?"),
        ("tab", "⇥", "tab"),
        ("shift+tab", "shift+⇥", "shift+tab"),
        ("escape", "esc", "esc"),
        ("space", "space", "space"),
        ("up", "↑", "up"),
        ("ctrl+d", "ctrl+d", "ctrl+d"),
        ("ctrl+backslash", "ctrl+\\", "ctrl+\\"),
        ("G", "G", "G"),
    ],
)
def test_keys_are_shown_short(key: str, shown: str, plain: str) -> None:
    assert display(key) == shown
    assert display(key, ascii_only=True) == plain
