"""The wheel: what is in it, and that it works where nothing else of the project is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.stores.base import SAMPLES

ROOT = Path(__file__).parents[1]
PACKAGES = ("queries", "widgets", "tui")

pytestmark = pytest.mark.process


def ran(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    ran(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT,
        cwd=folder,
    )  # fmt: skip
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel; what it needs is borrowed from this one."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    ran(
        sys.executable, "-m", "pip", "--python", folder / "bin/python", "install", "--quiet",
        "--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check", wheel,
        cwd=folder,
    )  # fmt: skip
    (site,) = folder.glob("lib/python*/site-packages")
    # The editable install there would bring the working tree along: its .pth must not run,
    # so the folder is added to the path only.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def program(installed: Path, *arguments: str | Path, home: Path) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}
    return ran(installed / "bin/session-tui", *arguments, cwd=home, env=environment)


def test_everything_that_is_not_python_is_in_it(names: frozenset[str]) -> None:
    wanted = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in (".tcss", ".sql") or path.name == "py.typed"
    }
    assert {"queries/dialects/canonical.sql", "queries/py.typed", "tui/app.tcss"} <= wanted
    assert wanted <= names


def test_every_module_is_in_it_and_nothing_else(names: frozenset[str]) -> None:
    modules = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    assert modules <= names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".db")]


def test_metadata(wheel: Path, names: frozenset[str]) -> None:
    (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
    with zipfile.ZipFile(wheel) as archive:
        told = message_from_bytes(archive.read(metadata))
    assert told["Name"] == "session-tui"
    assert told["Requires-Python"] == ">=3.11"
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    asked = told.get_all("Requires-Dist", [])
    needed = {re.split("[<>=]", line)[0] for line in asked if "extra ==" not in line}
    assert needed == {"textual", "click", "platformdirs"}
    extra = {re.split("[<>=]", line)[0] for line in asked if "extra == 'duckdb'" in line}
    assert extra == {"duckdb"}


def test_the_installed_program_runs_outside_the_tree(
    installed: Path, wheel: Path, tmp_path: Path
) -> None:
    version = wheel.name.split("-")[1]
    assert program(installed, "--version", home=tmp_path) == f"session-tui {version}\n"
    told = program(installed, "sessions", SAMPLES / "heist-audit.db", "--json", home=tmp_path)
    assert json.loads(told)["total"] == 6


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    code = "import queries, widgets, tui; print(queries.__file__, widgets.__file__, tui.__file__)"
    places = ran(installed / "bin/python", "-c", code, cwd=tmp_path, env={}).split()
    assert all(Path(place).is_relative_to(installed) for place in places), places


def test_the_screens_of_the_wheel_can_be_built(installed: Path, tmp_path: Path) -> None:
    # Style sheets are read when the screens are first shown.
    code = """
import asyncio
from tui.app import SessionApp
from tui.config import Config
from tui.demo import demo_store
from tui.options import ScreenOptions
from tui.poller import Poller
from queries.feed import Feed

async def show(path):
    app = SessionApp(path, Poller(Feed(path)), Config(), ScreenOptions())
    async with app.run_test() as pilot:
        await pilot.press("question_mark")
        return type(app.screen).__name__

with demo_store() as path:
    print(asyncio.run(show(path)))
"""
    environment = {"HOME": str(tmp_path)}
    told = ran(installed / "bin/python", "-c", code, cwd=tmp_path, env=environment)
    assert told == "HelpScreen\n"
