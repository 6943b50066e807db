"""Clocks that jump, and zones of all sorts: the order and the numbers stay."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.numbers import command, one_number, quit_and_restore
from tests.process.program import Home
from tests.stores import canonical_store

pytestmark = [pytest.mark.faults, pytest.mark.process]


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


AUTUMN = [moment("2026-10-25T00:10"), moment("2026-10-25T00:50"), moment("2026-10-25T01:10")]
SPRING = [moment("2026-03-29T00:50"), moment("2026-03-29T01:10")]
BACK = [moment("2026-06-01T12:00"), moment("2026-06-01T11:00"), moment("2026-05-01T12:00")]


def at(path: Path, times: list[float]) -> Path:
    with canonical_store(path) as store:
        store.add_session("s1", started=min(times), status="completed")
        for number, time in enumerate(times):
            store.add_event("s1", id=f"event-{number}", summary=f"number {number}", time=time)
    return path


@pytest.mark.parametrize(
    ("times", "zone", "shown"),
    [
        (AUTUMN, "Europe/Berlin", ["02:10:00", "02:50:00", "02:10:00"]),
        (SPRING, "Europe/Berlin", ["01:50:00", "03:10:00"]),
        (AUTUMN, "UTC", ["00:10:00", "00:50:00", "01:10:00"]),
        (AUTUMN, "Asia/Kathmandu", ["05:55:00", "06:35:00", "06:55:00"]),
        (AUTUMN, "XYZ-14", ["14:10:00", "14:50:00", "15:10:00"]),
        (BACK, "UTC", ["12:00:00", "11:00:00", "12:00:00"]),
    ],
)
def test_times_in_a_zone(home: Home, times: list[float], zone: str, shown: list[str]) -> None:
    path = at(home.folder / "stores" / "s.db", times)
    with home.run(path, columns=160, env={"TZ": zone}) as terminal:
        one_number(home, terminal, path)
        terminal.wait_for_text(f"number {len(times) - 1}")
        found = re.findall(r"(\d\d:\d\d:\d\d) ✓ Read +number (\d)", terminal.text())
        assert found == [(time, str(number)) for number, time in enumerate(shown)]
        quit_and_restore(terminal)
    told = json.loads(command(home, "timeline", path, "s1", "--json"))["timeline"]
    assert [event["event_id"] for event in told] == [f"event-{n}" for n in range(len(times))]
    instants = [datetime.fromisoformat(event["time"]).timestamp() for event in told]
    assert instants == times


@pytest.mark.parametrize("zone", ["Nowhere/Atlantis", "", ":/etc/passwd", "\u202e", "A" * 5000])
def test_zones_that_are_none(home: Home, zone: str) -> None:
    path = at(home.folder / "stores" / "s.db", AUTUMN)
    with home.run(path, columns=160, env={"TZ": zone}) as terminal:
        one_number(home, terminal, path)
        quit_and_restore(terminal)
        assert "Traceback" not in terminal.raw.decode()
