"""Texts that try to act on the terminal, the reader or the spreadsheet."""

from __future__ import annotations

from tests.stores.base import RawText, Text

HOSTILE: tuple[tuple[str, Text], ...] = (
    ("osc52_bel", "copy \x1b]52;c;cHduZWQ=\x07 me"),
    ("osc52_st", "copy \x1b]52;c;cHduZWQ=\x1b\\ me"),
    ("osc52_unfinished", "copy \x1b]52;c;cHduZWQ="),
    ("osc_title", "\x1b]0;owned\x07title"),
    ("osc8_link", "\x1b]8;;file:///etc/passwd\x1b\\click\x1b]8;;\x1b\\"),
    ("csi_colour", "\x1b[31;1mred\x1b[0m"),
    ("csi_clear_and_home", "\x1b[2J\x1b[H\x1b[?1049h\x1b[?25l"),
    ("csi_report", "\x1b[6n\x1b[c\x1b[>c"),
    ("dcs", '\x1bP$q"p\x1b\\ \x1bP+q544e\x1b\\'),
    ("apc_pm_sos", "\x1b_Gi=1;AAAA\x1b\\\x1b^private\x1b\\\x1bXstring\x1b\\"),
    ("esc_reset", "\x1bc\x1b#8\x1b(0lqqk\x0e"),
    ("c1_csi", "\x9b31mred\x9d52;c;cHduZWQ=\x9c"),
    ("c1_all", "".join(map(chr, range(0x80, 0xA0)))),
    ("c0_all", "".join(map(chr, range(1, 0x20)))),
    ("nul", "before\x00after"),
    ("del", "before\x7fafter"),
    ("cr_lf_tab", "first\r\nsecond\rover\tcolumn\nlast"),
    ("line_separators", "one\u2028two\u2029three\x85four\x0bfive\x0csix"),
    ("bidi_override", "user\u202etxt.exe\u202c and \u2067isolated\u2069 \u200f\u200e\u061c"),
    ("zero_width", "ad\u200bmin\u200c\u200d\u2060\ufeff\u00ad"),
    ("tags", "safe" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore") + "\U000e007f"),
    ("variation_selectors", "a\ufe0e\ufe0f\U000e0100\U000e01ef"),
    ("lone_surrogate_high", RawText(b"low \xed\xa0\x80 end")),
    ("lone_surrogate_low", RawText(b"high \xed\xbf\xbf end")),
    ("invalid_utf8", RawText(b"\xffA")),
    ("cut_utf8", RawText("日本".encode()[:-1])),
    ("overlong_utf8", RawText(b"\xc1\x9b[31m \xe0\x82\x9b31m")),
    ("invalid_with_escape", RawText(b"\xff\x1b]52;c;cHduZWQ=\x07\xfe")),
    ("markup_click", "[@click=app.quit]x[/]"),
    ("markup_close", "[/x]"),
    ("markup_open", "[bold"),
    ("markup_link", "[link=file:///etc/passwd]x[/link] \\[bold] [$error]$x[/]"),
    ("rtl", "שלום עולם مرحبا بالعالم"),
    ("zalgo", "Z" + "".join(chr(0x300 + n % 0x6F) for n in range(200)) + "algo"),
    ("wide_and_joined", "日本語 👩‍👩‍👧‍👦 🇩🇪 1️⃣ 각"),
    ("private_use", "\ue000\uf8ff\U0010fffd\ufffe\uffff"),
    ("blank_letters", "\u3164\u115f\u1160\uffa0\u2800\u00a0"),
    ("formula", "=cmd|'/c calc'!A0"),
    ("formula_others", "@SUM(A1)\n+1\n-1\n\t=1+1"),
    ("json_like", '{"a": [1, 2, {"b": "\\u001b[31m"}'),
    ("empty", ""),
    ("ten_megabytes", "x" * 10_000_000),
)
"""``(name, value)``: what may stand in any text column of any store."""

GIANT = "ten_megabytes"
"""The one that takes most of the time: where texts fill many columns, one cell of it is enough."""
SHORT_HOSTILE = tuple((name, text) for name, text in HOSTILE if name != GIANT)
GIANT_TEXT = dict(HOSTILE)[GIANT]
LONG_TEXT = "x" * 1_000_000
"""For the columns beside that cell: beyond every limit of a cell as well."""
