"""How commands open a store."""

from __future__ import annotations

import gc
from pathlib import Path

from tests.queries.runs import PLAN, write_runs
from tui.headless.stores import NEW_OBJECTS, open_store


def test_garbage_is_looked_for_seldom_as_long_as_a_store_is_open(tmp_path: Path) -> None:
    path = write_runs(tmp_path / "s.db", "canonical", first=PLAN)
    before = gc.get_threshold()
    with open_store(str(path)):
        assert gc.get_threshold() == (NEW_OBJECTS, *before[1:])
        assert gc.isenabled()
    assert gc.get_threshold() == before
