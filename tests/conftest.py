"""What all tests share."""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None, max_examples=100)
settings.load_profile("suite")
# Look less often for cycles among the many objects that thousands of tests are made of.
gc.set_threshold(100_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what one worker has to do alone: at the end the others would wait for it."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_collection_finish() -> None:
    """Do not look at all among those that stay."""
    gc.collect()
    gc.freeze()
