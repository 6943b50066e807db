"""Heist's audit database: epoch times, one row per tool call in ``tool_calls``."""

from __future__ import annotations

from queries.dialects.base import Probe, Schema, StoreMapping
from queries.dialects.heist import heist_mapping


class HeistAudit:
    """Recognised by ``sessions.total_turns``."""

    name = "heist-audit"

    def map(self, schema: Schema, probe: Probe) -> StoreMapping | None:
        """How to read this schema, or None when it is not this one."""
        if not schema.has("sessions", "session_id", "total_turns"):
            return None
        return heist_mapping(self.name, "total_turns", schema, probe)
