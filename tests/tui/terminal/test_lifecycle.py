from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from textual.drivers.linux_driver import LinuxDriver

from tui.terminal import TerminalApp
from tui.terminal.driver import SafeDriver
from tui.terminal.lifecycle import RESTORE, Lifecycle, prepare_environment, settle_gc


@pytest.fixture
def garbage() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()
    gc.enable()


def test_environment_keeps_what_the_user_has_set(
    monkeypatch: pytest.MonkeyPatch, garbage: None
) -> None:
    monkeypatch.setenv("TEXTUAL_FPS", "30")
    monkeypatch.delenv("TEXTUAL_ANIMATIONS", raising=False)
    monkeypatch.delenv("TEXTUAL_SMOOTH_SCROLL", raising=False)
    prepare_environment()
    assert os.environ["TEXTUAL_FPS"] == "30"
    assert os.environ["TEXTUAL_ANIMATIONS"] == "none"
    assert not gc.isenabled()
    monkeypatch.delenv("TEXTUAL_FPS")
    prepare_environment(low_bandwidth=True)
    assert os.environ["TEXTUAL_FPS"] == "20"


def test_settled_garbage(garbage: None) -> None:
    gc.disable()
    begun: list[str] = []
    gc.callbacks.append(lambda phase, _info: begun.append(phase))
    try:
        settle_gc()
    finally:
        gc.callbacks.pop()
    assert begun == []
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000
    young, middle, _ = gc.get_threshold()
    # Few at a time, and those that stay are hardly ever looked at again.
    assert young == 10_000
    assert young * middle >= 1_000_000


def test_restores_every_mode_that_textual_switches_on() -> None:
    import inspect
    import re

    lines = inspect.getsource(LinuxDriver).splitlines()
    source = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    switched_on = set(re.findall(r"\[\?(\d+)h", source)) - {"7"}
    assert {"1049", "2004"} <= switched_on
    for mode in switched_on - {"25"}:
        assert f"\x1b[?{mode}l" in RESTORE
    assert "\x1b[?25h" in RESTORE
    assert "\x1b[?7h" in RESTORE
    # Key modes belong to the alternate screen: they are given back before it is left.
    assert RESTORE.index("\x1b[<u") < RESTORE.index("\x1b[?1049l")


def test_signals_are_handled_only_meanwhile() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Lifecycle(TerminalApp[None]()).handling_signals():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_ignored_hangup_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Lifecycle(TerminalApp[None]()).handling_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


async def test_a_lost_terminal_ends_the_app_and_the_first_reason_wins() -> None:
    app = TerminalApp[None]()
    app.lifecycle = Lifecycle(app, grace=3600)
    async with app.run_test() as pilot:
        app.lifecycle.terminal_gone()
        app.lifecycle.end(143)
        await pilot.pause()
    assert app.lifecycle.exit_code == 129
    assert app.return_code == 129


def test_the_safe_driver_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TerminalApp[None]().driver_class is SafeDriver


@pytest.mark.process
def test_importing_the_package_does_not_load_textual() -> None:
    code = (
        "import sys, tui.terminal, tui.terminal.preflight as preflight;"
        "preflight.check_terminal(); preflight.first_sign('x');"
        "print([m for m in ('textual', 'rich', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_unknown_names_are_errors() -> None:
    import tui.terminal

    with pytest.raises(AttributeError):
        tui.terminal.nothing  # noqa: B018  # the access is the test
