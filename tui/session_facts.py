"""What is known about one session, in words."""

from __future__ import annotations

from datetime import tzinfo

from queries.models import SessionRow
from queries.text import UNKNOWN, count, date_time, duration, score


def session_facts(row: SessionRow, zone: tzinfo | None) -> list[tuple[str, str]]:
    """Label and value of each, the sign for what is unknown where it is.

    Args:
        row: the session with its counts.
        zone: in which times are given; None is the reader's own.
    """
    session, totals = row.session, row.totals
    return [
        ("session", session.id),
        ("title", _known(row.own_title)),
        ("first prompt", _known(totals.first_prompt)),
        ("parent", _known(session.parent_id)),
        ("agent", _known(session.agent)),
        ("component", _known(session.component)),
        ("project", _known(session.project)),
        ("status", _status(session.status.value, session.raw_status)),
        ("started", date_time(row.started, zone)),
        ("ended", date_time(session.ended, zone)),
        ("last event", date_time(totals.last_time, zone)),
        ("duration", duration(row.duration)),
        ("declared turns", count(session.declared_turns)),
        ("events", count(totals.events)),
        ("messages", count(totals.messages)),
        ("tool calls", count(totals.tool_calls)),
        ("errors", count(totals.errors)),
        ("running", count(totals.running)),
        ("tokens", count(row.tokens)),
        ("cost", UNKNOWN if row.cost is None else f"${row.cost:.4f}"),
        ("quality", score(session.quality)),
        ("error", _known(session.error)),
    ]


def _known(value: str | None) -> str:
    return value or UNKNOWN


def _status(status: str, raw: str | None) -> str:
    return status if raw in (None, status) else f"{status} ({raw})"
