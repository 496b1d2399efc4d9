"""Which element of the old drawing is which of the new one: proposed from ids, names and neighbours, corrected by people."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from engine.dialect.build import spec_class
from engine.dialect.model import Element, Process


@dataclass(frozen=True)
class Mapping:
    """Old element → new element; what is not named has no place. `anew`: old timers that begin again at the migration."""

    elements: dict[str, str] = field(default_factory=dict)
    anew: frozenset[str] = frozenset()

    def but(self, changes: dict[str, str | None]) -> Mapping:
        """The same with some elements mapped elsewhere, or (None) nowhere."""
        kept = {old: new for old, new in {**self.elements, **changes}.items() if new is not None}
        return Mapping(kept, self.anew)


def alike(old: Element, new: Element) -> bool:
    """Whether a token that waits at `old` can wait at `new`: what runs them, what they wait for, once or for each item."""
    return _kind(old) == _kind(new)


def propose(old: Process, new: Process) -> Mapping:
    """The same id and kind; else the same name in the same scope; else, for what has no name to tell, the same neighbours on both
    sides. What fits two is left, and so is a step that bears both another id and another name: that is another step.
    """
    found = {
        id: id
        for id, element in old.elements.items()
        if id in new.elements and alike(element, new.elements[id])
    }
    found = {id: id for id in found if _fits(old, new, id, new.elements[id], found)}
    while more := _further(old, new, found):
        found |= more
    return Mapping(found)


def _further(old: Process, new: Process, found: dict[str, str]) -> dict[str, str]:
    """Elements that are recognized by what has been found so far, by the strongest likeness that tells any apart."""
    left = [e for e in old.elements.values() if e.id not in found]
    free = [e for e in new.elements.values() if e.id not in found.values()]
    for likeness in (_named, _between):
        pairs = [
            (a.id, b.id)
            for a in left
            for b in free
            if alike(a, b) and _fits(old, new, a.id, b, found) and _hangs(a, b, found)
            if likeness(old, new, a, b, found)
        ]
        sure = {
            a: b
            for a, b in pairs
            if sum(p[0] == a for p in pairs) == 1 and sum(p[1] == b for p in pairs) == 1
        }
        if sure:
            return sure
    return {}


def _kind(element: Element) -> tuple[object, ...]:
    """What must be the same: what runs it, what it waits for, whether it undoes something, and how often it is done."""
    event, loop = element.event, element.loop
    times = loop and (loop.sequential, loop.repeats, loop.completion_condition is not None)
    return spec_class(element).__name__, event and event.kind, element.compensates, times


def boxes(new: Process, target: Element, scope: str, taken: Collection[str]) -> list[str] | None:
    """The subprocesses that only the new drawing draws around `target` within the element `scope`, the outermost first.

    None: it does not lie in there, or what lies between is more than a box, or is another element's place (`taken`).
    """
    found: list[str] = []
    around = target.parent
    while around != scope:
        box = new.elements.get(around)
        if box is None or box.id in taken or not is_box(box):
            return None
        found.insert(0, box.id)
        around = box.parent
    return found


def is_box(element: Element) -> bool:
    """Whether it is a subprocess that only draws a line around its steps: done once, with no variables of its own.

    Steps keep their position when such a box is drawn around them or taken away.
    """
    mapped = element.mappings.inputs or element.mappings.outputs
    special = element.triggered_by_event or element.loop or element.compensates or element.handler
    return element.type == "subProcess" and not mapped and not special


def _fits(old: Process, new: Process, element_id: str, target: Element, found: dict[str, str]) -> bool:
    """Whether the new element lies where this one's scope has come to be."""
    around = old.elements[element_id].parent
    while around != old.id and around not in found and is_box(old.elements[around]):
        around = old.elements[around].parent
    scope = new.id if around == old.id else found.get(around)
    return scope is not None and boxes(new, target, scope, found.values()) is not None


def _hangs(a: Element, b: Element, found: dict[str, str]) -> bool:
    """What hangs on an activity hangs on the same one."""
    return (None if a.attached_to is None else found.get(a.attached_to, "")) == b.attached_to


def _named(old: Process, new: Process, a: Element, b: Element, found: dict[str, str]) -> bool:
    return a.name is not None and a.name == b.name


def _between(old: Process, new: Process, a: Element, b: Element, found: dict[str, str]) -> bool:
    """Known neighbours on both sides, where names do not tell them apart; boundary events by what they lead to."""
    if a.name and b.name:
        return False
    before = {found.get(id) for id in _neighbours(old, a.incoming, "source")}
    after = {found.get(id) for id in _neighbours(old, a.outgoing, "target")}
    sides = [
        (before, set(_neighbours(new, b.incoming, "source"))),
        (after, set(_neighbours(new, b.outgoing, "target"))),
    ]
    return all(mine & theirs for mine, theirs in sides if mine or theirs) and any(mine for mine, _ in sides)


def _neighbours(process: Process, flows: list[str], end: str) -> Iterator[str]:
    return (getattr(process.flows[flow], end) for flow in flows)
