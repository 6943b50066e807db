"""What a program wrote to its terminal, taken apart: text and every sequence by itself."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from tests.marks import without_carried_marks

_TOKEN = re.compile(
    r"(?P<csi>\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e])"
    r"|(?P<osc>\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))"
    r"|(?P<string>\x1b[PX^_])"
    r"|(?P<escape>\x1b.?)"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)",
    re.DOTALL,
)
_CSI = re.compile(
    r"\x1b\[(?:"
    r"[0-9;]*m"  # how cells look
    r"|[0-9;]*H|[0-9]+G"  # where they are
    r"|2J"
    r"|\?(?:7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"
    r"|\?20(?:26|48)\$p"  # whether these two are known
    r"|>[0-9]+u|<u"  # keys in full
    r")\Z"
)
_POINTER = "\x1b]22;default\x07"
_UNWANTED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Zl", "Zp"))


class Token(NamedTuple):
    """A run of text, or one sequence."""

    kind: str
    """text, csi, osc, string, escape or control."""
    text: str


def tokens(raw: bytes) -> Iterator[Token]:
    """The stream as tokens. Raises UnicodeDecodeError where it is not UTF-8."""
    for found in _TOKEN.finditer(raw.decode("utf-8")):
        yield Token(found.lastgroup or "", found[0])


def unwanted(raw: bytes) -> list[Token]:
    """All that has no business on a terminal; what fills the clipboard is not among it.

    Line ends are allowed: Textual writes them between lines, they do nothing there.
    """
    found = []
    for token in tokens(raw):
        if token.kind == "text":
            seen = without_carried_marks(token.text)
            if any(unicodedata.category(c) in _UNWANTED for c in set(seen)):
                bad = "".join(c for c in seen if unicodedata.category(c) in _UNWANTED)
                found.append(Token("text", bad))
        elif token.kind == "csi":
            if not _CSI.match(token.text):
                found.append(token)
        elif token.kind == "osc":
            if not token.text.startswith("\x1b]52;c;") and token.text != _POINTER:
                found.append(token)
        elif token.text not in "\r\n":
            found.append(token)
    return found


def copied(raw: bytes) -> list[str]:
    """What the clipboard was filled with, one text after the other."""
    return [
        base64.b64decode(token.text[7:-1], validate=True).decode("utf-8")
        for token in tokens(raw)
        if token.kind == "osc" and token.text.startswith("\x1b]52;c;")
    ]
