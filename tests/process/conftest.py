"""Fixtures of the tests that run the whole program."""

from __future__ import annotations

from tests.process.program import home

__all__ = ["home"]
