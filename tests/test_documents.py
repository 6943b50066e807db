"""What is written for people is what the program does."""

from __future__ import annotations

import contextlib
import difflib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs import figures, picture, readme
from queries import SessionAnalytics
from tests.bench import report
from tests.bench.report import Figure, Result
from tui.cli import COMMANDS, main
from tui.commands import footer_hints

ROOT = Path(__file__).parents[1]
in_a_process = readme.output
README = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURE = ROOT / "docs" / "screen.svg"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def printed(arguments: Sequence[str], folder: str) -> str:
    """What a command prints, run in this process."""
    if arguments[0] == "tail":
        return in_a_process(arguments, folder)
    told = io.StringIO()
    with (
        mock.patch.dict(os.environ, readme._environment(folder), clear=True),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(told),
    ):
        time.tzset()
        code = main(list(arguments))
    time.tzset()
    assert code == 0, arguments
    return told.getvalue().replace(os.path.realpath(folder), readme.FOLDER)


def test_tables_and_examples_are_what_the_program_says(monkeypatch: pytest.MonkeyPatch) -> None:
    # Twenty processes would mostly load the same modules.
    monkeypatch.setattr(readme, "output", printed)
    now = readme.updated(README)
    difference = difflib.unified_diff(README.splitlines(), now.splitlines(), lineterm="")
    assert now == README, "run: make documents\n" + "\n".join(difference)


def test_every_part_and_command_is_there() -> None:
    for name in ("keys", *readme.PARTS):
        assert README.count(f"<!-- {name} -->\n") == README.count(f"<!-- /{name} -->") == 1, name
    for name in COMMANDS.keys() - {"demo", "completion", "config", "sql"}:
        assert README.count(f"<!-- run: {name} ") == 1, name


def test_a_stale_part_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readme, "PARTS", {"x": lambda: r"new \1"})
    assert readme.updated("a\n<!-- x -->\nold\n<!-- /x -->\nb") == (
        "a\n<!-- x -->\nnew \\1\n<!-- /x -->\nb"
    )


@settings(max_examples=40)
@given(JSON)
def test_an_example_loses_nothing_but_items(value: Any) -> None:
    assert json.loads(readme.laid_out(value)) == value


def test_an_example_is_short_and_narrow() -> None:
    rows = [{"name": f"row {number}", "words": ["a", "b"]} for number in range(9)]
    document = {"rows": rows, **{f"key_{number}": "x" * 20 for number in range(9)}, "none": []}
    assert readme.shortened(document)["rows"] == [rows[0]]
    lines = readme.laid_out(document).splitlines()
    assert max(map(len, lines)) <= readme.WIDTH
    assert sum(len(line) > readme.WIDTH // 2 for line in lines) > 5


def test_figures_are_put_into_their_place(tmp_path: Path) -> None:
    lines = report.lines([Figure("a.b", "c", "ms", 1)], [Result("a.b", 0.5)])
    for name, number in (
        ("20260101-000000", 1_000), ("20260102-000000", 10_000), ("20260103-000000-part", 5),
    ):  # fmt: skip
        report.write_json(tmp_path / f"{name}.json", report.document(lines, {"small": number}))
    page = "# T\n<!-- figures -->\nold\n<!-- /figures -->\nend\n"
    text = figures.with_figures(page, figures.newest(tmp_path))
    assert text.startswith("# T\n<!-- figures -->\n")
    assert "| c | 1 ms | 0.5 ms | — | — | met |\n" in text
    assert text.endswith("\n1 met, 0 missed, 0 unknown\n<!-- /figures -->\nend\n")
    assert "stores of 10,000 events" in text
    assert figures.with_figures(text, figures.newest(tmp_path)) == text
    # Only a run of the measurements changes what stands in the README.
    assert figures.with_figures(README, figures.newest(tmp_path)) != README
    with pytest.raises(ValueError, match="no part"):
        figures.with_figures("# T\n", figures.newest(tmp_path))


def test_figures_need_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FileNotFoundError, match="make bench"):
        figures.newest(tmp_path)
    page = tmp_path / "page.md"
    page.write_text("<!-- figures -->\n<!-- /figures -->\n")
    (tmp_path / "other.json").write_text("[]")
    assert figures.main([str(page), str(tmp_path / "other.json")]) == 1
    assert "is not a report" in capsys.readouterr().err


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        path, _, heading = target.partition("#")
        assert not path or (ROOT / path).exists(), target
        if heading:
            headings = re.findall(r"^#+ (.*)$", README, re.MULTILINE)
            assert heading in [title.lower().replace(" ", "-") for title in headings], target


def test_every_promise_names_tests_that_are_there() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines()
        if line.startswith("| **")
    ]
    assert len(rows) >= 10
    for promise, tested in rows:
        named = re.findall(r"`(tests/[^`]+)`", tested)
        assert named, promise
        for path in named:
            assert "def test_" in (ROOT / path).read_text("utf-8"), path


def test_the_example_for_python_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    shutil.copyfile(readme.SAMPLES / "heist-audit.db", tmp_path / "heist-audit.db")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert len(lines) > 2
    assert all(re.fullmatch(r"\S+ [0-9]+ (None|[01]\.[0-9]+)", line) for line in lines[:-1])
    assert re.fullmatch(r"[0-9]+ \S+", lines[-1])


def test_every_method_for_python_is_there() -> None:
    section = README.split("## From Python")[1].split("\n## ")[0]
    for name in dir(SessionAnalytics):
        if not name.startswith("_") and name != "info":
            assert re.search(rf"`{name}\b", section), name


def test_the_targets_of_make_exist() -> None:
    told = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    listed = dict(line.split(maxsplit=1) for line in told.splitlines())
    named = re.findall(r"^ {4}make +([a-z-]+)", README, re.MULTILINE)
    assert {"demo", "test", "check", "documents"} <= set(named) <= listed.keys()
    assert re.search(r"^ {4}make +#", README, re.MULTILINE), "make alone prints the list"


def test_ci_runs_what_the_readme_says() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    runs = [line for line in script.read_text().splitlines() if line.startswith("make ")]
    makefile = (ROOT / "Makefile").read_text()
    checks = re.search(r"^check: (.*?) ##", makefile, re.MULTILINE)
    assert checks is not None
    told = " ".join(runs).replace("make ", "").split()
    assert "test-faults" in told
    assert [target for target in told if target != "test-faults"] == checks[1].split()
    assert runs[-1] == "make test"


def test_the_changelog_has_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"\n## [{version}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def words_of(svg: str) -> list[str]:
    # Blanks inside a picture do not break.
    nodes = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return [(node.text or "").replace("\N{NO-BREAK SPACE}", " ") for node in nodes]


def assert_self_contained(svg: str) -> None:
    assert len(svg.encode()) < 300_000
    for foreign in ("/tmp", "/root", "/home", str(ROOT), "href", "@font-face", "@import", "url(h"):
        assert foreign not in svg, foreign


def test_the_picture_shows_the_screen_and_nothing_of_a_machine() -> None:
    svg = PICTURE.read_text(encoding="utf-8")
    assert_self_contained(svg)
    words = words_of(svg)
    text = " ".join(words)
    for title in ("Sessions", "Activity", "Tools", "Interactions", picture.SHOWN_PATH):
        assert title in words or any(word.startswith(title) for word in words), title
    hints = footer_hints(("any", "main", "sessions"), ascii_only=True)[:6]
    for hint in hints:
        assert hint.title in text, f"{hint.title}; run: make documents"


async def test_a_picture_can_be_drawn(tmp_path: Path) -> None:
    svg = await picture.draw(tmp_path, seed=1)
    assert_self_contained(svg)
    assert "Sessions" in " ".join(words_of(svg))
    assert str(tmp_path) not in svg
