"""One file per foreign schema: how its rows become canonical rows."""

from __future__ import annotations

from queries.dialects.base import Dialect, Probe, Schema, StoreMapping
from queries.dialects.canonical import Canonical
from queries.dialects.heist_audit import HeistAudit
from queries.dialects.heist_session import HeistSession
from queries.dialects.htmlgraph import HtmlGraph
from queries.text import clean

DIALECTS: tuple[Dialect, ...] = (Canonical(), HtmlGraph(), HeistAudit(), HeistSession())
"""In the order in which they are tried."""
_NAMED = 12


def read_schema(probe: Probe) -> Schema:
    """The tables of a store and their columns.

    Views and virtual tables are left out: a view has no rowid to follow, and a virtual table
    can be of a kind that this SQLite does not have.
    """
    found = probe(
        "SELECT lower(t.name), lower(c.name) FROM main.sqlite_master AS t,"
        " pragma_table_xinfo(t.name) AS c"
        " WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND c.hidden <> 1"
    )
    tables: dict[str, set[str]] = {}
    for table, name in found:
        tables.setdefault(str(table), set()).add(str(name))
    version = probe("PRAGMA user_version")[0][0]
    return Schema({table: frozenset(names) for table, names in tables.items()}, int(version))


def recognise(schema: Schema, probe: Probe) -> StoreMapping | None:
    """How to read this store, by the first dialect that knows its columns; else None."""
    for dialect in DIALECTS:
        mapping = dialect.map(schema, probe)
        if mapping is not None:
            return mapping
    return None


def has_rowids(mapping: StoreMapping, probe: Probe) -> bool:
    """Whether all tables whose rows are followed have rowids, which tell the order of arrival."""
    tables = [source.table for source in mapping.sources]
    if mapping.sessions is not None:
        tables.append(mapping.sessions.table)
    # Of a table with rowids this tells nothing, for it is no index.
    return not any(probe(f"PRAGMA main.index_info({table})") for table in tables)


def explain_unknown(schema: Schema) -> str:
    """One sentence: which tables a store has, and which schemas are known."""
    names = sorted(name for name in schema.tables if not name.startswith("sqlite_"))
    known = ", ".join(dialect.name for dialect in DIALECTS)
    if not names:
        return f"has no tables yet; known schemas are {known}."
    seen = ", ".join(clean(name, 40) for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"has the tables {seen}{more}, which is none of the known schemas ({known})."
