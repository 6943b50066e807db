"""The canonical model of an activity tree and of its changes."""

from __future__ import annotations

from enum import StrEnum

from queries.models.records import Event
from queries.plain_data import dataclass


@dataclass(frozen=True, slots=True)
class NodeStats:
    """Sums over everything below a node of the activity tree."""

    calls: int = 0
    errors: int = 0
    running: int = 0
    duration: float | None = None
    """Sum of the known durations of the calls below, in seconds."""
    tokens: int | None = None
    events: int = 0


class NodeKind(StrEnum):
    """What a line of the activity tree stands for."""

    EVENT = "event"
    SESSION = "session"
    """A sub-agent's session, under the call that started it."""
    GROUP = "group"
    """Events outside any prompt, orphans, and other groups of our own."""
    NOTICE = "notice"
    """A line of ours, such as "4,321 earlier events"."""


@dataclass(frozen=True, slots=True)
class ActivityNode:
    """One line of the activity tree."""

    key: str
    """Stable over reloads and updates."""
    parent: str | None
    """The key of the node it hangs under; None for a root."""
    kind: NodeKind
    title: str
    """For events the summary, else what the line says."""
    event: Event | None = None
    stats: NodeStats | None = None
    """For nodes that have (or had) children."""
    never_ended: bool = False
    """A call that has no end although its session is over or has moved on."""


@dataclass(frozen=True, slots=True)
class NodeInserted:
    """A node appears as the last child of its parent, or right before ``before``."""

    node: ActivityNode
    before: str | None = None
    """Key of a sibling; None appends."""


@dataclass(frozen=True, slots=True)
class NodeReplaced:
    """The node with this node's key now looks like this; its children stay."""

    node: ActivityNode


@dataclass(frozen=True, slots=True)
class NodeRemoved:
    """The node and all below it are gone."""

    key: str


TreeChange = NodeInserted | NodeReplaced | NodeRemoved
