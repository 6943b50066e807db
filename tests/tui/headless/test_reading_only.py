"""Stores are as they were, whatever is asked of them; and no screen is loaded for it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stores.base import SAMPLES
from tests.tui.headless.conftest import Run

SESSIONS = {
    "heist-audit": "heist_1766132250",
    "heist-session": "heist_20251219_083424",
    "htmlgraph-0.26.1": "sess-1de03a78",
}
EVENTS = {
    "heist-audit": "messages:41",
    "heist-session": "messages:41",
    "htmlgraph-0.26.1": "evt-80f9a76f",
}
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("sessions", "STORE"), ("session", "STORE", "ID"), ("tools", "STORE"),
    ("tools", "STORE", "--session", "ID"), ("agents", "STORE"), ("activity", "STORE"),
    ("activity", "STORE", "--session", "ID"), ("timeline", "STORE", "ID"), ("events", "STORE"),
    ("event", "STORE", "EVENT"),
    ("metrics", "STORE"), ("doctor", "STORE"), ("components", "STORE"),
    ("components", "STORE", "--by", "model"), ("durations", "STORE"), ("errors", "STORE"),
    ("active", "STORE"), ("trends", "STORE"), ("delegations", "STORE"), ("work-items", "STORE"),
    ("check", "STORE", "--rule", "ping-pong"),
)  # fmt: skip


def state(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.iterdir())
    }


@pytest.mark.parametrize("name", SESSIONS)
def test_nothing_is_written(run: Run, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "place"
    folder.mkdir()
    store = folder / "store.db"
    shutil.copyfile(SAMPLES / f"{name}.db", store)
    before = state(folder)
    for command in COMMANDS:
        meant = {"STORE": str(store), "ID": SESSIONS[name], "EVENT": EVENTS[name]}
        words = [meant.get(word, word) for word in command]
        for form in ([], ["--json"]):
            assert run(*words, *form).code == 0
            assert state(folder) == before, command


def test_no_command_loads_the_screen() -> None:
    """One process for all of them: the first that loads it is named."""
    store = str(SAMPLES / "heist-audit.db")
    name = "heist-audit"
    meant = {"STORE": store, "ID": SESSIONS[name], "EVENT": EVENTS[name]}
    words = [[meant.get(word, word) for word in command] for command in COMMANDS]
    lines = [["--help"], ["--version"], ["demo", "--help"], ["completion", "fish"],
             ["tail", "/nowhere"], ["/nowhere"], *words]  # fmt: skip
    code = (
        "import sys\n"
        "from tui.cli import main\n"
        f"for line in {lines!r}:\n"
        "    main(line)\n"
        "    loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "    assert loaded.isdisjoint({'textual', 'rich'}), line\n"
        "    assert line != ['--help'] or 'click' not in loaded\n"
        "    assert line != ['--help'] or 'sqlite3' not in loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
