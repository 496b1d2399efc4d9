"""An instance's stored tokens on another drawing: what forbids it, in words, and the tokens as they then stand.

A token keeps its id, and with it its variables, its task and its draft. Subscriptions (boundary events, event subprocesses,
the other ways of a race) are no positions: where the new drawing has none, they end. A subprocess that the new drawing draws
around a token's place gets a token of its own; one that it no longer draws goes, and what was in it lies further out.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any

from engine.dialect.loops import MEMBER
from engine.dialect.model import Element, Process
from engine.migration.mapping import Mapping, alike, boxes, is_box
from engine.scopes import ROOT
from engine.state import token_id

Stored = AnyMapping[str, Any]

MESSAGES = {
    "no_place": "“{element}”在新图纸上没有对应的环节",
    "gone": "“{element}”所对应的“{target}”在新图纸上不存在",
    "other_kind": "“{element}”与“{target}”不是同一类环节，办理中的事项移不过去",
    "other_scope": "“{target}”在新图纸上属于另一个子流程，“{element}”移不过去",
    "no_way": "已到达“{element}”的一路，在新图纸上不再通到“{target}”",
}
"""Why a token cannot move: msgids."""


@dataclass(frozen=True)
class Obstacle:
    """Why one token cannot move. `reason` is a key of `MESSAGES`."""

    token: str
    element: str
    reason: str
    params: dict[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence as a msgid, with `{params}`."""
        return MESSAGES[self.reason]

    @property
    def text(self) -> str:
        """The sentence in Chinese."""
        return self.message.format(**self.params)


@dataclass(frozen=True)
class Moved:
    """The tokens on the new drawing, or what forbids it. `ended`: tokens of subscriptions and boxes that it does not have."""

    stored: dict[str, Any]
    obstacles: list[Obstacle]
    ended: list[str]


def move(stored: Stored, old: Process, new: Process, mapping: Mapping) -> Moved:
    """What becomes of an instance's tokens."""
    return _Move(stored, old, new, mapping).done()


class _Move:
    def __init__(self, stored: Stored, old: Process, new: Process, mapping: Mapping) -> None:
        self.old, self.new, self.mapping, self.stored = old, new, mapping, stored
        self.by_id: dict[str, Stored] = {token["id"]: token for token in stored["tokens"]}
        self.obstacles: list[Obstacle] = []
        self.ended: set[str] = set()
        self.laid: dict[str, dict[str, Any]] = {}
        self.boxed: dict[tuple[str, str], str] = {}  # (new box, what it lies in) → the token of that box

    def done(self) -> Moved:
        kept = [self._token(token) for token in self.stored["tokens"]]
        self._races()
        self.ended |= {t["id"] for t in self.stored["tokens"] if t.get("host") in self.ended}
        tokens = [token for token in kept if token is not None and token["id"] not in self.ended]
        if not self.obstacles:
            tokens = self._laid(tokens)
        moved: dict[str, Any] = {
            **self.stored,
            "next": self.stored["next"] + len(self.boxed),
            "tokens": tokens,
        }
        if "process" in moved:
            moved["process"] = self._notes(moved["process"])
        return Moved(moved, self.obstacles, sorted(self.ended))

    def _token(self, token: Stored) -> dict[str, Any] | None:
        element = self.old.elements[_bare(token["at"])]
        if self._goes(token):
            self.ended.add(token["id"])
            return None
        target = self._target(element, token)
        if isinstance(target, Obstacle):
            if _subscribes(token):
                self.ended.add(token["id"])
            else:
                self.obstacles.append(target)
            return None
        at = target.id + (MEMBER if token["at"].endswith(MEMBER) else "")
        moved = self._notes({**token, "at": at})
        if token.get("is") == "watching" and "via" in token:
            moved["via"] = self._way(token, element, target)
        return moved

    def _target(self, element: Element, token: Stored) -> Element | Obstacle:
        """The element that the token goes to."""
        name = self.mapping.elements.get(element.id)
        if name is None:
            return self._obstacle("no_place", token)
        target = self.new.elements.get(name)
        if target is None:
            return self._obstacle("gone", token, name)
        if not (alike(element, target) or self._may_change_kind(token, element, target)):
            return self._obstacle("other_kind", token, name)
        if not self._lies_right(token, element, target):
            return self._obstacle("other_scope", token, name)
        return target

    def _may_change_kind(self, token: Stored, element: Element, target: Element) -> bool:
        """What stands before its element because that failed may come to another kind of element."""
        standing = token.get("is") == "ready" and not token.get("answered")
        fixed = {"startEvent", "boundaryEvent"}
        return (
            standing
            and not {element.type, target.type} & fixed
            and not (element.loop or target.loop or element.triggered_by_event or target.triggered_by_event)
        )

    def _lies_right(self, token: Stored, element: Element, target: Element) -> bool:
        scope = self._scope(token)
        if token["at"].endswith(MEMBER) or {"undo", "for"} & token.keys():
            return True  # a member lies in its own element's body; what can be undone, or undoes, may lie further out
        if "host" in token:
            host = _bare(self.by_id[token["host"]]["at"])
            return target.attached_to == self.mapping.elements.get(host)
        if token.get("listens"):
            around = self.new.elements.get(target.parent)
            return around is not None and around.triggered_by_event and around.parent == scope
        return scope is not None and self._boxes(target, scope) is not None

    def _goes(self, token: Stored) -> bool:
        """Whether it is the token of a box that the new drawing no longer draws."""
        element = self.old.elements[_bare(token["at"])]
        return (
            element.id not in self.mapping.elements
            and is_box(element)
            and not {"is", "own", "interrupted", "undo", "start"} & token.keys()
        )

    def _around(self, token: Stored) -> str:
        """The id of the old token that this one lies in, past those that go."""
        around: str = token.get("in", ROOT)
        while around != ROOT and self._goes(self.by_id[around]):
            around = self.by_id[around].get("in", ROOT)
        return around

    def _scope(self, token: Stored) -> str | None:
        """The new element of the token that this one lies in."""
        around = self._around(token)
        return self.new.id if around == ROOT else self.mapping.elements.get(_bare(self.by_id[around]["at"]))

    def _boxes(self, target: Element, scope: str) -> list[str] | None:
        return boxes(self.new, target, scope, self.mapping.elements.values())

    # -- what lies in what

    def _laid(self, tokens: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The tokens, each in its scope's, and the new boxes before what lies in them."""
        for token in tokens:
            around = self._inside(token["id"])
            rest = {name: value for name, value in token.items() if name != "in"}
            self.laid[token["id"]] = rest if around == ROOT else {**rest, "in": around}
        return list(self.laid.values())

    def _inside(self, id: str) -> str:
        """The id of the token that this one then lies in; boxes around it that are new begin with the first that needs them."""
        token = self.by_id[id]
        if "host" in token:
            return self._inside(token["host"])
        around, scope = self._around(token), self._scope(token)
        if scope is None or token["at"].endswith(MEMBER) or {"undo", "for", "listens"} & token.keys():
            return around
        target = self.new.elements[self.mapping.elements[_bare(token["at"])]]
        for box in self._boxes(target, scope) or []:
            around = self._box(box, around)
        return around

    def _box(self, box: str, around: str) -> str:
        if (box, around) not in self.boxed:
            id = self.boxed[box, around] = token_id(self.stored["next"] + len(self.boxed))
            self.laid[id] = {"id": id, "at": box} if around == ROOT else {"id": id, "at": box, "in": around}
        return self.boxed[box, around]

    def _way(self, token: Stored, element: Element, target: Element) -> str:
        """The flow into the new join by which an arrival came."""
        drawn = self.old.flows[token["via"]]
        same = self.new.flows.get(drawn.id)
        if same is not None and same.target == target.id:
            return same.id
        sources, passed = self._came_from(drawn.source)
        ways = {way for source in sources for way in self._ways_from(source, target.id)}
        ways = ways & passed or ways
        if len(ways) != 1:
            self.obstacles.append(self._obstacle("no_way", token, target.id))
            return drawn.id
        return ways.pop()

    def _came_from(self, source: str) -> tuple[set[str], set[str]]:
        """Where an arrival came from in the new drawing: its flow's source or, where that is gone, what led there; and by which flows."""
        found, passed, stack = set(), set(), [source]
        while stack:
            at = stack.pop()
            if at in self.mapping.elements:
                found.add(self.mapping.elements[at])
                continue
            for flow in self.old.elements[at].incoming:
                if flow not in passed:
                    passed.add(flow)
                    stack.append(self.old.flows[flow].source)
        return found & self.new.elements.keys(), passed

    def _ways_from(self, source: str, join: str) -> set[str]:
        """The flows into the join that `source` leads to past nothing but what the new drawing has put in between."""
        known, seen, stack, found = set(self.mapping.elements.values()), {source}, [source], set()
        while stack:
            for flow in (self.new.flows[id] for id in self.new.elements[stack.pop()].outgoing):
                if flow.target == join:
                    found.add(flow.id)
                elif flow.target not in seen and flow.target not in known:
                    seen.add(flow.target)
                    stack.append(flow.target)
        return found

    def _races(self) -> None:
        """Of a race at least one way must be left."""
        races: dict[str, list[Stored]] = {}
        for token in self.stored["tokens"]:
            if "race" in token:
                races.setdefault(token["race"], []).append(token)
        for tokens in races.values():
            if all(token["id"] in self.ended for token in tokens):
                self.obstacles.append(self._obstacle("no_place", tokens[0]))

    def _notes(self, notes: Stored) -> dict[str, Any]:
        """The element ids in a token's notes, as the new drawing has them."""
        elements = self.mapping.elements
        moved = dict(notes)
        if "start" in moved:
            moved["start"] = [elements.get(each, each) for each in moved["start"]]
        if "undo" in moved:
            moved["undo"] = [elements.get(each, each) for each in moved["undo"]]
        if "end" in moved:
            moved["end"] = elements.get(moved["end"], moved["end"])
        return moved

    def _obstacle(self, reason: str, token: Stored, target: str = "") -> Obstacle:
        element = _bare(token["at"])
        told = {"element": self.old.named(element), "target": self.new.named(target) if target else ""}
        return Obstacle(token["id"], element, reason, told)


def _bare(at: str) -> str:
    return at.removesuffix(MEMBER)


def _subscribes(token: Stored) -> bool:
    """Whether a token only listens for what may happen beside the positions; in a race the others may be left."""
    return (token.get("is") == "watching" and ("host" in token or "listens" in token)) or "race" in token
