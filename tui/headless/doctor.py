"""``doctor``: how a store is read, and what in it does not fit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from queries.as_json.canonical import Json
from queries.doctor import Diagnosis, Table, diagnose
from queries.keeping.fold_cache import EntryInfo
from queries.processors import processors
from queries.text import count, date_time, iso
from tui.headless.arguments import forms, store_argument
from tui.headless.output import Column, pair_lines, text_lines, write, write_json
from tui.headless.stores import open_store, progress, stale_after, totals_cache
from tui.keeping import kept_of

TABLES: list[Column[Table]] = [
    Column("table", lambda table: table.name),
    Column("rows", lambda table: count(table.rows), number=True),
    Column("read as", lambda table: table.used_as or "not read"),
]
SHOWN = 10
"""Findings of one sort that people see; JSON has them all."""


@click.command(name="doctor")
@store_argument
@forms(table=False)
def command(store: str | None, form: str | None) -> int:
    """How a store is read, and what in it does not fit together."""
    with open_store(store) as opened, progress() as tell:
        found = diagnose(opened, tell, stale_after=stale_after(), processes=processors())
        kept = kept_of(totals_cache(False), opened.path)
    if form == "json":
        shapes = None if kept is None else [_kept_shape(entry) for entry in kept]
        write_json(_shape(found) | {"kept_totals": shapes})
    else:
        write(as_text(found, kept))
    return 0


def _kept_shape(entry: EntryInfo) -> Json:
    return {
        "rows": entry.rows,
        "counted_at": iso(entry.written),
        "size_bytes": entry.size,
        "current": entry.is_current,
    }


def _kept_words(kept: Sequence[EntryInfo] | None) -> str:
    if kept is None:
        return "switched off"
    words = (
        f"{count(entry.rows)} rows, counted {date_time(entry.written)}, {count(entry.size)} bytes"
        f"{'' if entry.is_current else ', outdated'}"
        for entry in kept
    )
    return "; ".join(words) or "none"


def _shape(found: Diagnosis) -> Json:
    return {
        "store": found.info.path,
        "dialect": found.info.dialect,
        "why": found.info.why,
        "journal_mode": found.info.journal_mode,
        "opened_as": found.info.opened_as,
        "size_bytes": found.info.size,
        "sessions": found.sessions,
        "events": found.events,
        "tables": [asdict(table) for table in found.tables],
        "sources": [
            {"source": source.name, "rows": source.rows, "events": source.events}
            for source in found.sources
        ],
        "skipped": [asdict(problem) for problem in found.skipped],
        "mismatches": [asdict(mismatch) for mismatch in found.mismatches],
        "undeclared_sessions": asdict(found.undeclared_sessions),
        "events_without_session": found.events_without_session,
        "events_without_parent": asdict(found.events_without_parent),
        "notes": list(found.notes),
    }


def as_text(found: Diagnosis, kept: Sequence[EntryInfo] | None) -> str:
    """A diagnosis as people read it, with a line break at its end.

    Args:
        found: the diagnosis.
        kept: totals of the store that are kept for the next time; None when none ever are.
    """
    info = found.info
    lines = [
        *pair_lines(
            (
                ("store", info.path),
                ("dialect", f"{info.dialect}: {info.why}"),
                ("opened", info.opened_as),
                ("journal mode", info.journal_mode),
                ("size", f"{count(info.size)} bytes"),
                ("sessions", count(found.sessions)),
                ("events", count(found.events)),
                ("kept totals", _kept_words(kept)),
            )
        ),
        "",
        *text_lines(TABLES, found.tables),
        "",
    ]
    lines += [
        f"{source.name}: {count(source.rows)} rows make {count(source.events)} events"
        for source in found.sources
    ]
    for title, findings in _findings(found):
        lines += ["", title] if findings else []
        lines += [f"  {finding}" for finding in findings[:SHOWN]]
        if len(findings) > SHOWN:
            lines.append(f"  and {count(len(findings) - SHOWN)} more; --json lists them")
    return "\n".join(lines) + "\n"


def _findings(found: Diagnosis) -> list[tuple[str, list[str]]]:
    """Headings with what stands under them; nothing under one means all is well."""
    lost, alone = found.events_without_parent, found.undeclared_sessions
    orphans = []
    if alone.count:
        orphans.append(
            f"{count(found.events_without_session)} events of {count(alone.count)} sessions"
            f" without a row of their own: {', '.join(alone.examples)}"
        )
    if lost.count:
        orphans.append(
            f"{count(lost.count)} event{'s name' if lost.count != 1 else ' names'} a parent"
            f" that is missing: {', '.join(lost.examples)}"
        )
    return [
        (
            "Could not be read",
            [f"{one.where}: {one.what} ({count(one.count)})" for one in found.skipped],
        ),
        (
            "Declared and counted differ",
            [
                f"{one.session_id}: {one.what}: declared {count(one.declared)}, "
                f"counted {count(one.counted)}"
                for one in found.mismatches
            ],
        ),
        ("Refer to what is not there", orphans),
        ("Notes", list(found.notes)),
    ]
