from __future__ import annotations

import pytest

from queries.reading.selects import bare_select


@pytest.mark.parametrize(
    ("select", "bare"),
    [
        ("SELECT a FROM t", None),
        ("SELECT a FROM t WHERE b", "SELECT a FROM t "),
        ("SELECT (SELECT b FROM u WHERE c) AS a FROM t", None),
        (
            "SELECT (SELECT b FROM u WHERE c) AS a FROM t WHERE(d)",
            "SELECT (SELECT b FROM u WHERE c) AS a FROM t ",
        ),
        ("SELECT 'x WHERE y' AS a, '(' AS b FROM t", None),
        ("SELECT '(' AS b, 'it''s' FROM t\nwhere c", "SELECT '(' AS b, 'it''s' FROM t\n"),
    ],
)
def test_what_a_source_hides_can_be_left_out(select: str, bare: str | None) -> None:
    assert bare_select(select) == bare
