"""Questions in SQL about the open store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from queries.store import Store
from queries.text import many
from tui.commands import available, bindings_for, footer_hints
from tui.reader import Answer
from tui.screens.leaving import Leaving
from tui.screens.prompt import Prompt
from tui.screens.reading import Reading
from tui.screens.titles import drawn
from tui.sql_history import SqlHistory
from widgets.result_table import ResultTable
from widgets.status_bar import FooterBar

if TYPE_CHECKING:
    from queries.questions.sql_prompt import SqlAnswer

CONTEXTS: Final = ("any", "detail", "sql")
EXAMPLE: Final = "SELECT tool, count(*) FROM event GROUP BY tool"
WHAT_THERE_IS: Final = ("view", "column", "what it is")
HINT: Final = "what can be asked for; pgdn and pgup move, up brings back questions"


class SqlScreen(Reading, Leaving[None]):
    """A line to type in, and the answer in a table."""

    CSS_PATH = "sql.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(CONTEXTS))
    slot = "sql"

    def __init__(self, history: SqlHistory | None = None) -> None:
        """Args: history: what was asked before; None: what is remembered."""
        super().__init__()
        self._history = SqlHistory.load() if history is None else history
        self._asked = self._said = ""

    @property
    def contexts(self) -> tuple[str, ...]:
        """Which commands belong here."""
        return CONTEXTS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a command may run here."""
        return available(action, parameters, CONTEXTS)

    @property
    def table(self) -> ResultTable:
        """The answer."""
        return self.query_one(ResultTable)

    @property
    def prompt(self) -> Prompt:
        """The line to type in."""
        return self.query_one(Prompt)

    def compose(self) -> ComposeResult:
        """The answer above prompt and footer."""
        yield ResultTable(glyphs=self.owner.glyphs, id="answer")
        yield Prompt()
        yield FooterBar(glyphs=self.owner.glyphs)

    def on_mount(self) -> None:
        """Ask at once."""
        hints = footer_hints(CONTEXTS, self.owner.user_keymap, ascii_only=self.owner.is_ascii)
        self.query_one(FooterBar).show_hints([(hint.key, hint.title) for hint in hints])
        self._show_what_there_is()
        self.action_ask()

    def _show_what_there_is(self) -> None:
        """Before anything is asked, show the views and their columns."""
        from queries.questions.canonical_views import schema_rows

        self.table.show(WHAT_THERE_IS, schema_rows(), frozenset())
        self._say(HINT)

    # -- asking -------------------------------------------------------------------------------

    def action_ask(self) -> None:
        """Type a question."""
        self._history.begin(self._asked)
        self.prompt.ask("sql", ":", self._asked, EXAMPLE)

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        self.table.focus()
        if event.purpose == "search":
            if event.text and not self.table.find(event.text):
                self.prompt.tell(f"Nothing here holds {event.text!r}.")
            return
        sql = event.text.strip()
        if not sql:
            return
        self._asked = sql
        self._history.add(sql)
        self._say("asking ...")
        path, stale_after = self.owner.path, self.owner.config.stale_minutes * 60.0

        def work(_store: Store) -> Iterator[object]:
            from queries.questions.sql_prompt import SqlError, SqlStore

            class Asked(SqlStore):
                pass

            Asked.stale_after = stale_after
            try:
                with Asked(path) as store:
                    yield store.ask(sql)
            except SqlError as error:
                yield str(error)

        self.owner.reader.request(self.slot, work)

    def take_answer(self, answer: Answer) -> None:
        """Show the table, or the sentence that says what is wrong."""
        table = self.table
        if answer.error or isinstance(answer.value, str):
            table.empty_text = answer.error or str(answer.value)
            table.show((), (), frozenset())
            self._say("")
            return
        found = cast("SqlAnswer", answer.value)
        table.empty_text = "No row answers that."
        table.show(found.columns, found.rows, found.numeric)
        words = f"{many(len(found.rows), 'row')} in {found.seconds:.2f} s"
        self._say(f"{words}, {found.cut}" if found.cut else words)

    def _say(self, words: str) -> None:
        self._said = words
        glyphs = self.owner.glyphs
        title = f"SQL {glyphs.dot} {words}" if words else "SQL"
        self.table.border_title = Content(drawn(title, self.table, glyphs))

    def on_resize(self) -> None:
        """Cut the title for the new width."""
        self.call_after_refresh(lambda: self._say(self._said))

    @on(Prompt.GivenUp)
    def _given_up(self, event: Prompt.GivenUp) -> None:
        if event.purpose == "sql" and not self._asked:
            self.dismiss()
            return
        self.table.find("")
        self.table.focus()

    def let_go(self) -> None:
        """Nobody waits for an answer any more."""
        self.owner.reader.cancel(self.slot)

    def on_unmount(self) -> None:
        """Remember what was asked."""
        self._history.save()

    # -- actions of the registry ------------------------------------------------------------------

    def action_pane(self, method: str) -> None:
        """Move in the table; while a question is typed, up and down among those asked before."""
        if not self.prompt.is_asking or method in ("page_up", "page_down"):
            getattr(self.table, f"action_{method}")()
        elif method in ("cursor_up", "cursor_down"):
            older = self._history.step(1 if method == "cursor_up" else -1, self.prompt.text)
            if older is not None:
                self.prompt.ask("sql", ":", older, EXAMPLE)

    def action_search(self) -> None:
        """Ask what to search for."""
        self.prompt.ask("search", "/", self.table.needle)

    def action_next_match(self, step: int) -> None:
        """Go to the next match."""
        if not self.table.needle or not self.table.find_next(step):
            self.say("Nothing found.")

    def action_back(self) -> None:
        """End the search, or go back."""
        if self.table.needle:
            self.table.find("")
        else:
            self.dismiss()

    def action_copy(self) -> None:
        """Copy the cell under the cursor."""
        self.owner.copy_text(self.table.current_cell())

    def action_copy_command(self) -> None:
        """Copy the question."""
        self.owner.copy_text(self._asked)

    def action_export_view(self) -> None:
        """Write question and answer to a new file."""
        lines = [self._asked, "", *self.table.lines_as_text()]
        said = self.owner.give_lines("session-tui-sql", lines)
        self.say(said)
