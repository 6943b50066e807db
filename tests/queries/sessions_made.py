"""Short ways to write lines of the session list."""

from __future__ import annotations

from dataclasses import replace

from queries.models import Session, SessionRow, SessionStatus, SessionTotals

START = 1_768_212_000.0
"""2026-01-12 10:00:00 UTC, a Monday."""


def line(name: str = "s1", totals: SessionTotals | None = None, **fields: object) -> SessionRow:
    """A completed session of a minute; any field of the session can be given."""
    plain = Session(
        id=name, status=SessionStatus.COMPLETED, started=START, ended=START + 60.0
    )  # fmt: skip
    session = replace(plain, **fields)  # type: ignore[arg-type]  # tests name fields freely
    return SessionRow(session, totals or SessionTotals(), complete=True)
