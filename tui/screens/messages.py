"""What the threads tell the main screen."""

from __future__ import annotations

from textual.message import Message

from queries.models import Snapshot
from tui.reader import Answer


class SnapshotArrived(Message):
    """The poller made a new snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        super().__init__()


class AnswerArrived(Message):
    """The reader answered, wholly or in part."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__()
