"""The ways of one scope of a drawing, forward and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from engine.dialect.model import Element, Process

_TOGETHER = ("parallelGateway", "inclusiveGateway")
_AS_ONE = ("exclusiveGateway", "eventBasedGateway")


class Graph:
    """The elements of one scope with the ways between them, but for those that lead back (found from the scope's beginnings)."""

    def __init__(self, process: Process, scope: str) -> None:
        self.process = process
        self.elements = {id: e for id, e in process.elements.items() if e.parent == scope}
        self.order: dict[str, int] = {}
        self.onward: dict[str, list[str]] = {id: [] for id in self.elements}
        self.back: dict[str, list[str]] = {id: [] for id in self.elements}
        begun: set[str] = set()
        for id, element in self.elements.items():
            if not element.incoming and not element.attached_to:
                self._walk(id, begun)
        for id in self.elements:
            self._walk(id, begun)
        last = len(self.order)
        self.order = {id: last - n for id, n in self.order.items()}

    def before(self, element: str) -> set[str]:
        """The elements from which the flows lead to this one."""
        return _reached(element, self.back) - {element}

    def after(self, element: str) -> set[str]:
        """The element and all that the flows lead to from it."""
        return _reached(element, self.onward)

    def between(self, first: str, last: str) -> set[str]:
        """What lies on the ways from one element to another, both included."""
        return self.after(first) & _reached(last, self.back)

    def whole(self, first: str, last: str) -> bool:
        """Whether one token that begins again at `first` comes to `last` as one: what parts on the way comes together on it."""
        region = self.between(first, last)
        after, before = self.after(first), _reached(last, self.back)
        for id in region:
            element = self.elements[id]
            if id != last and _parts(element) and not set(self.onward[id]) <= before:
                return False
            if id != first and element.type in _TOGETHER and not self._sources(element) <= after:
                return False
            if any(e.attached_to == id and e.handler for e in self.elements.values()):
                return False  # what was done can be undone once, not twice
        return True

    def races(self, id: str) -> bool:
        """Whether the element is one way of a race, which begins as a whole."""
        return any(self.elements[each].type == "eventBasedGateway" for each in self.back[id])

    def _sources(self, element: Element) -> set[str]:
        return {self.process.flows[flow].source for flow in element.incoming}

    def _walk(self, start: str, begun: set[str]) -> None:
        """Depth first; a way to what is on the way already leads back and is left out."""
        if start in begun:
            return
        begun.add(start)
        path: dict[str, None] = {start: None}
        stack = [(start, iter(self._targets(start)))]
        while stack:
            at, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                stack.pop()
                del path[at]
                self.order[at] = len(self.order)
            elif target not in path:
                self.onward[at].append(target)
                if self.elements[target].interrupting:  # else it came beside its host, which went on
                    self.back[target].append(at)
                if target not in begun:
                    begun.add(target)
                    path[target] = None
                    stack.append((target, iter(self._targets(target))))

    def _targets(self, id: str) -> Iterable[str]:
        flows = [self.process.flows[flow].target for flow in self.elements[id].outgoing]
        return [*flows, *(e.id for e in self.elements.values() if e.attached_to == id)]


def _parts(element: Element) -> bool:
    """Whether several tokens may leave the element at once."""
    return len(element.outgoing) > 1 and element.type not in _AS_ONE


def _reached(start: str, ways: Mapping[str, Collection[str]]) -> set[str]:
    found, stack = {start}, [start]
    while stack:
        for next_one in ways[stack.pop()]:
            if next_one not in found:
                found.add(next_one)
                stack.append(next_one)
    return found
