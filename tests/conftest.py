"""What all tests share."""

from __future__ import annotations

import contextlib
import gc
import importlib
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

settings.register_profile("suite", deadline=None, max_examples=100)
settings.load_profile("suite")
# Look less often for cycles among the many objects that thousands of tests are made of.
gc.set_threshold(100_000, 20, 50)


TOGETHER = frozenset(
    (
        "tests/bench/test_generate.py",
        "tests/faults/test_ssh.py",
        "tests/test_packaging.py",
        "tests/tui/headless/test_forms.py",
        "tests/tui/test_demo.py",
        "tests/tui/test_loaded_modules.py",
    )
)
"""Files whose tests share what is expensive: one worker runs them all."""


def file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Each test goes to whoever has time for it, those of some files together."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class Scheduling(LoadGroupScheduling):  # type: ignore[misc]  # xdist has no types
        # xdist's own way, a mark that becomes part of a test's id, is without effect where
        # pytest does not let it change that.
        def _split_scope(self, nodeid: str) -> str:
            return file if (file := file_of(nodeid)) in TOGETHER else nodeid

        # Else it counts at each test what is left of all that were ever begun.
        def mark_test_complete(self, node: object, *test: float) -> None:
            super().mark_test_complete(node, *test)
            begun = self.assigned_work[node]
            for scope in [scope for scope, tests in begun.items() if all(tests.values())]:
                del begun[scope]

    return Scheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Each worker begins with other modules, and compiles what the others need not compile then.

    In the same order all of them would compile each module at the same time.
    """
    config = session.config
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    ignored = [config.rootpath / path for path in config.getoption("ignore") or ()]
    files = [
        path
        for path in sorted((config.rootpath / "tests").rglob("test_*.py"))
        if not any(path.is_relative_to(folder) for folder in ignored)
    ]
    number, count = int(worker["workerid"].removeprefix("gw")), worker["workercount"]
    first = len(files) * number // count
    for path in files[first:] + files[:first]:
        # What is wrong with a module is told when it is collected.
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(_module_name(path.relative_to(config.rootpath)))


def _module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what one worker has to do alone: at the end the others would wait for it.

    Tests that run programs mostly wait for them: where others come in between, not all workers
    wait at the same time.
    """
    together, others, waiting = [], [], []
    for item in items:
        if file_of(item.nodeid) in TOGETHER:
            together.append(item)
        elif item.get_closest_marker("process"):
            waiting.append(item)
        else:
            others.append(item)
    files = [list(tests) for _, tests in groupby(others, lambda item: file_of(item.nodeid))]
    items[:] = together
    # None at the very end, where nothing else is left to be done meanwhile.
    gaps = max(1, len(files) * 9 // 10)
    taken = 0
    for number, tests in enumerate(files, 1):
        items += tests
        until = len(waiting) * number // gaps
        items += waiting[taken:until]
        taken = until
    items += waiting[taken:]


def pytest_collection_finish() -> None:
    """Do not look at all among those that stay."""
    gc.collect()
    gc.freeze()
