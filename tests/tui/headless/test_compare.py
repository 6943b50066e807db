"""``compare`` in every form, its mistakes, and the experiment of the demo."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from queries.comparing.comparison_json import GROUP_METRIC_KEYS, METRIC_KEYS, SUBJECT_KEYS
from tests.queries.runs import DIALECTS, DROPPED, FAILING, PLAN, write_runs
from tests.stores import canonical_store
from tests.stores.base import SAMPLES
from tests.stores.hostile import GIANT_TEXT, LONG_TEXT, SHORT_HOSTILE
from tests.tui.headless.conftest import Run
from tests.tui.headless.test_errors import is_one_sentence
from tui.demo import DemoWriter

AUDIT = SAMPLES / "heist-audit.db"
FIRST, SECOND, THIRD = "heist_1766132250", "heist_1766132574", "heist_1766133789"
START = 1_768_212_000.0


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ab") / "ab.db"
    writer = DemoWriter(path, 0, name="ab", start=START)
    writer.seed_history()
    writer.close()
    return path


# -- sessions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", DIALECTS)
def test_json_of_two_sessions(run: Run, tmp_path: Path, dialect: str) -> None:
    path = write_runs(tmp_path / "s.db", dialect, first=PLAN, dropped=DROPPED)
    told = run("compare", path, "first", "dropped", "--json").json
    assert {"sessions", "baseline", "metrics", "tool_comparison", "agent_comparison",
            "interaction_delta", "alignment"} <= told.keys()  # fmt: skip
    assert [session["session_id"] for session in told["sessions"]] == ["first", "dropped"]
    assert told["baseline"] == "first"
    calls = next(metric for metric in told["metrics"] if metric["name"] == "tool_calls")
    assert calls["unit"] == "count"
    assert calls["values"] == {"first": 5, "dropped": 4}
    assert calls["deltas"] == {"first": 0, "dropped": -1}
    assert calls["changes"] == {"first": "same", "dropped": "different"}
    assert {tool["tool_name"] for tool in told["tool_comparison"]["dropped"]} == {
        "Read", "Edit", "Bash", "Write",
    }  # fmt: skip
    assert set(told["agent_comparison"]) == {"first", "dropped"}
    assert set(told["interaction_delta"]) == {"dropped"}
    alignment = told["alignment"]
    assert (alignment["matched"], alignment["changed"]) == (6, 0)
    assert (alignment["only_a"], alignment["only_b"]) == (1, 0)
    assert alignment["first_divergence"]["step"] == 3
    assert alignment["first_divergence"]["text"].startswith("part at step 3: Grep")
    assert len(alignment["steps"]) == 7
    missing = alignment["steps"][2]
    assert (missing["relation"], missing["b"]) == ("only_a", None)
    assert missing["a"]["number"] == 3


def test_figures_are_those_of_the_other_commands(run: Run) -> None:
    told = run("compare", AUDIT, FIRST, SECOND, "--json").json
    for name, session in zip((FIRST, SECOND), told["sessions"], strict=True):
        alone = run("session", AUDIT, name, "--json").json
        assert session == {key: alone[key] for key in session}
        assert told["tool_comparison"][name] == alone["tool_statistics"]
        assert told["agent_comparison"][name] == alone["agents"]
        assert told["interactions"][name] == alone["interactions"]


def test_any_session_can_be_the_baseline(run: Run) -> None:
    plain = run("compare", AUDIT, FIRST, SECOND, THIRD, "--json").json
    assert plain["alignment"] is None
    turned = run("compare", AUDIT, FIRST, SECOND, "--baseline", SECOND, "--json").json
    assert turned["baseline"] == turned["alignment"]["a"] == SECOND
    assert [session["session_id"] for session in turned["sessions"]] == [FIRST, SECOND]
    for one, other in zip(plain["metrics"], turned["metrics"], strict=True):
        there, back = one["deltas"][SECOND], other["deltas"][FIRST]
        assert (there is None and back is None) or there == -back


def test_relation_and_overlay_are_chosen(run: Run) -> None:
    told = run("compare", AUDIT, FIRST, SECOND, "--relation", "tools", "--overlay", "--json").json
    assert told["relation"] == "tools"
    for session in told["sessions"]:
        curve = told["overlay"][session["session_id"]]
        assert curve["events"][-1] == session["events"]
        assert curve["errors"][-1] == session["errors"]
        assert len(curve["seconds"]) == len(curve["events"]) <= 256
    assert "overlay" not in run("compare", AUDIT, FIRST, SECOND, "--json").json


def test_the_text_says_first_where_they_part(run: Run, tmp_path: Path) -> None:
    path = write_runs(tmp_path / "s.db", "canonical", first=PLAN, Failing=FAILING)
    told = run("compare", path, "first", "Failing")
    lines = told.out.splitlines()
    assert lines[0] == "They part at step 6: Bash make test (ok) | Bash make test (error)"
    assert lines[1].startswith("Against first: 0 better, 2 worse, ")
    assert any(line.startswith("errors ") and line.endswith("! worse") for line in lines)
    assert any(line.startswith("METRIC") and "Failing" in line for line in lines)
    steps = lines[lines.index("Steps") :]
    assert sum(line.startswith("=") for line in steps) == 1
    assert "not why" in told.out
    every = run("compare", path, "first", "Failing", "--steps").out.splitlines()
    assert sum(line.startswith("=") for line in every) == 7


def test_long_lists_of_differences_are_cut_and_said(run: Run, tmp_path: Path) -> None:
    with canonical_store(tmp_path / "s.db") as store:
        for name in ("a", "b"):
            store.add_session(name)
            for number in range(80):
                store.add_event(name, summary=f"{name} {number}")
    told = run("compare", store.path, "a", "b").out
    assert "(20 more differences: --steps lists all steps)" in told
    assert "more differences" not in run("compare", store.path, "a", "b", "--steps").out


def test_csv_has_a_line_for_each_metric_and_session(run: Run) -> None:
    told = list(csv.DictReader(io.StringIO(run("compare", AUDIT, FIRST, SECOND, "--csv").out)))
    assert tuple(told[0]) == METRIC_KEYS
    document = run("compare", AUDIT, FIRST, SECOND, "--json").json
    assert len(told) == 2 * len(document["metrics"])
    events = [line for line in told if line["name"] == "events"]
    assert [line["value"] for line in events] == ["61", "70"]


def test_markdown_is_made_of_tables(run: Run) -> None:
    out = run("compare", AUDIT, FIRST, SECOND, "--markdown").out
    for title in ("Metrics", "Tools", "Agents", "Interactions (follows)", "Steps"):
        assert f"\n## {title}\n\n" in out
    for block in out.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.replace("\\|", "").count("|") for line in rows}) <= 1


# -- groups -----------------------------------------------------------------------------------


def test_json_of_two_groups(run: Run) -> None:
    told = run("compare", AUDIT, "--a", FIRST, "--a", SECOND, "--b", THIRD, "--json").json
    assert (told["a"], told["b"]) == ([FIRST, SECOND], [THIRD])
    for metric in told["metrics"]:
        assert tuple(metric) == GROUP_METRIC_KEYS
        assert metric["verdict"] in ("TOO FEW", "NO DIFFERENCE SHOWN")
    turns = next(metric for metric in told["metrics"] if metric["name"] == "declared_turns")
    assert (turns["n_a"], turns["n_b"], turns["difference"]) == (2, 1, 0)
    assert len(told["sessions"]) == 3
    assert {row["tool_name"] for row in told["tools"]} > {"calculator"}
    assert {row["agent_name"] for row in told["agents"]} > {"mole"}


def test_the_experiment_of_the_demo(run: Run, experiment: Path) -> None:
    told = run(
        "compare", experiment, "--a", "component:standard", "--b", "component:extended", "--json"
    ).json
    assert told["a"] == [f"setup_a_{number}" for number in range(1, 6)]
    assert told["b"] == [f"setup_b_{number}" for number in range(1, 6)]
    verdicts = {metric["name"]: metric["verdict"] for metric in told["metrics"]}
    assert verdicts == {
        "completion": "NO DIFFERENCE SHOWN",
        "tool_success": "BETTER",
        "duration": "NO DIFFERENCE SHOWN",
        "declared_turns": "DIFFERENT",
        "messages": "DIFFERENT",
        "tool_calls": "NO DIFFERENCE SHOWN",
        "errors": "NO DIFFERENCE SHOWN",
    }
    completion = told["metrics"][0]
    assert (completion["mean_a"], completion["mean_b"]) == (0.6, 1.0)
    assert completion["more_a"] == completion["more_b"] > 5
    queries = {agent["agent_name"] for agent in told["agents"]}
    assert queries == {"planner", "hacker", "safecracker", "mole"}


def test_the_documents_show_the_answer(run: Run, experiment: Path) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    words = ("--a", "component:standard", "--b", "component:extended")
    told = run("compare", experiment, *words).out.splitlines()
    assert f"ab.db {' '.join(words)}\n{told[0]}\n" in readme
    for line in told[told.index("Metrics") + 3 : told.index("Tools") - 1]:
        figures = line.split("  ")
        assert f"{figures[0]}  " in readme
        assert f"  {figures[-1]}\n" in readme


def test_the_runs_of_the_demo_begin_alike(run: Run, experiment: Path) -> None:
    told = run("compare", experiment, "setup_a_1", "setup_b_1", "--json").json["alignment"]
    assert told["first_divergence"]["step"] == 6
    assert "by prompt (1 of 1 and 1 prompts" in told["method"]


def test_the_experiment_is_the_same_every_time(tmp_path: Path) -> None:
    def written(name: str, seed: int) -> list[str]:
        writer = DemoWriter(tmp_path / name, seed, name="ab", start=START)
        assert 400 < writer.seed_history() < 1000
        assert writer.apply_until(1e6) == 0
        writer.close()
        connection = sqlite3.connect(tmp_path / name)
        lines = list(connection.iterdump())
        connection.close()
        return lines

    assert written("one.db", 0) == written("two.db", 0) != written("other.db", 1)


def test_text_and_csv_of_groups(run: Run, experiment: Path) -> None:
    words = ("compare", experiment, "--a", "id:setup_a", "--b", "id:setup_b")
    out = run(*words).out
    assert out.startswith("B is better in tool success (72.3 % → 92.8 %). ")
    assert "A: id:setup_a (5 sessions)\n" in out
    assert "NO DIFFERENCE SHOWN (21 more each)" in out
    table = list(csv.DictReader(io.StringIO(run(*words, "--csv").out)))
    assert tuple(table[0]) == SUBJECT_KEYS
    assert {line["table"] for line in table} == {"metrics", "tools", "agents"}
    assert "## Tools\n" in run(*words, "--markdown").out
    only = run(*words, "--metric", "errors", "--json").json["metrics"]
    assert [(metric["name"], metric["verdict"]) for metric in only] == [("errors", "BETTER")]


# -- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name a store"),
        (("STORE",), "at least two"),
        (("STORE", FIRST), "at least two"),
        (("STORE", FIRST, FIRST), "named 2 times"),
        (("STORE", FIRST, "heist_1766132251"), "has no session 'heist_1766132251'"),
        (("STORE", FIRST, SECOND, "--baseline", THIRD), "not among"),
        (("STORE", FIRST, SECOND, "--metric", "errors"), "for groups"),
        (("STORE", "--a", FIRST), "both groups"),
        (("STORE", "--a", FIRST, "--b", FIRST), "in both groups"),
        (("STORE", "--a", FIRST, "--a", FIRST, "--b", SECOND), "named 2 times"),
        (("STORE", "--a", FIRST, "--b", "nobody"), "has no session 'nobody'"),
        (("STORE", "--a", FIRST, "--b", "agent:nobody"), "group B is empty"),
        (("STORE", "--a", FIRST, "--b", "kind:tool"), "cannot be asked here"),
        (("STORE", "--a", FIRST, "--b", SECOND, "--metric", "luck"), "luck"),
        (("STORE", FIRST, "--a", FIRST, "--b", SECOND), "not both"),
        (("STORE", FIRST, SECOND, "--relation", "likes"), "likes"),
    ],
)
def test_mistakes(run: Run, arguments: Sequence[str], told: str) -> None:
    result = run("compare", *(AUDIT if word == "STORE" else word for word in arguments))
    assert is_one_sentence(result), result
    assert told in result.err


def test_nothing_is_written_and_no_screen_is_loaded(run: Run, tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    shutil.copyfile(AUDIT, store)
    before = hashlib.sha256(store.read_bytes()).hexdigest()
    for words in ((FIRST, SECOND), ("--a", FIRST, "--b", f"-id:{FIRST}")):
        for form in ("--json", "--csv", "--markdown"):
            assert run("compare", store, *words, form).code == 0
    assert hashlib.sha256(store.read_bytes()).hexdigest() == before
    assert {path.name for path in tmp_path.iterdir()} <= {"store.db", "home"}
    program = (
        "import sys; from tui.cli import main; main(sys.argv[1:]);"
        "sys.exit(bool({'textual', 'rich', 'numpy'} & sys.modules.keys()))"
    )
    subprocess.run(
        [sys.executable, "-c", program, "compare", str(store), FIRST, SECOND, "--json"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize("form", ["--json", "--csv", "--markdown", "--steps"])
def test_no_byte_acts_on_the_terminal(run: Run, tmp_path: Path, form: str) -> None:
    with canonical_store(tmp_path / "s.db") as store:
        for name in ("a", "b"):
            store.add_session(name)
        texts = [text for _, text in SHORT_HOSTILE]
        if form == "--json":
            texts.append(LONG_TEXT)
            store.add_event("a", tool="Read", summary=GIANT_TEXT)
        for number, text in enumerate(texts):
            row = store.add_event("a", agent=text, tool=text, operation=text, summary=text)
            store.add_text(row["rowid"], text)
            row = store.add_event("b", agent=text, tool=text, operation=text, summary=text)
            store.add_text(row["rowid"], f'{{"x": {number}, "y": "\\u001b[31m"}}')
            store.add_event("b", kind="message", agent=text, summary=text)
    for words in (("a", "b"), ("--a", "a", "--b", "b")):
        if form == "--steps" and words[0] == "--a":
            continue
        told = run("compare", store.path, *words, form)
        assert told.code == 0, told.err
        bad = {c for c in told.out if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0}
        assert not bad
        told.out.encode("utf-8")
        if form == "--json":
            json.loads(told.out)
