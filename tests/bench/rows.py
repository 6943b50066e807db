"""How the shape of a large store becomes rows of the canonical schema and of HtmlGraph 0.26."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from random import Random
from typing import Protocol

from tests.bench.shape import SessionShape, Shape
from tests.stores.base import schema_of
from tests.stores.canonical import canonical_schema
from tests.stores.htmlgraph import INDEX_TABLES

Values = list[tuple[object, ...]]
Insert = tuple[str, Values]
"""A statement and the rows it is to be executed with."""


def insert_into(table: str, *columns: str) -> str:
    """The statement that adds a row; columns are words, apart by blanks."""
    names = " ".join(columns).split()
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


class Rows(Protocol):
    """Turns shapes into one dialect's rows."""

    schema: list[str]

    def events(self, batch: Sequence[Shape]) -> list[Insert]:
        """The rows of some events, one insert per table."""

    def sessions(self, sessions: Sequence[SessionShape]) -> list[Insert]:
        """The rows of all sessions."""


def scrambled(number: int) -> str:
    """Eight hex digits, different for each number below 2**32, in no visible order."""
    return f"{number * 2654435761 & 0xFFFFFFFF:08x}"


class Texts:
    """Short and fat texts to take from."""

    def __init__(self, seed: int) -> None:
        dice = Random(f"{seed}/texts")
        words = ("session", "cursor", "vault", "patrol", "retry", "login", "order", "日本", "café")
        long = " ".join(dice.choices(words, k=40_000))
        self.short = [long[at : at + 20 + at % 90] for at in range(0, 50_000, 97)]
        self.fat = [long[at : at + 8_300 + at % 4_000] for at in range(0, 150_000, 1_999)]

    def of(self, shape: Shape) -> str:
        """A text for an event."""
        texts = self.fat if shape.fat else self.short
        return texts[shape.number % len(texts)]


class CanonicalRows:
    """Tables ``session``, ``event`` and ``event_text``; long texts only in the last one."""

    def __init__(self, seed: int) -> None:
        self.schema = canonical_schema()
        self._texts = Texts(seed)

    def events(self, batch: Sequence[Shape]) -> list[Insert]:
        """Rows of ``event`` and ``event_text``."""
        short = self._texts.short
        events: Values = [
            (
                shape.number + 1,
                f"evt-{scrambled(shape.number)}",
                f"ses-{scrambled(shape.session)}",
                None if shape.parent < 0 else f"evt-{scrambled(shape.parent)}",
                shape.time,
                shape.agent,
                "explorer" if shape.kind == "delegation" else None,
                shape.kind,
                shape.phase,
                None if shape.call < 0 else f"call-{shape.call}",
                shape.tool,
                short[shape.number % len(short)],
                shape.state,
                None if shape.state == "running" else shape.duration,
                1200 + shape.number % 800 if shape.kind == "message" else None,
            )
            for shape in batch
        ]
        texts: Values = [(shape.number + 1, "{}", self._texts.of(shape)) for shape in batch]
        return [
            (
                insert_into(
                    "event",
                    "seq id session_id parent_id time agent target_agent kind phase",
                    "call_key tool summary state duration tokens",
                ),
                events,
            ),
            (insert_into("event_text", "seq input output"), texts),
        ]

    def sessions(self, sessions: Sequence[SessionShape]) -> list[Insert]:
        """Rows of ``session``."""
        values: Values = [
            (
                f"ses-{scrambled(session.number)}",
                None if session.parent < 0 else f"ses-{scrambled(session.parent)}",
                None if session.call < 0 else f"evt-{scrambled(session.call)}",
                f"Session {session.number}",
                session.agent,
                "completed" if session.over else "running",
                session.started,
                session.ended if session.over else None,
            )
            for session in sessions
        ]
        return [
            (
                insert_into(
                    "session", "id parent_id parent_event_id title agent status started ended"
                ),
                values,
            )
        ]


class HtmlGraphRows:
    """Tables ``sessions``, ``agent_events`` and ``agent_collaboration``.

    Long texts are in ``context``, before the status.
    """

    def __init__(self, seed: int) -> None:
        self.schema = schema_of("htmlgraph-0.26.1.db", without=INDEX_TABLES)
        self._texts = Texts(seed)

    def events(self, batch: Sequence[Shape]) -> list[Insert]:
        """Rows of ``agent_events``: calls of two rows as the hooks before and after wrote them.

        Beside each delegation stands a hand-off, of which only every third is another one.
        """
        return [
            (
                insert_into(
                    "agent_events",
                    "event_id agent_id event_type timestamp tool_name input_summary",
                    "output_summary context session_id parent_event_id subagent_type",
                    "status created_at updated_at",
                ),
                [self._event(shape) for shape in batch],
            ),
            (
                insert_into(
                    "agent_collaboration",
                    "handoff_id from_agent to_agent timestamp session_id handoff_type status",
                ),
                [self._handoff(shape) for shape in batch if shape.kind == "delegation"],
            ),
        ]

    def _handoff(self, shape: Shape) -> tuple[object, ...]:
        return (
            f"hand-{scrambled(shape.number)}",
            shape.agent,
            "Explore",
            sql_time(shape.time),
            f"sess-{scrambled(shape.session)}",
            "delegation" if shape.number % 3 else "parallel",
            "pending" if shape.state == "running" else "completed",
        )

    def _event(self, shape: Shape) -> tuple[object, ...]:
        text = self._texts.short[shape.number % len(self._texts.short)]
        time = sql_time(shape.time)
        before = shape.phase == "start"
        event_type, tool, status, subagent = "tool_call", shape.tool, "recorded", None
        output: str | None = "ok"
        if shape.kind == "delegation":
            event_type, subagent = "task_delegation", "Explore"
            status = "started" if shape.state == "running" else "completed"
            text = f'{{"subagent_type": "Explore", "prompt": "{text}"}}'
        elif shape.kind == "prompt":
            tool, output = "UserQuery", "Query received"
        elif shape.kind == "message":
            tool = "Stop"
        elif before:
            text = f'{{"session_id": "hook", "tool_name": "{tool}", "input": "{text}"}}'
            output = None
        else:
            text = f"{tool}: {text}"
        context = None
        if not before and event_type == "tool_call":
            failed = "true" if shape.state == "error" else "false"
            paths = self._texts.of(shape) if shape.fat else "src/main.py"
            context = f'{{"file_paths": ["{paths}"], "tool_input_keys": [], "is_error": {failed}}}'
        return (
            f"evt-{scrambled(shape.number)}",
            "claude-code" if before else shape.agent,
            event_type,
            time,
            tool,
            text,
            output,
            context,
            f"sess-{scrambled(shape.session)}",
            None if before or shape.parent < 0 else f"evt-{scrambled(shape.parent)}",
            subagent,
            status,
            time,
            time,
        )

    def sessions(self, sessions: Sequence[SessionShape]) -> list[Insert]:
        """Rows of ``sessions``: active for ever, as the hooks leave them."""
        values: Values = [
            (
                f"sess-{scrambled(session.number)}",
                session.agent,
                None if session.parent < 0 else f"sess-{scrambled(session.parent)}",
                None if session.call < 0 else f"evt-{scrambled(session.call)}",
                sql_time(session.started),
                "active",
                session.parent >= 0,
            )
            for session in sessions
        ]
        return [
            (
                insert_into(
                    "sessions",
                    "session_id agent_assigned parent_session_id parent_event_id",
                    "created_at status is_subagent",
                ),
                values,
            )
        ]


@lru_cache(maxsize=4)
def _minute(number: int) -> str:
    return datetime.fromtimestamp(number * 60, UTC).strftime("%Y-%m-%d %H:%M:")


def sql_time(instant: float) -> str:
    """As CURRENT_TIMESTAMP writes it. Events come in order of time, so few minutes are kept."""
    minute, second = divmod(int(instant), 60)
    return f"{_minute(minute)}{second:02d}"
