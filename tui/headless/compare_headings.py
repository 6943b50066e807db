"""What stands between the tables of a comparison."""

from __future__ import annotations

from collections.abc import Iterable

from tui.headless.output import write


def write_notes(notes: Iterable[str]) -> None:
    """What to keep in mind, a line each."""
    for note in notes:
        write(f"Note: {note}\n")


def write_title(text: str, markdown: bool) -> None:
    """The heading of a table."""
    write(f"\n## {text}\n\n" if markdown else f"\n{text}\n")
