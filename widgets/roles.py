"""The looks that lines are drawn in: one component class per role, from theme colours only."""

from __future__ import annotations

from typing import Final

ROLE_CLASSES: Final = {
    "line--ok",
    "line--error",
    "line--warning",
    "line--running",
    "line--accent",
    "line--strong",
    "line--muted",
    "line--header",
    "line--cursor",
    "line--match",
}
"""``line--`` and the name of the role; :meth:`widgets.line_view.LineView.role` knows these."""

ROLE_CSS: Final = """
    overflow-x: hidden;
    overflow-y: scroll;
    scrollbar-size-vertical: 1;
    background: $surface;
    color: $foreground;
    & > .line--ok { color: $text-success; }
    & > .line--error { color: $text-error; text-style: bold; }
    & > .line--warning { color: $text-warning; }
    & > .line--running { color: $text-primary; text-style: bold; }
    & > .line--accent { color: $text-accent; }
    & > .line--strong { text-style: bold; }
    & > .line--muted { color: $text-muted; }
    & > .line--header { color: $text-muted; text-style: underline; }
    & > .line--match { color: $background; background: $warning; text-style: bold; }
    & > .line--cursor {
        color: $block-cursor-blurred-foreground;
        background: $block-cursor-blurred-background;
    }
    &:ansi > .line--muted { text-style: dim; }
    &:ansi > .line--match { background: transparent; text-style: reverse bold; }
    &:ansi > .line--cursor { background: transparent; text-style: underline; }
    &:focus > .line--cursor {
        color: $block-cursor-foreground;
        background: $block-cursor-background;
        text-style: $block-cursor-text-style;
    }
"""
"""Rules for inside the widget's own block. Where the terminal's own colours are used, which
are not ours to mix, text attributes stand for backgrounds."""
