"""What one line of the activity tree says, and how it is laid out in a given width."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from queries import text
from queries.models import ActivityNode, Event, EventKind, EventState, NodeKind, NodeStats
from queries.plain_data import dataclass
from widgets.cells import fit
from widgets.glyphs import Glyphs, state_glyph

WIDE = 110
"""From this width on every line names its agent."""
_COLUMNS = 70
"""From this width on tool names stand in a column."""
_TIMES = 50
"""From this width on lines show their time."""
_TOOL_WIDTH, _LEAST_CONTENT = 12, 16
_NARROW_AGENT_WIDTH, _AGENT_WIDTH, _WIDE_AGENT_WIDTH = 10, 12, 15

Pieces = list[tuple[str, str]]
"""Text and role, one after the other."""

_UNDERLINE = Style(underline=True)


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """All that the looks of a line depend on, apart from the width of the pane."""

    node: ActivityNode
    guides: tuple[bool, ...] = ()
    """See :meth:`FlatTree.guides`."""
    cut: bool = False
    """Whether more levels than these guides lie above it."""
    branch: bool | None = None
    """Open, closed, or (None) without children."""
    agent: str | None = None
    """The agent to name on this line."""
    age: str = ""
    """For running calls: how long by now."""
    zone: tzinfo | None = None
    """In which the time is shown; None is the user's own."""
    latest: ActivityNode | None = None
    """Of a closed group: the event that came last in it, which nobody would see otherwise."""


def is_failure(node: ActivityNode) -> bool:
    """Whether the node is something that went wrong."""
    event = node.event
    return event is not None and (
        event.state is EventState.ERROR or event.kind is EventKind.ERROR
    )  # fmt: skip


def is_running(node: ActivityNode) -> bool:
    """Whether the node is an event that may still get an end."""
    return (
        node.event is not None
        and node.event.state is EventState.RUNNING
        and not node.never_ended
    )  # fmt: skip


def running_age(seconds: float) -> str:
    """How long something has been running, in whole seconds: ``7s``, ``1m03s``, ``3h05m``."""
    whole = max(0, int(seconds))
    return f"{whole}s" if whole < 60 else text.duration(whole)


def tool_name(event: Event) -> str:
    """The tool, with its operation where it has one: ``vault·unlock``."""
    name = event.tool or text.UNKNOWN
    return f"{name}·{event.operation}" if event.operation else name


def names_in(node: ActivityNode) -> list[str]:
    """The agents, the tool and the operation that the node names."""
    event = node.event
    if event is None:
        return []
    names = (event.agent, event.target_agent, event.tool, event.operation)
    return [name for name in names if name]


def plain_text(line: ActivityLine, glyphs: Glyphs) -> str:
    """The whole line, nothing cut: for copying and exports."""
    event = line.node.event
    parts = [text.clock(event.time, line.zone) if event else "", _sign(line.node, glyphs)[0]]
    if line.agent:
        parts.append(line.agent)
    parts.append("  ".join(piece for piece, _ in _line_content(line, glyphs)))
    parts.append("".join(piece for piece, _ in _figures(line, glyphs)[0]))
    return _prefix(line, glyphs) + "  ".join(part for part in parts if part.strip())


def line_segments(
    line: ActivityLine,
    width: int,
    glyphs: Glyphs,
    role: Callable[[str], Style],
) -> list[Segment]:
    """The line in exactly ``width`` cells.

    Args:
        line: what to show.
        width: cells.
        glyphs: the set of signs to draw with.
        role: gives the style of a role, "" being plain text.
    """
    event, failed = line.node.event, is_failure(line.node)
    left: Pieces = [(_prefix(line, glyphs), "muted")]
    if width >= _TIMES and event is not None:
        left.append((fit(text.clock(event.time, line.zone), 9), "muted"))
    sign, sign_role = _sign(line.node, glyphs)
    if sign:
        left.append((sign + " ", sign_role))
    if line.agent:
        most = _AGENT_WIDTH if width >= _TIMES else _NARROW_AGENT_WIDTH
        agent = fit(line.agent, _WIDE_AGENT_WIDTH) if width >= WIDE else fit(
            line.agent, min(most, cell_len(line.agent))
        )  # fmt: skip
        left.append((agent + " ", "accent"))
    room = width - sum(cell_len(piece) for piece, _ in left)
    right: Pieces = []
    for candidate in _figures(line, glyphs):
        needed = sum(cell_len(piece) for piece, _ in candidate)
        if candidate and room - needed - 1 >= _LEAST_CONTENT:
            right = [(" ", ""), *candidate]
            room -= needed + 1
            break
    segments = [Segment(piece, role(name)) for piece, name in left]
    content = _line_content(line, glyphs)
    for place, (piece, name) in enumerate(content):
        is_last = place == len(content) - 1
        if not is_last and width >= _COLUMNS and cell_len(piece) < _TOOL_WIDTH:
            piece = fit(piece, _TOOL_WIDTH)
        wanted = room if is_last else min(cell_len(piece) + 1, room)
        shown = fit(piece, wanted).rstrip()
        style = role("error") + _UNDERLINE if failed else role(name)
        segments.append(Segment(shown, style))
        segments.append(Segment(" " * (wanted - cell_len(shown)), role("")))
        room -= wanted
    segments.extend(Segment(piece, role(name)) for piece, name in right)
    return segments


def _prefix(line: ActivityLine, glyphs: Glyphs) -> str:
    above = (glyphs.guide_line if follows else glyphs.guide_blank for follows in line.guides[:-1])
    parts = [glyphs.ellipsis if line.cut else "", *(guide + " " for guide in above)]
    if line.guides:
        parts.append((glyphs.guide_branch if line.guides[-1] else glyphs.guide_last) + " ")
    parts.append({None: " ", True: glyphs.open, False: glyphs.closed}[line.branch] + " ")
    return "".join(parts)


def arrow_column(line: ActivityLine) -> int:
    """The cell in which the sign of an open or closed branch stands."""
    return 2 * len(line.guides) + line.cut


def _sign(node: ActivityNode, glyphs: Glyphs) -> tuple[str, str]:
    """The sign of a node and its role."""
    event = node.event
    if event is None:
        return (glyphs.sub, "accent") if node.kind is NodeKind.SESSION else ("", "")
    if node.never_ended:
        return glyphs.never_ended, "warning"
    if is_failure(node):
        return glyphs.error, "error"
    if event.state is EventState.RUNNING:
        return glyphs.running, "running"
    if event.is_call:
        return state_glyph(event.state, glyphs), "ok" if event.state is EventState.OK else "muted"
    signs = {
        EventKind.PROMPT: glyphs.prompt,
        EventKind.MESSAGE: glyphs.message,
        EventKind.HANDOFF: glyphs.handoff,
    }
    return signs.get(event.kind, glyphs.other), "accent"


def _line_content(line: ActivityLine, glyphs: Glyphs) -> Pieces:
    content = _content(line.node, glyphs)
    latest = line.latest
    if latest is None or latest.event is None:
        return content
    words = "  ".join(piece for piece, _ in _content(latest, glyphs) if piece)
    began = text.clock(latest.event.time, line.zone)
    last = f"{glyphs.dot} last {began} {_sign(latest, glyphs)[0]} {words}"
    return [*content, (last, "muted")]


def _content(node: ActivityNode, glyphs: Glyphs) -> Pieces:
    event = node.event
    title = node.title
    if event is None:
        return [(title, "strong" if node.kind is NodeKind.SESSION else "muted")]
    match event.kind:
        case EventKind.PROMPT:
            return [(title or text.UNKNOWN, "strong")]
        case EventKind.TOOL:
            return [(tool_name(event), "strong"), (title, "")]
        case EventKind.DELEGATION:
            target = event.target_agent or text.UNKNOWN
            return [(f"{event.tool or 'Task'} {glyphs.arrow} {target}", "strong"), (title, "")]
        case EventKind.HANDOFF:
            names = f"{event.agent or text.UNKNOWN} {glyphs.arrow} "
            return [(names + (event.target_agent or text.UNKNOWN), "strong"), (title, "")]
        case EventKind.MESSAGE:
            return [(event.agent or text.UNKNOWN, "accent"), (title, "")]
        case _:
            return [(title, "") if title else (event.kind.value, "muted")]


def _figures(line: ActivityLine, glyphs: Glyphs) -> list[Pieces]:
    """What stands at the right end, in ever shorter versions."""
    node, event = line.node, line.node.event
    if node.never_ended:
        last: Pieces = [("never ended", "warning")]
    elif line.age:
        last = [(line.age, "running")]
    elif event is not None and event.duration is not None:
        last = [(text.duration(event.duration), "muted")]
    elif node.stats is not None and node.stats.duration is not None:
        last = [(text.duration(node.stats.duration), "muted")]
    elif event is not None and event.is_call:
        last = [(text.UNKNOWN, "muted")]
    else:
        last = []
    stats = node.stats
    if stats is None or not (stats.calls or stats.errors):
        return [last]
    calls: Pieces = [(text.many(stats.calls, "call"), "muted")]
    alarms = _alarms(stats, glyphs)
    versions = ([calls, *alarms, last], [*alarms, last], alarms, [last])
    return [_joined([part for part in version if part]) for version in versions]


def _alarms(stats: NodeStats, glyphs: Glyphs) -> list[Pieces]:
    alarms: list[Pieces] = []
    if stats.errors:
        alarms.append([(f"{stats.errors:,} {glyphs.error}", "error")])
    if stats.running:
        alarms.append([(f"{stats.running:,} {glyphs.running}", "running")])
    return alarms


def _joined(parts: list[Pieces]) -> Pieces:
    joined: Pieces = []
    for part in parts:
        if joined:
            joined.append((" · ", "muted"))
        joined.extend(part)
    return joined
