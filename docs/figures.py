"""Puts the newest report of ``make bench`` into README.md: ``python -m docs.figures README.md``.

Nothing is measured here. Another report is named behind the file:
``python -m docs.figures README.md REPORT.json``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.bench import report, tables

RESULTS: Final = Path(__file__).parents[1] / "bench-results"
_PART: Final = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- /figures -->)", re.DOTALL)


def with_figures(text: str, path: Path) -> str:
    """The text with the table of a report in its part for figures.

    Raises:
        ValueError: the text has no such part, or the file is no report.
    """
    content, lines = report.read_json(path)
    table = tables.markdown(content, lines)
    changed, number = _PART.subn(lambda _: table, text)
    if number != 1:
        raise ValueError("the text has no part for figures")
    return changed


def newest(folder: Path = RESULTS) -> Path:
    """The report of the latest run of everything; its name tells when that was.

    Raises:
        FileNotFoundError: there is none.
    """
    whole = (path for path in folder.glob("*.json") if not path.stem.endswith(report.PART))
    found = max(whole, default=None, key=lambda path: path.name)
    if found is None:
        raise FileNotFoundError("no report: run make bench")
    return found


def main(arguments: Sequence[str]) -> int:
    """Update a file; returns 1 and says why if that cannot be."""
    try:
        path, *reports = map(Path, arguments)
        text = path.read_text("utf-8")
        path.write_text(with_figures(text, reports[0] if reports else newest()), "utf-8")
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
