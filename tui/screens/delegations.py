"""Delegations: who handed what to whom, how that went, and what every agent does."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from queries.delegations import read_delegations
from queries.finding.filter_matching import WHOLE
from queries.finding.filters import Term
from queries.models import Snapshot
from queries.models.delegations import DelegationChain, Delegations, SpawnerStatistic
from queries.models.overview import AgentProfile
from queries.overviews.agent_profiles import agent_profiles
from queries.store import Store
from tui.commands import DELEGATION_PANES, bindings_for
from tui.export import absolute
from tui.reader import Answer
from tui.screens.live_reading import LiveReading
from tui.screens.pane_set import PaneSet
from tui.screens.places import Place
from widgets.agent_table import AgentTable
from widgets.delegation_list import DelegationList
from widgets.handoff_table import HandoffTable
from widgets.live_table import LiveTable
from widgets.spawner_table import SpawnerTable

LIST, SPAWNERS, HANDOFFS, LIVE, AGENTS = range(5)
HANDED = 2000
"""Hand-offs that are listed at most, those written last."""


class ProfilesCounted(Message):
    """What every agent did, as of the totals that are counted."""

    def __init__(self, agents: tuple[AgentProfile, ...]) -> None:
        self.agents = agents
        super().__init__()


class DelegationsScreen(PaneSet):
    """Chains of delegations, spawners, hand-offs, live runs and agents."""

    CSS_PATH = "pane_set.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(("delegations", *DELEGATION_PANES)))
    NAMES = ("Delegations", "Spawners", "Hand-offs", "Live", "Agents")
    PANE_CONTEXTS = DELEGATION_PANES
    slot = "delegations"

    def __init__(
        self,
        *,
        is_alive: Callable[[str], bool],
        snapshot: Snapshot | None,
        is_paused: Callable[[], bool],
    ) -> None:
        """Show the delegations of the whole store.

        Args:
            is_alive: whether a session is running.
            snapshot: the newest one.
            is_paused: whether the user has frozen what is shown.
        """
        super().__init__(snapshot, is_paused)
        self._is_alive = is_alive
        self._only: SpawnerStatistic | None = None
        self._error = ""
        self.delegations: Delegations | None = None

    def compose_panes(self) -> ComposeResult:
        """Delegations above; the tables below."""
        glyphs, zone = self.owner.glyphs, self.owner.zone
        reading = "Reading ..."
        yield DelegationList(glyphs=glyphs, zone=zone, id="delegations", classes="pane",
                             empty_text=reading)  # fmt: skip
        yield SpawnerTable(glyphs=glyphs, zone=zone, id="spawners", classes="pane",
                           empty_text=reading)  # fmt: skip
        yield HandoffTable(glyphs=glyphs, zone=zone, id="handoffs", classes="pane",
                           empty_text=reading)  # fmt: skip
        yield LiveTable(glyphs=glyphs, zone=zone, id="live", classes="pane",
                        empty_text="No spawner streams what it is doing now.")  # fmt: skip
        yield AgentTable(glyphs=glyphs, zone=zone, id="agents", classes="pane",
                         empty_text="Counting ...")  # fmt: skip

    def on_mount(self) -> None:
        """Ask for everything."""
        self.list = self.query_one(DelegationList)
        self.spawners = self.query_one(SpawnerTable)
        self.handoffs = self.query_one(HandoffTable)
        self.runs = self.query_one(LiveTable)
        self.agents = self.query_one(AgentTable)
        self.live = LiveReading(self.owner.clock, self.concerns)
        self.tick(self.owner.age_clock())
        self.read()

    def read(self) -> None:
        """Read the delegations, and ask for what the agents did (again)."""
        is_alive = self._is_alive

        def work(store: Store) -> Iterator[object]:
            yield read_delegations(store, is_alive=is_alive, handed_shown=HANDED)

        self.live.begin()
        self.owner.poller.ask(agent_profiles, self._take_profiles)
        self.owner.reader.request(self.slot, work)

    def _take_profiles(self, agents: tuple[AgentProfile, ...]) -> None:
        """From the poller's thread."""
        self.post_message(ProfilesCounted(agents))

    # -- news -------------------------------------------------------------------------------

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        self.reading_ended(answer.retry)
        self._error = answer.error
        if isinstance(answer.value, Delegations):
            self.delegations = answer.value
        self._show()

    @on(ProfilesCounted)
    def _profiles_counted(self, event: ProfilesCounted) -> None:
        self.agents.empty_text = "No agent is known."
        self.agents.show_agents(event.agents)
        self.show_titles()

    def concerns(self, snapshot: Snapshot) -> bool:
        """Any news may be about this: live phases and hand-offs come without an event."""
        del snapshot
        return True

    def tick(self, now: float) -> None:
        """Let ages grow."""
        for table in (self.list, self.spawners, self.handoffs, self.runs, self.agents):
            table.tick(now)

    # -- showing ----------------------------------------------------------------------------

    def _show(self) -> None:
        known = self.delegations
        if known is None:
            for table in (self.list, self.spawners, self.handoffs):
                table.empty_text = self._error or "Reading ..."
            return
        self.list.empty_text = self._error or "No agent has handed on any work."
        self.spawners.empty_text = "No work was handed to anyone."
        self.handoffs.empty_text = "This store tells of no hand-offs."
        self.list.show_chains(self._wanted(known))
        self.spawners.show(known.spawners)
        self.handoffs.show_handoffs(known.handoffs, known.handoff_groups)
        self.runs.show(known.live)
        self.set_class(bool(known.live), "-live")
        self.lay_out()
        self.show_titles()
        self.show_explanation()

    def _wanted(self, known: Delegations) -> Sequence[DelegationChain]:
        """All chains; or, where one spawner is asked for, its delegations."""
        only = self._only
        if only is None:
            return known.chains
        return [
            DelegationChain(chain.delegation, chain.work)
            for _, chain in known.flat()
            if (chain.delegation.spawner or chain.delegation.target or "(no agent)") == only.spawner
            and (chain.delegation.spawner is not None) == only.is_spawner
        ]

    def is_there(self, index: int) -> bool:
        """Live runs have a pane only while there are some."""
        return index != LIVE or bool(self.delegations and self.delegations.live)

    def title_of(self, index: int) -> str:
        """What a pane covers, and what is left out."""
        known, pane = self.delegations, self.panes[index]
        parts = [f"{self.NAMES[index]} {pane.covers()}"]
        if index == LIST and known is not None:
            if self._only is not None:
                parts.append(f"only to {self._only.spawner}")
            if known.shown < known.total:
                parts.append(f"the newest {known.shown:,} of {known.total:,} delegations")
            parts += [known.limits] if known.limits else []
        if index == HANDOFFS and known is not None and len(known.handoffs) < known.handed:
            parts.append(f"the newest {len(known.handoffs):,} of {known.handed:,}")
        if index == AGENTS and self.snapshot is not None:
            counted = self.snapshot.totals.counted
            parts += [f"{int(counted * 100)} % counted"] if counted < 1.0 else []
        return " · ".join(parts)

    # -- actions ----------------------------------------------------------------------------

    @on(DelegationList.Opened)
    def _delegation_opened(self, event: DelegationList.Opened) -> None:
        event.stop()
        self.leave_for(Place(event.chain.delegation.session_id, event.chain.delegation.key))

    @on(SpawnerTable.Opened)
    def _spawner_opened(self, event: SpawnerTable.Opened) -> None:
        event.stop()
        self._only = event.spawner
        self._show()
        self.focus_pane(LIST)

    @on(HandoffTable.Opened)
    def _handoff_opened(self, event: HandoffTable.Opened) -> None:
        event.stop()
        if event.handoff.session_id is None:
            self.say("The store does not tell in which session that was.")
        else:
            self.leave_for(Place(event.handoff.session_id))

    @on(LiveTable.Opened)
    def _run_opened(self, event: LiveTable.Opened) -> None:
        event.stop()
        flat = self.delegations.flat() if self.delegations is not None else ()
        found = [chain for _, chain in flat if chain.delegation.id == event.run.parent_id]
        if found:
            self.leave_for(Place(found[0].delegation.session_id, found[0].delegation.key))
        elif event.run.session_id is not None:
            self.leave_for(Place(event.run.session_id))
        else:
            self.say("The store does not tell what that belongs to.")

    @on(AgentTable.Opened)
    def _agent_opened(self, event: AgentTable.Opened) -> None:
        event.stop()
        name = event.agent.agent
        self.leave_for(Place(None, filter=str(Term("agent", (f"{WHOLE}{name}",)))))

    def action_child_session(self) -> None:
        """Go to the session in which the work was done."""
        row = self.list.current
        work = None if row is None else row.chain.work
        if work is None or not work.child_sessions:
            self.say("That work was done in the same session, as far as is known.")
        else:
            self.leave_for(Place(work.child_sessions[0]))

    def undo(self) -> bool:
        """Show all delegations again."""
        if self._only is None:
            return False
        self._only = None
        self._show()
        return True

    def command_line(self) -> str:
        """The shell command whose output has the delegations, or the agents."""
        store = absolute(self.owner.path)
        name = "agents" if self.pane_index == AGENTS else "delegations"
        return shlex.join(["session-tui", name, store, "--json"])
