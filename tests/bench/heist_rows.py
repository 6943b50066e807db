"""How the shape of a large store becomes rows of the heist audit dialect."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.rows import Insert, Texts, Values, insert_into, sql_time
from tests.bench.shape import SessionShape, Shape
from tests.stores.base import schema_of

CREW = ("planner", "hacker", "safecracker", "mole")
TOOLS = ("calculator", "file_reader", "database_query", "simulation_data")


class HeistRows:
    """Prompts and messages become messages, with an action beside each; the rest tool calls.

    The actions only repeat the messages and do not count as events; nor do the totals that are
    written when a session ends.
    """

    def __init__(self, seed: int) -> None:
        self.schema = schema_of("heist-audit.db")
        self._texts = Texts(seed)
        self._used: dict[tuple[int, str], _Used] = {}

    def events(self, batch: Sequence[Shape]) -> list[Insert]:
        """Rows of ``messages``, ``actions`` and ``tool_calls``."""
        messages: Values = []
        actions: Values = []
        calls: Values = []
        for shape in batch:
            session = f"heist_{shape.session}"
            number = shape.number
            created = sql_time(shape.time)
            # Mostly one after the other, as in a ring, with some interruptions.
            agent = CREW[(number if number % 7 else number // 7) % 4]
            if _speaks(shape):
                turn = number % 50
                text = self._texts.of(shape)
                messages.append((session, turn, agent, agent, text, shape.time, created))
                actions.append((session, turn, agent, "message", shape.time, created))
            else:
                tool = TOOLS[number % 5 % 4]
                success = shape.state != "error"
                calls.append((session, agent, tool, shape.time, success, shape.duration, created))
                used = self._used.setdefault((shape.session, tool), _Used())
                used.calls += 1
                used.ok += success
                used.seconds += shape.duration or 0.0
        return [
            (
                insert_into(
                    "messages",
                    "session_id turn_id agent_name agent_role message timestamp",
                    "created_at",
                ),
                messages,
            ),
            (
                insert_into(
                    "actions", "session_id turn_number agent_name action_type timestamp created_at"
                ),
                actions,
            ),
            (
                insert_into(
                    "tool_calls",
                    "session_id agent_name tool_name timestamp success execution_time",
                    "created_at",
                ),
                calls,
            ),
        ]

    def sessions(self, sessions: Sequence[SessionShape]) -> list[Insert]:
        """Rows of ``sessions`` and, for those that are over, of ``tool_usage``.

        Those that are not over stay active, without an end.
        """
        values: Values = [
            (
                f"heist_{session.number}",
                session.started,
                session.ended if session.over else None,
                "completed" if session.over else "active",
                session.events // 4 if session.over else 0,
                # Else the moment of generating is written.
                sql_time(session.started),
            )
            for session in sessions
        ]
        return [
            (
                insert_into(
                    "sessions", "session_id start_time end_time status total_turns created_at"
                ),
                values,
            ),
            (
                insert_into(
                    "tool_usage", "session_id tool_name usage_count avg_execution_time success_rate"
                ),
                [
                    (
                        f"heist_{session.number}", tool, used.calls, used.seconds / used.calls,
                        used.ok / used.calls,
                    )
                    for session in sessions
                    if session.over
                    for tool in TOOLS
                    if (used := self._used.get((session.number, tool))) is not None
                ],
            ),
        ]  # fmt: skip


class _Used:
    """Calls of one tool in one session."""

    __slots__ = ("calls", "ok", "seconds")

    def __init__(self) -> None:
        self.calls = self.ok = 0
        self.seconds = 0.0


def _speaks(shape: Shape) -> bool:
    return shape.kind in ("prompt", "message") or shape.phase == "start" or shape.number % 3 == 0
