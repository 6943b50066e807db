"""The table of keys for the README, made from the registry."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from tui.commands import COMMANDS, GROUPS, key_names

BEGIN: Final = "<!-- keys -->"
"""Stands on a line of its own before the table."""
END: Final = "<!-- /keys -->"
"""Stands on a line of its own after the table."""


def key_table_markdown() -> str:
    """A Markdown table of all commands: keys, what they do, and their id in ``[keys]``."""
    lines = ["| Keys | What it does | Name |", "| --- | --- | --- |"]
    for group in GROUPS:
        lines.append(f"| **{group}** | | |")
        for command in COMMANDS:
            if command.group == group:
                keys = " ".join(_code(key) for key in key_names(command, ascii_only=True))
                lines.append(f"| {keys} | {command.help} | `{command.id}` |")
    return "\n".join(lines)


def with_key_table(text: str) -> str:
    """The text with the table between the marks; unchanged where there are no marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        return text
    return f"{before}{BEGIN}\n{key_table_markdown()}\n{END}{after}"


def update_readme(path: Path) -> bool:
    """Bring the table in a file up to date.

    Returns:
        Whether the file was changed.
    """
    text = path.read_text(encoding="utf-8")
    updated = with_key_table(text)
    if updated == text:
        return False
    path.write_text(updated, encoding="utf-8")
    return True


def _code(key: str) -> str:
    return f"`{key}`" if key not in ("|", "`") else f"<kbd>&#{ord(key)};</kbd>"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        update_readme(Path(name))
