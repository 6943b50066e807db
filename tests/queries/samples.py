"""The sample stores with what is known to be in them. They are only ever read as copies."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data"
HEIST = ("heist-audit", "heist-session", "heist-demo")
HTMLGRAPH = ("htmlgraph-0.26.1", "htmlgraph-0.35.0")


def sample(folder: Path, name: str) -> Path:
    """A copy of a sample."""
    return Path(shutil.copyfile(DATA / f"{name}.db", folder / f"{name}.db"))


def truth(name: str) -> dict[str, Any]:
    """What was counted in a sample row by row."""
    found: dict[str, Any] = json.loads((DATA / f"{name}.truth.json").read_text("utf-8"))
    return found


def duckdb_sample(folder: Path, name: str) -> Path:
    """A copy of a DuckDB sample, ``documented`` or ``workflow``."""
    file = f"session-buddy-{name}.duckdb"
    return Path(shutil.copyfile(DATA / file, folder / file))


def reference_answers() -> dict[str, Any]:
    """What Session-Buddy's own queries say about the documented sample."""
    text = (DATA / "session-buddy-documented.answers.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
