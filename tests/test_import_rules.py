"""What importing each package loads, looked at in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
TERMINAL = ("textual", "rich", "click", "pygments")
ALLOWED_TO_WIDGETS = frozenset(
    # Beside the whole model: the text helpers.
    (
        "queries",
        "queries.text",
        "queries.plain_data",
        "queries.comparison_text",
    )
)

# Each module is imported in the same process; what the one before it loaded is told apart.
LOADER = """
import importlib, json, sys
told = {}
for name in sys.argv[1:]:
    before = set(sys.modules)
    importlib.import_module(name)
    told[name] = sorted(set(sys.modules) - before)
print(json.dumps(told))
"""


def modules_of(package: str) -> list[str]:
    """The package itself and every module in it."""
    names = []
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] != "__main__":
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def loaded_by(names: Iterable[str]) -> dict[str, list[str]]:
    """Module -> what importing it loaded that was not loaded by those before it."""
    done = subprocess.run(
        [sys.executable, "-c", LOADER, *names], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told


def outside(package: str, told: dict[str, list[str]], forbidden: Iterable[str]) -> list[str]:
    """Which imports of a package loaded a forbidden top-level package."""
    wanted = set(forbidden)
    return [
        f"{package}: {name} loads {module}"
        for name, modules in told.items()
        for module in modules
        if module.partition(".")[0] in wanted
    ]


def test_the_lists_are_not_empty() -> None:
    assert {"queries.models", "queries.dialects.htmlgraph"} <= set(modules_of("queries"))
    assert "widgets.line_table" in modules_of("widgets")


def test_a_forbidden_import_would_be_seen() -> None:
    told = loaded_by(["queries.models", "tui.themes", "textual.app", "queries.store"])
    assert outside("x", told, TERMINAL)
    assert "queries.store" in told["queries.store"]


def test_queries_load_nothing_of_a_terminal_nor_of_the_others() -> None:
    told = loaded_by(modules_of("queries"))
    assert outside("queries", told, (*TERMINAL, "widgets", "tui", "platformdirs")) == []


def test_widgets_see_the_model_and_nothing_that_reads_a_store() -> None:
    told = loaded_by(modules_of("widgets"))
    assert outside("widgets", told, ("tui", "sqlite3", "_sqlite3", "click")) == []
    of_queries = {
        module for modules in told.values() for module in modules if module.startswith("queries")
    }
    beyond_the_model = {name for name in of_queries if not f"{name}.".startswith("queries.models.")}
    assert beyond_the_model <= ALLOWED_TO_WIDGETS


def test_help_loads_neither_the_screen_nor_the_commands() -> None:
    code = (
        "import sys; from tui.cli import main; code = main(['--help']); "
        "print(*sorted(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert "tui.cli" in loaded
    assert done.stdout.startswith("Usage: ")
    for name in (*TERMINAL, "sqlite3", "asyncio", "tui.headless", "tui.start", "queries"):
        assert name not in loaded, name


def test_the_screen_begins_without_what_is_opened_later() -> None:
    loaded = loaded_by(["tui.app"])["tui.app"]
    assert "tui.screens.main" in loaded
    later = ("compare", "event", "help", "store_info", "choose")
    for name in loaded:
        assert not name.startswith(("queries.compar", "queries.alignment", "plotext")), name
        assert name.removeprefix("tui.screens.") not in later, name
