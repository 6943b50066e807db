"""Style sheets that remember what they found for a node like the one they are asked about.

What a rule asks of a node are the types, ids, classes and pseudo classes of it and of those it is
in. Wherever they are the same, the same rules hold, in whichever program of a worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.styles import RenderStyles, Styles
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

Own = tuple[type[DOMNode], str | None, frozenset[str]]
"""What a rule may ask of a node itself, pseudo classes aside."""
Path = tuple[object, ...]
"""What rules may ask of a node and of those it is in."""
Found = dict[str, object]

FLAGS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")
"""What a node is told of the pseudo classes that rules about it ask for."""
LOUD = frozenset(("scrollbar_color", "scrollbar_color_hover", "scrollbar_color_active",
                  "scrollbar_background", "scrollbar_background_hover",
                  "scrollbar_background_active", "scrollbar_corner_color"))  # fmt: skip
"""Rules that have scrollbars painted anew also when they are set to what they are."""
TELLING = LOUD | {"display", "overflow_x", "overflow_y", "pointer", "layout", "transitions"}
"""Rules that tell others when they are set, or of whose value each node has one of its own."""
MISSING = object()

apply_anew = Stylesheet.apply
replace_all = Stylesheet.replace_rules
style_components = Stylesheet._process_component_classes


@dataclass(slots=True)
class Memory:
    """What is known of one list of rules."""

    rules: list[RuleSet]
    """Kept, so that nothing else gets their identities."""
    asked: dict[tuple[Own, ...], tuple[str, ...]] = field(default_factory=dict)
    """Pseudo classes that rules ask for, by the nodes that they may be about."""
    components: dict[type[DOMNode], tuple[Own, ...]] = field(default_factory=dict)
    """Parts of a kind of node that have styles of their own."""
    styled: dict[Path, dict[str, Found]] = field(default_factory=dict)
    """The rules that hold for these parts, by the node that they are parts of."""
    found: dict[Path, tuple[Found | None, tuple[bool, ...]]] = field(default_factory=dict)
    """The rules that hold, and flags."""


_memories: dict[tuple[int, ...], Memory] = {}
_made: dict[tuple[str, int], tuple[object, object]] = {}
"""What Textual makes of values of rules; the values are kept, as above."""


@contextmanager
def quick_styles() -> Iterator[None]:
    """Looking for rules once for each kind of node, and setting only what differs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "apply", _apply)
        patch.setattr(Stylesheet, "replace_rules", staticmethod(_replace_what_differs))
        patch.setattr(Stylesheet, "_process_component_classes", _process_component_classes)
        yield


def _apply(self: Stylesheet, node: DOMNode, *, animate: bool = False, cache: Any = None) -> None:
    """Stands in for Textual's function; its cache, for nodes of one parent, is not needed."""
    memory = _memory_of(self)
    path = _path_of(node, _asked(self, memory, (_own(node),)))
    known = memory.found.get(path)
    if known is None:
        held: list[Any] = []
        self.replace_rules = lambda node, rules, animate=False: held.append(rules)  # type: ignore[method-assign]  # what it would be given
        self._process_component_classes = lambda node: None  # type: ignore[method-assign]  # comes below
        try:
            apply_anew(self, node)
        finally:
            del self.__dict__["replace_rules"], self.__dict__["_process_component_classes"]
        known = (held[0] if held else None, tuple(getattr(node, name) for name in FLAGS))
        memory.found[path] = known
    rules, flags = known
    for name, flag in zip(FLAGS, flags, strict=True):
        setattr(node, name, flag)
    if rules is not None:
        self.replace_rules(node, rules, animate=animate)  # type: ignore[arg-type]  # came from there
    self._process_component_classes(node)


def _replace_what_differs(node: DOMNode, rules: Any, animate: bool = False) -> None:
    """Stands in for Textual's function, which sets all."""
    base = node.styles.base
    mine = _rules(node.styles)
    given, became = node.__dict__.get("_styled", (None, None))
    if given is rules and became == mine:
        if _has_scrollbars(node):
            for key in LOUD & rules.keys():
                setattr(base, key, rules[key])
        node.notify_style_update()
        return
    differing = {key for key, value in rules.items() if mine.get(key, MISSING) is not value}
    differing.update(key for key in mine if key not in rules)
    if animate:
        if not differing:
            return
        if "transitions" in rules:
            replace_all(node, rules, animate=True)
            return
    if _has_scrollbars(node):
        differing.update(LOUD & rules.keys())
    elif not node._is_mounted:
        # Nobody is to hear of a change.
        for key in differing - TELLING:
            differing.discard(key)
            _set(base, key, rules.get(key))
    for key in differing:
        setattr(base, key, rules.get(key))
    node.__dict__["_styled"] = (rules, dict(_rules(node.styles)))
    node.notify_style_update()


def _has_scrollbars(node: DOMNode) -> bool:
    return isinstance(node, Widget) and (
        node.show_horizontal_scrollbar or node.show_vertical_scrollbar
    )


def _set(base: Styles, key: str, value: object) -> None:
    """Set a rule to what Textual makes of its value."""
    _, made = _made.get((key, id(value)), (None, MISSING))
    if made is MISSING:
        setattr(base, key, value)
        _made[key, id(value)] = (value, base._rules.get(key, MISSING))
    else:
        base.set_rule(key, made)


def _process_component_classes(self: Stylesheet, node: DOMNode) -> None:
    """Stands in for Textual's function, which looks for the rules of each class each time."""
    memory = _memory_of(self)
    owns = memory.components.get(type(node))
    if owns is None:
        names = node._get_component_classes()
        owns = tuple((DOMNode, None, frozenset((name,))) for name in names)
        memory.components[type(node)] = owns
    if not owns:
        return
    path = _path_of(node, _asked(self, memory, owns))
    known = memory.styled.get(path)
    held = node._component_styles
    if known is None:
        held = node._component_styles = dict(Parts.items_of(held))
        style_components(self, node)
        memory.styled[path] = {name: dict(_rules(styles)) for name, styles in held.items()}
        return
    if held.keys() == known.keys() and (
        held.known == known
        if isinstance(held, Parts)
        else all(_rules(held[name]) == known[name] for name in known)
    ):
        return
    node._component_styles = Parts(node, known)
    node.refresh()


class Parts(dict[str, RenderStyles]):
    """The styles of parts of a node, each made when it is asked for.

    Args:
        node: what they are parts of.
        known: their rules.
    """

    def __init__(self, node: DOMNode, known: dict[str, Found]) -> None:
        super().__init__(dict.fromkeys(known))  # type: ignore[arg-type]  # nothing is made yet
        self.known = known
        self._node = node

    def __getitem__(self, name: str) -> RenderStyles:
        made: RenderStyles | None = super().__getitem__(name)
        if made is None:
            part = DOMNode(classes=name)
            part._attach(self._node)
            _rules(part.styles).update(self.known[name])
            made = self[name] = part.styles
        return made

    @staticmethod
    def items_of(held: dict[str, RenderStyles]) -> Iterator[tuple[str, RenderStyles]]:
        """The styles of all parts, whoever made them."""
        return ((name, held[name]) for name in held)


def _rules(styles: RenderStyles) -> dict[str, Any]:
    rules: Any = styles.base._rules
    return rules  # type: ignore[no-any-return]  # a typed dictionary of all rules


def _memory_of(sheet: Stylesheet) -> Memory:
    rules = sheet.rules
    held: Memory | None = sheet.__dict__.get("_memory")
    if held is None or sheet.__dict__["_remembered"] is not rules:
        held = _memories.setdefault(tuple(map(id, rules)), Memory(rules))
        sheet.__dict__["_memory"], sheet.__dict__["_remembered"] = held, rules
    return held


def _own(node: DOMNode) -> Own:
    return type(node), node._id, frozenset(node._classes)


def _asked(sheet: Stylesheet, memory: Memory, owns: tuple[Own, ...]) -> tuple[str, ...]:
    """The pseudo classes that rules ask for which may be about any of these."""
    asked = memory.asked.get(owns)
    if asked is None:
        names = set[str]().union(*[_asked_of(sheet, *own) for own in owns])
        asked = memory.asked[owns] = tuple(sorted(names))
    return asked


def _asked_of(
    sheet: Stylesheet, kind: type[DOMNode], id_: str | None, classes: frozenset[str]
) -> set[str]:
    selectors = {
        "*",
        *(f".{name}" for name in classes),
        *(base.__name__ for base in kind._css_bases(kind)),
    }
    if id_ is not None:
        selectors.add(f"#{id_}")
    rules_map = sheet.rules_map
    rules = (rule for name in rules_map.keys() & selectors for rule in rules_map[name])
    return set[str]().union(*[rule.pseudo_classes for rule in rules])


def _path_of(node: DOMNode, asked: tuple[str, ...]) -> Path:
    path: list[object] = [asked]
    at: Any = node
    while isinstance(at, DOMNode):
        path.append(_own(at))
        if asked:
            checks: Any = at._PSEUDO_CLASSES
            path.append(tuple([name in checks and checks[name](at) for name in asked]))
        at = at._parent
    return tuple(path)
