"""Stores for tests: builders of each schema, hostile texts, and a writer that runs live."""

from tests.stores.base import FIRST_TIME, Journal, RawText, Row, StoreBuilder, Text
from tests.stores.canonical import CanonicalStore, canonical_store
from tests.stores.heist import (
    HeistAuditStore,
    HeistSessionStore,
    heist_audit_store,
    heist_session_store,
)
from tests.stores.hostile import HOSTILE
from tests.stores.htmlgraph import HtmlGraphStore, htmlgraph_store
from tests.stores.live_writer import Commit, LiveWriter, read_commits, start_live_writer

__all__ = [
    "FIRST_TIME",
    "HOSTILE",
    "CanonicalStore",
    "Commit",
    "HeistAuditStore",
    "HeistSessionStore",
    "HtmlGraphStore",
    "Journal",
    "LiveWriter",
    "RawText",
    "Row",
    "StoreBuilder",
    "Text",
    "canonical_store",
    "heist_audit_store",
    "heist_session_store",
    "htmlgraph_store",
    "read_commits",
    "start_live_writer",
]
