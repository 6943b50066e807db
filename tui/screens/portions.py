"""Frames of a screen with several panes: in portions while keys come, their answer first."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widget import Widget

from tui.key_gate import KeyGate
from tui.screens.store_screen import StoreScreen

MOST_PUT_OFF = 2
"""Frames in a row that are put off for a key: not every key changes the pane that has it."""


class PortionedScreen(StoreScreen[None]):
    """A screen that paints one pane after the other while keys come, and looks for them.

    All that one event changed in four panes takes as long to paint as several keys take to
    answer, and a key that comes meanwhile would wait for all of it.
    """

    paints_answer = True
    """Whether what is painted now may be the answer to a key."""
    _put_off = 0

    def paint_order(self) -> Sequence[Widget]:
        """The panes; before all others the widget that has the keys."""
        raise NotImplementedError

    @property
    def key_gate(self) -> KeyGate:
        """Knows whether a key waits, or is being answered."""
        raise NotImplementedError

    def on_idle(self) -> None:
        """Paint the answer to a key as soon as it is there, whenever the last frame was."""
        if self.key_gate.is_answering and (portions := self._portions()) and portions[0]:
            rest = self._dirty_widgets - portions[0]
            self._paint(portions[0])
            self._dirty_widgets |= rest

    def _on_timer_update(self) -> None:
        portions = self._portions()
        if not portions:
            self._put_off = 0
            super()._on_timer_update()
            return
        gate = self.key_gate
        is_early = gate.is_waiting or (gate.is_answering and not portions[0])
        if is_early and self._put_off < MOST_PUT_OFF:
            # The timer goes on: it is paused by painting only.
            self._put_off += 1
            return
        self._put_off = 0
        keys = gate.keys
        waiting = [portion for portion in portions if portion]
        while waiting:
            portion = waiting.pop(0)
            self.paints_answer = portion is portions[0]
            self._paint(portion)
            if gate.keys != keys:
                break
        self.paints_answer = True
        for portion in waiting:
            self._dirty_widgets |= portion
        if waiting:
            self._update_timer.resume()

    def _paint(self, portion: set[Widget]) -> None:
        self._dirty_widgets = portion
        super()._on_timer_update()

    def _portions(self) -> list[set[Widget]]:
        """What is to be painted, by pane; empty where that cannot be divided.

        The first portion is that of the widget that has the keys, and may be empty.
        """
        dirty = self._dirty_widgets
        is_whole = (
            self._layout_required
            or self._scroll_required
            or self._repaint_required
            or self._recompose_required
            or self in dirty
        )
        if not dirty or is_whole or not self.is_current or self.app._batch_count:
            return []
        # Together they take a fifth less than one after the other.
        if not self.key_gate.is_recent:
            return []
        panes = self.paint_order()
        portions: list[set[Widget]] = [set() for _ in (*panes, None)]
        for widget in dirty:
            # A scroll bar belongs to its pane.
            own = widget if widget in panes else widget.parent
            portions[panes.index(own) if own in panes else len(panes)].add(widget)
        return portions
