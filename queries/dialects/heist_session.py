"""Heist's session database: local ISO times, one row per tool call in ``tool_usage``."""

from __future__ import annotations

from queries.dialects.base import Probe, Schema, StoreMapping
from queries.dialects.heist import heist_mapping


class HeistSession:
    """Recognised by ``sessions.num_turns``."""

    name = "heist-session"

    def map(self, schema: Schema, probe: Probe) -> StoreMapping | None:
        """How to read this schema, or None when it is not this one."""
        if not schema.has("sessions", "session_id", "num_turns"):
            return None
        return heist_mapping(self.name, "num_turns", schema, probe)
