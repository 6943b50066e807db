"""Fixtures of the tests under faults."""

from __future__ import annotations

from tests.process.program import home

__all__ = ["home"]
