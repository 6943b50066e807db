"""Alerts on the main screen: when they are looked for, marked and rung for."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from queries.models.alerts import Alert, Rule, Thresholds
from tests.tui.overviews import LATEST, LOOPING, MONDAY, STORE, past, past_clock
from tests.tui.stage import Stage, on_stage
from tui.alert_watch import FIRST, PAUSE
from tui.config import Config


async def later(stage: Stage, seconds: float) -> None:
    """Let time pass, and let the screen look at its clock."""
    stage.clock.now += seconds
    stage.main._look_if_due()
    await stage.settle()


def marked(stage: Stage) -> list[str]:
    """The sessions with a sign, as drawn."""
    lines = stage.main.session_view.lines_as_text()[1:]
    drawn = [line[:20] for line in stage.lines()[3 : 3 + len(lines)]]
    rows = stage.main.session_view.rows
    return [row.id for row, line in zip(rows, drawn, strict=True) if "!" in line]


async def test_sessions_with_alerts_are_marked_and_nothing_moves(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        before = stage.lines()
        assert marked(stage) == []
        await later(stage, FIRST)
        assert marked(stage) == [LOOPING], "that one is silent is what its status says"
        assert "! in 1" in stage.titles()[0]
        for old, new in zip(before[3:9], stage.lines()[3:9], strict=True):
            # The sign stands where a blank was; all else is where it was.
            assert [new[i] for i in range(len(old)) if old[i] != new[i]] in ([], ["!"])
        await stage.press("slash")
        await stage.type("alert")
        assert stage.main.session_view.focused_id() == LOOPING


async def test_the_screen_comes_first_and_then_a_look_now_and_then(folder: Path) -> None:
    store = past()
    with store:
        async with on_stage(STORE, clock=past_clock()) as stage:
            await later(stage, FIRST / 2)
            assert stage.reader.asked["alerts"] == 0
            await later(stage, FIRST)
            assert stage.reader.asked["alerts"] == 1
            await later(stage, 10 * PAUSE)
            assert stage.reader.asked["alerts"] == 1, "nothing is new"
            store.add_event(LATEST, tool="Read", state="ok", time=stage.clock.now)
            await stage.step()
            assert stage.reader.asked["alerts"] == 2
            store.add_event(LATEST, tool="Read", state="ok", time=stage.clock.now)
            await stage.step()
            await later(stage, PAUSE / 2)
            assert stage.reader.asked["alerts"] == 2, "too soon"
            await later(stage, PAUSE)
            assert stage.reader.asked["alerts"] == 3


async def test_nothing_is_judged_before_everything_is_counted(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock(), first_step=False) as stage:
        snapshot = stage.poller.poll_once()
        await stage.settle()
        assert snapshot is not None
        if snapshot.totals.counted < 1:
            await later(stage, FIRST)
            assert stage.reader.asked["alerts"] == 0
        await stage.step()
        await later(stage, FIRST)
        assert stage.reader.asked["alerts"] == 1


@pytest.mark.parametrize("bell", [True, False])
async def test_the_bell_rings_once_for_a_new_alert(
    folder: Path, monkeypatch: pytest.MonkeyPatch, bell: bool
) -> None:
    store = past()
    config = Config(theme="dark", utc=True, bell=bell)
    with store:
        async with on_stage(STORE, config=config, clock=past_clock()) as stage:
            rung: list[int] = []
            monkeypatch.setattr(type(stage.app), "bell", lambda self: rung.append(1))
            await later(stage, FIRST)
            assert rung == [], "what is there at the start is not new"
            for _ in range(3):
                store.add_event(LATEST, agent="coder", tool="Read", summary="same", state="ok",
                                time=stage.clock.now)  # fmt: skip
            await stage.step()
            await later(stage, PAUSE)
            assert stage.main.alert_watch.sessions == {LOOPING, LATEST}
            assert len(rung) == bell
            assert any("same call 3 times" in said for said in stage.said()) is bell
            store.add_event(LATEST, agent="coder", tool="Read", summary="same", state="ok",
                            time=stage.clock.now)  # fmt: skip
            await stage.step()
            await later(stage, PAUSE)
            assert len(rung) == bell, "four in a row are the same alert"


async def test_thresholds_decide(folder: Path) -> None:
    with past():
        pass
    thresholds = Thresholds(streak=0, repeats=0, stale=False, component_errors=0)
    config = Config(theme="dark", utc=True, thresholds=thresholds)
    async with on_stage(STORE, config=config, clock=past_clock()) as stage:
        await later(stage, FIRST)
        alerts = stage.main.alert_watch.alerts
        assert alerts is not None
        assert alerts.alerts == ()
        assert marked(stage) == []
    config = Config(theme="dark", utc=True, thresholds=Thresholds(running_seconds=60))
    async with on_stage(STORE, config=config, clock=past_clock()) as stage:
        await later(stage, FIRST)
        alerts = stage.main.alert_watch.alerts
        assert alerts is not None
        assert Rule.LONG_RUNNING in {alert.rule for alert in alerts.alerts}
        assert LATEST in marked(stage)


async def test_of_many_silent_sessions_little_is_kept(folder: Path) -> None:
    silent = {f"silent-{number}" for number in range(40)}
    with past() as store, store.batch():
        for name in silent:
            store.add_session(name, title=name, started=MONDAY, status="running")
    async with on_stage(STORE, clock=past_clock()) as stage:
        await later(stage, FIRST)
        watch = stage.main.alert_watch
        assert watch.sessions == {LOOPING}
        gc.collect()
        alive = [thing for thing in gc.get_objects() if isinstance(thing, Alert)]
        assert not [alert for alert in alive if alert.session_id in silent]
        assert watch.alerts is not None
        texts = [alert.text for alert in watch.alerts.alerts if alert.rule is Rule.STALE]
        assert len(texts) == 1
        assert texts[0].startswith("41 sessions say that they run")


async def test_an_alert_that_comes_back_is_not_new(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = past()
    config = Config(theme="dark", utc=True, bell=True)
    with store:
        async with on_stage(STORE, config=config, clock=past_clock()) as stage:
            rung: list[int] = []
            monkeypatch.setattr(type(stage.app), "bell", lambda self: rung.append(1))
            await later(stage, FIRST)
            for state, times in (("ok", 1), ("error", 1), ("ok", 1)):
                for number in range(0 if rung else 3):
                    store.add_event(LATEST, id=f"same-{number}", agent="coder", tool="Read",
                                    summary="same", state="ok", time=stage.clock.now)  # fmt: skip
                summary = "same" if state == "ok" else "other"
                store.connection.execute(
                    "UPDATE event SET summary = ? WHERE id = 'same-1'", (summary,)
                )
                store.connection.commit()
                await stage.step()
                await later(stage, PAUSE)
                there = stage.main.alert_watch.sessions
                assert there == ({LOOPING, LATEST} if state == "ok" else {LOOPING})
                assert len(rung) == times
