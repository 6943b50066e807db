"""Which modules the screen and every command load: what they need, and nothing of the others."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.process.terminal import Terminal
from tests.stores.base import SAMPLES
from tui.cli import COMMANDS

ROOT = Path(__file__).parents[2]
SAMPLE = SAMPLES / "heist-audit.db"
SESSIONS = ("heist_1766132250", "heist_1766130000")
WITHOUT_STORE = {
    "--help": ("--help",), "demo": ("demo", "--help"), "completion": ("completion", "fish"),
    "config": ("config",), "sql": ("sql",),
}  # fmt: skip
WITH_STORE: Mapping[str, tuple[str, ...]] = {
    **{name: () for name in COMMANDS if name not in WITHOUT_STORE},
    "session": SESSIONS[:1], "timeline": SESSIONS[:1], "compare": SESSIONS,
    "event": ("messages:41",),
}  # fmt: skip
"""What follows the store."""

OWN = ("queries", "tui")
TO_COMMANDS = ("click", "platformdirs")
"""Packages of others that commands may load."""
TO_THE_SCREEN = ("platformdirs", "rich", "textual", "typing_extensions", "widgets")
"""Packages of others, and ours, that a start of the screen may load."""
HEAVY = (
    "asyncio", "concurrent", "email", "html", "http", "logging", "multiprocessing", "pydoc",
    "socket", "ssl", "unittest", "xml", "zipfile",
)  # fmt: skip
"""Of the standard library, what no command needs."""
TO_HEADLESS = (
    "arguments", "event_table", "group_columns", "grouped", "output", "root", "running", "screen",
    "stores", "windowed",
)  # fmt: skip
"""What commands share of ``tui.headless``."""
TO_SOME = {
    "agents": ("tools",),
    "compare": ("compare_",),
    "report": ("check", "trends"),
    "session": ("agents", "tools"),
}
"""Whose other modules of ``tui.headless`` a command may load, by their beginnings."""
OVERVIEWS = ("check", "components", "durations", "errors", "metrics", "report")
ONLY_FOR = {
    "queries.overviews.alerts": ("check", "report"),
    "queries.alignment": ("compare",),
    "queries.comparing.bootstrap": ("compare",),
    "queries.questions.canonical_views": ("sql",),
    "queries.comparison": ("compare",),
    "queries.delegations": ("delegations",),
    "queries.doctor": ("doctor",),
    "queries.comparing.group_comparison": ("compare",),
    "queries.overviews.loops": ("check", "report"),
    "queries.metrics": ("metrics",),
    "queries.overviews.overview": OVERVIEWS,
    "queries.trees.prompt_trees": ("activity",),
    "queries.comparing.rank_tests": ("compare",),
    "queries.overviews.report": ("report",),
    "queries.live.tailing": ("tail",),
    "queries.overviews.trends": ("report", "trends"),
    "queries.questions.view_sql": ("compare", "sql", "tail"),
    "queries.work_items": ("work-items",),
    "statistics": ("metrics",),
}
"""What is large and belongs to some commands, with these."""
LATER = ("compare", "event", "session", "help", "store_info", "choose")
"""Screens that are loaded when they are opened."""

# A child for each command: it has what its parent had loaded, which all commands after that need.
LOADER = """
import json, os, sys
import tui.cli

told = {}

def look(lines):
    for name, line in lines.items():
        end, begin = os.pipe()
        if not os.fork():
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            code = 99
            try:
                code = tui.cli.main(line)
            finally:
                os.write(begin, json.dumps([code, sorted(sys.modules)]).encode())
                os._exit(0)
        os.close(begin)
        with open(end, "rb") as answer:
            told[name] = json.load(answer)
        os.wait()

before, after = json.loads(sys.argv[1])
look(before)
import tui.headless.running, tui.headless.stores
look(after)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, frozenset[str]]:
    """Every command -> the modules that are there when it has ended well."""
    home = str(tmp_path_factory.mktemp("home"))
    lines = (
        WITHOUT_STORE,
        {name: (name, str(SAMPLE), *more) for name, more in WITH_STORE.items() if name != "tail"},
    )
    done = subprocess.run(
        [sys.executable, "-c", LOADER, json.dumps(lines)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=True,
        env={"HOME": home, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    told: dict[str, tuple[int, list[str]]] = json.loads(done.stdout)
    assert {name: code for name, (code, _) in told.items() if code not in (0, 1)} == {}
    return {name: frozenset(modules) for name, (_, modules) in told.items()}


def foreign(modules: frozenset[str], allowed: Sequence[str]) -> set[str]:
    """Packages of others that are among some modules and not allowed."""
    packages = {name.partition(".")[0] for name in modules}
    known = {*sys.stdlib_module_names, *OWN, *allowed, "__main__", "_distutils_hack"}
    return {name for name in packages if name not in known}


def test_every_command_is_looked_at(loaded: Mapping[str, frozenset[str]]) -> None:
    assert loaded.keys() == {*COMMANDS, "--help"} - {"tail"}
    for name in WITH_STORE.keys() - {"tail"}:
        assert "queries.store" in loaded[name], name


def test_commands_load_no_other_packages(loaded: Mapping[str, frozenset[str]]) -> None:
    found = {name: foreign(modules, TO_COMMANDS) for name, modules in loaded.items()}
    assert {name: packages for name, packages in found.items() if packages} == {}
    assert foreign(loaded["--help"], ()) == set()
    heavy = {name: modules.intersection(HEAVY) for name, modules in loaded.items()}
    assert {name: modules for name, modules in heavy.items() if modules} == {}


def test_commands_load_nothing_of_the_screen(loaded: Mapping[str, frozenset[str]]) -> None:
    beginnings = ("widgets", "tui.app", "tui.screens", "tui.start", "tui.terminal")
    for name, modules in loaded.items():
        assert sorted(one for one in modules if one.startswith(beginnings)) == [], name


def test_commands_load_nothing_of_one_another(loaded: Mapping[str, frozenset[str]]) -> None:
    for name, modules in loaded.items():
        own = COMMANDS[name].module.rpartition(".")[2] if name in COMMANDS else ""
        others = {
            part
            for module in modules
            if (part := module.removeprefix("tui.headless.")) != module
            and part not in (own, *TO_HEADLESS)
            and not part.startswith(TO_SOME.get(name, ("?",)))
        }
        assert others == set(), name
        wrong = {module for module in modules if name not in ONLY_FOR.get(module, (name,))}
        assert wrong == set(), name


def test_the_lists_name_modules_that_are_loaded(loaded: Mapping[str, frozenset[str]]) -> None:
    for module, commands in ONLY_FOR.items():
        assert any(module in loaded[name] for name in commands if name != "tail") or commands == (
            "tail",
        ), module


@pytest.mark.process
def test_a_start_loads_what_is_shown(tmp_path: Path) -> None:
    store, told = tmp_path / "store.db", tmp_path / "told.json"
    shutil.copyfile(SAMPLE, store)
    code = (
        "import json, sys; from tui.cli import main; code = main(sys.argv[1:]);"
        f" open({str(told)!r}, 'w').write(json.dumps(sorted(sys.modules))); sys.exit(code)"
    )
    env = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "SESSION_TUI_CONFIG": None}
    env |= {f"XDG_{name}_HOME": str(tmp_path) for name in ("CACHE", "CONFIG", "STATE")}
    with Terminal([sys.executable, "-c", code, store], env=env, cwd=tmp_path) as terminal:
        terminal.wait_for_text("6 sessions", timeout=60)
        terminal.press("q")
        assert terminal.wait(60) == 0
    modules = frozenset(json.loads(told.read_text()))
    assert {"tui.app", "widgets.session_list", "textual.app"} <= modules
    assert foreign(modules, TO_THE_SCREEN) == set()
    assert modules.isdisjoint(ONLY_FOR)
    assert modules.isdisjoint(f"tui.screens.{name}" for name in LATER)
    assert not any(name.startswith("tui.headless") for name in modules)
    # Markdown, plots and pages of help are a third of the time that Textual takes.
    assert not any(name.startswith(("rich.markdown", "rich.syntax")) for name in modules)
