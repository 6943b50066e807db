"""What tests of widgets share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.quick_screens import quick_screens


@pytest.fixture(autouse=True, scope="session")
def screens_are_quick() -> Iterator[None]:
    with quick_screens():
        yield
