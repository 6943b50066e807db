"""What was asked in SQL before, newest last."""

from __future__ import annotations

from collections.abc import Iterable

from queries.text import clean_lines
from tui.state import load_state, save_state

FILE = "sql-history.json"
MOST = 200
LONGEST = 4000


class SqlHistory:
    """Questions to step through, each once."""

    def __init__(self, questions: Iterable[str] = ()) -> None:
        """Args: questions: oldest first."""
        self._questions: list[str] = []
        for question in questions:
            self.add(question)
        self._at = 0
        self._draft = ""
        self._is_new = False

    @classmethod
    def load(cls) -> SqlHistory:
        """What is remembered."""
        found = load_state(FILE)
        known = found if isinstance(found, list) else []
        return cls(" ".join(clean_lines(one).split()) for one in known if isinstance(one, str))

    def save(self) -> None:
        """Remember it, if anything was added."""
        if self._is_new:
            save_state(FILE, self._questions)

    def add(self, question: str) -> None:
        """A question was asked."""
        if question and len(question) <= LONGEST:
            if question in self._questions:
                self._questions.remove(question)
            self._questions.append(question)
            del self._questions[:-MOST]
            self._is_new = True

    def begin(self, draft: str) -> None:
        """Something new is typed, beginning with this."""
        self._at, self._draft = 0, draft
        if self._questions and draft == self._questions[-1]:
            self._at = 1

    def step(self, steps: int, typed: str) -> str | None:
        """The question so many steps back (1) or forth (-1); None at the end.

        What is typed now is kept at the place of the newest.
        """
        at = self._at + steps
        if not 0 <= at <= len(self._questions):
            return None
        if self._at == 0:
            self._draft = typed
        self._at = at
        return self._questions[-at] if at else self._draft
