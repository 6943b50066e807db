"""Fixtures of the tests that run the whole program."""

from __future__ import annotations

from tests.process.program import bytecode, home

__all__ = ["bytecode", "home"]
